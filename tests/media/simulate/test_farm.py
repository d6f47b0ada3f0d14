"""The farm over real RTSP, read by ffmpeg and ffprobe."""

from __future__ import annotations

import asyncio
import json
import struct
from itertools import pairwise

import numpy as np
import pytest
from tests.media.simulate.conftest import decode

from mingjian.kernel.clock import SystemClock
from mingjian.media.simulate.camera import clock_text
from mingjian.media.simulate.farm import Farm, FarmAddress, FarmConfig
from mingjian.media.simulate.lettering import ClockFace
from mingjian.media.simulate.specs import WRONG_CLOCK_MS
from mingjian.media.simulate.time_strip import StripReading, read_strip

Running = tuple[Farm, FarmAddress]
NTP_EPOCH_S = 2_208_988_800


def _now_ms() -> int:
    return SystemClock().now_ns() // 1_000_000


def _read(picture: np.ndarray) -> StripReading:
    reading = read_strip(picture)
    assert reading is not None
    return reading


@pytest.mark.peer
@pytest.mark.parametrize(("number", "stream", "transport", "step_ms"), [
    (1, "main", "tcp", 80), (1, "sub", "tcp", 160), (3, "main", "tcp", 80), (4, "main", "tcp", 80), (7, "main", "udp", 80),
])  # fmt: skip
async def test_strip_times_advance_by_the_frame_and_tell_the_present(
    farm: Running, number: int, stream: str, transport: str, step_ms: int
) -> None:
    width = 640 if stream == "main" else 320
    url = farm[1].url(number, stream)
    before_ms = _now_ms()
    pictures = await decode(url, 15, width=width, transport=transport)
    after_ms = _now_ms()
    readings = [_read(picture) for picture in pictures]
    assert len(readings) == 15
    assert {reading.camera for reading in readings} == {number}
    times = [reading.time_ms for reading in readings]
    assert all(before_ms - 1000 <= time <= after_ms for time in times)
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert all(step > 0 and step % step_ms == 0 for step in steps), steps
    assert steps.count(step_ms) >= 12, steps  # a busy machine may make the studio leave a frame out


