"""A chunk for a browser that cannot play what was recorded: H.265 becomes H.264, G.711 becomes FLAC (lossless).

The answer is whole in itself (init segment and one fragment) and keeps the media time of the original. H.264 and AAC are
copied as they are. `convert_chunk` runs in the processes of `pool`; bytes in, bytes out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

import av
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from mingjian.kernel.media_time import RATE_90K
from mingjian.media.playback.decode import CodedPicture, decode_pictures
from mingjian.media.playback.pool import undecodable
from mingjian.wire.flac import MAX_BLOCK, MIN_BLOCK, G711ToFlac, streaminfo
from mingjian.wire.fmp4.box import Buffer, reader_of
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.read import Fragment, Sample, parse_init, walk_fragments

MAX_WIDTH = 1920
_ENCODER = {"preset": "superfast", "tune": "zerolatency", "crf": "23", "profile": "high", "level": "4.0"}
_START_CODE = re.compile(rb"\x00\x00\x01")


def convert_chunk(media: bytes, from_90k: int) -> bytes:
    """Convert an init segment and whole fragments that begin with a keyframe; give what begins at or after `from_90k`.

    Raises MingjianError `undecodable`, BrokenFile.
    """
    init = parse_init(media)
    fragments = list(walk_fragments(reader_of(media), init.size, len(media), init))
    tracks: list[TrackSpec] = []
    runs: list[list[TrackRun]] = []
    for track in init.tracks:
        samples = _samples(fragments, track.track_id)
        if track.codec == "h265":
            made, encoded = _encoded(media, track, samples, from_90k)
        elif track.codec in ("pcma", "pcmu"):
            made, encoded = _flac(media, track, samples, from_90k)
        else:
            made, encoded = track, [_copied(media, track, samples, from_90k)]
        tracks.append(made)
        runs.append(encoded)
    parts: list[Buffer] = [build_init(tracks)]
    for number, together in enumerate(zip_longest(*runs), start=1):
        parts += build_fragment(number, [run for run in together if run is not None])
    return b"".join(parts)


def _samples(fragments: Sequence[Fragment], track_id: int) -> list[Sample]:
    return [sample for fragment in fragments for sample in fragment.samples.get(track_id, ())]


def _kept(track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> list[Sample]:
    """From the first sample that begins at or after `from_90k` on, in decoding order."""
    first = next(
        (at for at, one in enumerate(samples) if one.dts * RATE_90K >= from_90k * track.timescale), len(samples)
    )
    return list(samples[first:])


def _copied(media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> TrackRun:
    kept = _kept(track, samples, from_90k)
    run = TrackRun(track.track_id, kept[0].dts if kept else 0, track.is_video)
    for one in kept:
        data = media[one.offset : one.offset + one.size]
        run.add(data, one.duration, key=one.keyframe, offset=one.pts - one.dts)
    return run


def _flac(media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int) -> tuple[TrackSpec, list[TrackRun]]:
    channels = max(1, track.channels)
    kept = _kept(track, samples, from_90k)
    encoder = G711ToFlac(track.codec, track.timescale, channels)
    run = TrackRun(track.track_id, kept[0].dts if kept else 0, video=False)
    for one in kept:
        if MIN_BLOCK <= one.size // channels <= MAX_BLOCK:
            run.add(encoder.frame(media[one.offset : one.offset + one.size], one.dts), one.duration)
    config = (streaminfo(track.timescale, channels),)
    return TrackSpec(track.track_id, "flac", track.timescale, config, channels), [run]


@dataclass(slots=True)
class _H264Encoder:
    """libx264 for one chunk: the first picture is an IDR, the others follow without reordering."""

    width: int
    height: int
    context: VideoCodecContext

    @classmethod
    def for_picture(cls, frame: VideoFrame) -> _H264Encoder:
        """An encoder for pictures like this one, at most 1920 wide."""
        width, height = frame.width, frame.height
        if width > MAX_WIDTH:
            width, height = MAX_WIDTH, max(2, round(frame.height * MAX_WIDTH / frame.width))
        width, height = width - width % 2, height - height % 2
        context = av.CodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, RATE_90K)
        context.framerate = Fraction(25, 1)
        context.thread_count = 1
        context.options = {**_ENCODER, "keyint": "infinite"}
        return cls(width, height, context)

    def encode(self, frame: VideoFrame | None, pts_90k: int = 0) -> list[tuple[int, list[bytes]]]:
        """(presentation time, NAL units) of what comes out; None ends the stream."""
        if frame is not None:
            frame = frame.reformat(width=self.width, height=self.height, format="yuv420p")
            frame.pts, frame.time_base = pts_90k, Fraction(1, RATE_90K)
            frame.pict_type = 0
        return [(int(packet.pts or 0), _nal_units(bytes(packet))) for packet in self.context.encode(frame)]


def _encoded(
    media: bytes, track: TrackSpec, samples: Sequence[Sample], from_90k: int
) -> tuple[TrackSpec, list[TrackRun]]:
    """The pictures as H.264; nothing of them is left when none can be decoded."""
    coded = [CodedPicture(one.offset, one.size, one.pts, one.keyframe) for one in samples]
    encoder: _H264Encoder | None = None
    pictures: list[tuple[int, list[bytes]]] = []
    try:
        for pts_90k, frame in decode_pictures(media, coded):
            if pts_90k >= from_90k:
                encoder = encoder or _H264Encoder.for_picture(frame)
                pictures += encoder.encode(frame, pts_90k)
        if encoder is None:
            raise undecodable("no picture comes out")
        pictures += encoder.encode(None)
    except FFmpegError as error:
        raise undecodable(str(error)) from error
    sets = tuple(nal for _, nals in pictures for nal in nals if nal[0] & 31 in (7, 8))
    config = tuple(dict.fromkeys(sets))
    runs = [TrackRun(track.track_id, pictures[0][0])]
    end_90k = max(one.pts + one.duration for one in samples)
    # In trick play, keyframes only, a picture ends where it says: what follows may be a hole
    ends = {one.pts: one.pts + one.duration for one in samples} if all(one.keyframe for one in samples) else {}
    for number, (pts_90k, nals) in enumerate(pictures):
        next_90k = pictures[number + 1][0] if number + 1 < len(pictures) else end_90k
        next_90k = min(next_90k, ends.get(pts_90k, next_90k))
        if pts_90k > runs[-1].base_time + sum(runs[-1].durations):
            runs.append(TrackRun(track.track_id, pts_90k))
        data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals if nal[0] & 31 in (1, 5))
        runs[-1].add(data, max(1, next_90k - pts_90k), key=any(nal[0] & 31 == 5 for nal in nals))
    spec = TrackSpec(track.track_id, "h264", RATE_90K, config, 0, encoder.width, encoder.height)
    return spec, runs


def _nal_units(stream: bytes) -> list[bytes]:
    """The NAL units of a byte stream (ITU-T H.264 annex B)."""
    found = [part.rstrip(b"\x00") for part in _START_CODE.split(stream)]
    return [part for part in found if part]
