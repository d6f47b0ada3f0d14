"""Who keeps staff records and rooms, who asks for and decides changes, who reads alarms."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

_CHIEFS = [BoundRole.MANAGER, BoundRole.ORGANISATION_ADMIN]
_SUPERVISORS = [BoundRole.OFFICER, BoundRole.INSPECTOR]

READ = ScopedPolicy(
    "monitoring.read",
    Text(zh="查看监看管理登记", en="read staff records, rooms, changes and alarms"),
    [Role.ADMIN, Role.AUDITOR],
    [*_CHIEFS, *_SUPERVISORS],
)
ROOMS = ScopedPolicy(
    "monitoring.rooms",
    Text(zh="查看监看场所与出入登记", en="see monitoring rooms and who entered them"),
    [Role.ADMIN, Role.AUDITOR],
    [*_CHIEFS, BoundRole.GUARD, *_SUPERVISORS],
)
KEEP = ScopedPolicy(
    "monitoring.keep",
    Text(zh="登记人员与监看场所", en="keep staff records and monitoring rooms"),
    [Role.ADMIN],
    _CHIEFS,
    by_division=False,
)
LOG = ScopedPolicy(
    "monitoring.log",
    Text(zh="登记进入监看场所", en="log entries into a monitoring room"),
    [Role.ADMIN],
    [*_CHIEFS, BoundRole.GUARD],
    by_division=False,
)
ASK = ScopedPolicy(
    "monitoring.change.ask",
    Text(zh="申请变更用途、核查视域", en="ask for changes of use, audit fields of view"),
    [Role.ADMIN],
    [*_CHIEFS, BoundRole.GUARD, BoundRole.MAINTAINER, *_SUPERVISORS],
)
DECIDE = ScopedPolicy(
    "monitoring.change.decide", Text(zh="审批用途变更", en="decide changes of use"), [], _CHIEFS, by_division=False
)
