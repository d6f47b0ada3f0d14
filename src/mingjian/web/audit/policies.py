"""Who may read the audit record: all of it, or the entries about what he administers or supervises."""

from __future__ import annotations

from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor, Binding, BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy

_BOUND = [BoundRole.ORGANISATION_ADMIN, BoundRole.APPROVER, BoundRole.INSPECTOR]


class RecordPolicy(ScopedPolicy):
    """An organisation's administrator by the tree of organisations only, public security by its division, too."""

    def bindings(self, actor: Actor) -> tuple[Binding, ...]:
        """The actor's bindings that carry this right; an authority's administrator does not supervise."""
        administrator = BoundRole.ORGANISATION_ADMIN.value
        return tuple(replace(one, division="") if one.role == administrator else one for one in super().bindings(actor))


READ = RecordPolicy(
    "audit.read", Text(zh="查阅审计记录", en="read the audit record"), [Role.ADMIN, Role.AUDITOR], _BOUND
)
EXPORT = RecordPolicy(
    "audit.export", Text(zh="导出审计记录", en="export the audit record"), [Role.ADMIN, Role.AUDITOR], _BOUND
)
