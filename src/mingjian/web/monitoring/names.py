"""Names of the audit record that monitoring uses."""

from __future__ import annotations

from mingjian.web.audit.names import register

STAFF_RECORDED = register("monitoring.staff", "登记培训和入职审查", "recorded training and vetting")
STAFF_REFUSED = register(
    "monitoring.staff.refused", "培训或审查无效，未准观看", "refused a look for want of training or vetting"
)
ROOM_MADE = register("monitoring.room", "登记监看场所", "registered a monitoring room")
ACCESS_GIVEN = register("monitoring.room.access", "列入监看场所准入名单", "put somebody on a room's access list")
ACCESS_ENDED = register("monitoring.room.access.end", "移出监看场所准入名单", "took somebody off a room's access list")
ENTERED = register("monitoring.room.enter", "登记进入监看场所", "recorded an entry into a monitoring room")
LEFT = register("monitoring.room.leave", "登记离开监看场所", "recorded that somebody left a monitoring room")
CHANGE_ASKED = register("monitoring.change.ask", "申请变更用途", "asked for a change of use")
CHANGE_DECIDED = register("monitoring.change.decide", "审批用途变更", "decided a change of use")
VIEW_AUDITED = register("monitoring.view.audit", "核查拍摄视域", "audited a field of view")
BULK_FOUND = register("monitoring.bulk", "批量观看告警", "raised an alarm of bulk looking")
