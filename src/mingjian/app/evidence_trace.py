"""Whose copy is this? A leaked picture or video, held against every player copy this installation ever made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjian.media.trace.detect import accuse, evidence_of, threshold
from mingjian.media.trace.pictures import pictures_of
from mingjian.web.retrievals.copies import MadeCopy

EXIT_FOUND, EXIT_NOBODY = 0, 1


@dataclass(frozen=True, slots=True)
class Trace:
    """`found`: the copies whose mark is there with their scores, the surest first. `highest`: the best score of all."""

    file_sha256: str
    copies: int
    threshold: float
    highest: float
    found: tuple[tuple[MadeCopy, float], ...]

    def to_json(self) -> dict[str, object]:
        """For programs; `verdict` is found or nobody."""
        return {
            "verdict": "found" if self.found else "nobody",
            "file_sha256": self.file_sha256,
            "copies": self.copies,
            "threshold": round(self.threshold, 2),
            "highest": round(self.highest, 2),
            "found": [
                {
                    "copy": one.copy, "recipient": one.recipient, "unit": one.unit, "retrieval": one.retrieval,
                    "case": one.case, "camera": one.camera, "made_ns": str(one.made_ns), "score": round(score, 2),
                }
                for one, score in self.found
            ],
        }  # fmt: skip


def trace_file(path: Path, secret: bytes, copies: Sequence[MadeCopy]) -> Trace:
    """Look for the marks of these copies in a file. Raises MingjianError `unreadable_picture`."""
    evidence = evidence_of(pictures_of(path))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    named = {one.copy: one for one in copies}
    found, nearest = accuse(evidence, secret, list(named))
    return Trace(
        digest, len(named), threshold(len(named)), 0.0 if nearest is None else nearest.score,
        tuple((named[one.copy], one.score) for one in found),
    )  # fmt: skip
