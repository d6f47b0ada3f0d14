"""What the engine's log remembers beside its leaves: the last checkpoint, how far journals were read, every checkpoint.

`state.json` is replaced whole; `checkpoints/YYYY-MM.jl` has every signed note as a JSON line; `open/SIZE-TIME.json` the
list of open segments that a checkpoint's `open` line commits to, the oldest dropped beyond `OPEN_LISTS_BYTES`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjian.files.whole import replace_file, sync_folder
from mingjian.kernel.isotime import utc_day
from mingjian.ledger.checkpoint import Checkpoint, OpenSegment
from mingjian.ledger.note import split
from mingjian.media.custody.entries import Known

STATE_FORMAT = 1
OPEN_LISTS_BYTES = 64 << 20


@dataclass(slots=True)
class LogState:
    """`size`: leaves that the cursors account for. Cursors are journal positions by volume, `gaps` says by
    "CAMERA/STREAM" up to when gaps are leaves already (UTC nanoseconds), `proofs` how many bytes of a day's certificates."""

    origin: str
    algorithm: str
    begun_ns: int
    size: int = 0
    signed: str | None = None
    cursors: dict[str, str] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    proofs: dict[str, int] = field(default_factory=dict)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last one signed."""
        return None if self.signed is None else parse_signed(self.signed)


def parse_signed(signed: str) -> Checkpoint:
    """The checkpoint of a note whose signature is somebody else's business."""
    return Checkpoint.parse(split(signed)[0])


def read_state(folder: Path) -> LogState | None:
    """The state, None before the first one. Raises ValueError, KeyError when it cannot be read."""
    path = folder / "state.json"
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["format"] != STATE_FORMAT:
        raise ValueError(f"format {told['format']}")
    known = told["known"]
    return LogState(
        told["origin"], told["algorithm"], int(told["begun_ns"]), told["size"], told["checkpoint"], told["cursors"],
        {name: int(at) for name, at in told["gaps"].items()},
        Known(set(known["holds"]), set(known["releases"]), known["cameras"]), told.get("proofs", {}),
    )  # fmt: skip


def write_state(folder: Path, state: LogState) -> None:
    """Durably. Raises OSError."""
    known = state.known
    told: dict[str, Any] = {
        "format": STATE_FORMAT, "origin": state.origin, "algorithm": state.algorithm, "begun_ns": str(state.begun_ns),
        "size": state.size, "checkpoint": state.signed, "cursors": state.cursors,
        "gaps": {name: str(at) for name, at in state.gaps.items()}, "proofs": state.proofs,
        "known": {"holds": sorted(known.holds), "releases": sorted(known.releases), "cameras": known.cameras},
    }  # fmt: skip
    replace_file(folder / "state.json", json.dumps(told, ensure_ascii=False).encode())


def checkpoint_notes(folder: Path) -> Iterator[str]:
    """Every signed checkpoint, oldest first; torn lines are left out."""
    for path in sorted((folder / "checkpoints").glob("*.jl")):
        for line in path.read_bytes().split(b"\n"):
            try:
                yield json.loads(line)["note"]
            except (ValueError, KeyError, TypeError):
                continue


def last_note(folder: Path) -> str | None:
    """The newest one."""
    for path in sorted((folder / "checkpoints").glob("*.jl"), reverse=True):
        for line in reversed(path.read_bytes().split(b"\n")):
            try:
                return str(json.loads(line)["note"])
            except (ValueError, KeyError, TypeError):
                continue
    return None


def add_note(folder: Path, signed: str, time_ns: int) -> None:
    """Behind the others, synced. Raises OSError."""
    notes = folder / "checkpoints"
    notes.mkdir(mode=0o750, exist_ok=True)
    path = notes / f"{utc_day(time_ns)[:7]}.jl"
    fresh = not path.exists()
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(fd).st_size
        torn = size and os.pread(fd, 1, size - 1) != b"\n"
        os.write(fd, (b"\n" if torn else b"") + json.dumps({"note": signed}, ensure_ascii=False).encode() + b"\n")
        os.fdatasync(fd)
    finally:
        os.close(fd)
    if fresh:
        sync_folder(notes)
        sync_folder(folder)


def open_list_path(folder: Path, checkpoint: Checkpoint) -> Path:
    """Where the list of a checkpoint's open segments lies."""
    return folder / "open" / f"{checkpoint.time_ns:020d}-{checkpoint.size}.json"


def write_open_list(folder: Path, checkpoint: Checkpoint, segments: Sequence[OpenSegment]) -> None:
    """The list beside its checkpoint; the oldest lists make room. Raises OSError."""
    (folder / "open").mkdir(mode=0o750, exist_ok=True)
    told = [{"segment": one.segment, "leaves": one.leaves, "root": one.root.hex()} for one in segments]
    replace_file(open_list_path(folder, checkpoint), json.dumps(told).encode())
    lists = sorted((folder / "open").glob("*.json"))
    total = sum(path.stat().st_size for path in lists)
    for path in lists[:-1]:
        if total <= OPEN_LISTS_BYTES:
            break
        total -= path.stat().st_size
        path.unlink()


def open_list_made_room(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether the list of a checkpoint may have made room for those that came after it."""
    later = [path for path in (folder / "open").glob("*.json") if path > open_list_path(folder, checkpoint)]
    return sum(path.stat().st_size for path in later) > OPEN_LISTS_BYTES // 2


def read_open_list(folder: Path, checkpoint: Checkpoint) -> list[OpenSegment] | None:
    """The list, None when it is not kept any more. Raises ValueError, KeyError, TypeError when it cannot be read."""
    path = open_list_path(folder, checkpoint)
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return [OpenSegment(one["segment"], one["leaves"], bytes.fromhex(one["root"])) for one in told]
