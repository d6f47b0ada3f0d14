"""H.264 for browsers that cannot play what the camera sends: libx264 without reordering, one picture in, one out.

Used in worker processes only, by live and by playback.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from mingjian.kernel.media_time import RATE_90K
from mingjian.wire.fmp4.entries import TrackSpec

H264_LEVEL = "4.0"
MAX_WIDTH = 1920
_ENCODER = {"preset": "superfast", "tune": "zerolatency", "crf": "24", "profile": "high", "level": H264_LEVEL}
_TIME_BASE = Fraction(1, RATE_90K)
_START_CODE = re.compile(rb"\x00\x00\x01")


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One picture: presentation time, length-prefixed NAL units without parameter sets, whether it decodes alone."""

    pts_90k: int
    data: bytes
    keyframe: bool


class H264Encoder:
    """An encoder for pictures like `like`, made at most 1920 wide. The first picture is a keyframe."""

    def __init__(self, like: VideoFrame, threads: int = 1) -> None:
        width = min(like.width, MAX_WIDTH) // 2 * 2
        height = max(2, like.height * width // like.width // 2 * 2)
        context = av.CodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = _TIME_BASE, Fraction(25)
        context.options = dict(_ENCODER)
        context.gop_size = 1000  # keyframes are asked for where they are wanted
        context.thread_count = threads
        context.flags |= Flags.global_header
        context.color_range, context.colorspace = like.color_range, like.colorspace
        context.color_primaries, context.color_trc = like.color_primaries, like.color_trc
        context.open()
        self._context = context
        config = tuple(nal for nal in _nal_units(bytes(context.extradata or b"")) if nal[0] & 31 in (7, 8))
        self.track = TrackSpec(1, "h264", RATE_90K, config, 0, width, height)

    def encode(self, frame: VideoFrame | None, pts_90k: int = 0, keyframe: bool = False) -> list[EncodedPicture]:
        """What comes out for a picture; None ends the stream. Raises FFmpegError."""
        picture = None
        if frame is not None:
            picture = frame.reformat(self.track.width, self.track.height, format="yuv420p")
            picture.pts, picture.time_base = pts_90k, _TIME_BASE
            picture.pict_type = PictureType.I if keyframe else PictureType.NONE
        return [
            EncodedPicture(
                packet.pts or 0,
                b"".join(len(nal).to_bytes(4, "big") + nal for nal in _nal_units(bytes(packet))),
                packet.is_keyframe,
            )
            for packet in self._context.encode(picture)
        ]


def _nal_units(stream: bytes) -> list[bytes]:
    """The NAL units of a byte stream (ITU-T H.264 annex B)."""
    found = [part.rstrip(b"\x00") for part in _START_CODE.split(stream)]
    return [part for part in found if part]
