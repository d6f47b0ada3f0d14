"""Who reads what is kept, and who says what is asked of stored quality."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

READ = ScopedPolicy(
    "retention.read",
    Text(zh="查看留存证明", en="read retention proofs"),
    [Role.ADMIN, Role.OPERATOR, Role.AUDITOR],
    [
        BoundRole.MANAGER,
        BoundRole.ORGANISATION_ADMIN,
        BoundRole.CUSTODIAN,
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.APPROVER,
        BoundRole.REGULATOR,
    ],
)
PROFILE = ScopedPolicy(
    "retention.profile",
    Text(zh="设定存储质量要求", en="say what is asked of stored quality"),
    [Role.ADMIN],
    [BoundRole.MANAGER, BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
_ORGAN = [BoundRole.OFFICER, BoundRole.INSPECTOR, BoundRole.APPROVER, BoundRole.LEGAL_REVIEWER]
ORDER = ScopedPolicy(
    "retention.order", Text(zh="录入删除决定", en="enter deletion decisions of public security"), [], _ORGAN
)
READ_ORDERS = ScopedPolicy(
    "retention.order.read",
    Text(zh="查看删除决定", en="read deletion decisions"),
    [Role.ADMIN, Role.AUDITOR],
    [*_ORGAN, BoundRole.MANAGER, BoundRole.CUSTODIAN],
)
