"""The registry of providers, and what an actor's page holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Model, QuerySet

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do about a record. `due` is a day YYYY-MM-DD or "" for none; earlier is more pressing."""

    title: str
    subject_kind: str
    subject_id: str
    due: str = ""
    overdue: bool = False
    urgent: bool = False
    clause: str = ""


Ask = Callable[[Actor, int], tuple[int, list[Todo]]]  # how many there are, and the first of them


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of thing to do, and who is asked for it."""

    name: str
    title: Text
    policy: Policy
    ask: Ask


@dataclass(frozen=True, slots=True)
class Group:
    """What one provider has for an actor."""

    provider: Provider
    count: int
    items: list[Todo] = field(default_factory=list)


_providers: dict[str, Provider] = {}
_Row = TypeVar("_Row", bound=Model)


def first_and_count(rows: QuerySet[_Row], limit: int) -> tuple[int, list[_Row]]:
    """How many rows there are, and the first of them: one query while they fit, a second one only to count more."""
    found = list(rows[: limit + 1])
    return (len(found), found) if len(found) <= limit else (rows.order_by().count(), found[:limit])


def provide(name: str, title: Text, policy: Policy, ask: Ask) -> None:
    """Add a provider. Raises ValueError when the name is taken."""
    if name in _providers:
        raise ValueError(f"a provider of to-dos named {name} is there already")
    _providers[name] = Provider(name, title, policy, ask)


def todo_of(actor: Actor, limit: int) -> list[Group]:
    """Everything that waits for the actor, at most `limit` of each kind; kinds with nothing are left out."""
    found = []
    for name in sorted(_providers):
        provider = _providers[name]
        if not provider.policy.allows(actor):
            continue
        count, items = provider.ask(actor, limit)
        if count:
            found.append(Group(provider, count, items))
    return found
