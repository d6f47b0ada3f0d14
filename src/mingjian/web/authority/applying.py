"""How a clause becomes bound: an action says which rule of the law it asks, and for which entries of the audit record.

    judge_filing = applying(filing_clock.judge_filing, by=SUBMITTED)

`judge_filing` is called like the rule. The declaration tells `mingjian law coverage` that an action reaches the rule;
that it is true is shown by tests (mark `applies`), which see the rule called and the clause in the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement
from mingjian.rules.registry import BINDINGS, rule_name
from mingjian.web.authority.actor import Actor

_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")

_actions: dict[str, dict[str, None]] = {}  # rule -> audit names, in the order declared
_asked: set[str] = set()
_recorded: set[tuple[str, str]] = set()


def applying(rule: Callable[_Arguments, _Answer], by: str | Iterable[str]) -> Callable[_Arguments, _Answer]:
    """The rule, declared as asked by the actions whose registered audit names are `by`. Called at import.

    Raises ValueError for a rule that no clause is bound to, and for no action at all: either would bind nothing.
    """
    name = rule_name(rule)
    names = [by] if isinstance(by, str) else list(by)
    if not clauses_of(name):
        raise ValueError(f"no clause is bound to the rule {name}")
    if not names:
        raise ValueError(f"no action is named for the rule {name}")
    _actions.setdefault(name, {}).update(dict.fromkeys(names))

    @wraps(rule)
    def asked(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Answer:
        _asked.add(name)
        return rule(*arguments, **named)

    return asked


def applications() -> dict[str, tuple[str, ...]]:
    """Every declaration: name of the rule -> audit names of the actions that ask it. Complete after Django's set-up."""
    return {rule: tuple(names) for rule, names in sorted(_actions.items())}


def reached() -> dict[str, str]:
    """What `rules.registry.coverage` wants: name of the rule -> the actions, as one text."""
    return {rule: ", ".join(names) for rule, names in applications().items()}


def clauses_of(rule: str) -> frozenset[str]:
    """Keys of the clauses a rule is bound to, by its name."""
    return frozenset(key for key, rules in BINDINGS.items() if rule in map(rule_name, rules))


def note_recorded(action: str, clauses: Iterable[str]) -> None:
    """Told by the audit record: an entry of this name carries these clauses."""
    _recorded.update((action, clause) for clause in clauses)


def forget() -> None:
    """Forget what was asked and recorded in this process (not what is declared): a test begins."""
    _asked.clear()
    _recorded.clear()


def shown(rule: str, action: str) -> bool:
    """Whether the rule was asked, and an entry of the action carries one of its clauses, since `forget`."""
    return rule in _asked and any((action, clause) in _recorded for clause in clauses_of(rule))


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about, as the audit record names it."""

    kind: str = ""
    id: str = ""
    name: str = ""


class RuledOut(MingjianError):
    """The law said no. Raised by an action; the API records it, after the rollback, with the clauses that decided."""

    def __init__(
        self,
        code: str,
        judgement: Judgement,
        *,
        actor: Actor,
        action: str,
        field: str | None = None,
        subject: Subject | None = None,
    ) -> None:
        super().__init__(code, cited_reason(judgement), fault=Fault.USER, field=field, remedy=judgement.remedy)
        self.judgement = judgement
        self.actor = actor
        self.action = action
        self.subject = subject or Subject()


def cited_reason(judgement: Judgement) -> Text:
    """The reason with its clauses in brackets; an uncertain article number carries its mark."""
    zh = "、".join(citation.printed("zh") for citation in judgement.clauses)
    en = "; ".join(citation.printed("en") for citation in judgement.clauses)
    if not zh:
        return judgement.reason
    return Text(zh=f"{judgement.reason.zh}({zh})", en=f"{judgement.reason.en} ({en})")
