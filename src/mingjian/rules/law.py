"""The law as values: clauses, packs in time, overlays, policies. Frozen; nothing here reads a file or a clock.

`Law` is handed to every rule, so that a past fact is judged under the law of its date and a test can judge under a
law with one parameter changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.holiday_calendar import HolidayCalendar
from mingjian.rules.judgement import Citation, Judgement, Verdict

Parameter = bool | int | str | dt.date | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One paragraph or item of a regulation. `item` is 0 for a paragraph. `valid_to` is the last day in force."""

    key: str
    pack: str
    document: Text
    article: int
    paragraph: int
    item: int
    article_label: str
    label_confidence: str
    text: str
    obliges: Text
    whom: tuple[str, ...]
    status: str
    why: Text | None
    applies_if: str
    stricter_than: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date | None
    parameters: dict[str, Parameter] = field(hash=False)

    @property
    def address(self) -> str:
        """article.paragraph, and .item where there is one."""
        tail = f".{self.item}" if self.item else ""
        return f"{self.article}.{self.paragraph}{tail}"

    def in_force(self, on: dt.date) -> bool:
        """Whether the clause is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def cite(self) -> Citation:
        """The clause as a judgement cites it."""
        return Citation(self.key, self.pack, self.document, self.article_label, self.label_confidence == "certain")

    def number(self, name: str) -> int:
        """A whole-number parameter. Raises MingjianError `law_parameter` when it is missing or no whole number."""
        value = self._parameter(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise parameter_error(self, name, "a whole number")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list of names. Raises MingjianError `law_parameter`."""
        value = self._parameter(name)
        if not isinstance(value, tuple):
            raise parameter_error(self, name, "a list of names")
        return tuple(str(entry) for entry in value)

    def amounts(self, name: str) -> tuple[int, int] | None:
        """A range of money [least, most] in CNY, or None where the clause has none under that name."""
        value = self.parameters.get(name)
        if value is None:
            return None
        if not isinstance(value, tuple) or len(value) != 2:
            raise parameter_error(self, name, "a range of two amounts")
        low, high = value
        return int(low), int(high)

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter. Raises MingjianError `law_parameter`."""
        value = self._parameter(name)
        if not isinstance(value, bool):
            raise parameter_error(self, name, "true or false")
        return value

    def day(self, name: str) -> dt.date:
        """A date parameter. Raises MingjianError `law_parameter`."""
        value = self._parameter(name)
        if not isinstance(value, dt.date):
            raise parameter_error(self, name, "a date")
        return value

    def word(self, name: str) -> str:
        """A parameter that is one word. Raises MingjianError `law_parameter`."""
        value = self._parameter(name)
        if not isinstance(value, str):
            raise parameter_error(self, name, "a word")
        return value

    def _parameter(self, name: str) -> Parameter:
        if name not in self.parameters:
            raise parameter_error(self, name, "present")
        return self.parameters[name]


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one regulation. `valid_to` is its last day, None while it is in force."""

    id: str
    family: str
    title: Text
    citation: str
    level: str
    valid_from: dt.date
    valid_to: dt.date | None
    text_held: bool
    clauses: tuple[Clause, ...]

    def in_force(self, on: dt.date) -> bool:
        """Whether this version is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RetentionOverlay:
    """Another law that lengthens retention for a kind of place."""

    key: str
    kinds: tuple[str, ...]
    days: int
    continuous_in_opening_hours: bool
    confirm_before_use: bool
    valid_from: dt.date
    valid_to: dt.date | None
    label: Text
    basis: Text


@dataclass(frozen=True, slots=True)
class Policy:
    """A value the law leaves open, set by the operator and labelled so."""

    key: str
    value: int | tuple[int, ...]
    label: Text


@dataclass(frozen=True, slots=True)
class ContractorCondition:
    """A legal condition for a kind of work in a time, with its statutory basis."""

    credential: str
    works: tuple[str, ...]
    only_building_engineering: bool
    valid_from: dt.date
    valid_to: dt.date | None
    confidence: str
    label: Text
    basis: Text


@dataclass(frozen=True, slots=True)
class UndemandableCredential:
    """A certificate without statutory force: it is never demanded."""

    credential: str
    label: Text
    why: Text


@dataclass(frozen=True)
class Law:
    """All that is held: packs, overlays, policies, contractor's conditions, holiday calendars."""

    packs: tuple[Pack, ...]
    overlays: tuple[RetentionOverlay, ...] = ()
    policies: tuple[Policy, ...] = ()
    contractor_conditions: tuple[ContractorCondition, ...] = ()
    never_demanded: tuple[UndemandableCredential, ...] = ()
    calendars: tuple[HolidayCalendar, ...] = ()

    @cached_property
    def _by_key(self) -> dict[str, Clause]:
        return {clause.key: clause for clause in self.clauses}

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause of every pack, in the order of the texts."""
        return tuple(clause for pack in self.packs for clause in pack.clauses)

    def clause(self, key: str) -> Clause:
        """The clause of that key. Raises MingjianError `unknown_clause`."""
        try:
            return self._by_key[key]
        except KeyError:
            raise MingjianError(
                "unknown_clause",
                Text(zh=f"没有名为“{key}”的条款", en=f"there is no clause {key!r}"),
                fault=Fault.USER,
                field="clause",
                remedy=Text(zh="用 mingjian law list 查看全部条款", en="see all clauses with mingjian law list"),
            ) from None

    def known(self, key: str) -> Clause | None:
        """The clause of that key; None when there is none."""
        return self._by_key.get(key)

    def policy(self, key: str) -> Policy:
        """The policy of that key. Raises MingjianError `unknown_policy`."""
        for policy in self.policies:
            if policy.key == key:
                return policy
        raise MingjianError(
            "unknown_policy",
            Text(zh=f"没有名为“{key}”的内部规定", en=f"there is no policy {key!r}"),
            fault=Fault.OURS,
            field=key,
        )

    def policy_number(self, key: str) -> int:
        """The single number of a policy. Raises MingjianError `unknown_policy` or ValueError for a list."""
        value = self.policy(key).value
        if not isinstance(value, int):
            raise ValueError(f"{key} is a list")
        return value

    def packs_on(self, on: dt.date) -> tuple[Pack, ...]:
        """The versions in force on a day: at most one of each family."""
        return tuple(pack for pack in self.packs if pack.in_force(on))

    def ask(self, key: str, on: dt.date) -> Clause | Judgement:
        """The clause as in force on `on`; or the judgement that it did not govern, or that its text is not held."""
        clause = self.clause(key)
        family = key.partition(".")[0]
        for pack in self.packs_on(on):
            if pack.family != family:
                continue
            if not pack.text_held:
                return _text_not_held(pack, on)
            if clause.pack == pack.id and clause.in_force(on):
                return clause
        return Judgement(
            Verdict.NOT_APPLICABLE,
            (clause.cite(),),
            Text(
                zh=f"{on.isoformat()}，{clause.document.zh}{clause.article_label}不在施行期内",
                en=f"{clause.key} is not in force on {on.isoformat()}",
            ),
        )

    def with_parameter(self, key: str, name: str, value: Parameter) -> Law:
        """The same law with one parameter of one clause changed: for proving that examples notice."""
        clause = self.clause(key)
        return self._replacing(replace(clause, parameters={**clause.parameters, name: value}))

    def without(self, key: str) -> Law:
        """The same law with one clause not in force on any day: for proving that examples notice."""
        return self._replacing(replace(self.clause(key), valid_from=dt.date.max))

    def with_policy(self, key: str, value: int | tuple[int, ...]) -> Law:
        """The same law under another policy of the operator. Raises MingjianError `unknown_policy`."""
        self.policy(key)
        changed = tuple(replace(policy, value=value) if policy.key == key else policy for policy in self.policies)
        return replace(self, policies=changed)

    def _replacing(self, changed: Clause) -> Law:
        packs = tuple(
            replace(pack, clauses=tuple(changed if clause.key == changed.key else clause for clause in pack.clauses))
            if pack.id == changed.pack
            else pack
            for pack in self.packs
        )
        return replace(self, packs=packs)


def judge(
    verdict: Verdict,
    clauses: Sequence[Clause],
    reason: Text,
    remedy: Text | None = None,
    policies: tuple[str, ...] = (),
) -> Judgement:
    """A judgement that cites `clauses`."""
    return Judgement(verdict, tuple(clause.cite() for clause in clauses), reason, remedy, policies)


def parameter_error(clause: Clause, name: str, wanted: str) -> MingjianError:
    """A parameter that is not what its rule needs: names pack, clause and key."""
    return MingjianError(
        "law_parameter",
        Text(
            zh=f"规则包 {clause.pack} 条款 {clause.key} 的参数“{name}”无效",
            en=f"pack {clause.pack}, clause {clause.key}: parameter {name!r} must be {wanted}",
        ),
        fault=Fault.OURS,
        field=f"{clause.pack}/{clause.key}/{name}",
    )


def _text_not_held(pack: Pack, on: dt.date) -> Judgement:
    document = Text(zh=pack.citation, en=pack.title.en)
    return Judgement(
        Verdict.UNDETERMINED,
        (Citation(pack.family, pack.id, document, "", certain=False),),
        Text(
            zh=f"{on.isoformat()}施行的是修订前文本，本系统未收录，不作推定",
            en=f"on {on.isoformat()} {pack.id} was in force; its text is not held, so nothing is guessed",
        ),
        Text(
            zh="请查阅当时施行的文本，由法制审核人员认定",
            en="consult the text then in force and have legal review decide",
        ),
    )
