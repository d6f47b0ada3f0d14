"""Who may see the state of the ledger."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

READ = RolePolicy(
    "ledger.read", Text(zh="查看账本状态", en="see the ledger's state"), [Role.ADMIN, Role.OPERATOR, Role.AUDITOR]
)
