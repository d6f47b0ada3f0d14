"""The time strip survives what happens to a picture on its way to a browser."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.media.simulate.camera import MAIN, SUB, SimulatedCamera
from mingjian.media.simulate.city import City
from mingjian.media.simulate.specs import camera_spec
from mingjian.media.simulate.time_strip import StripReading, draw_strip, read_strip, strip_bytes

NOON_NS = 1_795_406_400_000_000_000  # 2026-11-23 04:00 UTC, noon in China


@given(time_ms=st.integers(0, (1 << 48) - 1), camera=st.integers(0, 255))
def test_what_is_drawn_is_read(time_ms: int, camera: int) -> None:
    luma = np.full((360, 640), 128, dtype=np.uint8)
    draw_strip(luma, time_ms, camera)
    assert read_strip(luma) == StripReading(time_ms, camera)


@given(time_ms=st.integers(0, (1 << 48) - 1), camera=st.integers(0, 255), bit=st.integers(0, 63))
def test_one_wrong_block_is_noticed(time_ms: int, camera: int, bit: int) -> None:
    luma = np.full((360, 640), 128, dtype=np.uint8)
    draw_strip(luma, time_ms, camera)
    luma[-10:, bit * 10 : bit * 10 + 10] = 255 - luma[-10:, bit * 10 : bit * 10 + 10]
    assert read_strip(luma) is None


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="48 bits"):
        strip_bytes(1 << 48, 1)
    with pytest.raises(ValueError, match="8 bits"):
        strip_bytes(1, 256)


def _decode(camera: SimulatedCamera, stream: str, frames: int) -> list[tuple[int, np.ndarray]]:
    """Film and decode with libavcodec; (capture time in ms, RGB picture)."""
    camera.want(stream, True)
    decoder = av.CodecContext.create("h264" if camera.formats(stream)[0].codec == "h264" else "hevc", "r")
    sent: list[int] = []
    pictures: list[np.ndarray] = []
    capture_ns = camera.next_frame_ns(NOON_NS)
    while len(sent) < frames:
        for parcel in camera.film(capture_ns):
            if parcel.track == 0:
                sent.append(capture_ns // 1_000_000)
                packet = av.Packet(_annex_b(camera.formats(stream)[0].codec, parcel.payloads))
                packet.time_base = Fraction(1, 90_000)
                pictures.extend(frame.to_ndarray(format="rgb24") for frame in decoder.decode(packet))
        capture_ns += camera.frame_ns
    pictures.extend(frame.to_ndarray(format="rgb24") for frame in decoder.decode(None))
    return list(zip(sent, pictures, strict=True))


def _annex_b(codec: str, payloads: tuple[bytes, ...]) -> bytes:
    """Put RTP payloads together again (FU-A of RFC 6184 5.8, FU of RFC 7798 4.4.3)."""
    out = bytearray()
    for payload in payloads:
        if codec == "h264" and payload[0] & 31 == 28:
            if payload[1] & 0x80:
                out += b"\x00\x00\x00\x01" + bytes((payload[0] & 0xE0 | payload[1] & 31,))
            out += payload[2:]
        elif codec == "h265" and payload[0] >> 1 & 63 == 49:
            if payload[2] & 0x80:
                out += b"\x00\x00\x00\x01" + bytes((payload[0] & 0x81 | (payload[2] & 63) << 1, payload[1]))
            out += payload[3:]
        else:
            out += b"\x00\x00\x00\x01" + payload
    return bytes(out)


@pytest.mark.parametrize(("number", "stream"), [(1, MAIN), (1, SUB), (3, MAIN), (7, MAIN)])
def test_every_frame_of_a_camera_is_read_after_coding(number: int, stream: str) -> None:
    camera = SimulatedCamera(camera_spec(number), City(1))
    for time_ms, picture in _decode(camera, stream, 30):
        assert read_strip(picture) == StripReading(time_ms, number)


@pytest.mark.parametrize("width", [320, 480, 1280])
def test_the_strip_is_read_after_coding_and_scaling(width: int) -> None:
    camera = SimulatedCamera(camera_spec(1), City(1))
    for time_ms, picture in _decode(camera, MAIN, 12):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(width, width * 9 // 16)
        assert read_strip(frame.to_ndarray(format="rgb24")) == StripReading(time_ms, 1)
