"""Is a clause really ruled? Run its examples, then change each of its parameters and see whether an example notices.

Pure and quick, so that `coverage` says "ruled" only for what it has just proved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from mingjian.kernel.errors import MingjianError
from mingjian.rules.example import Example, Kind
from mingjian.rules.law import Clause, Law, Parameter


@dataclass(frozen=True, slots=True)
class Mutation:
    """The law with one thing changed, and what was changed."""

    what: str
    law: Law


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown for one clause. `survivors` are the changes no example noticed."""

    clause: str
    kinds: frozenset[Kind]
    wrong: tuple[Example, ...]
    mutations: int
    survivors: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Every kind of example, all right, and every change noticed."""
        return self.kinds == frozenset(Kind) and not self.wrong and not self.survivors


def prove(law: Law, clause_key: str, examples: tuple[Example, ...]) -> Proof:
    """Run the examples of one clause under the law and under every mutation of the clause."""
    own = tuple(example for example in examples if example.clause == clause_key)
    wrong = tuple(example for example in own if not holds(example, law))
    survivors = []
    count = 0
    for mutation in mutations(law, law.clause(clause_key)):
        count += 1
        if all(holds(example, mutation.law) for example in own):
            survivors.append(mutation.what)
    return Proof(clause_key, frozenset(example.kind for example in own), wrong, count, tuple(survivors))


def holds(example: Example, law: Law) -> bool:
    """Whether the example gives its answer. A rule that cannot run under a changed law does not."""
    try:
        return example.run(law) == example.expected
    except (MingjianError, KeyError, ValueError):
        return False


def mutations(law: Law, clause: Clause) -> Iterator[Mutation]:
    """The clause struck out, and each parameter changed in every small way."""
    yield Mutation("struck out", law.without(clause.key))
    for name, value in clause.parameters.items():
        for changed in _changes(name, value):
            yield Mutation(f"{name}: {value!r} -> {changed!r}", law.with_parameter(clause.key, name, changed))


def _changes(name: str, value: Parameter) -> Iterator[Parameter]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif isinstance(value, str):
        yield value[:-1]
        yield value + "0"
    elif isinstance(value, dt.date):
        yield value + dt.timedelta(days=1)
        yield value - dt.timedelta(days=1)
    else:
        yield from _tuple_changes(name, value)


def _tuple_changes(name: str, value: tuple[str, ...] | tuple[int, ...]) -> Iterator[Parameter]:
    words = tuple(entry for entry in value if isinstance(entry, str))
    if words:
        for at in range(len(words)):
            yield words[:at] + words[at + 1 :]
        if name.endswith("_first"):  # an order means something
            yield words[::-1]
        return
    numbers = tuple(entry for entry in value if isinstance(entry, int))
    for at, number in enumerate(numbers):
        yield (*numbers[:at], number + 1, *numbers[at + 1 :])
        yield (*numbers[:at], number - 1, *numbers[at + 1 :])
