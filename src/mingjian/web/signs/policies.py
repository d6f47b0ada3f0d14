"""Who reads signs, who keeps them, and who may say that he saw one standing."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.filings.policies import OwnTreePolicy
from mingjian.web.organisations.scope import ScopedPolicy

READ = ScopedPolicy(
    "signs.read",
    Text(zh="查看提示标识", en="see signs"),
    [Role.ADMIN, Role.AUDITOR],
    [
        BoundRole.MANAGER,
        BoundRole.ORGANISATION_ADMIN,
        BoundRole.GUARD,
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.APPROVER,
    ],
)
KEEP = OwnTreePolicy("signs.keep", Text(zh="登记提示标识", en="register signs"), [], [BoundRole.MANAGER])
SEE = ScopedPolicy(
    "signs.see",
    Text(zh="登记标识查看结果", en="record that a sign was seen"),
    [],
    [BoundRole.MANAGER, BoundRole.GUARD, BoundRole.OFFICER, BoundRole.INSPECTOR],
)
