"""What an audit of a whole data folder answers, for people and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger.audit_report import Exposure


@dataclass(frozen=True, slots=True)
class FolderFinding:
    """One thing that is not as it was. `code` is a `Change` for leaves; see docs/design/ledger.md section 5 for others.

    `leaf` is the index of the leaf that is wrong or that the finding rests on, None when there is none.
    """

    code: str
    text: Text
    log: str = ""
    leaf: int | None = None
    leaf_end: int | None = None
    kind: str | None = None
    camera: str | None = None
    segment: str | None = None
    path: str | None = None
    offset: int | None = None
    end: int | None = None
    start_ns: int | None = None
    declared: bool = False

    def to_json(self) -> dict[str, Any]:
        """What has a value, and the sentence in both languages."""
        names = ("log", "leaf", "leaf_end", "kind", "camera", "segment", "path", "offset", "end")
        told = {name: getattr(self, name) for name in names if getattr(self, name) not in (None, "")}
        when = {} if self.start_ns is None else {"at": format_iso_ns(self.start_ns)}
        return {
            "code": self.code, **told, **when, "declared": self.declared, "zh": self.text.zh, "en": self.text.en,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogReport:
    """One log: how much is stored, how much was checked against what is held outside, what is exposed."""

    origin: str
    stored: int
    covered: int
    anchors: int
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class StampReport:
    """A token that holds: its authority vouches that the anchor file existed at `time_ns`."""

    path: str
    time_ns: int
    accuracy_s: float | None
    authority: str
    serial: str

    @property
    def text(self) -> Text:
        """For people."""
        at = format_iso_ns(self.time_ns)
        zh, en = (
            ("", "") if self.accuracy_s is None else (f"（误差 {self.accuracy_s:g} 秒）", f" (± {self.accuracy_s:g} s)")
        )
        return Text(
            zh=f"{self.path}：{self.authority} 证明它在 {at} 已经存在{zh}",
            en=f"{self.path}: {self.authority} vouches that it existed at {at}{en}",
        )

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "anchor": self.path, "time": format_iso_ns(self.time_ns), "accuracy_s": self.accuracy_s,
            "authority": self.authority, "serial": self.serial,
        }  # fmt: skip


@dataclass(slots=True)
class FolderReport:
    """The whole audit. `files` counts segment files compared with their leaves; `unjudged` tokens, for want of a CA."""

    logs: list[LogReport] = field(default_factory=list)
    findings: list[FolderFinding] = field(default_factory=list)
    restores: list[dict[str, Any]] = field(default_factory=list)
    segments: int = 0
    hashed: bool = True
    stamps: list[StampReport] = field(default_factory=list)
    unjudged: int = 0

    @property
    def verdict(self) -> str:
        """findings: something is not as it was; declared_restore: only what declared restores lost; no_anchor: nothing
        is wrong by the folder's own word, which proves nothing; intact: as the anchors say."""
        if any(not finding.declared for finding in self.findings):
            return "findings"
        if self.findings:
            return "declared_restore"
        return "intact" if self.logs and all(log.anchors for log in self.logs) else "no_anchor"

    @property
    def exit_code(self) -> int:
        """0 intact, 1 findings, 3 nothing wrong but not wholly proved."""
        return {"intact": 0, "findings": 1}.get(self.verdict, 3)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "verdict": self.verdict,
            "logs": [
                {
                    "origin": one.origin, "stored": one.stored, "covered": one.covered, "anchors": one.anchors,
                    "exposed_leaves": one.exposure.leaves,
                    "exposed_s": None if one.exposure.for_ns is None else one.exposure.for_ns // NS_PER_S,
                }
                for one in self.logs
            ],
            "segments": self.segments,
            "hashed": self.hashed,
            "restores": self.restores,
            "time_stamps": [one.to_json() for one in self.stamps],
            "time_stamps_not_judged": self.unjudged,
            "findings": [finding.to_json() for finding in self.findings],
        }  # fmt: skip
