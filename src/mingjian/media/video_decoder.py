"""A decoder for the pictures of one of our tracks, and the form it takes them in."""

from __future__ import annotations

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from mingjian.wire.fmp4.entries import TrackSpec

_DECODERS = {"h264": "h264", "h265": "hevc"}


def video_decoder(track: TrackSpec) -> VideoCodecContext:
    """A decoder of one thread without delay; it takes pictures as `annex_b` gives them."""
    codec = av.CodecContext.create(_DECODERS[track.codec], "r")
    assert isinstance(codec, VideoCodecContext)
    codec.extradata = b"".join(b"\x00\x00\x00\x01" + nal for nal in track.config)
    codec.thread_count = 1
    codec.flags |= Flags.low_delay
    return codec


def annex_b(data: bytes) -> bytes:
    """Length-prefixed NAL units with start codes instead; a length beyond the end ends it."""
    out: list[bytes] = []
    at = 0
    while at + 4 < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        out += (b"\x00\x00\x00\x01", data[at + 4 : end])
        at = end
    return b"".join(out)
