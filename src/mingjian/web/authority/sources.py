"""Where an actor's bound roles and second factor are kept: the slices that keep them say so; authority lies below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mingjian.web.authority.actor import Actor, Binding

_source: list[Callable[[str], tuple[Binding, ...]]] = []
_posts: list[Callable[[str], str]] = []
_contacts: list[Callable[[Actor, Any, object], list[str]]] = []
_enrolled: list[Callable[[str], bool]] = []


def keep_bindings(source: Callable[[str], tuple[Binding, ...]]) -> None:
    """Name the function that gives a user's bindings as of now, by user id."""
    _source[:] = [source]


def bindings_of(user_id: str) -> tuple[Binding, ...]:
    """The bindings in force; none while nobody keeps any."""
    return _source[0](user_id) if _source else ()


def keep_second_factors(source: Callable[[str], bool]) -> None:
    """Name the function that says whether a user, by id, has enrolled a second factor."""
    _enrolled[:] = [source]


def has_second_factor(user_id: str) -> bool:
    """Whether he has enrolled one."""
    return bool(_enrolled) and _enrolled[0](user_id)


def keep_posts(source: Callable[[str], str]) -> None:
    """Name the function that gives the titles of the posts a user holds today, by user id."""
    _posts[:] = [source]


def post_of(user_id: str) -> str:
    """The titles of his posts, empty for none."""
    return _posts[0](user_id) if _posts else ""


def keep_contacts(source: Callable[[Actor, Any, object], list[str]]) -> None:
    """Name the function that says whom a refused actor asks: actor, policy, subject."""
    _contacts[:] = [source]


def contacts_of(actor: Actor, policy: Any, subject: object) -> list[str]:
    """People of his own organisation, or above it, whom he may ask; nearest first."""
    return _contacts[0](actor, policy, subject) if _contacts else []
