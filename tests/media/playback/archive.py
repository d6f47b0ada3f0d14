"""Real segment files from real coded footage, built by our builder, with an index in memory that answers for them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.media.footage import Footage, Packet

from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.ports.recording import FragmentRef, GapReason, SegmentRecord, Span, SpanKind
from mingjian.wire.fmp4.build import TableRow, TrackRun, build_fragment, build_init, build_leaf, build_mfra, build_prft
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings
from mingjian.wire.fmp4.order import decode_times

CAMERA, STREAM = "01jdemocamera0000000000000", "main"
START_NS = 1_764_000_000_000_000_000
FRAGMENT_90K = 180_000
FRAME_90K = 3_600  # the footage has 25 frames a second


@dataclass
class Archive:
    """Answers like a store, over files that lie under `root`."""

    root: Path
    held: dict[str, tuple[SegmentRecord, list[FragmentRef]]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> list[SegmentRecord]:
        found = [
            record
            for record, _ in self.held.values()
            if (record.camera, record.stream) == (camera, stream)
            and record.end_ns > from_ns
            and record.start_ns < to_ns
        ]
        return sorted(found, key=lambda record: (record.start_ns, record.id))[:limit]

    def segment(self, segment_id: str) -> SegmentRecord | None:
        return self.held[segment_id][0] if segment_id in self.held else None

    def fragments(self, record: SegmentRecord) -> list[FragmentRef]:
        return self.held[record.id][1]

    def path(self, record: SegmentRecord) -> Path:
        self.reads.append(record.id)
        return self.root / record.path

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> list[Span]:
        spans: list[Span] = []
        at = from_ns
        for record in self.segments(camera, stream, from_ns, to_ns):
            if record.start_ns > at:
                spans.append(Span(SpanKind.GAP, at, record.start_ns, GapReason.UNREACHABLE))
            end_ns = min(to_ns, record.end_ns)
            spans.append(Span(SpanKind.RECORDED, max(at, record.start_ns), end_ns))
            at = max(at, end_ns)
        if at < to_ns:
            spans.append(Span(SpanKind.GAP, at, to_ns, GapReason.UNREACHABLE))
        return spans

    def record(
        self,
        picture: Footage,
        sound: Footage | None = None,
        *,
        start_ns: int = START_NS,
        run: str = "run1",
        gops_a_segment: int = 3,
        open_last: bool = False,
        camera: str = CAMERA,
        stream: str = STREAM,
    ) -> list[SegmentRecord]:
        """Record a footage as one run of segments that begins at `start_ns`."""
        gops = _gops(picture)
        written = []
        for first in range(0, len(gops), gops_a_segment):
            part = gops[first : first + gops_a_segment]
            following = gops[first + gops_a_segment] if first + gops_a_segment < len(gops) else None
            end_90k = following[0].pts if following else _end(gops[-1])
            sealed = following is not None or not open_last
            number = len(self.held) + 1
            written.append(self._segment(number, picture, sound, part, end_90k, start_ns, run, sealed, camera, stream))
        return written

    def _segment(
        self, number: int, picture: Footage, sound: Footage | None, gops: Sequence[list[Packet]], end_90k: int,
        run_ns: int, run: str, sealed: bool, camera: str, stream: str,
    ) -> SegmentRecord:  # fmt: skip
        tracks = [_spec(picture, 1)] + ([_spec(sound, 2)] if sound else [])
        init = build_init(tracks, b'{"camera":"c"}')
        data = bytearray(init)
        origin = gops[0][0].pts
        refs: list[FragmentRef] = []
        pieces = [piece for gop in gops for piece in _cut(gop)]
        for index, piece in enumerate(pieces, start=1):
            end = min(packet.pts for packet in pieces[index]) if index < len(pieces) else end_90k
            runs = [_video_run(piece, origin, end - origin)]
            begin = runs[0].base_time
            if sound:
                runs.append(_sound_run(sound, origin + begin, end, origin))
            wall_ns = run_ns + ticks_90k_to_ns(origin + begin)
            body = b"".join(build_fragment(index, runs, build_prft(1, wall_ns, begin)))
            leaf = build_leaf("sha256", index, bytes(32))
            duration = end - origin - begin
            refs.append(
                FragmentRef(index, len(data), len(body), len(leaf), begin, duration, piece[0].keyframe, wall_ns)
            )
            data += body + leaf
        size = len(data)
        if sealed:
            rows = [
                TableRow(r.offset, r.size, r.trailer_bytes, r.start_90k, r.duration_90k, r.start_ns, r.keyframe)
                for r in refs
            ]
            data += build_mfra(1, rows)
        name = f"{number:06d}.mp4"
        (self.root / name).write_bytes(data)
        record = SegmentRecord(
            id=f"seg{number:023d}", camera=camera, stream=stream, run=run, sequence=number, path=name,
            start_ns=refs[0].start_ns, end_ns=run_ns + ticks_90k_to_ns(end_90k), start_90k=origin,
            duration_90k=end_90k - origin, bytes=len(data) if sealed else size, init_bytes=len(init),
            fragments=len(refs), frames=sum(map(len, gops)), damaged_frames=0, codecs=codec_strings(tuple(tracks)),
            width=picture.width, height=picture.height, sealed=sealed, digest=None, digest_alg="sha256",
            recomputed=False, clock_offset_ms=None,
        )  # fmt: skip
        self.held[record.id] = (record, refs)
        return record


def _spec(footage: Footage, track_id: int) -> TrackSpec:
    return TrackSpec(
        track_id, footage.codec, footage.clock_rate, footage.config, footage.channels, footage.width, footage.height
    )


def _gops(footage: Footage) -> list[list[Packet]]:
    gops: list[list[Packet]] = []
    for packet in footage.packets:
        if packet.keyframe:
            gops.append([])
        gops[-1].append(packet)
    return gops


def _end(gop: list[Packet]) -> int:
    return max(packet.pts for packet in gop) + FRAME_90K


def _cut(gop: list[Packet]) -> list[list[Packet]]:
    """Fragments of at most 2 s (only without B-frames is every place good for a cut)."""
    ordered = all(left.pts < right.pts for left, right in itertools.pairwise(gop))
    step = FRAGMENT_90K // FRAME_90K if ordered else len(gop)
    return [gop[at : at + step] for at in range(0, len(gop), step)]


def _video_run(packets: list[Packet], origin: int, end: int) -> TrackRun:
    times = decode_times([packet.pts - origin for packet in packets])
    run = TrackRun(1, times[0])
    for packet, dts, following in zip(packets, times, [*times[1:], end], strict=True):
        run.add(packet.data, following - dts, key=packet.keyframe, offset=packet.pts - origin - dts)
    return run


def _sound_run(sound: Footage, from_90k: int, to_90k: int, origin_90k: int) -> TrackRun:
    """The frames of sound that begin within [from, to) of the run."""
    rate, zero = sound.clock_rate, sound.packets[0].pts
    aac = sound.codec == "aac"
    inside = [p for p in sound.packets if from_90k * rate <= (p.pts - zero) * 90_000 < to_90k * rate]
    base = inside[0].pts - zero - origin_90k * rate // 90_000 if inside else 0
    run = TrackRun(2, base, video=False)
    for packet in inside:
        run.add(packet.data, 1024 if aac else len(packet.data))
    return run
