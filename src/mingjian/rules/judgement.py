"""What a rule answers: a verdict, the clauses it rests on, why, and what would make it pass. Frozen values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.text import Text


class Verdict(StrEnum):
    """The answers a rule can give, from the strictest to the mildest (the order of definition)."""

    BLOCKED = "blocked"  # may not be done; no role can override
    FAIL = "fail"  # a duty is broken
    UNDETERMINED = "undetermined"  # the text of the law of that date is not held
    UNDECIDABLE = "undecidable"  # a fact is missing or not precise enough
    SUSPENDED = "suspended"  # waits for a named person
    DUE = "due"  # still to be done, and still in time
    ADVISED = "advised"  # encouraged, no duty
    PASS = "pass"  # noqa: S105 - a verdict, no password
    NOT_APPLICABLE = "not_applicable"  # the clause does not govern this fact or this date

    @property
    def strictness(self) -> int:
        """Greater is stricter."""
        return len(_ORDER) - _ORDER.index(self)

    @property
    def label(self) -> Text:
        """The word people read."""
        return _LABELS[self]


_ORDER = list(Verdict)
_LABELS = {
    Verdict.BLOCKED: Text(zh="禁止", en="forbidden"),
    Verdict.FAIL: Text(zh="不符合", en="not in conformity"),
    Verdict.UNDETERMINED: Text(zh="无法认定（未收录当时文本）", en="undetermined (text of that time not held)"),
    Verdict.UNDECIDABLE: Text(zh="事实不足，不能判定", en="undecidable: facts are missing"),
    Verdict.SUSPENDED: Text(zh="暂缓，待人工核实", en="suspended until a person confirms"),
    Verdict.DUE: Text(zh="待办", en="due"),
    Verdict.ADVISED: Text(zh="建议", en="advised"),
    Verdict.PASS: Text(zh="符合", en="in conformity"),
    Verdict.NOT_APPLICABLE: Text(zh="不适用", en="not applicable"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause as a judgement cites it. `certain` is false where the article number may be off by one."""

    key: str
    pack: str
    document: Text
    label: str
    certain: bool

    def printed(self, language: str) -> str:
        """For a document. A number that is not certain never appears without its mark."""
        if language.lower().startswith("zh"):
            return f"{self.document.zh}{self.label}" + ("" if self.certain else "(条号待核)")
        return f"{self.document.en}, {_in_english(self.label)}" + ("" if self.certain else " (number to be confirmed)")


_LABEL = re.compile(
    r"第(?P<article>[一二三四五六七八九十]+)条(?:第(?P<paragraph>[一二三四五六七八九十]+)款)?(?:第\((?P<item>[一二三四五六七八九十]+)\)项)?"
)
_DIGITS = "一二三四五六七八九"


def _in_english(label: str) -> str:
    """第二十四条第(二)项 as "article 24, item 2"; a label of another form stays as it is."""
    found = _LABEL.fullmatch(label)
    if found is None:
        return label
    return ", ".join(f"{name} {_number(text)}" for name, text in found.groupdict().items() if text)


def _number(text: str) -> int:
    """Chinese numerals up to ninety-nine."""
    tens, ten, ones = text.rpartition("十")
    return (10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else 0) + (_DIGITS.index(ones) + 1 if ones else 0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer of a rule.

    `remedy` says what would make it pass, and is None where nothing is to be done. `policies` names the operator's
    policies the answer also used: they are never cited as law.
    """

    verdict: Verdict
    clauses: tuple[Citation, ...]
    reason: Text
    remedy: Text | None = None
    policies: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the clauses cited."""
        return tuple(citation.key for citation in self.clauses)

    def document(self) -> dict[str, object]:
        """As plain values for an API answer or an audit entry; it has canonical bytes."""
        return {
            "verdict": self.verdict.value,
            "clauses": [
                {
                    "key": one.key,
                    "pack": one.pack,
                    "label": one.label,
                    "certain": one.certain,
                    "printed": {"zh": one.printed("zh"), "en": one.printed("en")},
                }
                for one in self.clauses
            ],
            "reason": {"zh": self.reason.zh, "en": self.reason.en},
            "remedy": None if self.remedy is None else {"zh": self.remedy.zh, "en": self.remedy.en},
            "policies": list(self.policies),
        }


def strictest(judgements: Iterable[Judgement]) -> Judgement:
    """Many answers as one: the strictest verdict with its reasons and remedies; clauses of all that share it.

    Raises ValueError for no judgement at all: silence is no verdict.
    """
    given = list(judgements)
    if not given:
        raise ValueError("no judgement to combine")
    worst = max(given, key=lambda judgement: judgement.verdict.strictness).verdict
    leading = [judgement for judgement in given if judgement.verdict is worst]
    remedies = [judgement.remedy for judgement in leading if judgement.remedy is not None]
    return Judgement(
        worst,
        tuple(dict.fromkeys(citation for judgement in leading for citation in judgement.clauses)),
        joined(judgement.reason for judgement in leading),
        joined(remedies) if remedies else None,
        tuple(dict.fromkeys(policy for judgement in leading for policy in judgement.policies)),
    )


def joined(texts: Iterable[Text]) -> Text:
    """Sentences after one another, each said once, also those that were joined before."""
    unique = list(dict.fromkeys(part for text in texts for part in _parts(text)))
    return Text(zh="；".join(text.zh for text in unique), en="; ".join(text.en for text in unique))


def _parts(text: Text) -> tuple[Text, ...]:
    zh, en = text.zh.split("；"), text.en.split("; ")
    return tuple(Text(*pair) for pair in zip(zh, en, strict=True)) if len(zh) == len(en) else (text,)
