"""What a check answers: numbered steps, each passed or failed, and the first thing that is not as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.text import Text


class Part(StrEnum):
    """What of a segment file is altered."""

    FILE = "file"  # no such file at all
    INIT = "init"
    FRAGMENT = "fragment"
    LEAF_BOX = "leaf_box"  # the hash written behind a fragment; the fragment itself is proved
    TABLE = "table"  # the closing table; no footage lies there
    MISSING = "missing"  # what should follow is not there


@dataclass(frozen=True, slots=True)
class Altered:
    """The first altered part: bytes [offset, end) of the file.

    `fragment` counts from 1 (0: before the first); times are wall time and 90 kHz from the file's beginning, as far as
    the file still tells them, else None.
    """

    part: Part
    fragment: int
    offset: int
    end: int
    start_ns: int | None = None
    end_ns: int | None = None
    start_90k: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check; `said` is what was found."""

    number: int
    name: Text
    passed: bool
    said: Text


@dataclass(frozen=True, slots=True)
class Report:
    """All steps that could be taken, and what is altered first, None if nothing is.

    `footage_proved` says that init segment and all fragments are those of the digest, whatever else failed.
    """

    steps: tuple[Step, ...]
    altered: Altered | None
    footage_proved: bool

    @property
    def passed(self) -> bool:
        """Whether every step passed."""
        return bool(self.steps) and all(step.passed for step in self.steps)

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.passed else "FAIL"

    def lines(self, language: str) -> Sequence[str]:
        """For people: a line a step, then the verdict."""
        told = [
            f"{step.number}. {'PASS' if step.passed else 'FAIL'} {step.name.for_language(language)}: "
            f"{step.said.for_language(language)}"
            for step in self.steps
        ]
        return [*told, self.verdict]
