"""What the slice's answers have in common."""

from __future__ import annotations

from typing import Any

from mingjian.rules.judgement import Judgement, Verdict
from mingjian.web.http.schemas import Plain


class CitationOut(Plain):
    """A clause as cited; `certain` is false where the article's number may be off by one.

    `printed` names the regulation and the article, with the mark of a number that is not certain.
    """

    key: str
    pack: str
    label: str
    certain: bool
    printed: str


class JudgementOut(Plain):
    """A rule's answer in the reader's language."""

    verdict: Verdict
    verdict_label: str
    reason: str
    remedy: str | None
    clauses: list[CitationOut]


def judgement_out(judgement: Judgement, language: str) -> dict[str, Any]:
    """A judgement as answered."""
    return kept_judgement_out(judgement.document(), language)


def kept_judgement_out(document: dict[str, Any], language: str) -> dict[str, Any]:
    """The same from what was kept of it (Judgement.document)."""
    words = "zh" if language == "zh" else "en"
    remedy = document["remedy"]
    return {
        "verdict": document["verdict"],
        "verdict_label": Verdict(document["verdict"]).label.for_language(language),
        "reason": document["reason"][words],
        "remedy": None if remedy is None else remedy[words],
        "clauses": [{**one, "printed": one["printed"][words]} for one in document["clauses"]],
    }
