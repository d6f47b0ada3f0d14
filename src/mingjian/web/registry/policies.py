"""Who may see and manage cameras."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.authority.policy import RolePolicy
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.rights import KEEPERS, MANAGERS, STAFF

READ = ScopedPolicy("registry.camera.read", Text(zh="查看摄像机", en="see cameras"), STAFF, tuple(BoundRole))
MANAGE = ScopedPolicy("registry.camera.manage", Text(zh="管理摄像机", en="manage cameras"), KEEPERS, MANAGERS)
PROBE = RolePolicy(
    "registry.camera.probe", Text(zh="测试和发现摄像机", en="test and find cameras"), [Role.ADMIN, Role.OPERATOR]
)
