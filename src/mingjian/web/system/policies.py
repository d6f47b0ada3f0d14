"""Who may see what the machine does, and vouch for its time."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

READ = RolePolicy(
    "system.read", Text(zh="查看系统状态", en="see the system's state"), [Role.ADMIN, Role.OPERATOR, Role.AUDITOR]
)
CONFIRM_TIME = RolePolicy("system.confirm_time", Text(zh="确认系统时间", en="confirm the system's time"), [Role.ADMIN])
