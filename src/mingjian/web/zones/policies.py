"""Who keeps zones: the municipal public security organ's planner, nobody below; administrators are not enough."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.scope import ScopedPolicy

KEEP = ScopedPolicy("zones.keep", Text(zh="管理涉密周边区域", en="keep secure zones"), [], [BoundRole.APPROVER])