async def _probe(url: str) -> list[dict[str, object]]:
    process = await asyncio.create_subprocess_exec(
        "ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-timeout", "8000000", "-show_streams", "-of", "json", url,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    streams: list[dict[str, object]] = json.loads(out)["streams"]
    return streams


@pytest.mark.peer
async def test_the_cameras_differ_as_their_specs_say(farm: Running) -> None:
    probed = await asyncio.gather(*(_probe(farm[1].url(number)) for number in (1, 3, 5)))
    codecs = [[stream["codec_name"] for stream in streams] for streams in probed]
    assert codecs == [["h264", "aac"], ["hevc"], ["h264", "pcm_alaw"]]
    assert all((streams[0]["width"], streams[0]["height"]) == (640, 360) for streams in probed)


@pytest.mark.peer
async def test_a_password_is_asked_and_checked(farm: Running) -> None:
    address = farm[1]
    port = address.port
    assert len(await decode(f"rtsp://viewer:s3cret!@127.0.0.1:{port}/cam6/main", 2)) == 2
    with pytest.raises(AssertionError, match="401"):
        await decode(f"rtsp://viewer:wrong@127.0.0.1:{port}/cam6/main", 2)
    with pytest.raises(AssertionError, match="401"):
        await decode(address.url(6), 2)


async def _play(address: FarmAddress, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """SETUP and PLAY spoken by hand; media follows."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    url = address.url(number)
    writer.write(f"SETUP {url}/track0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    session = next(line for line in head.decode().split("\r\n") if line.startswith("Session:"))
    writer.write(f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\n{session.partition(';')[0]}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def _first_report(address: FarmAddress, number: int) -> tuple[int, int]:
    """(the first sender report's clock, the arrival) in ms."""
    reader, writer = await _play(address, number)
    try:
        while True:
            _, channel, length = struct.unpack(">BBH", await reader.readexactly(4))
            packet = await reader.readexactly(length)
            if channel == 1:
                assert packet[:2] == bytes((0x80, 200))
                second, fraction = struct.unpack(">II", packet[8:16])
                return (second - NTP_EPOCH_S) * 1000 + (fraction * 1000 >> 32), _now_ms()
    finally:
        writer.close()


async def test_one_camera_has_a_wrong_clock_in_its_sender_reports(farm: Running) -> None:
    for number, error_ms in ((7, 0), (8, WRONG_CLOCK_MS)):
        said_ms, now_ms = await asyncio.wait_for(_first_report(farm[1], number), 20)
        assert abs(said_ms - now_ms - error_ms) < 1000


@pytest.mark.peer
async def test_the_wrong_clock_is_burned_in_but_the_strip_is_true(farm: Running) -> None:
    """The clock plate of camera 8 shows other minutes than camera 7's, rendered here from the same instants."""
    picture = (await decode(farm[1].url(8), 1))[0]
    time_ms = _read(picture).time_ms
    face = ClockFace(14)
    true_plate, wrong_plate = (
        (face.render(clock_text((time_ms + error_ms) * 1_000_000)).astype(np.int32) - 16) * 255 // 219
        for error_ms in (0, WRONG_CLOCK_MS)
    )
    height, width = wrong_plate.shape
    left = 632 - width // 2 * 2
    seen = picture[8 : 8 + height, left : left + width, 1].astype(np.int16)
    differ = true_plate != wrong_plate
    assert np.abs(seen - wrong_plate)[differ].mean() < np.abs(seen - true_plate)[differ].mean() / 2


async def _ask(port: int, line: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line.encode() + b"\n")
    answer = (await reader.readline()).decode().strip()
    writer.close()
    return answer


@pytest.mark.peer
async def test_an_unplugged_camera_is_cut_off_and_comes_back(farm: Running) -> None:
    address = farm[1]
    control = address.control_port
    assert control is not None
    reader, writer = await _play(address, 7)
    assert await reader.readexactly(1000)
    assert await _ask(control, "unplug 7") == "ok"
    await asyncio.wait_for(reader.read(-1), 10)  # to the end of the connection
    writer.close()
    with pytest.raises(AssertionError):
        await decode(address.url(7), 1)
    assert len(await decode(address.url(2), 1)) == 1
    assert await _ask(control, "plug 7") == "ok"
    assert len(await decode(address.url(7), 1)) == 1


async def test_a_frozen_camera_stays_connected_and_sends_nothing(farm: Running) -> None:
    running, address = farm
    assert running.command("freeze 2") == "ok"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_first_report(address, 2), 1.5)
    assert running.command("thaw 2") == "ok"
    await asyncio.wait_for(_first_report(address, 2), 20)


@pytest.mark.peer
async def test_a_locked_camera_refuses_the_right_password(farm: Running) -> None:
    running, address = farm
    assert running.command("lock 6") == "ok"
    with pytest.raises(AssertionError, match="401"):
        await decode(f"rtsp://viewer:s3cret!@127.0.0.1:{address.port}/cam6/main", 1)


async def test_a_wrong_command_says_what_is_right(farm: Running) -> None:
    running, _ = farm
    assert running.command("explode 7").startswith("error: say one of")
    assert running.command("unplug 77") == "error: there is no camera 77"
    assert running.command("unplug seven").startswith("error")


async def test_a_taken_port_is_told(farm: Running) -> None:
    with pytest.raises(OSError, match="in use"):
        await Farm(FarmConfig(cameras=1, port=farm[1].port)).start()


async def test_weak_plugs_follow_the_wall_clock() -> None:
    farm = Farm(FarmConfig(cameras=9, port=0))
    spec = (await farm.start()).cameras[8]
    await farm.stop()
    period_ns = spec.drops_every_s * 1_000_000_000
    assert spec.drops_every_s
    assert not spec.drops_at(period_ns * 1000)
    assert spec.drops_at(period_ns * 1001 - 1)
    assert not spec.drops_at(period_ns * 1001 - spec.drops_for_s * 1_000_000_000 - 1)
