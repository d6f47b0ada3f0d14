"""The volume's append-only journal: what media files cannot say (gaps, holds, digests at write time, deletions).

One line each: crc32 of the JSON (8 hex), space, canonical JSON, LF. Nanoseconds are decimal strings, since canonical
JSON holds integers only to 2**53 - 1. A line that does not check is skipped and counted; a torn last line is left as it
is, and writing goes on in a new file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.media.store.disk import Disk, write_all

ROTATE_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that does not check: where it begins."""

    file: str
    offset: int


def encode_line(entry: Mapping[str, Any]) -> bytes:
    """One line. Integers whose names end in `_ns` become strings."""
    value = {key: str(item) if key.endswith("_ns") and item is not None else item for key, item in entry.items()}
    body = canonical_bytes(value)
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode_line(line: bytes) -> dict[str, Any] | None:
    """The entry of a line (with or without its LF), None when it does not check."""
    line = line.rstrip(b"\n")
    if len(line) < 10 or line[8:9] != b" ":
        return None
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        value = json.loads(line[9:])
        if not isinstance(value, dict):
            return None
        return {key: int(item) if key.endswith("_ns") and item is not None else item for key, item in value.items()}
    except (ValueError, TypeError):
        return None


def decode(data: bytes, file: str = "") -> Iterator[dict[str, Any] | BadLine]:
    """All entries of a journal file in order, bad lines marked."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        whole = end >= 0
        end = end if whole else len(data)
        entry = decode_line(data[at:end]) if whole else None
        yield entry if entry is not None else BadLine(file, at)
        at = end + 1


def read_journal(folder: Path, last_files: int | None = None) -> Iterator[dict[str, Any] | BadLine]:
    """All entries of a volume's journal, or of its newest files only."""
    files = sorted(folder.glob("[0-9]*.jl"))
    for file in files if last_files is None else files[-last_files:]:
        yield from decode(file.read_bytes(), file.name)


def entries_after(folder: Path, position: str, until: str | None = None) -> Iterator[dict[str, Any]]:
    """Whole entries behind a `Journal.position`: what an index that was committed there does not know yet.

    `until` is an `end_position`; a writer that starts goes to a new file, so what came later is left out.
    """
    name, _, offset = position.partition(":")
    last = None if until is None else until.partition(":")[0]
    for file in sorted(folder.glob("[0-9]*.jl")):
        if file.name >= name and (last is None or file.name <= last):
            data = file.read_bytes()[int(offset) if file.name == name else 0 :]
            yield from (entry for entry in decode(data) if not isinstance(entry, BadLine))


def end_position(folder: Path) -> str:
    """Behind everything there is."""
    files = sorted(folder.glob("[0-9]*.jl"))
    return f"{files[-1].name}:{files[-1].stat().st_size}" if files else "000000.jl:0"


class Journal:
    """The writing end; used by the volume's writer thread alone."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk
        self._fd: int | None = None
        self._bytes = 0
        self._name = ""
        self._retired: list[int] = []
        self._folders: list[Path] = []

    @property
    def position(self) -> str | None:
        """Behind the last line: file and byte. None before the first line."""
        return f"{self._name}:{self._bytes}" if self._name else None

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write one line (not yet synced). Raises OSError; the next line then goes to a new file."""
        if self._fd is None or self._bytes > ROTATE_BYTES:
            self._next_file()
        fd = self._fd
        assert fd is not None
        line = encode_line(entry)
        try:
            write_all(self._disk, fd, memoryview(line))
        except OSError:
            self._retire()
            raise
        self._bytes += len(line)

    def unsynced(self) -> tuple[list[int], list[int], list[Path]]:
        """What another thread must sync: descriptors, those of them to `release` afterwards, and folders."""
        retired, self._retired = self._retired, []
        folders, self._folders = self._folders, []
        current = [] if self._fd is None else [self._fd]
        return retired + current, retired, folders

    def close(self) -> None:
        """Let go of all files."""
        self._retire()
        for fd in self._retired:
            self._disk.close(fd)
        self._retired = []

    def _retire(self) -> None:
        if self._fd is not None:
            self._retired.append(self._fd)
            self._fd = None

    def _next_file(self) -> None:
        self._retire()
        self._folders += self._disk.make_dir(self._folder)
        last = max((int(file.stem) for file in self._folder.glob("[0-9]*.jl")), default=0)
        name = f"{last + 1:06d}.jl"
        self._fd = self._disk.create(self._folder / name)
        self._name = name
        self._bytes = 0
        self._folders.append(self._folder)
