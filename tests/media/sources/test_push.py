"""Cameras that push: ffmpeg and GStreamer announce to us; frames the same; refusals."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.push import PushMount, PushServer, PushSource
from mingjian.ports.media import Codec, SourceState
from mingjian.ports.recording import GapReason
from mingjian.wire.rtsp.auth import Credentials

from .collect import CollectingSink, picture_hashes, write_annex_b

pytestmark = pytest.mark.peer


@asynccontextmanager
async def listening(sink: CollectingSink, **mount: object) -> AsyncIterator[tuple[PushServer, PushMount]]:
    server = PushServer(SystemClock())
    await server.listen(port=0)
    mounted = PushMount(sink, **mount)  # type: ignore[arg-type]
    server.mount("/gate/7", mounted)
    try:
        yield server, mounted
    finally:
        await server.close()


async def ffmpeg(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", *arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffmpeg_pushes_and_every_picture_arrives(clip: Path, tmp_path: Path, transport: str) -> None:
    sink = CollectingSink()
    async with listening(sink) as (server, mount):
        assert sink.statuses[-1].reason is GapReason.UNREACHABLE
        url = f"rtsp://127.0.0.1:{server.port}/gate/7"
        process = await ffmpeg("-re", "-i", str(clip), "-c", "copy", "-f", "rtsp", "-rtsp_transport", transport, url)
        await sink.until(lambda: sink.streaming)
        await sink.until(lambda: sink.failed)  # ffmpeg is done and says so
        assert await process.wait() == 0
        assert sink.statuses[-1].reason is GapReason.UNREACHABLE
        assert mount.counters.connects == 1
        assert mount.counters.bytes > 0
    assert (len(sink.starts), len(sink.stops)) == (1, 1)
    assert not any(unit.damaged for unit in sink.units)
    dump = tmp_path / "dump.h264"
    write_annex_b(sink, Codec.H264, dump)
    assert picture_hashes(dump) == picture_hashes(clip)


async def test_ffmpeg_pushes_h265_and_aac_with_a_password() -> None:
    sink = CollectingSink()
    async with listening(sink, credentials=Credentials("cam", "s3cret")) as (server, _):
        process = await ffmpeg(
            *("-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-re", "-f", "lavfi", "-i", "sine"),
            *("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0:keyint=10", "-c:a", "aac"),
            *("-f", "rtsp", "-rtsp_transport", "tcp", f"rtsp://cam:s3cret@127.0.0.1:{server.port}/gate/7"),
        )
        await sink.until(lambda: len(sink.units) > 60)
        process.kill()
        await process.wait()
        await sink.until(lambda: sink.failed)
    assert [track.codec for track in sink.tracks] == [Codec.H265, Codec.AAC]
    assert (sink.tracks[0].width, sink.tracks[1].clock_rate) == (320, 44_100)


async def test_gstreamer_pushes() -> None:
    sink = CollectingSink()
    async with listening(sink) as (server, _):
        process = await asyncio.create_subprocess_exec(
            *("gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", "video/x-raw,width=320,height=240", "!"),
            *("x264enc", "tune=zerolatency", "!", "rtspclientsink", f"location=rtsp://127.0.0.1:{server.port}/gate/7"),
        )
        await sink.until(lambda: len(sink.units) > 20)
        process.kill()
        await process.wait()
    assert sink.tracks[0].codec is Codec.H264


@pytest.mark.parametrize(
    ("path", "credentials"),
    [("other", None), ("gate/7", Credentials("cam", "right"))],
    ids=["unknown path", "wrong password"],
)
async def test_refused(clip: Path, path: str, credentials: Credentials | None) -> None:
    sink = CollectingSink()
    async with listening(sink, credentials=credentials) as (server, mount):
        user = "cam:wrong@" if credentials else ""
        process = await ffmpeg(
            "-i", str(clip), "-c", "copy", "-f", "rtsp", f"rtsp://{user}127.0.0.1:{server.port}/{path}"
        )
        assert await process.wait() != 0
        assert mount.counters.connects == 0
    assert sink.units == []


async def test_a_second_publisher_is_refused_and_silence_ends_the_first(clip: Path) -> None:
    sink = CollectingSink()
    async with listening(sink, silent_s=1.0) as (server, mount):
        url = f"rtsp://127.0.0.1:{server.port}/gate/7"
        arguments = ("-i", str(clip), "-c", "copy", "-f", "rtsp", "-rtsp_transport", "tcp", url)
        first = await ffmpeg("-re", "-stream_loop", "-1", *arguments)
        await sink.until(lambda: sink.streaming)
        second = await ffmpeg(*arguments)
        assert await second.wait() != 0
        assert sink.streaming
        first.send_signal(19)  # SIGSTOP: connected, but silent
        await sink.until(lambda: sink.failed)
        assert sink.statuses[-1].reason is GapReason.NETWORK
        first.kill()
        await first.wait()
        server.unmount("/gate/7", mount)
        assert sink.statuses[-1].state is SourceState.STOPPED
        assert mount.publisher is None


async def test_a_push_source_is_mounted_while_it_runs() -> None:
    sink, server = CollectingSink(), PushServer(SystemClock())
    source = PushSource(server, "/gate/8", PushMount(sink))
    task = asyncio.create_task(source.run())
    await sink.until(lambda: sink.failed)
    assert server.find("rtsp://x/gate/8?a=b") is not None
    await source.stop()
    await task
    assert server.find("rtsp://x/gate/8") is None
    assert sink.statuses[-1].state is SourceState.STOPPED


async def test_garbage_is_disconnected() -> None:
    sink = CollectingSink()
    async with listening(sink) as (server, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n" * 10_000)
        with contextlib.suppress(ConnectionResetError):  # so or so: it is over
            assert await reader.read() == b""
        assert reader.at_eof() or reader.exception() is not None
        writer.close()
    assert sink.starts == []
