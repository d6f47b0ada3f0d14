"""Who may see and manage cameras."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

READ = RolePolicy(
    "registry.camera.read",
    Text(zh="查看摄像机", en="see cameras"),
    [Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR],
)
MANAGE = RolePolicy("registry.camera.manage", Text(zh="管理摄像机", en="manage cameras"), [Role.ADMIN, Role.OPERATOR])
PROBE = RolePolicy(
    "registry.camera.probe", Text(zh="测试和发现摄像机", en="test and find cameras"), [Role.ADMIN, Role.OPERATOR]
)
