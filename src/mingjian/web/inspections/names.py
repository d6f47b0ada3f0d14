"""Names of what the audit record says of leads: for their actions, and for the rules those apply."""

from __future__ import annotations

from mingjian.web.audit.names import register

OPENED = register("inspections.lead.open", "生成检查线索", "opened an inspection lead")
TAKEN = register("inspections.lead.take", "领取检查线索", "took an inspection lead")
CLOSED = register("inspections.lead.close", "办结检查线索", "closed an inspection lead")
DEED_RECORDED = register("inspections.lead.deed", "登记涉嫌违法行为", "recorded what somebody seems to have done")
JUDGED = register("inspections.lead.judge", "对照处罚条款", "held a lead against the penalty clauses")
