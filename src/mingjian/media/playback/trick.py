"""Trick play: keyframes only, retimed by the server, for speeds above 4 and for all of reverse.

Nothing is decoded or encoded: the keyframes' own bytes get new times in a new fMP4 stream. Its time is linear in wall
time, gaps included, so that several cameras played at one speed stay on one clock; the list that goes with it says which
wall time each picture shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.media_time import RATE_90K
from mingjian.kernel.text import Text
from mingjian.media.playback.chunks import Chunk, chunks_of, clip_chunks
from mingjian.media.playback.plan import walk_segments
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.recording import FragmentRef, SpanKind
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec

MIN_SPEED = 0.125
MAX_SPEED = 32
MIN_PICTURE_90K = RATE_90K // 10  # at most ten pictures a second leave the server
MAX_PICTURES = 600
_MAX_CHUNKS_READ = 4_000
_REVERSE_WINDOW_NS = 60 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Picture:
    """The keyframe at the head of `chunk`, shown at `t_90k` of the trick stream for `duration_90k`."""

    chunk: Chunk
    t_90k: int
    duration_90k: int


@dataclass(frozen=True, slots=True)
class TrickPlan:
    """The pictures of one answer. `next_ns` is where to go on: as `from`, or as `to` in reverse; None when done."""

    pictures: tuple[Picture, ...]
    next_ns: int | None


def check_speed(speed: float) -> None:
    """Raises MingjianError `bad_speed` unless 1/8 <= |speed| <= 32."""
    if not MIN_SPEED <= abs(speed) <= MAX_SPEED:
        raise MingjianError(
            "bad_speed",
            Text(
                zh="播放速度须在 -32 到 32 之间，且不慢于 1/8", en="the speed must lie within -32..32 and not below 1/8"
            ),
            fault=Fault.USER,
            field="speed",
        )


def plan_trick(
    recordings: Recordings, camera: str, stream: str, from_ns: int, to_ns: int, speed: float, now_ns: int
) -> TrickPlan:
    """The pictures of [from, to) at `speed`: from its beginning when forward, from its end when negative.

    Chunks that are still growing are left out, so that the same question gives the same stream again. A picture that
    would stand for less than 0.1 s is left out and the one before stands longer. Raises `bad_speed`. May block.
    """
    check_speed(speed)
    forward = speed > 0
    chunks = (
        _forward(recordings, camera, stream, from_ns, to_ns)
        if forward
        else _backward(recordings, camera, stream, from_ns, to_ns, now_ns)
    )
    pictures: list[Picture] = []
    next_ns: int | None = None
    for count, chunk in enumerate(chunks):
        low_ns, high_ns = max(chunk.start_ns, from_ns), min(chunk.end_ns, to_ns)
        if high_ns <= low_ns:
            continue
        begin_90k = _scaled(low_ns - from_ns if forward else to_ns - high_ns, speed)
        end_90k = _scaled(high_ns - from_ns if forward else to_ns - low_ns, speed)
        if _swallowed(pictures, begin_90k, end_90k):
            continue
        if len(pictures) >= MAX_PICTURES or count >= _MAX_CHUNKS_READ:
            next_ns = low_ns if forward else high_ns
            break
        begin_90k = max(begin_90k, pictures[-1].t_90k + pictures[-1].duration_90k if pictures else 0)
        pictures.append(Picture(chunk, begin_90k, max(1, end_90k - begin_90k)))
    return TrickPlan(tuple(pictures), next_ns)


def _scaled(distance_ns: int, speed: float) -> int:
    """Wall distance to the trick stream's ticks."""
    return round(distance_ns * 9 / 100_000 / abs(speed))


def _swallowed(pictures: list[Picture], begin_90k: int, end_90k: int) -> bool:
    """Let the last picture stand on over [begin, end) when it has not yet stood its 0.1 s there."""
    if not pictures:
        return False
    last = pictures[-1]
    reaches_90k = last.t_90k + last.duration_90k
    if begin_90k - reaches_90k > MIN_PICTURE_90K or last.duration_90k >= MIN_PICTURE_90K:
        return False
    pictures[-1] = Picture(last.chunk, last.t_90k, max(end_90k, reaches_90k) - last.t_90k)
    return True


def _forward(recordings: Recordings, camera: str, stream: str, from_ns: int, to_ns: int) -> Iterator[Chunk]:
    for _record, chunks in walk_segments(recordings, camera, stream, from_ns, to_ns, None):
        yield from (chunk for chunk in chunks if not chunk.partial)


def _backward(
    recordings: Recordings, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int
) -> Iterator[Chunk]:
    """Chunks by falling start, a window of recorded time at a time, so that gaps cost nothing."""
    below_ns = to_ns
    for span in reversed(recordings.spans(camera, stream, from_ns, to_ns, now_ns)):
        if span.kind not in (SpanKind.RECORDED, SpanKind.BACKFILLED):
            continue
        high_ns = span.end_ns
        while high_ns > span.start_ns:
            low_ns = max(span.start_ns, high_ns - _REVERSE_WINDOW_NS)
            found: list[Chunk] = []
            for record in recordings.segments(camera, stream, low_ns, high_ns):
                found += clip_chunks(chunks_of(record, recordings.fragments(record)), low_ns, high_ns)
            for chunk in sorted(found, key=lambda each: each.start_ns, reverse=True):
                if chunk.start_ns < below_ns and not chunk.partial:
                    below_ns = chunk.start_ns
                    yield chunk
            high_ns = low_ns


def trick_codecs(pictures: Iterable[Picture]) -> str:
    """The RFC 6381 name of the pictures' codec, empty without pictures."""
    return next((picture.chunk.segment.codecs.split(",")[0] for picture in pictures), "")


def trick_stream(recordings: Recordings, pictures: Iterable[Picture]) -> Iterator[bytes]:
    """The fMP4 stream, part by part: an init segment, then one fragment per picture.

    A new init segment comes in between when parameter sets change, as Media Source Extensions allow. Blocking.
    """
    track: TrackSpec | None = None
    opened: SegmentFile | None = None
    refs: dict[int, FragmentRef] = {}
    try:
        for number, picture in enumerate(pictures, start=1):
            record = picture.chunk.segment
            if opened is None or opened.record.id != record.id:
                if opened is not None:
                    opened.close()
                opened = SegmentFile(recordings.path(record), record)
                refs = {ref.index: ref for ref in recordings.fragments(record)}
            video = opened.init.video
            samples = opened.video_samples(opened.fragment(refs[picture.chunk.first]))
            if video is None or not samples:
                continue
            if video != track:
                track = video
                yield build_init((video,))
            run = TrackRun(video.track_id, picture.t_90k)
            run.add(opened.read_whole(samples[0].offset, samples[0].size), picture.duration_90k)
            yield b"".join(build_fragment(number, (run,)))
    finally:
        if opened is not None:
            opened.close()


def trick_groups(recordings: Recordings, pictures: Iterable[Picture], most: int = 24) -> Iterator[bytes]:
    """The same stream in groups that are each whole in themselves, at most `most` pictures, to be converted one by one."""
    init = b""
    group: list[bytes] = []
    for part in trick_stream(recordings, pictures):
        is_init = part[4:8] == b"ftyp"
        if group and (is_init or len(group) >= most):
            yield init + b"".join(group)
            group = []
        if is_init:
            init = part
        else:
            group.append(part)
    if group:
        yield init + b"".join(group)
