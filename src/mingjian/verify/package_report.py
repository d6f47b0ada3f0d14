"""What the check of an evidence package answers: nine numbered steps, a verdict, and what is altered first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text


class State(StrEnum):
    """How a step ended. UNKNOWN: only for who signed, when nothing trusted was given to judge by."""

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class Verdict(StrEnum):
    """The whole answer."""

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    INTACT = "INTACT, SIGNER UNKNOWN"

    @property
    def exit_code(self) -> int:
        """What a command ends with."""
        return {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.INTACT: 3}[self]


@dataclass(frozen=True, slots=True)
class PackageStep:
    """One step; `id` as evidence_v1.json names it."""

    number: int
    id: str
    name: Text
    state: State
    said: Text


@dataclass(frozen=True, slots=True)
class AlteredPart:
    """The first altered part. `part`: container, member, init, fragment, or leaf_box.

    Bytes [offset, end) of the package, and [member_offset, member_end) inside the member `file` (empty for the
    container). `fragment` counts from 1 within the segment, `gop` from 1 within the part; times are wall time.
    """

    part: str
    file: str
    offset: int
    end: int
    member_offset: int = 0
    member_end: int = 0
    camera: str | None = None
    fragment: int | None = None
    gop: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None

    def to_json(self) -> dict[str, object]:
        """The same keys as the page gives; times as ISO 8601."""
        return {
            "part": self.part,
            "file": self.file,
            "offset": self.offset,
            "end": self.end,
            "member_offset": self.member_offset,
            "member_end": self.member_end,
            "camera": self.camera,
            "fragment": self.fragment,
            "gop": self.gop,
            "start": None if self.start_ns is None else format_iso_ns(self.start_ns),
            "end_time": None if self.end_ns is None else format_iso_ns(self.end_ns),
        }

    def text(self) -> Text:
        """For people."""
        where = f"{self.member_offset}-{self.member_end}"
        if not self.file:
            return Text(zh=f"文件第 {self.offset}-{self.end} 字节", en=f"bytes {self.offset}-{self.end} of the file")
        if self.fragment is None:
            return Text(zh=f"{self.file}，字节 {where}", en=f"{self.file}, bytes {where}")
        when = "" if self.start_ns is None else f", {format_iso_ns(self.start_ns)}"
        until = "" if self.end_ns is None else f" - {format_iso_ns(self.end_ns)}"
        return Text(
            zh=f"{self.file}，字节 {where}，第 {self.fragment} 片段，第 {self.gop} 个 GOP{when.replace(', ', ',')}{until}",
            en=f"{self.file}, bytes {where}, fragment {self.fragment}, GOP {self.gop}{when}{until}",
        )


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a derived package was made from: the other one's id and manifest; who redacted, who checked it."""

    package: str
    manifest_digest: str
    redacted_by: str
    checked_by: str

    def to_json(self) -> dict[str, object]:
        """The same keys as the page gives."""
        return {
            "package": self.package,
            "manifest_digest": self.manifest_digest,
            "redacted_by": self.redacted_by,
            "checked_by": self.checked_by,
        }

    def text(self) -> Text:
        """For people."""
        return Text(
            zh=f"DERIVED 派生自证据包 {self.package}，关联已验证；遮蔽处理 {self.redacted_by}，检查 {self.checked_by}",
            en=f"DERIVED from the package {self.package}, the link is verified; redacted by {self.redacted_by}, "
            f"checked by {self.checked_by}",
        )


@dataclass(frozen=True, slots=True)
class MaskedClip:
    """[from_ns, to_ns) of a camera, shown in so many films with privacy masks burned in, and in no original."""

    camera: str
    name: str
    from_ns: int
    to_ns: int
    films: int

    def to_json(self) -> dict[str, object]:
        """The same keys as the page gives."""
        return {
            "camera": self.camera,
            "name": self.name,
            "from": format_iso_ns(self.from_ns),
            "to": format_iso_ns(self.to_ns),
            "films": self.films,
        }

    def text(self) -> Text:
        """For people."""
        span = f"{format_iso_ns(self.from_ns)} - {format_iso_ns(self.to_ns)}"
        return Text(
            zh=f"DERIVED {self.name} {span} 已烧入隐私遮蔽：由账本所载录像制成，关联已验证，本文件不含其原始画面",
            en=f"DERIVED {self.name} {span} has privacy masks burned in: made from recordings that the ledger holds, "
            "the link is verified, no original of it is in this file",
        )


class Failed(Exception):
    """A step fails: what is said, and where if it is known."""

    def __init__(self, zh: str, en: str, altered: AlteredPart | None = None) -> None:
        super().__init__(en)
        self.said = Text(zh=zh, en=en)
        self.altered = altered


@dataclass(frozen=True, slots=True)
class PackageReport:
    """All nine steps, in order."""

    steps: tuple[PackageStep, ...]
    altered: AlteredPart | None
    package: str | None
    seal_key: str | None
    derived_from: Derivation | None = None
    masked: tuple[MaskedClip, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """FAIL when any step failed, INTACT when only who signed is not known, else PASS."""
        states = {step.state for step in self.steps}
        if State.FAIL in states or not self.steps:
            return Verdict.FAIL
        return Verdict.INTACT if State.UNKNOWN in states else Verdict.PASS

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "verdict": self.verdict.value,
            "package": self.package,
            "seal_key": self.seal_key,
            "steps": [
                {"number": s.number, "id": s.id, "state": s.state.value, "zh": s.said.zh, "en": s.said.en}
                for s in self.steps
            ],
            "altered": None if self.altered is None else self.altered.to_json(),
            "derived_from": None if self.derived_from is None else self.derived_from.to_json(),
            "masked": [one.to_json() for one in self.masked],
        }

    def lines(self, language: str) -> Sequence[str]:
        """For people: a line a step, what is altered, the verdict."""
        chinese = language.lower().startswith("zh")
        colon = ":" if chinese else ": "
        told = [
            f"{s.number}. {s.state.value} {s.name.for_language(language)}{colon}{s.said.for_language(language)}"
            for s in self.steps
        ]
        if self.altered is not None:
            first = "最先被改动之处" if chinese else "first altered"
            told.append(f"{first}{colon}{self.altered.text().for_language(language)}")
        if self.derived_from is not None and self.verdict is not Verdict.FAIL:
            told.append(self.derived_from.text().for_language(language))
        if self.verdict is not Verdict.FAIL:
            told += [one.text().for_language(language) for one in self.masked]
        return [*told, self.verdict.value]
