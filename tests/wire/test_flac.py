"""G.711 as FLAC: ffmpeg's own decoders agree sample by sample."""

from __future__ import annotations

import random
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.flac import G711ToFlac, streaminfo


def _decode(data: bytes, *options: str) -> bytes:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", *options, "-i", "-", "-f", "s16le", "-"], input=data, capture_output=True, timeout=30
    )
    assert done.stderr == b"", done.stderr
    return done.stdout


@pytest.mark.parametrize(("law", "raw"), [("pcma", "alaw"), ("pcmu", "mulaw")])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_are_those_that_ffmpeg_hears(law: str, raw: str, channels: int) -> None:
    codes = bytes(range(256)) * 4 + random.Random(7).randbytes(6400)
    flac = G711ToFlac(law, 8000, channels)
    stream = b"fLaC" + b"\x80\x00\x00\x22" + streaminfo(8000, channels)
    at, number = 0, 0
    for size in (160, 1024, 16, 400, 5000):
        block = codes[at : at + size * channels]
        stream += flac.frame(block, number)
        at, number = at + len(block), number + len(block) // channels
    heard = _decode(stream, "-f", "flac")
    expected = _decode(codes[:at], "-f", raw, "-ar", "8000", "-ac", str(channels))
    assert heard == expected


@given(st.integers(0, (1 << 36) - 1), st.binary(min_size=16, max_size=64))
def test_a_frame_checks_its_own_sums(number: int, data: bytes) -> None:
    frame = G711ToFlac("pcma", 8000, 1).frame(data, number)
    crc = 0
    for byte in frame:  # a message followed by its CRC leaves no remainder
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
    assert crc == 0
    assert frame[:2] == b"\xff\xf9"


@pytest.mark.parametrize("size", [0, 15, 65_536])
def test_blocks_that_flac_cannot_say_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="make no FLAC frame"):
        G711ToFlac("pcma", 8000, 1).frame(bytes(size), 0)
