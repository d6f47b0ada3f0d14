"""Who sees projects and who builds."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.filings.policies import OwnTreePolicy
from mingjian.web.organisations.scope import ScopedPolicy

READ = ScopedPolicy(
    "projects.read",
    Text(zh="查看建设项目", en="see construction projects"),
    [Role.ADMIN, Role.AUDITOR],
    [
        BoundRole.MANAGER,
        BoundRole.ORGANISATION_ADMIN,
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.APPROVER,
        BoundRole.PLANNER,
    ],
)
BUILD = OwnTreePolicy("projects.build", Text(zh="办理建设项目", en="run projects"), [], [BoundRole.MANAGER])
CHECK_TEMPLATE = ScopedPolicy(
    "projects.check_template",
    Text(zh="核查采购、登记文本", en="check procurement and enrolment texts"),
    [],
    [BoundRole.MANAGER, BoundRole.OFFICER, BoundRole.PLANNER, BoundRole.DEPARTMENT_OFFICER],
)
