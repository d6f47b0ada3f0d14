"""MediaMTX between a camera and us: ffmpeg pushes to it, we pull from it; its passwords, its two transports.

Built with Go in two minutes (scripts/build_mediamtx.sh), therefore only in make e2e-long.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.ports.media import Codec, SourceState
from mingjian.ports.recording import GapReason

from .collect import CollectingSink, picture_hashes, write_annex_b

pytestmark = [pytest.mark.peer, pytest.mark.more, pytest.mark.long]
ROOT = Path(__file__).parents[3]
SETTINGS = """
rtspAddress: 127.0.0.1:{rtsp}
rtpAddress: 127.0.0.1:{rtp}
rtcpAddress: 127.0.0.1:{rtcp}
rtspAuthMethods: [digest]
rtmp: no
hls: no
webrtc: no
srt: no
authInternalUsers:
- {{user: any, pass: "", permissions: [{{action: publish}}]}}
- {{user: admin, pass: "p@ssword", permissions: [{{action: read}}]}}
paths: {{all_others: {{}}}}
"""


@pytest.fixture(scope="module")
def port(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """RTSP port of a MediaMTX to which ffmpeg pushes H.264 (the clip, over and over), and H.265 with AAC."""
    subprocess.run([ROOT / "scripts" / "build_mediamtx.sh"], check=True)
    rtsp, rtp = _free_port(socket.SOCK_STREAM), _free_port(socket.SOCK_DGRAM) & ~1
    settings = tmp_path_factory.mktemp("mediamtx") / "mediamtx.yml"
    settings.write_text(SETTINGS.format(rtsp=rtsp, rtp=rtp, rtcp=rtp + 1))
    with ExitStack() as stack:
        server = _started(stack, [str(ROOT / ".cache" / "peers" / "mediamtx"), str(settings)], stdout=subprocess.PIPE)
        _hear(server, "[RTSP] listener opened")
        to = ("-f", "rtsp", "-rtsp_transport", "tcp")
        forever = ("ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i")
        _started(stack, [*forever, str(clip), "-c", "copy", *to, f"rtsp://127.0.0.1:{rtsp}/clip"])
        _hear(server, "is publishing to path 'clip'")
        drawn = ("ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25")
        tone = ("-f", "lavfi", "-i", "sine=sample_rate=48000", "-c:v", "libx265", "-x265-params", "log-level=error")
        _started(stack, [*drawn, *tone, "-g", "25", "-c:a", "aac", *to, f"rtsp://127.0.0.1:{rtsp}/sound"])
        _hear(server, "is publishing to path 'sound'")
        yield rtsp


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(type=kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _started(stack: ExitStack, command: list[str], stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, text=True))
    stack.callback(process.kill)
    return process


def _hear(server: subprocess.Popen[str], words: str) -> None:
    assert server.stdout is not None
    heard = []
    for line in server.stdout:
        heard.append(line)
        if words in line:
            return
    raise AssertionError(f"MediaMTX ended without saying: {words}; it said {heard}")


def _source(url: str, sink: CollectingSink, transport: str) -> RtspSource:
    clock = SystemClock()
    options = SourceOptions(transport=transport, allow_loopback=True)
    return RtspSource(parse_address(url, allow_loopback=True), sink, clock, gate=HostGate(clock), options=options)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_the_pictures_that_went_in_come_out(port: int, clip: Path, tmp_path: Path, transport: str) -> None:
    sink = CollectingSink()
    source = _source(f"rtsp://admin:p@ssword@127.0.0.1:{port}/clip", sink, transport)
    task = asyncio.create_task(source.run())
    try:
        await sink.until(lambda: len(sink.of(Codec.H264)) >= 230, timeout_s=40)
    finally:
        await source.stop()
        await task
    assert not any(unit.damaged for unit in sink.units)
    assert source.counters.lost_packets == 0
    keys = [number for number, unit in enumerate(sink.units) if unit.keyframe]
    del sink.units[: keys[0]]
    dump = tmp_path / "dump.h264"
    write_annex_b(sink, Codec.H264, dump)
    clip_hashes, got = picture_hashes(clip), picture_hashes(dump)
    begins = clip_hashes.index(got[0])
    assert begins % 25 == 0, "at a keyframe"
    whole = got[:200]
    assert whole == [clip_hashes[(begins + number) % 100] for number in range(200)]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_h265_with_sound(port: int, transport: str) -> None:
    sink = CollectingSink()
    source = _source(f"rtsp://admin:p@ssword@127.0.0.1:{port}/sound", sink, transport)
    task = asyncio.create_task(source.run())
    try:
        await sink.until(lambda: len(sink.of(Codec.H265)) > 40 and len(sink.of(Codec.AAC)) > 40, timeout_s=40)
    finally:
        await source.stop()
        await task
    assert tuple(track.codec for track in sink.tracks) == (Codec.H265, Codec.AAC)
    assert (sink.tracks[0].width, sink.tracks[0].height) == (320, 240)
    assert not any(unit.damaged for unit in sink.units)


async def test_a_wrong_password_is_told(port: int) -> None:
    sink = CollectingSink()
    source = _source(f"rtsp://admin:nope@127.0.0.1:{port}/clip", sink, "tcp")
    task = asyncio.create_task(source.run())
    try:
        await sink.until(lambda: sink.failed)
    finally:
        await source.stop()
        await task
    assert [one.reason for one in sink.statuses if one.state is SourceState.FAILED] == [GapReason.AUTHENTICATION]
