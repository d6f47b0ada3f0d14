"""Who reads leads and who works on them. The unit a lead is about never sees it."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

READ = ScopedPolicy(
    "inspections.lead.read",
    Text(zh="查看检查线索", en="see inspection leads"),
    [Role.ADMIN, Role.AUDITOR],
    [BoundRole.OFFICER, BoundRole.INSPECTOR, BoundRole.APPROVER],
)
WORK = ScopedPolicy(
    "inspections.lead.work",
    Text(zh="处理检查线索", en="work on inspection leads"),
    [],
    [BoundRole.OFFICER, BoundRole.INSPECTOR],
)
