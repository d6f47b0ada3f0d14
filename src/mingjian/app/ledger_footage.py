"""Footage against the engine's log: is every segment that a leaf speaks of there, whole, and as the leaf says?"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mingjian.app.ledger_findings import FolderFinding
from mingjian.app.ledger_receipts import Orders, judge_holds, judge_receipts
from mingjian.app.ledger_told import Told, finding_of, read_told
from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import utc_day
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.kernel.text import Text
from mingjian.ledger.checkpoint import Checkpoint, OpenSegment, open_root
from mingjian.ledger.leaf import Gap, SealedSegment
from mingjian.ledger.merkle import Frontier, leaf_hash
from mingjian.media.custody import book
from mingjian.media.store import rows
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.retention import duties
from mingjian.ports.recording import FragmentRef, SegmentRecord, SpanKind
from mingjian.verify.segment import verify_segment
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.read import read_fragment, read_init

_FILLED_NS = NS_PER_S
_FRESH_NS = 120 * NS_PER_S
_UNSEALED_NS = 6 * 3600 * NS_PER_S


class FootageAudit:
    """One pass over the leaves and all they speak of. `run`, then `close`."""

    def __init__(
        self, roots: Sequence[Path], *, demo: bool, hashed: bool, progress: Callable[[int], None]
    ) -> None:  # fmt: skip
        self.segments = 0
        self._reader = StoreReader(roots)
        self._demo = demo
        self._hashed = hashed
        self._progress = progress

    def close(self) -> None:
        """Let go of the indexes."""
        self._reader.close()

    def run(
        self, leaves: Iterable[bytes], opened: Sequence[tuple[Checkpoint, Path]], orders: Orders | None = None
    ) -> Iterator[FolderFinding]:
        """All findings, segments in the order of their leaves. `orders`: what web's log has of deletions ordered."""
        for root, why in self._reader.problems:
            text = Text(
                zh=f"录像卷 {root} 无法打开，其录像未核对", en=f"the volume {root} cannot be opened: not checked"
            )
            yield FolderFinding("volume_missing", text, path=str(root), kind=why[:80])
        told = read_told(leaves)
        for index, leaf in told.segments.values():
            if leaf.segment not in told.receipts:
                yield from self._segment(index, leaf)
                self.segments += 1
                self._progress(self.segments)
        yield from judge_receipts(told, [checkpoint for checkpoint, _ in opened], orders, demo=self._demo)
        if not self._reader.problems:  # a volume that is away may be the one that keeps a hold
            yield from judge_holds(told, duties(one.connection for one in self._reader.volumes).holds)
        yield from self._unlogged(told, self._opened_last(opened))
        for index, gap in told.gaps:
            yield from self._gap(index, gap, told.last_ns)
        for checkpoint, folder in opened:
            yield from self._open_segments(checkpoint, folder, told)

    def _segment(self, index: int, leaf: SealedSegment) -> Iterator[FolderFinding]:
        record = self._reader.segment(leaf.segment)
        path = self._file_of(leaf, record)
        if record is None:
            text = Text(zh=f"索引中没有录像段 {leaf.segment}", en=f"the index does not know the segment {leaf.segment}")
            yield finding_of(leaf, index, "segment_not_indexed", text)
        elif _index_says(record) != (
            leaf.camera, leaf.stream, leaf.start_ns, leaf.end_ns, leaf.bytes, leaf.fragments, leaf.digest,
            leaf.clock_offset_ms,
        ):  # fmt: skip
            text = Text(
                zh=f"索引对录像段 {leaf.segment} 的记载与账本不同",
                en=f"the index says something else of the segment {leaf.segment} than the ledger",
            )
            yield finding_of(leaf, index, "index_altered", text)
        if path is None:
            text = Text(
                zh=f"录像段 {leaf.segment} 的文件不在，也没有删除回执",
                en=f"the file of the segment {leaf.segment} is gone, and there is no receipt of its deletion",
            )
            yield finding_of(leaf, index, "segment_missing", text)
            return
        yield from self._hidden(index, leaf, record)
        yield from self._bytes(index, leaf, path)

    def _hidden(self, index: int, leaf: SealedSegment, record: SegmentRecord | None) -> Iterator[FolderFinding]:
        """Footage that is there, while the index tells the time line that there is none."""
        if record is None:
            return
        shown = self._reader.recorded(leaf.camera, leaf.stream, leaf.start_ns, leaf.end_ns)
        hidden_ns = leaf.end_ns - leaf.start_ns - sum(end - start for start, end in shown)
        if hidden_ns > _FILLED_NS:  # or pictures were lost on the way: then it lies between fragments
            hidden_ns = sum(_missing(one, shown) for one in self._fragments(record))
        if hidden_ns > _FILLED_NS:
            text = Text(
                zh=f"索引不承认录像段 {leaf.segment} 中 {hidden_ns // NS_PER_S} 秒的录像",
                en=f"the index denies {hidden_ns // NS_PER_S} s of footage of the segment {leaf.segment}",
            )
            yield finding_of(leaf, index, "footage_hidden", text)

    def _fragments(self, record: SegmentRecord) -> Sequence[FragmentRef]:
        """Those of a segment's file; none where it cannot be read, which is another finding."""
        try:
            return self._reader.fragments(record)
        except (MingjianError, BrokenFile, OSError):
            return ()

    def _bytes(self, index: int, leaf: SealedSegment, path: Path) -> Iterator[FolderFinding]:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(fd).st_size
            if size != leaf.bytes and not self._hashed:
                text = Text(zh=f"{path.name} 的大小变了", en=f"{path.name} has another size")
                yield finding_of(leaf, index, "segment_altered", text, str(path))
            if not self._hashed:
                return
            report = verify_segment(
                lambda at, length: os.pread(fd, length, at), size, bytes.fromhex(leaf.digest), leaf.digest_alg
            )
        finally:
            os.close(fd)
        if report.passed:
            return
        what = report.altered
        part = "" if what is None else what.part.value
        text = Text(
            zh=f"录像段 {leaf.segment} 被改动（{part}）",
            en=f"the segment {leaf.segment} was altered ({part})",
        )
        yield FolderFinding(
            "segment_altered", text, "engine", index, None, "segment", leaf.camera, leaf.segment, str(path),
            None if what is None else what.offset, None if what is None else what.end,
            None if what is None else what.start_ns,
        )  # fmt: skip

    def _file_of(self, leaf: SealedSegment, record: SegmentRecord | None) -> Path | None:
        if record is not None:
            path = self._reader.path(record)
            if path.exists():
                return path
        for opened in self._reader.volumes:
            folder = opened.volume.segments / leaf.camera / leaf.stream / utc_day(leaf.start_ns)
            for path in sorted(folder.glob(f"{leaf.start_ns}-*.mp4")):
                return path
        return None

    def _opened_last(self, opened: Sequence[tuple[Checkpoint, Path]]) -> frozenset[str]:
        """The segments that were being written at the newest checkpoint."""
        newest = max(opened, key=lambda one: one[0].time_ns, default=None)
        if newest is None:
            return frozenset()
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return frozenset(one.segment for one in book.read_open_list(newest[1], newest[0]) or ())
        return frozenset()

    def _unlogged(self, told: Told, writing: frozenset[str]) -> Iterator[FolderFinding]:
        """Footage that the log does not know: put there behind its back, or its leaf is still on its way.

        What is not sealed is known by the list of open segments; a disk that failed may seal what it has hours later.
        """
        for opened in self._reader.volumes:
            for record in rows.all_segments(opened.connection, opened.volume.id):
                fresh_ns = _FRESH_NS if record.sealed else _UNSEALED_NS
                if record.id in told.segments or record.id in writing or record.end_ns > told.last_ns - fresh_ns:
                    continue
                text = Text(zh=f"录像段 {record.id} 不在账本中", en=f"the ledger does not know the segment {record.id}")
                yield FolderFinding(
                    "segment_unlogged", text, "engine", camera=record.camera, segment=record.id, path=record.path
                )

    def _gap(self, index: int, gap: Gap, now_ns: int) -> Iterator[FolderFinding]:
        filled = sum(
            end - start for start, end in self._reader.recorded(gap.camera, gap.stream, gap.start_ns, gap.end_ns)
        )
        if filled > _FILLED_NS:
            text = Text(
                zh=f"账本记为缺口的 {filled // NS_PER_S} 秒，索引称有录像",
                en=f"the index claims footage in {filled // NS_PER_S} s that the ledger calls a gap",
            )
            yield FolderFinding("gap_filled", text, "engine", index, None, "gap", gap.camera, start_ns=gap.start_ns)
            return
        spans = self._reader.timeline(gap.camera, gap.stream, gap.start_ns, gap.end_ns, now_ns)
        told = sum(one.end_ns - one.start_ns for one in spans if one.kind is SpanKind.GAP)
        if gap.end_ns - gap.start_ns - told - filled > _FILLED_NS and not self._reader.problems:
            text = Text(
                zh=f"账本记为缺口（{gap.reason}）的时间，索引称无需录像",
                en=f"the index says of a gap ({gap.reason}) of the ledger that nothing was to be recorded then",
            )
            yield FolderFinding("gap_denied", text, "engine", index, None, "gap", gap.camera, start_ns=gap.start_ns)

    def _open_segments(self, checkpoint: Checkpoint, folder: Path, told: Told) -> Iterator[FolderFinding]:
        """Segments that were open at a checkpoint must still begin with what was signed of them."""
        try:
            listed = book.read_open_list(folder, checkpoint)
        except (ValueError, KeyError, TypeError):
            listed = []
        if listed is None:
            if checkpoint.open_count and not told.restored and not book.open_list_made_room(folder, checkpoint):
                text = Text(zh="检查点的在写录像段清单不在了", en="the list of segments open at a checkpoint is gone")
                yield FolderFinding("open_list_missing", text, "engine", leaf_end=checkpoint.size)
            return
        if open_root(checkpoint.algorithm, listed) != checkpoint.open_root:
            text = Text(zh="在写录像段清单与检查点不符", en="the list of open segments is not what was signed")
            yield FolderFinding("open_list_altered", text, "engine", leaf_end=checkpoint.size)
            return
        for one in listed:
            yield from self._open_segment(one, told)

    def _open_segment(self, one: OpenSegment, told: Told) -> Iterator[FolderFinding]:
        if one.segment in told.receipts:
            return
        record = self._reader.segment(one.segment)
        path = None if record is None else self._reader.path(record)
        if record is None or path is None or not path.exists():
            text = Text(
                zh=f"检查点时正在写入的录像段 {one.segment} 不在了",
                en=f"the segment {one.segment}, open at a checkpoint, is gone",
            )
            yield FolderFinding("open_segment_missing", text, "engine", segment=one.segment)
        elif prefix_root(path, record.digest_alg, one.leaves) != one.root:
            text = Text(
                zh=f"检查点时正在写入的录像段 {one.segment} 被改动",
                en=f"the segment {one.segment}, open at a checkpoint, was altered before where it stood then",
            )
            yield FolderFinding(
                "open_segment_altered", text, "engine", camera=record.camera, segment=one.segment, path=str(path)
            )


