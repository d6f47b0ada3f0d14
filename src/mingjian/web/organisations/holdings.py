"""What organisations answer for in other slices: it goes over in a merger or split, and is in the way of dissolving.

A slice names its tables in `ready()`. What is dated besides (duties, capacities) it ends and begins anew when it hears
`organisation_succeeded`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q
from django.dispatch import Signal

from mingjian.kernel.text import Text
from mingjian.web.audit.actions import About, record_many
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.organisations.models import Organisation

_BATCH = 2000

organisation_succeeded = Signal()
"""`actor`, `action`, `policy`, `old`, `heir`, `on_date`: inside the transaction in which `heir` takes over from `old`."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A table of one kind of objects. `still`: those somebody has to answer for; the others only keep their history."""

    kind: str
    title: Text
    model: type[Model]
    still: Q
    name: str
    division: str

    def of(self, organisation_id: str) -> Any:
        """Its rows."""
        return self.model._default_manager.filter(organisation_id=organisation_id)


_holdings: dict[str, Holding] = {}


def hold(
    kind: str, title: Text, model: type[Model], still: Q, *, name: str = "name", division: str = "division_id"
) -> None:
    """Name a table with the column `organisation`; `name` and `division` are paths from a row. ValueError when twice."""
    if kind in _holdings:
        raise ValueError(f"{kind} is held already")
    _holdings[kind] = Holding(kind, title, model, still, name, division)


def held_by(organisation_id: str) -> Iterator[Text]:
    """Kinds of which it holds something that somebody has to answer for."""
    for holding in _holdings.values():
        if holding.of(organisation_id).filter(holding.still).exists():
            yield holding.title


def hand_over(actor: Actor, action: str, policy: Policy, old: Organisation, heir: Organisation, on_date: str) -> None:
    """All that `old` holds is `heir`'s from now on, each object with its entry. Inside a transaction."""
    for holding in _holdings.values():
        rows = holding.of(old.id)
        found = list(rows.order_by("pk").values_list("pk", holding.name, holding.division))
        before, after = {"organisation_id": old.id}, {"organisation_id": heir.id, "on_date": on_date}
        for start in range(0, len(found), _BATCH):
            some = found[start : start + _BATCH]
            abouts = [About(key, name or "", heir.id, division or "", before, after) for key, name, division in some]
            record_many(actor, action, holding.kind, abouts, policy=policy, reason=f"{old.name} → {heir.name}")
        versioned = any(column.name == "version" for column in holding.model._meta.fields)
        rows.update(organisation_id=heir.id, **({"version": F("version") + 1} if versioned else {}))
    organisation_succeeded.send(
        Organisation, actor=actor, action=action, policy=policy, old=old, heir=heir, on_date=on_date
    )
