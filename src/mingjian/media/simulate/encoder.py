"""Pictures to NAL units with libx264 or libx265 through PyAV, set up as a camera's encoder: no B-frames, closed GOPs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.codec.context
import av.video.codeccontext
from av.video.frame import PictureType, VideoFrame

from mingjian.media.simulate.canvas import Picture

_X264 = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "threads": "1"}
_X265 = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One access unit: NAL units without start codes, parameter sets in front of a keyframe's."""

    nal_units: tuple[bytes, ...]
    keyframe: bool


class VideoEncoder:
    """One stream's encoder. `config` are its parameter sets as in ports.media.Track; fixed for its life."""

    def __init__(self, codec: str, width: int, height: int, frame_ms: int, gop_frames: int, quality: int) -> None:
        self.codec = codec
        name, options = ("libx264", dict(_X264)) if codec == "h264" else ("libx265", dict(_X265))
        options["crf"] = str(quality)
        if codec == "h265":
            # One thread, and its banner silenced.
            options["x265-params"] = (
                f"keyint={gop_frames}:min-keyint={gop_frames}:scenecut=0:bframes=0:pools=none:frame-threads=1:log-level=none"
            )
        else:
            options["x264-params"] = f"keyint={gop_frames}:min-keyint={gop_frames}:scenecut=0"
        context = cast(av.video.codeccontext.VideoCodecContext, av.CodecContext.create(name, "w"))
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(frame_ms, 1000)
        context.framerate = Fraction(1000, frame_ms)
        context.gop_size = gop_frames
        context.thread_count = 1
        context.options = options
        context.flags |= av.codec.context.Flags.global_header
        context.open()
        self._context = context
        self._count = 0
        self.config = parameter_sets(codec, context.extradata or b"")

    def encode(self, picture: Picture, *, force_key: bool = False) -> CodedPicture | None:
        """Encode the next picture; None when the encoder holds it back (it does not, with these settings)."""
        frame = VideoFrame.from_ndarray(picture.whole, format="yuv420p")
        frame.pts = self._count
        frame.time_base = self._context.time_base
        if force_key:
            frame.pict_type = PictureType.I
        self._count += 1
        for packet in self._context.encode(frame):
            units = tuple(split_annex_b(bytes(packet)))
            return CodedPicture((*self.config, *units) if packet.is_keyframe else units, packet.is_keyframe)
        return None


def split_annex_b(data: bytes) -> Iterator[bytes]:
    """NAL units of a byte stream (ITU-T H.264 annex B): between start codes, without trailing zeros."""
    for piece in data.split(b"\x00\x00\x01"):
        unit = piece.rstrip(b"\x00")
        if unit:
            yield unit


def parameter_sets(codec: str, extradata: bytes) -> tuple[bytes, ...]:
    """SPS and PPS (H.264) or VPS, SPS and PPS (H.265) out of an encoder's header, nothing else."""
    units = list(split_annex_b(extradata))
    if codec == "h264":
        return tuple(unit for unit in units if unit[0] & 31 in (7, 8))
    return tuple(unit for unit in units if unit[0] >> 1 & 63 in (32, 33, 34))
