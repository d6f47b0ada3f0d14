"""Load cameras: continuous over the loop's seam, the same for all of a group, readable by ffmpeg."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from tests.media.simulate.conftest import decode

from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import City, PlaceKind
from mingjian.media.simulate.encoder import VideoEncoder
from mingjian.media.simulate.load import LoadFarm
from mingjian.media.simulate.load_loop import FRAME_NS, CodedLoop
from mingjian.media.simulate.scenes import Scene
from mingjian.wire.rtp.payloads import h264_payloads

NOON_NS = 1_795_406_400_000_000_000
FRAMES, GOP = 20, 10


def _small_loop() -> CodedLoop:
    """Two short GOPs of 640 x 360."""
    encoder, picture = VideoEncoder("h264", 640, 360, 40, GOP, 20), Picture(640, 360)
    scene = Scene(City(1), PlaceKind.SQUARE)
    coded = []
    for number in range(FRAMES):
        scene.draw(picture, NOON_NS + number * FRAME_NS)
        coded.append(encoder.encode(picture))
    pictures = [one for one in coded if one is not None]
    return CodedLoop(
        encoder.config,
        tuple(tuple(h264_payloads(one.nal_units)) for one in pictures),
        tuple(one.keyframe for one in pictures),
    )


@pytest.fixture(params=[False, True], ids=["packets", "burst"])
async def load(request: pytest.FixtureRequest) -> AsyncIterator[tuple[LoadFarm, int]]:
    farm = LoadFarm(21, _small_loop(), burst=request.param)
    port = await farm.start()
    yield farm, port
    await farm.stop()


async def _rtp(port: int, number: int, packets: int) -> list[bytes]:
    """The first RTP packets of a camera."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    url = f"rtsp://127.0.0.1:{port}/load{number}/main"
    writer.write(f"SETUP {url}/track0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    session = next(line for line in head.split("\r\n") if line.startswith("Session:")).partition(";")[0]
    writer.write(f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\n{session}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    got: list[bytes] = []
    while len(got) < packets:
        _, channel, length = struct.unpack(">BBH", await reader.readexactly(4))
        packet = await reader.readexactly(length)
        if channel == 0:
            got.append(packet)
    writer.close()
    return got


async def test_sequence_and_time_go_on_over_the_seam(load: tuple[LoadFarm, int]) -> None:
    farm, port = load
    packets = await asyncio.wait_for(_rtp(port, 1, 600), 60)
    sequences = [int.from_bytes(packet[2:4], "big") for packet in packets]
    assert all((later - earlier) & 0xFFFF == 1 for earlier, later in pairwise(sequences))
    times = [int.from_bytes(packet[4:8], "big") for packet in packets]
    steps = {(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(times)}
    assert steps == {0, 3600}
    assert len(set(times)) > FRAMES, "longer than one turn of the loop"
    assert farm.counters.skipped_frames == 0


async def test_cameras_of_a_group_send_the_same(load: tuple[LoadFarm, int]) -> None:
    _, port = load
    first, second = await asyncio.wait_for(asyncio.gather(_rtp(port, 1, 200), _rtp(port, 21, 200)), 60)
    by_sequence = {packet[2:4]: packet for packet in first}
    common = [packet for packet in second if packet[2:4] in by_sequence]
    assert len(common) > 50
    assert all(by_sequence[packet[2:4]] == packet for packet in common)


@pytest.mark.peer
async def test_ffmpeg_decodes_it(load: tuple[LoadFarm, int]) -> None:
    farm, port = load
    pictures = await decode(f"rtsp://127.0.0.1:{port}/load3/main", FRAMES * 2)
    assert len(pictures) == FRAMES * 2
    await farm.pause()
    sent = farm.counters.sent_frames
    assert sent >= FRAMES * 2
    await asyncio.sleep(0)
    assert farm.counters.sent_frames == sent
