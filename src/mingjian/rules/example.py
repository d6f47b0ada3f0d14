"""An example of a rule: facts, and the answer the law gives. Passing, failing and boundary examples prove a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.text import Text
from mingjian.rules.law import Law


class Kind(StrEnum):
    """What an example shows."""

    PASSING = "passing"
    FAILING = "failing"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class Example:
    """`run` asks a rule under the law it is handed; the answer must equal `expected`."""

    clause: str
    kind: Kind
    says: Text
    run: Callable[[Law], object]
    expected: object


def passing(clause: str, says: Text, run: Callable[[Law], object], expected: object) -> Example:
    """A case in conformity."""
    return Example(clause, Kind.PASSING, says, run, expected)


def failing(clause: str, says: Text, run: Callable[[Law], object], expected: object) -> Example:
    """A case not in conformity."""
    return Example(clause, Kind.FAILING, says, run, expected)


def boundary(clause: str, says: Text, run: Callable[[Law], object], expected: object) -> Example:
    """A case on the edge: the last day, the last item of a list, the exception."""
    return Example(clause, Kind.BOUNDARY, says, run, expected)
