"""Who registers works, who looks at them against a view, who reports an obstruction, and who works on its case."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

READ_WORKS = ScopedPolicy(
    "works.read",
    Text(zh="查看周边设施施工", en="see works near cameras"),
    [Role.ADMIN, Role.AUDITOR],
    [
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.PLANNER,
        BoundRole.DEPARTMENT_OFFICER,
        BoundRole.MANAGER,
        BoundRole.MAINTAINER,
    ],
)
REGISTER_WORKS = ScopedPolicy(
    "works.register",
    Text(zh="登记周边设施施工", en="register works near cameras"),
    [],
    [BoundRole.OFFICER, BoundRole.PLANNER, BoundRole.DEPARTMENT_OFFICER],
)
LOOK = ScopedPolicy(
    "works.look",
    Text(zh="核对设施与视场", en="look at works against fields of view"),
    [],
    [BoundRole.OFFICER, BoundRole.INSPECTOR, BoundRole.MANAGER, BoundRole.MAINTAINER],
)
READ = ScopedPolicy(
    "obstructions.read",
    Text(zh="查看遮挡妨碍", en="see obstruction cases"),
    [Role.ADMIN, Role.AUDITOR],
    [BoundRole.MANAGER, BoundRole.GUARD, BoundRole.MAINTAINER, BoundRole.OFFICER, BoundRole.INSPECTOR],
)
REPORT = ScopedPolicy(
    "obstructions.report",
    Text(zh="登记遮挡妨碍", en="report obstructions"),
    [],
    [BoundRole.MANAGER, BoundRole.GUARD, BoundRole.MAINTAINER, BoundRole.OFFICER, BoundRole.INSPECTOR],
)
WORK = ScopedPolicy(
    "obstructions.work",
    Text(zh="处理遮挡妨碍", en="work on obstruction cases"),
    [],
    [BoundRole.OFFICER, BoundRole.INSPECTOR],
)
