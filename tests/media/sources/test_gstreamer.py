"""GStreamer's RTSP server as the camera: every codec, TCP and UDP, frames the same as in the file, passwords."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.ports.media import Codec, SourceState
from mingjian.ports.recording import GapReason

from .collect import CollectingSink, picture_hashes, write_annex_b

pytestmark = pytest.mark.peer


def make_source(url: str, sink: CollectingSink, **options: object) -> RtspSource:
    clock = SystemClock()
    made = SourceOptions(allow_loopback=True, **options)  # type: ignore[arg-type]
    return RtspSource(parse_address(url, allow_loopback=True), sink, clock, gate=HostGate(clock), options=made)


async def _collect(
    url: str, enough: Callable[[CollectingSink], bool], **options: object
) -> tuple[CollectingSink, RtspSource]:
    sink = CollectingSink()
    source = make_source(url, sink, **options)
    task = asyncio.create_task(source.run())
    try:
        await sink.until(lambda: enough(sink))
    finally:
        await source.stop()
        await task
    assert sink.statuses[-1].state is SourceState.STOPPED
    assert len(sink.starts) == len(sink.stops)
    return sink, source


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(
    ("mount", "codecs"),
    [
        ("h264aac", (Codec.H264, Codec.AAC)),
        ("h265", (Codec.H265,)),
        ("pcma", (Codec.H264, Codec.PCMA)),
        ("pcmu", (Codec.H264, Codec.PCMU)),
    ],
)
async def test_every_codec(gst_port: int, mount: str, codecs: tuple[Codec, ...], transport: str) -> None:
    sink, source = await _collect(
        f"rtsp://127.0.0.1:{gst_port}/{mount}",
        lambda sink: len(sink.units) > 40 and all(len(sink.of(codec)) > 8 for codec in codecs),
        transport=transport,
    )
    assert tuple(track.codec for track in sink.tracks) == codecs
    video = sink.tracks[0]
    assert (video.width, video.height, video.fps_milli) == (320, 240, 25_000)
    pictures = sink.of(codecs[0])
    steps = {after.pts - before.pts for before, after in itertools.pairwise(pictures)}
    assert max(steps) - min(steps) < 400
    assert any(unit.keyframe for unit in pictures)
    assert not any(unit.damaged for unit in sink.units)
    assert (source.counters.lost_packets, source.counters.units) == (0, len(sink.units))
    assert source.counters.bytes > sum(len(unit.data) for unit in pictures)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_the_pictures_that_went_in_come_out(gst_port: int, clip: Path, tmp_path: Path, transport: str) -> None:
    sink, _ = await _collect(
        f"rtsp://127.0.0.1:{gst_port}/file", lambda sink: len(sink.of(Codec.H264)) >= 100, transport=transport
    )
    dump = tmp_path / "dump.h264"
    write_annex_b(sink, Codec.H264, dump)
    expected = picture_hashes(clip)
    got = picture_hashes(dump)
    assert len(got) == 100
    assert got == expected


async def test_sender_reports_tell_the_cameras_clock(gst_port: int) -> None:
    sink, _ = await _collect(f"rtsp://127.0.0.1:{gst_port}/h264aac", lambda sink: len(sink.reports) > 0)
    report = sink.reports[0]
    assert abs(report.camera_ns - report.arrival_ns) < 2_000_000_000
    same = [unit for unit in sink.units if unit.track == report.track]
    assert min(abs(unit.pts - report.pts) for unit in same) < 3 * sink.tracks[report.track].clock_rate


async def test_digest_password(gst_with_password: Callable[[str, str], int]) -> None:
    port = gst_with_password("admin", "p@ss:word")
    sink, _ = await _collect(f"rtsp://admin:p@ss:word@127.0.0.1:{port}/h265", lambda sink: len(sink.units) > 3)
    assert sink.tracks[0].codec is Codec.H265
    wrong, source = await _collect(f"rtsp://admin:nope@127.0.0.1:{port}/h265", lambda sink: sink.failed)
    assert wrong.statuses[-2].reason is GapReason.AUTHENTICATION
    assert "密码" in wrong.statuses[-2].detail_zh
    assert "nope" not in source.counters.last_error
    missing, _ = await _collect(f"rtsp://127.0.0.1:{port}/h265", lambda sink: sink.failed)
    assert missing.statuses[-2].reason is GapReason.AUTHENTICATION


async def test_no_such_stream(gst_port: int) -> None:
    sink, _ = await _collect(f"rtsp://127.0.0.1:{gst_port}/nothing", lambda sink: sink.failed)
    assert sink.statuses[-2].reason is GapReason.UNREACHABLE
    assert "404" in sink.statuses[-2].detail_zh


def test_on_uvloop_too(gst_port: int) -> None:
    async def play() -> CollectingSink:
        return (await _collect(f"rtsp://127.0.0.1:{gst_port}/h264aac", lambda sink: len(sink.units) > 20))[0]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert len(runner.run(play()).units) > 20
