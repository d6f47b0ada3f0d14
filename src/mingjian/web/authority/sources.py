"""Where an actor's bound roles come from: the slice that keeps them says so, since authority lies below it."""

from __future__ import annotations

from collections.abc import Callable

from mingjian.web.authority.actor import Binding

_source: list[Callable[[str], tuple[Binding, ...]]] = []


def keep_bindings(source: Callable[[str], tuple[Binding, ...]]) -> None:
    """Name the function that gives a user's bindings as of now, by user id."""
    _source[:] = [source]


def bindings_of(user_id: str) -> tuple[Binding, ...]:
    """The bindings in force; none while nobody keeps any."""
    return _source[0](user_id) if _source else ()
