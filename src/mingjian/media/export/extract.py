"""`store extract`: [from, to) of one camera's stream as MP4, as recorded, never re-encoded. Blocking.

What comes out:

- It begins with the keyframe at or before `from` and ends with the last picture before `to`. Sound goes with it.
- One time line: it follows the media clock inside a run, and keeps the wall distance across gaps (the last picture stands
  still there). `prft` boxes keep the arrival wall time of every fragment.
- The coded pictures and sounds are byte for byte what the camera sent.
- A file has one set of parameters (size, codec, parameter sets): players do not agree on changes inside a file. Where the
  camera changed them, a further file `NAME.part2.mp4` begins, and the result names all.
- It is written under another name and renamed when it is whole: an extract that failed or was cancelled leaves nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.media_time import RATE_90K, ns_to_90k, rescale
from mingjian.kernel.text import Text
from mingjian.media.playback.chunks import Chunk
from mingjian.media.playback.plan import no_footage, walk_segments
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.retime import retimed
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.recording import FragmentRef, Span, SpanKind
from mingjian.wire.fmp4.build import TableRow, TrackRun, build_fragment, build_init, build_mfra, build_prft
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.read import Fragment

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all) after every chunk."""


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """One file that was written. Its media time 0 is `start_ns` of wall time; `end_ns` is where it ends."""

    path: Path
    start_ns: int
    end_ns: int
    bytes: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Extract:
    """What came out: the files, and what of [from, to) is not in them because it was not recorded."""

    files: tuple[ExtractedFile, ...]
    gaps: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Chunks with the same tracks, for one file."""

    tracks: tuple[TrackSpec, ...]
    chunks: tuple[Chunk, ...]


def extract(
    recordings: Recordings,
    camera: str,
    stream: str,
    from_ns: int,
    to_ns: int,
    output: Path,
    *,
    now_ns: int,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Extract:
    """Write [from, to) to `output` (and `.partN` beside it where the camera's parameters changed).

    Raises MingjianError `bad_interval`, `no_footage`, `output_exists`, `output_unwritable`, `cancelled`,
    `footage_missing`, or BrokenFile for damaged footage.
    """
    if from_ns >= to_ns:
        raise _bad_interval()
    chunks = [
        chunk
        for _, found in walk_segments(recordings, camera, stream, from_ns, to_ns, None)
        for chunk in found
        if chunk.keyframe
    ]
    spans = recordings.spans(camera, stream, from_ns, to_ns, now_ns)
    gaps = tuple(span for span in spans if span.kind not in (SpanKind.RECORDED, SpanKind.BACKFILLED))
    if not chunks:
        raise no_footage(next((gap.reason.value for gap in gaps if gap.reason is not None), None), "from")
    parts = _parts(recordings, chunks)
    targets = [_part_path(output, number) for number in range(1, len(parts) + 1)]
    if not overwrite:
        _refuse_existing(targets)
    total = sum(chunk.length for chunk in chunks)
    written: list[tuple[Path, ExtractedFile]] = []
    done = 0
    try:
        for part, target in zip(parts, targets, strict=True):
            draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
            file = _PartWriter(recordings, part, to_ns)
            written.append((draft, ExtractedFile(target, part.chunks[0].start_ns, part.chunks[-1].end_ns, 0, 0)))
            with _create(draft) as out:
                for chunk_bytes in file.write(out):
                    done += chunk_bytes
                    if cancelled():
                        raise _was_cancelled()
                    if progress is not None:
                        progress(done, total)
                out.flush()
                os.fsync(out.fileno())
            written[-1] = (draft, file.result(target))
        if not overwrite:
            _refuse_existing(targets)
        for draft, result in written:
            draft.replace(result.path)
    finally:
        for draft, _ in written:
            draft.unlink(missing_ok=True)
    return Extract(tuple(result for _, result in written), gaps)


def _parts(recordings: Recordings, chunks: Sequence[Chunk]) -> list[_Part]:
    """The chunks by their tracks; the parameters of a segment never change inside it."""
    parts: list[_Part] = []
    segment = ""
    for chunk in chunks:
        if chunk.segment.id != segment:
            segment = chunk.segment.id
            with SegmentFile(recordings.path(chunk.segment), chunk.segment) as opened:
                tracks = opened.init.tracks
            if not parts or parts[-1].tracks != tracks:
                parts.append(_Part(tracks, ()))
        parts[-1] = _Part(parts[-1].tracks, (*parts[-1].chunks, chunk))
    return parts


class _PartWriter:
    """Writes one file: init segment, the chunks' fragments on one time line, the closing index."""

    def __init__(self, recordings: Recordings, part: _Part, to_ns: int) -> None:
        self._recordings = recordings
        self._part = part
        self._to_ns = to_ns
        self._origin_ns = part.chunks[0].start_ns
        self._run = ""
        self._base_90k = 0  # added to the run's media time
        self._end_90k = 0
        self._sequence = 0
        self._position = 0
        self._pictures = 0
        self._rows: list[TableRow] = []

    def write(self, out: BinaryIO) -> Iterator[int]:
        """Write everything; yields the source bytes of each chunk as it is done."""
        init = build_init(self._part.tracks)
        out.write(init)
        self._position = len(init)
        opened: SegmentFile | None = None
        refs: dict[int, FragmentRef] = {}
        try:
            for chunk in self._part.chunks:
                if opened is None or opened.record.id != chunk.segment.id:
                    if opened is not None:
                        opened.close()
                    opened = SegmentFile(self._recordings.path(chunk.segment), chunk.segment)
                    refs = {ref.index: ref for ref in self._recordings.fragments(chunk.segment)}
                self._place(chunk, opened.fragment(refs[chunk.first]), opened)
                for index in range(chunk.first, chunk.last + 1):
                    if index == chunk.first or refs[index].start_ns < self._to_ns:
                        self._write_fragment(out, opened, refs[index])
                yield chunk.length
        finally:
            if opened is not None:
                opened.close()
        lead = next((track for track in self._part.tracks if track.is_video), self._part.tracks[0])
        out.write(closing := build_mfra(lead.track_id, self._rows))
        self._position += len(closing)

    def result(self, path: Path) -> ExtractedFile:
        """What was written."""
        chunks = self._part.chunks
        end_ns = min(chunks[-1].end_ns, self._to_ns)
        return ExtractedFile(path, chunks[0].start_ns, end_ns, self._position, self._pictures)

    def _place(self, chunk: Chunk, head: Fragment, opened: SegmentFile) -> None:
        """At a run's first chunk: where the run lies on the file's time line, by wall distance from its beginning."""
        if chunk.segment.run == self._run:
            return
        self._run = chunk.segment.run
        wanted_90k = max(self._end_90k, ns_to_90k(chunk.start_ns - self._origin_ns))
        earliest_90k = chunk.start_90k  # sound may begin a little before the picture: nothing may fall below zero
        for track in opened.init.tracks:
            samples = head.samples.get(track.track_id, ())
            if samples:
                earliest_90k = min(earliest_90k, samples[0].dts * RATE_90K // track.timescale)
        wanted_90k = max(wanted_90k, chunk.start_90k - earliest_90k)
        self._base_90k = wanted_90k - chunk.start_90k - chunk.segment.start_90k

    def _write_fragment(self, out: BinaryIO, opened: SegmentFile, ref: FragmentRef) -> None:
        fragment = opened.fragment(ref)
        end_90k = ref.start_90k + ns_to_90k(self._to_ns - ref.start_ns)
        data = _cut(opened, fragment, ref, end_90k)
        if data is None:
            data = opened.read_whole(ref.offset, ref.size)
            kept = len(opened.video_samples(fragment))
            duration_90k = ref.duration_90k
        else:
            kept = sum(sample.pts < end_90k for sample in opened.video_samples(fragment))
            duration_90k = min(ref.duration_90k, max(1, end_90k - ref.start_90k))
        shift_90k = self._base_90k + opened.record.start_90k
        body = retimed(data, opened.init, shift_90k, self._next_sequence)
        out.write(body)
        start_90k = ref.start_90k + shift_90k
        self._rows.append(TableRow(self._position, len(body), 0, start_90k, duration_90k, ref.start_ns, ref.keyframe))
        self._position += len(body)
        self._pictures += kept
        self._end_90k = max(self._end_90k, start_90k + duration_90k)

    def _next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence


def _cut(opened: SegmentFile, fragment: Fragment, ref: FragmentRef, end_90k: int) -> bytes | None:
    """The fragment without what is shown at or after `end_90k`, None when all of it comes before.

    Pictures after it stay where later pictures before it need them: only the tail in decoding order goes.
    """
    if ref.start_90k + ref.duration_90k <= end_90k:
        return None
    runs: list[TrackRun] = []
    dropped = False
    for track in opened.init.tracks:
        samples = fragment.samples.get(track.track_id, ())
        limit = rescale(end_90k, RATE_90K, track.timescale)
        keep = max((number for number, sample in enumerate(samples, 1) if sample.pts < limit), default=0)
        if track.is_video:
            keep = max(keep, min(1, len(samples)))
        dropped = dropped or keep < len(samples)
        if not keep:
            continue
        run = TrackRun(track.track_id, samples[0].dts, track.is_video)
        for sample in samples[:keep]:
            data = opened.read_whole(sample.offset, sample.size)
            run.add(data, sample.duration, key=sample.keyframe, offset=sample.pts - sample.dts)
        runs.append(run)
    if not dropped:
        return None
    prft = build_prft(runs[0].track_id, ref.start_ns, runs[0].base_time)
    return b"".join(build_fragment(fragment.sequence, runs, prft))


def _part_path(output: Path, number: int) -> Path:
    return output if number == 1 else output.with_name(f"{output.stem}.part{number}{output.suffix}")


def _create(draft: Path) -> BinaryIO:
    try:
        return draft.open("xb")
    except OSError as error:
        raise MingjianError(
            "output_unwritable",
            Text(
                zh=f"无法写入 {draft.parent}：{error.strerror}",
                en=f"cannot write to {draft.parent}: {error.strerror}",
            ),
            fault=Fault.USER,
            field="output",
            remedy=Text(zh="请选择一个已存在且可写的文件夹", en="choose a folder that exists and can be written"),
        ) from error


def _refuse_existing(targets: Sequence[Path]) -> None:
    for target in targets:
        if target.exists():
            raise MingjianError(
                "output_exists",
                Text(zh=f"文件 {target} 已存在", en=f"the file {target} exists"),
                fault=Fault.USER,
                field="output",
                remedy=Text(zh="请换一个文件名，或明确要求覆盖", en="choose another name, or ask to overwrite it"),
            )


def _bad_interval() -> MingjianError:
    return MingjianError(
        "bad_interval",
        Text(zh="开始时间必须早于结束时间", en="the beginning must come before the end"),
        fault=Fault.USER,
        field="from",
    )


def _was_cancelled() -> MingjianError:
    return MingjianError(
        "cancelled",
        Text(zh="导出已取消，没有留下文件", en="the extract was cancelled; no file was left"),
        fault=Fault.USER,
    )
