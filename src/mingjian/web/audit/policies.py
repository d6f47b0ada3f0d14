"""Who may read the audit record."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Role
from mingjian.web.authority.policy import RolePolicy

READ = RolePolicy("audit.read", Text(zh="查阅审计记录", en="read the audit record"), [Role.ADMIN, Role.AUDITOR])
EXPORT = RolePolicy("audit.export", Text(zh="导出审计记录", en="export the audit record"), [Role.ADMIN, Role.AUDITOR])
