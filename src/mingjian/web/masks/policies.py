"""Who sets masks, who reads them, who asks to see through them and who says yes.

Masks are the using unit's: whoever keeps a server running sets and lifts none of a mall's.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor, BoundRole, Role
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.viewing.policies import ASK_TICKET, OwnFootagePolicy

_Row = TypeVar("_Row", bound=Model)
_KEEPERS = [BoundRole.MANAGER, BoundRole.CUSTODIAN]

READ = ScopedPolicy(
    "masks.read", Text(zh="查看隐私遮蔽设置", en="read privacy masks"),
    [Role.ADMIN, Role.OPERATOR, Role.AUDITOR], [*_KEEPERS, BoundRole.GUARD, BoundRole.ORGANISATION_ADMIN,
    BoundRole.OFFICER, BoundRole.INSPECTOR, BoundRole.APPROVER],
)  # fmt: skip
DRAW = OwnFootagePolicy(
    "masks.draw", Text(zh="设置隐私遮蔽", en="set privacy masks"), [Role.ADMIN, Role.OPERATOR], _KEEPERS
)
GRANT = OwnFootagePolicy(
    "masks.grant", Text(zh="批准解除遮蔽查看", en="let others see through privacy masks"), [Role.ADMIN, Role.OPERATOR],
    _KEEPERS,
)  # fmt: skip
ASK = ASK_TICKET
"""Who may ask to look may ask to look through masks; a lift opens no camera by itself."""


def within(policy: OwnFootagePolicy, actor: Actor, rows: QuerySet[_Row], camera: str = "camera") -> QuerySet[_Row]:
    """The rows whose camera this right of the using unit reaches; `camera` is the path to it."""
    condition = policy.condition(
        actor, f"{camera}__organisation_id", f"{camera}__division_id" if policy.by_division else ""
    )
    if policy.everywhere(actor):
        condition |= Q(**{f"{camera}__organisation_id": None})
    return rows.filter(condition)
