"""The process that transcodes one stream: frames of wire/feed on stdin and stdout, nothing else.

usage: python -m mingjian.media.live.worker h264|jpeg|masked [POLYGONS]
"""

from __future__ import annotations

import os
import sys

from av import logging as av_logging

from mingjian.media.live.transcode import H264Transcoder, JpegPictures
from mingjian.ports.masks import polygons_from_text
from mingjian.wire.feed import (
    FrameReader,
    Kind,
    LiveInit,
    decode_fragment,
    decode_init,
    encode_fragment,
    encode_init,
)

_NICE = 5
_READ_BYTES = 1 << 18


def main(kind: str, polygons: str = "") -> None:
    """Serve until stdin ends. `masked` fills `polygons` (ports.masks.polygons_text) into every picture."""
    os.nice(_NICE)  # recording and other viewers come first
    av_logging.set_level(av_logging.PANIC)
    work = JpegPictures() if kind == "jpeg" else H264Transcoder(polygons_from_text(polygons))
    reader = FrameReader()
    while data := os.read(0, _READ_BYTES):
        for frame in reader.feed(data):
            if frame.kind is Kind.LIVE_INIT:
                work.take_init(decode_init(frame.payload))
            elif frame.kind is Kind.LIVE_FRAGMENT:
                for made in work.take(decode_fragment(frame.payload)):
                    _write(encode_init(0, made) if isinstance(made, LiveInit) else encode_fragment(0, made))


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    main(*sys.argv[1:])