def _missing(fragment: FragmentRef, shown: Sequence[tuple[int, int]]) -> int:
    """How many nanoseconds of a fragment none of the spans has."""
    start_ns, end_ns = fragment.start_ns, fragment.start_ns + ticks_90k_to_ns(fragment.duration_90k)
    return end_ns - start_ns - sum(max(0, min(end, end_ns) - max(start, start_ns)) for start, end in shown)


def _index_says(record: SegmentRecord) -> tuple[object, ...]:
    return (
        record.camera, record.stream, record.start_ns, record.end_ns, record.bytes, record.fragments, record.digest,
        record.clock_offset_ms,
    )  # fmt: skip


def prefix_root(path: Path, algorithm: str, leaves: int) -> bytes | None:
    """The tree root over a segment file's first `leaves` leaves, from its bytes; None when there are fewer whole ones."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(fd).st_size

        def read_at(offset: int, length: int) -> bytes:
            return os.pread(fd, length, offset)

        init = read_init(read_at, size)
        frontier = Frontier(algorithm)
        frontier.append(leaf_hash(algorithm, (read_at(0, init.size),)))
        at = init.size
        while frontier.size < leaves:
            fragment = read_fragment(read_at, at, size, init)
            if fragment is None:
                return None
            frontier.append(leaf_hash(algorithm, (read_at(fragment.offset, fragment.size),)))
            at = fragment.end
        return frontier.root()
    except BrokenFile:
        return None
    finally:
        os.close(fd)
