"""Who plans, approves and coordinates."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

_PLANNERS = [BoundRole.PLANNER]
_OFFICES = [
    BoundRole.PLANNER,
    BoundRole.OFFICER,
    BoundRole.APPROVER,
    BoundRole.INSPECTOR,
    BoundRole.DEPARTMENT_OFFICER,
    BoundRole.GOVERNMENT_APPROVER,
]

READ = ScopedPolicy("planning.read", Text(zh="查看规划", en="see plans"), [Role.ADMIN, Role.AUDITOR], _OFFICES)
DRAFT = ScopedPolicy("planning.draft", Text(zh="编制规划", en="draft plans"), [], _PLANNERS)
APPROVE = ScopedPolicy("planning.approve", Text(zh="批准规划", en="approve plans"), [], [BoundRole.GOVERNMENT_APPROVER])
GAPS = ScopedPolicy(
    "planning.gaps",
    Text(zh="查看覆盖缺口", en="see coverage gaps"),
    [Role.ADMIN, Role.AUDITOR],
    [*_OFFICES, BoundRole.REGULATOR, BoundRole.MANAGER],
)
COORDINATE = ScopedPolicy(
    "planning.coordinate",
    Text(zh="派发协调任务", en="send coordination tasks"),
    [],
    [BoundRole.PLANNER, BoundRole.OFFICER, BoundRole.GOVERNMENT_APPROVER],
)
ANSWER = ScopedPolicy(
    "planning.answer", Text(zh="办理协调任务", en="answer coordination tasks"), [], [BoundRole.DEPARTMENT_OFFICER]
)
