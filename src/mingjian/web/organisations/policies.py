"""Who may see and change divisions, organisations, their people, and what is bound to them."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.authority.policy import RolePolicy, SignedInPolicy
from mingjian.web.organisations.scope import ScopedPolicy

_KEEPERS = [Role.ADMIN, Role.AUDITOR]
_PERSONNEL = [BoundRole.ORGANISATION_ADMIN, BoundRole.MANAGER]

DIVISIONS_READ = SignedInPolicy(
    "organisations.divisions_read", Text("查看行政区划", "see divisions")
)  # public knowledge
STRUCTURE = RolePolicy(
    "organisations.structure",
    Text("变更区划与单位的设立、合并、拆分和撤销", "make, merge, split and dissolve divisions and organisations"),
    [Role.ADMIN],
)
READ = ScopedPolicy(
    "organisations.read",
    Text("查看单位", "see organisations"),
    [*_KEEPERS, Role.OPERATOR],
    BoundRole,
    grants=["sector", "emergency"],
)
WHO_MAY = ScopedPolicy("organisations.who_may", Text("查询谁有权限", "ask who may"), _KEEPERS, BoundRole)
CHANGE = ScopedPolicy(
    "organisations.change",
    Text("修改单位资料", "change organisations"),
    [Role.ADMIN],
    [BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
PEOPLE_READ = ScopedPolicy(
    "organisations.people_read", Text("查看人员和职务", "see people and posts"), _KEEPERS, _PERSONNEL, by_division=False
)
PEOPLE_CHANGE = ScopedPolicy(
    "organisations.people_change",
    Text("管理人员和职务", "manage people and posts"),
    [Role.ADMIN],
    [BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
BINDINGS_READ = ScopedPolicy(
    "organisations.bindings_read",
    Text("查看角色授予", "see bound roles"),
    _KEEPERS,
    [BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
BIND = ScopedPolicy(
    "organisations.bind",
    Text("授予和收回角色", "grant and end bound roles"),
    [Role.ADMIN],
    [BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
GRANTS_READ = RolePolicy("organisations.grants_read", Text("查看专项授权", "see recorded grants"), _KEEPERS)
GRANT = RolePolicy("organisations.grant", Text("登记和收回专项授权", "record and end grants"), [Role.ADMIN])
AGREEMENTS_READ = ScopedPolicy(
    "organisations.agreements_read", Text("查看委托协议", "see agreements"), _KEEPERS, _PERSONNEL, by_division=False
)
AGREEMENTS_CHANGE = ScopedPolicy(
    "organisations.agreements_change",
    Text("管理委托协议", "manage agreements"),
    [Role.ADMIN],
    _PERSONNEL,
    by_division=False,
)
QUALIFICATIONS_CHANGE = ScopedPolicy(
    "organisations.qualifications_change",
    Text("管理资质证书", "manage qualifications"),
    [Role.ADMIN],
    [BoundRole.ORGANISATION_ADMIN],
    by_division=False,
)
