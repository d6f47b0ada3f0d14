"""Names of what the audit record says of places: for their actions, and for the rules those apply."""

from __future__ import annotations

from mingjian.web.audit.names import register

ADDED = register("registry.place.add", "登记场所", "registered a place")
CHANGED = register("registry.place.change", "修改场所", "changed a place")
REMOVED = register("registry.place.remove", "注销场所", "removed a place")
KINDS_SET = register("registry.place.kinds", "修改场所类别", "changed what a place is")
PART_ADDED = register("registry.place.part", "登记场所部位", "registered a part of a place")
ROOM_ADDED = register("registry.place.room", "登记房间", "registered a room")
DUTY_ADDED = register("registry.place.duty", "登记建设责任主体", "registered a duty bearer")
DUTY_ENDED = register("registry.place.duty_end", "终止建设责任", "ended a duty")
