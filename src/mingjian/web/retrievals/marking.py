"""Marks of secrecy that handed-over footage carries on: the strictest of its sources (qd204 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.retrievals import names
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.retrievals.stepping import today


@dataclass(frozen=True, slots=True)
class HandedFile:
    """What was handed over; `digest` in hexadecimal by `algorithm`.

    `flag` is privacy, trade_secret or state_secret; "" leaves it to the footage's sources.
    """

    name: str
    size_bytes: int
    algorithm: str
    digest: str
    flag: str = ""


def marked(actor: Actor, row: Retrieval, files: Sequence[HandedFile]) -> tuple[list[dict[str, Any]], Judgement]:
    """The files as they are kept, each with its mark ("" when no source has one), and what the clause says of them.

    A stricter mark than the sources' stays. Raises RuledOut `weaker_flag` when one is weaker.
    """
    law, on, sources = current_law(), today(), flags_of(row)
    inherited = names.strictest_flag(law, sources, on) or ""
    kept = [{**asdict(one), "flag": one.flag or inherited} for one in files]
    said = strictest(names.judge_inherited(law, sources, one["flag"] or None, on) for one in kept)
    if said.verdict is Verdict.FAIL:
        raise RuledOut(
            "weaker_flag", said, actor=actor, action=names.SEALED, field="files",
            subject=Subject("retrieval", row.id, row.case),
        )  # fmt: skip
    return kept, said


def flags_of(row: Retrieval) -> frozenset[str]:
    """The marks of the cameras whose footage was granted, and of their systems."""
    granted = row.extents.filter(granted=True)
    found = granted.values_list("camera__archive__flag", "camera__system__flag").distinct()
    return frozenset(flag for pair in found for flag in pair if flag and flag != "none")
