"""Leaves in files: append-only, each batch synced before anybody may sign it.

`leaves.jl` is the authority: one canonical leaf a line (canonical JSON holds no raw LF). `offsets` has the end of each
line (u64, big endian), `row` the hashes of docs/design/ledger.md section 1; both follow from the leaves and are made
good when the store is opened after a death.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from mingjian.files.whole import sync_folder
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.consistency import ReadNode, RowWriter, position, stored_nodes
from mingjian.ledger.merkle import HASH_BYTES, leaf_hash

_OFFSET = struct.Struct(">Q")
_READ_BYTES = 1 << 20


def read_leaves(folder: Path) -> Iterator[bytes]:
    """Whole lines of `leaves.jl` in order; a torn last one is left out. Nothing when there is no file."""
    path = folder / "leaves.jl"
    if not path.exists():
        return
    with path.open("rb", buffering=_READ_BYTES) as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


class KeptRow:
    """The row of hashes as it lies there, for audits: nothing about it is trusted."""

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder / "row", os.O_RDONLY | os.O_CLOEXEC)
        hashes = os.fstat(self._fd).st_size // HASH_BYTES
        self.size = leaves_of(hashes)

    def leaf(self, index: int) -> bytes:
        """The hash kept for a leaf."""
        return self.node(0, index)

    def node(self, level: int, index: int) -> bytes:
        """The hash kept for a node."""
        return os.pread(self._fd, HASH_BYTES, position(level, index) * HASH_BYTES)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)


def leaves_of(hashes: int) -> int:
    """The most leaves whose row has no more than `hashes` hashes."""
    low, high = 0, hashes
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if stored_nodes(middle) <= hashes else (low, middle - 1)
    return low


class LeafStore:
    """The writing end; one at a time, guarded by a lock. Raises OSError, and MingjianError `ledger_in_use`."""

    def __init__(self, folder: Path, algorithm: str) -> None:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise MingjianError(
                "ledger_in_use",
                Text(zh="账本正被另一进程写入", en="another process writes to the ledger"),
                fault=Fault.USER,
                remedy=Text(zh="请先停止 mingjian run", en="stop mingjian run first"),
            ) from None
        self.algorithm = algorithm
        self._leaves, self._offsets, self._row = (_open(folder / name) for name in ("leaves.jl", "offsets", "row"))
        sync_folder(folder)
        self._end = 0
        self._size = 0
        self._mend()

    @property
    def size(self) -> int:
        """Leaves, all of them synced."""
        return self._size

    @property
    def read_node(self) -> ReadNode:
        """Nodes, for proofs."""
        return self._node

    def root(self) -> bytes:
        """The tree's hash."""
        return self._writer.root()

    def append(self, leaves: Sequence[bytes]) -> None:
        """Write a batch and sync it. Raises OSError; what is there of it then is cut at the next try."""
        if not leaves:
            return
        writer = RowWriter.resume(self.algorithm, self._size, self._node)
        ends, hashes, end = bytearray(), bytearray(), self._end
        for leaf in leaves:
            end += len(leaf) + 1
            ends += _OFFSET.pack(end)
            hashes += writer.append(leaf_hash(self.algorithm, (leaf,)))
        parts = (
            (self._leaves, b"".join(leaf + b"\n" for leaf in leaves), self._end),
            (self._offsets, bytes(ends), self._size * _OFFSET.size),
            (self._row, bytes(hashes), stored_nodes(self._size) * HASH_BYTES),
        )
        for fd, data, at in parts:
            os.ftruncate(fd, at)  # what a batch that failed half way has left
            _write_at(fd, data, at)
        for fd, _, _ in parts:
            os.fdatasync(fd)
        self._end, self._size, self._writer = end, self._size + len(leaves), writer

    def leaf(self, index: int) -> bytes:
        """One leaf. Raises IndexError."""
        if not 0 <= index < self._size:
            raise IndexError(f"leaf {index} of {self._size}")
        begin = self._end_of(index - 1) if index else 0
        return os.pread(self._leaves, self._end_of(index) - begin - 1, begin)

    def close(self) -> None:
        """Let go of everything."""
        for fd in (self._leaves, self._offsets, self._row, self._lock):
            os.close(fd)

    def _end_of(self, index: int) -> int:
        return int(_OFFSET.unpack(os.pread(self._offsets, _OFFSET.size, index * _OFFSET.size))[0])

    def _node(self, level: int, index: int) -> bytes:
        return os.pread(self._row, HASH_BYTES, position(level, index) * HASH_BYTES)

    def _mend(self) -> None:
        """Bring offsets and row to what the leaves say, a torn last leaf cut off."""
        leaves_end = os.fstat(self._leaves).st_size
        known = os.fstat(self._offsets).st_size // _OFFSET.size
        while known and not self._line_ends_at(self._end_of(known - 1), leaves_end):
            known -= 1
        begin = self._end_of(known - 1) if known else 0
        ends = list(self._ends_from(begin, leaves_end))
        self._size, self._end = known + len(ends), ends[-1] if ends else begin
        os.ftruncate(self._leaves, self._end)
        os.ftruncate(self._offsets, known * _OFFSET.size)
        _write_at(self._offsets, b"".join(map(_OFFSET.pack, ends)), known * _OFFSET.size)
        hashed = min(leaves_of(os.fstat(self._row).st_size // HASH_BYTES), self._size)
        os.ftruncate(self._row, stored_nodes(hashed) * HASH_BYTES)
        self._writer = RowWriter.resume(self.algorithm, hashed, self._node)
        for index in range(hashed, self._size):
            at = stored_nodes(index) * HASH_BYTES
            _write_at(self._row, self._writer.append(leaf_hash(self.algorithm, (self.leaf(index),))), at)
        for fd in (self._leaves, self._offsets, self._row):
            os.fdatasync(fd)

    def remake_row(self) -> None:
        """Hash every leaf again: the row is not what the leaves say (a power cut may leave zeros in it)."""
        os.ftruncate(self._row, 0)
        self._mend()

    def _line_ends_at(self, end: int, leaves_end: int) -> bool:
        return 0 < end <= leaves_end and os.pread(self._leaves, 1, end - 1) == b"\n"

    def _ends_from(self, begin: int, leaves_end: int) -> Iterator[int]:
        at = begin
        while at < leaves_end:
            data = os.pread(self._leaves, _READ_BYTES, at)
            found = -1
            while (found := data.find(b"\n", found + 1)) >= 0:
                yield at + found + 1
            at += len(data)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _write_at(fd: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, at)
        view, at = view[written:], at + written
