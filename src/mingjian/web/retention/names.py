"""Names of the audit record that retention uses."""

from __future__ import annotations

from mingjian.web.audit.names import register

JUDGED = register("retention.judge", "留存证明有新的结论", "a retention proof says something new")
PROFILED = register("retention.profile", "设定系统存储质量要求", "set what is asked of a system's stored quality")
ORDER_ENTERED = register(
    "retention.order.enter", "录入删除决定并封存录像", "entered a deletion decision, sealing footage"
)
ORDER_CONFIRMED = register("retention.order.confirm", "复核删除决定", "confirmed a deletion decision")
ORDER_WITHDRAWN = register("retention.order.withdraw", "撤回删除决定", "withdrew a deletion decision")
ORDER_DONE = register("retention.order.done", "删除决定已执行", "a deletion decision was carried out")
PURPOSE_STATED = register("retention.purpose", "说明继续保存录像的目的", "stated why footage is kept on")
