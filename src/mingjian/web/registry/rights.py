"""The register's rights: whole roles see everything, bound ones what their organisation or division reaches."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

STAFF = (Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR)
KEEPERS = (Role.ADMIN, Role.OPERATOR)
MANAGERS = (BoundRole.MANAGER, BoundRole.ORGANISATION_ADMIN)
RECORDERS = (*MANAGERS, BoundRole.OFFICER, BoundRole.PLANNER)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a scoped right is asked about before a row exists."""

    organisation_id: str | None
    division_id: str | None


READ_PLACES = ScopedPolicy("registry.place.read", Text(zh="查看场所", en="see places"), STAFF, tuple(BoundRole))
MANAGE_PLACES = ScopedPolicy("registry.place.manage", Text(zh="管理场所", en="manage places"), KEEPERS, RECORDERS)
READ_SYSTEMS = ScopedPolicy("registry.system.read", Text(zh="查看系统", en="see systems"), STAFF, tuple(BoundRole))
MANAGE_SYSTEMS = ScopedPolicy("registry.system.manage", Text(zh="管理系统", en="manage systems"), KEEPERS, MANAGERS)
READ_DEVICES = ScopedPolicy("registry.device.read", Text(zh="查看设备", en="see devices"), STAFF, tuple(BoundRole))
MANAGE_DEVICES = ScopedPolicy("registry.device.manage", Text(zh="管理设备", en="manage devices"), KEEPERS, MANAGERS)
INSPECT_AREAS = ScopedPolicy(
    "registry.area.inspect",
    Text(zh="登记禁装区域检查", en="record inspections of prohibited areas"),
    KEEPERS,
    (*MANAGERS, BoundRole.GUARD),
)
IMPORT = ScopedPolicy(
    "registry.import", Text(zh="导入登记资料", en="import into the register"), KEEPERS, (*MANAGERS, BoundRole.OFFICER)
)
EXPORT = ScopedPolicy(
    "registry.export", Text(zh="导出登记资料", en="export the register"), (*KEEPERS, Role.AUDITOR), RECORDERS
)
