"""Building an evidence package: original fragments as recorded, what proves them, and the seal. Blocking.

Steps: find what each clip holds and prove it by the ledger's leaves; refuse what cannot be proved; write every member,
hashing each fragment on its way out and comparing it with the segment's digest, so that no damage of the disk is sealed
as evidence; manifest and seal; sync; then the file gets its name. Cancelled, failed or killed, it leaves nothing.
Format: docs/design/evidence.md.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.merkle import hasher
from mingjian.media.export.draft import Draft
from mingjian.media.export.manifest import MemberRow, PlannedClip, listed_members, manifest_of
from mingjian.media.export.origin import Leaves, Origin, find_origin, footage_altered
from mingjian.media.playback.plan import no_footage
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.evidence import ClipOrder, DerivedMedia, Package, PackageOrder
from mingjian.ports.recording import SegmentRecord
from mingjian.verify.package import MANIFEST_NAME, SEAL_NAME
from mingjian.verify.package_derivation import seal_text
from mingjian.verify.package_footage import LEAF_BOX_BYTES
from mingjian.wire.evidence_zip import Member, directory, is_name, local_header

PAGE_NAME = "verify.html"
RECEIPT_NAME = "receipt.pdf"
Progress = Callable[[int, int], None]
"""Called with (bytes written, bytes in all) after every fragment."""

_CHUNK_BYTES = 1 << 20


def build_package(
    recordings: Recordings,
    order: PackageOrder,
    signer: note.Signer,
    output: Path,
    *,
    page: bytes | None = None,
    receipt: bytes | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Package:
    """Write the package of `order` to `output`, which must not exist. `page` becomes verify.html, `receipt` receipt.pdf.

    Raises MingjianError `bad_order`, `no_footage`, `segment_open`, `leaf_missing`, `footage_missing`,
    `footage_altered`, `output_exists`, `output_unwritable`, `cancelled`.
    """
    clips = plan_clips(recordings, order)
    attached = [(one.name, one.title, one.data) for one in order.attachments]
    attached += [(RECEIPT_NAME, "receipt", receipt)] if receipt is not None else []
    attached += [(PAGE_NAME, "verify", page)] if page is not None else []
    _check_names(clips, [name for name, _, _ in attached])
    total = sum(origin.size for clip in clips for _, origin in clip.parts)
    with Draft(output) as draft:
        writer = MemberWriter(draft.fd, order.digest_alg, total, progress, cancelled)
        for clip in clips:
            for name, origin in clip.parts:
                writer.media(name, origin, recordings)
        for clip in clips:
            for name, _, made in clip.derived:
                writer.file(name, made.kind, made.path)
        for name, title, data in attached:
            writer.memory(name, title, data)
        manifest = canonical_bytes(manifest_of(order, clips, writer.rows, signer.public.encode()))
        digest = writer.digest(manifest)
        text = seal_text(order.package, order.digest_alg, digest)
        writer.memory(MANIFEST_NAME, None, manifest)
        writer.memory(SEAL_NAME, None, note.join(text, [note.sign_text(text, signer)]).encode())
        size = writer.close()
        writer.check_cancelled()
        draft.publish()
    return Package(output, size, digest.hex())


def plan_clips(recordings: Recordings, order: PackageOrder) -> list[PlannedClip]:
    """What each clip holds. Raises MingjianError as `build_package` does."""
    leaves = Leaves(order.ledger.leaves)
    planned: list[PlannedClip] = []
    number = 0
    for clip in order.clips:
        if clip.from_ns >= clip.to_ns:
            raise _bad_order("开始时间必须早于结束时间", "the beginning must come before the end")
        if clip.masked == (not clip.derived):
            raise _bad_order(
                "有遮挡的片段只能含派生视频，没有遮挡的只能含原始录像",
                "a clip with masks holds derived media, one without holds originals",
            )
        parts: list[tuple[str, Origin]] = []
        derived: list[tuple[str, Origin, DerivedMedia]] = []
        for made in clip.derived:
            number += 1
            derived.append((f"derived/{number:04d}.mp4", _origin_of(recordings, clip, made, leaves), made))
        for record, from_ns, to_ns in [] if clip.masked else _originals(recordings, clip):
            origin = find_origin(recordings, record, leaves, from_ns, to_ns)
            if origin is not None:
                number += 1
                parts.append((f"media/{number:04d}.mp4", origin))
        gaps = leaves.gaps_of(clip.camera, clip.stream, clip.from_ns, clip.to_ns)
        if not parts and not derived and not gaps:
            raise _nothing_of(clip)
        spans = recordings.spans(clip.camera, clip.stream, clip.from_ns, clip.to_ns, order.created_ns)
        planned.append(PlannedClip(clip, tuple(parts), tuple(derived), tuple(spans)))
    return planned


def _nothing_of(clip: ClipOrder) -> MingjianError:
    """Neither footage nor a gap with its reason: the ledger knows nothing of that camera and time."""
    return MingjianError(
        "no_footage",
        Text(
            zh=f"{clip.name}在批准的时段内既没有录像，也没有中断记录",
            en=f"of {clip.name} there is neither footage nor a recorded gap in the time granted",
        ),
        fault=Fault.USER,
        remedy=Text(zh="请另行申请，不含这台摄像机或者这段时间", en="ask anew without this camera or this time"),
    )


def _originals(recordings: Recordings, clip: ClipOrder) -> list[tuple[SegmentRecord, int, int]]:
    """The segments and what of each: those that the order names, or all that were recorded of its time."""
    if clip.originals is not None:
        return [(_segment_of(recordings, clip, one.segment), one.from_ns, one.to_ns) for one in clip.originals]
    records = recordings.segments(clip.camera, clip.stream, clip.from_ns, clip.to_ns)
    return [(record, clip.from_ns, clip.to_ns) for record in records]


def _segment_of(recordings: Recordings, clip: ClipOrder, segment: str) -> SegmentRecord:
    record = recordings.segment(segment)
    if record is None or (record.camera, record.stream) != (clip.camera, clip.stream):
        raise _bad_order(f"没有录像段 {segment}", f"there is no segment {segment} of that camera")
    return record


def _origin_of(recordings: Recordings, clip: ClipOrder, made: DerivedMedia, leaves: Leaves) -> Origin:
    record = _segment_of(recordings, clip, made.segment)
    origin = find_origin(recordings, record, leaves, made.from_ns, made.to_ns)
    if origin is None:
        raise no_footage(None)
    return origin


class MemberWriter:
    """Writes members one after the other; knows their rows for the manifest and their place for the directory."""

    def __init__(
        self, fd: int, algorithm: str, total: int, progress: Progress | None, cancelled: Callable[[], bool]
    ) -> None:
        self._fd = fd
        self._algorithm = algorithm
        self._total = total
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0
        self._at = 0
        self._members: list[Member] = []
        self.rows: list[MemberRow] = []

    def digest(self, data: bytes) -> bytes:
        """The digest of manifest and attachments."""
        state = hasher(self._algorithm)()
        state.update(data)
        return state.digest()

    def memory(self, name: str, title: str | None, data: bytes) -> None:
        """A member that is in memory."""
        crc = zlib.crc32(data)
        self._begin(name, len(data), crc)
        self._append(data)
        self.rows.append(MemberRow(name, len(data), crc, self.digest(data).hex(), title))

    def file(self, name: str, title: str, path: Path) -> None:
        """A member that lies in a file."""
        state, crc = hasher(self._algorithm)(), 0
        with path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            header_at = self._begin(name, size, 0)
            left = size
            while left and (data := source.read(min(_CHUNK_BYTES, left))):
                self.check_cancelled()
                state.update(data)
                crc = zlib.crc32(data, crc)
                self._append(data)
                left -= len(data)
        if left:
            raise _bad_order(f"{path} 在读取时变短", f"{path} became shorter while it was read")
        self._settle(name, size, crc, header_at)
        self.rows.append(MemberRow(name, size, crc, state.digest().hex(), title))

    def media(self, name: str, origin: Origin, recordings: Recordings) -> None:
        """Init segment and fragments as recorded, each compared with its leaf hash. Raises `footage_altered`."""
        record = origin.record
        header_at = self._begin(name, origin.size, 0)
        make = hasher(record.digest_alg)
        with SegmentFile(recordings.path(record), record) as source:
            init = source.init_bytes()
            crc = zlib.crc32(init)
            self._append(init)
            for ref in origin.refs:
                self.check_cancelled()
                state, at, end = make(), ref.offset, ref.offset + ref.size
                state.update(b"\x00")
                while at < end:
                    data = source.read_whole(at, min(_CHUNK_BYTES, end - at))
                    state.update(data)
                    crc = zlib.crc32(data, crc)
                    self._append(data)
                    at += len(data)
                if state.digest() != origin.hashes[ref.index]:
                    raise footage_altered(record)
                box = source.read_whole(end, LEAF_BOX_BYTES)
                crc = zlib.crc32(box, crc)
                self._append(box)
                self._tell(ref.size + LEAF_BOX_BYTES)
        self._settle(name, origin.size, crc, header_at)
        self.rows.append(MemberRow(name, origin.size, crc, None, None))

    def listed(self) -> list[dict[str, Any]]:
        """The rows as the manifest lists them."""
        return listed_members(self.rows)

    def close(self) -> int:
        """Write the directory; the size of the file."""
        self._append(directory(self._members, self._at))
        return self._at

    def check_cancelled(self) -> None:
        """Raises MingjianError `cancelled`."""
        if self._cancelled():
            raise MingjianError(
                "cancelled",
                Text(zh="导出已取消，没有留下文件", en="the export was cancelled; no file was left"),
                fault=Fault.USER,
            )

    def _begin(self, name: str, size: int, crc: int) -> int:
        self._members.append(Member(name, size, crc, self._at))
        begun = self._at
        self._append(local_header(name, size, crc))
        return begun

    def _settle(self, name: str, size: int, crc: int, header_at: int) -> None:
        """The header again, now that the CRC is known."""
        self._members[-1] = Member(name, size, crc, header_at)
        os.pwrite(self._fd, local_header(name, size, crc), header_at)

    def _append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, self._at)
            self._at += written
            view = view[written:]

    def _tell(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _check_names(clips: Sequence[PlannedClip], names: Sequence[str]) -> None:
    taken = [MANIFEST_NAME, SEAL_NAME, *names]
    taken += [name for clip in clips for name, _ in clip.parts]
    taken += [name for clip in clips for name, _, _ in clip.derived]
    bad = next((name for name in names if not is_name(name) or taken.count(name) > 1), None)
    if bad is not None:
        raise _bad_order(f"附件名 {bad} 不可用", f"an attachment cannot be named {bad}")


def _bad_order(zh: str, en: str) -> MingjianError:
    return MingjianError("bad_order", Text(zh=zh, en=en), fault=Fault.USER)
