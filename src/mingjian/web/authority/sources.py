"""Where an actor's bound roles and second factor are kept: the slices that keep them say so; authority lies below."""

from __future__ import annotations

from collections.abc import Callable

from mingjian.web.authority.actor import Binding

_source: list[Callable[[str], tuple[Binding, ...]]] = []
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
