"""State tables: states, transitions with guards and clauses, one function to step, and the diagram of each.

A table is a value. `step` never raises for an event that does not fit: it stays and says why, so that the same
function serves a screen that asks what can be done and an action that does it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Citation, Judgement, Verdict
from mingjian.rules.law import Law

Facts = TypeVar("Facts")
Guard = Callable[[Law, Facts, dt.date], Judgement]

LETS_THROUGH = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.ADVISED})


@dataclass(frozen=True, slots=True)
class State:
    """A state and its word for people. Nothing leaves a final state."""

    name: str
    label: Text
    final: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """From `source` by `event` to `target`, when `guard` (a name, or None) lets through; `clauses` it rests on."""

    source: str
    event: str
    target: str
    label: Text
    guard: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class StateTable(Generic[Facts]):
    """A table with its guards. Raises ValueError when it names an unknown state, guard, or two ways for one event."""

    name: str
    title: Text
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    guards: Mapping[str, Guard[Facts]]

    def __post_init__(self) -> None:
        names = {state.name: state for state in self.states}
        if len(names) != len(self.states) or self.initial not in names:
            raise ValueError(f"{self.name}: states are not distinct, or the initial one is unknown")
        seen: set[tuple[str, str]] = set()
        for move in self.transitions:
            if move.source not in names or move.target not in names:
                raise ValueError(f"{self.name}: {move.event} names an unknown state")
            if names[move.source].final:
                raise ValueError(f"{self.name}: {move.event} leaves the final state {move.source}")
            if move.guard is not None and move.guard not in self.guards:
                raise ValueError(f"{self.name}: {move.event} names an unknown guard")
            if (move.source, move.event) in seen:
                raise ValueError(f"{self.name}: two ways for {move.event} from {move.source}")
            seen.add((move.source, move.event))

    def label(self, state: str) -> Text:
        """The word for a state. Raises KeyError for an unknown one."""
        return {one.name: one.label for one in self.states}[state]

    def events(self, state: str) -> tuple[str, ...]:
        """What can happen in a state."""
        return tuple(move.event for move in self.transitions if move.source == state)


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, and the judgement that let it through or held it."""

    state: str
    moved: bool
    judgement: Judgement


def step(table: StateTable[Facts], state: str, event: str, law: Law, facts: Facts, on: dt.date) -> Step:
    """Try an event. Raises KeyError for an unknown state."""
    here = table.label(state)
    move = next((one for one in table.transitions if (one.source, one.event) == (state, event)), None)
    if move is None:
        return Step(
            state,
            False,
            Judgement(
                Verdict.BLOCKED,
                (),
                Text(f"“{here.zh}”状态下不能进行该操作", f"{event} is not possible while {here.en}"),
            ),
        )
    cited = _citations(law, move, on)
    if move.guard is None:
        return Step(move.target, True, Judgement(Verdict.PASS, cited, move.label))
    answer = table.guards[move.guard](law, facts, on)
    moved = answer.verdict in LETS_THROUGH
    return Step(move.target if moved else state, moved, answer)


def _citations(law: Law, move: Transition, on: dt.date) -> tuple[Citation, ...]:
    answers = [law.ask(key, on) for key in move.clauses]
    return tuple(answer.cite() for answer in answers if not isinstance(answer, Judgement))


def diagram(table: StateTable[Facts]) -> str:
    """The table as a Mermaid state diagram (stateDiagram-v2), labels in Chinese, ending with a newline."""
    lines = ["stateDiagram-v2", f"    [*] --> {table.initial}"]
    lines += [f"    {state.name}: {state.label.zh}" for state in table.states]
    for move in table.transitions:
        guard = f" [{move.guard}]" if move.guard else ""
        lines.append(f"    {move.source} --> {move.target}: {move.label.zh}{guard}")
    lines += [f"    {state.name} --> [*]" for state in table.states if state.final]
    return "\n".join(lines) + "\n"
