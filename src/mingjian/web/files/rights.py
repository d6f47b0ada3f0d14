"""Whose right a file is read and kept under: that of its subject. The slice that keeps the kind says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.authority.subjects import Located


@dataclass(slots=True)
class _Rights:
    read: list[Policy] = field(default_factory=list)
    keep: list[Policy] = field(default_factory=list)


_rights: dict[str, _Rights] = {}


def open_files(kind: str, *, read: Policy | None = None, keep: Policy | None = None) -> None:
    """Files about objects of this kind are read, or kept, by whoever has this right over the object. Adds up."""
    rights = _rights.setdefault(kind, _Rights())
    rights.read += [] if read is None else [read]
    rights.keep += [] if keep is None else [keep]


def has_files(kind: str) -> bool:
    """Whether objects of this kind have files."""
    return kind in _rights


def may_read(actor: Actor, kind: str, where: Located) -> bool:
    """Whether he reads the files of an object of this kind that lies there. Who keeps them reads them."""
    rights = _rights.get(kind, _Rights())
    return any(policy.allows(actor, where) for policy in (*rights.read, *rights.keep))


def keeping_policies(kind: str) -> tuple[Policy, ...]:
    """The rights that each suffice for keeping files of this kind."""
    return tuple(_rights.get(kind, _Rights()).keep)
