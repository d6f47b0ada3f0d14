"""Who may hand in and read files at all; about which subject, the policies of its slice say (`rights`)."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

READ = ScopedPolicy(
    "files.read",
    Text(zh="查看文件", en="see files"),
    [Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR],
    tuple(BoundRole),
)
KEEP = ScopedPolicy(
    "files.keep",
    Text(zh="上传和撤下文件", en="upload files and take them down"),
    [Role.ADMIN, Role.OPERATOR],
    [
        BoundRole.MANAGER,
        BoundRole.ORGANISATION_ADMIN,
        BoundRole.GUARD,
        BoundRole.MAINTAINER,
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.CUSTODIAN,
        BoundRole.DEPARTMENT_OFFICER,
        BoundRole.EMERGENCY_COMMANDER,
        BoundRole.REGULATOR,
    ],
)
