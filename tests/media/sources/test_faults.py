"""Every way a camera can fail, and what the sink is told: the exact reason, and words that say what to do."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.failure import connection_lost
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.ports.media import SourceState
from mingjian.ports.recording import GapReason
from mingjian.wire.rtcp import RtcpReceiverReport, parse_rtcp
from mingjian.wire.rtsp.auth import Credentials

from .collect import CollectingSink
from .fake_camera import FakeCamera, Habits


@asynccontextmanager
async def running(url: str, **options: object) -> AsyncIterator[tuple[RtspSource, CollectingSink]]:
    clock, sink = SystemClock(), CollectingSink()
    made = SourceOptions(**{"allow_loopback": True, "backoff_min_s": 0.02, **options})  # type: ignore[arg-type]
    source = RtspSource(parse_address(url, allow_loopback=True), sink, clock, gate=HostGate(clock), options=made)
    task = asyncio.create_task(source.run())
    try:
        yield source, sink
    finally:
        await source.stop()
        await task
    assert sink.statuses[-1].state is SourceState.STOPPED
    assert len(sink.starts) == len(sink.stops)


async def failure_of(url: str, **options: object) -> tuple[GapReason | None, str]:
    async with running(url, **options) as (source, sink):
        await sink.until(lambda: sink.failed)
        status = sink.statuses[-1]
        assert status.detail_zh
        assert "127.0.0.1" not in status.detail_en + status.detail_zh + source.counters.last_error
        return status.reason, status.detail_en


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.mark.parametrize(
    ("habits", "reason", "words"),
    [
        (Habits(describe_status=404), GapReason.UNREACHABLE, "404"),
        (Habits(describe_status=403), GapReason.AUTHENTICATION, "account"),
        (Habits(describe_status=503), GapReason.UNREACHABLE, "busy"),
        (Habits(describe_status=453), GapReason.UNREACHABLE, "busy"),
        (Habits(describe_status=500), GapReason.UNREACHABLE, "500"),
        (Habits(garbage=b"SSH-2.0-OpenSSH\r\n" + b"x" * 20_000), GapReason.UNREACHABLE, "RTSP"),
        (Habits(mute=True), GapReason.UNREACHABLE, "does not answer"),
        (Habits(silent=True), GapReason.NETWORK, "no picture"),
        (Habits(sets_in_sdp=False, sets_in_band=False), GapReason.NETWORK, "parameter sets"),
        (Habits(audio_only=True), GapReason.UNREACHABLE, "H.264"),
        (Habits(credentials=Credentials("a", "b")), GapReason.AUTHENTICATION, "asks for"),
    ],
)
async def test_reasons(habits: Habits, reason: GapReason, words: str) -> None:
    async with FakeCamera(habits) as camera:
        got, detail = await failure_of(camera.url(), answer_s=0.5, silent_s=0.5)
    assert got is reason
    assert words in detail


async def test_nothing_listens() -> None:
    reason, detail = await failure_of(f"rtsp://127.0.0.1:{free_port()}/x")
    assert reason is GapReason.UNREACHABLE
    assert "refused" in detail


async def test_a_name_that_is_not_known() -> None:
    reason, detail = await failure_of("rtsp://no-such-camera.invalid/x")
    assert reason is GapReason.UNREACHABLE
    assert "name" in detail


async def test_a_name_that_has_come_to_mean_this_machine_is_refused_when_connecting() -> None:
    clock, sink = SystemClock(), CollectingSink()
    source = RtspSource(parse_address("rtsp://10.0.0.1/x"), sink, clock, gate=HostGate(clock))
    source._address = parse_address("rtsp://localhost/x", allow_loopback=True)
    task = asyncio.create_task(source.run())
    await sink.until(lambda: sink.failed)
    await source.stop()
    await task
    assert "refused" in sink.statuses[-2].detail_en


async def test_nobody_answers_the_connection() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)  # a full queue drops what comes after, as a dead host would
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(2)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        reason, detail = await failure_of(f"rtsp://127.0.0.1:{port}/x", connect_timeout_s=0.5)
        for filler in fillers:
            filler.close()
    assert reason is GapReason.UNREACHABLE
    assert "no answer" in detail


async def test_a_server_that_accepts_and_says_no_word_of_tls() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)  # the kernel accepts; nobody ever answers the hello
        url = f"rtsps://127.0.0.1:{listener.getsockname()[1]}/x"
        async with asyncio.timeout(5):
            reason, detail = await failure_of(url, connect_timeout_s=0.5)
    assert reason is GapReason.UNREACHABLE
    assert "no answer" in detail


async def test_rtsps_and_a_camera_that_shakes_hands_and_says_no_more(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    camera = FakeCamera(Habits(mute=True), tls=context)
    await camera.open()
    try:
        async with asyncio.timeout(5):
            reason, detail = await failure_of(camera.url(scheme="rtsps"), answer_s=0.5)
    finally:
        await camera.close()
    assert reason is GapReason.UNREACHABLE
    assert "does not answer" in detail


async def test_a_wrong_password_is_tried_once_a_minute() -> None:
    async with FakeCamera(Habits(credentials=Credentials("admin", "right"))) as camera:
        async with running(camera.url(user="admin:wrong")) as (source, sink):
            await sink.until(lambda: sink.failed)
            assert sink.statuses[-1].reason is GapReason.AUTHENTICATION
            with pytest.raises(TimeoutError):
                await sink.until(lambda: len(sink.statuses) > 2, timeout_s=1)
            assert source.counters.connects == 1
        assert camera.seen.logins == 1


async def test_silence_after_pictures_then_back_again() -> None:
    async with FakeCamera() as camera, running(camera.url(), silent_s=1.0) as (source, sink):
        await sink.until(lambda: len(sink.units) > 5)
        camera.habits.silent = True
        await sink.until(lambda: sink.failed)
        assert sink.statuses[-1].reason is GapReason.NETWORK
        assert "stopped" in sink.statuses[-1].detail_en
        camera.habits.silent = False
        await sink.until(lambda: len(sink.starts) == 2 and sink.streaming)
        assert source.counters.connects >= 2


async def test_a_closed_connection_is_unreachable_and_comes_back() -> None:
    async with FakeCamera() as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: len(sink.units) > 2)
        camera.drop()
        await sink.until(lambda: len(sink.starts) == 2 and sink.streaming)
    failed = [status for status in sink.statuses if status.state is SourceState.FAILED]
    assert [status.reason for status in failed] == [GapReason.UNREACHABLE]


async def test_garbage_in_mid_stream_is_network() -> None:
    async with FakeCamera() as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: len(sink.units) > 2)
        camera.send(b"\x00" * 100_000)
        await sink.until(lambda: len(sink.starts) == 2)
    assert [status.reason for status in sink.statuses if status.reason] == [GapReason.NETWORK]


async def test_a_lost_session_is_begun_anew() -> None:
    habits = Habits(session_timeout_s=1, keepalive_status=454)
    async with FakeCamera(habits) as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: sink.failed, timeout_s=10)
        assert sink.statuses[-1].reason is GapReason.NETWORK
        assert "session" in sink.statuses[-1].detail_en
        await sink.until(lambda: len(sink.starts) == 2)


async def test_redirect_keeps_credentials_on_the_same_host() -> None:
    credentials = Credentials("u", "p")
    async with FakeCamera(Habits(credentials=credentials)) as target, FakeCamera() as first:
        first.habits.redirect_to = target.url("/moved")
        async with running(first.url(user="u:p")) as (_, sink):
            await sink.until(lambda: len(sink.units) > 2)
        assert target.seen.requests[0].url.endswith("/moved")


async def test_a_circle_of_redirects_ends() -> None:
    async with FakeCamera() as camera:
        camera.habits.redirect_to = camera.url("/again")
        reason, detail = await failure_of(camera.url())
    assert reason is GapReason.UNREACHABLE
    assert "302" in detail


async def test_a_redirect_to_where_no_camera_is_is_refused() -> None:
    async with FakeCamera(Habits(redirect_to="rtsp://169.254.169.254/latest")) as camera:
        _, detail = await failure_of(camera.url())
    assert "refused" in detail


async def test_transport_refused_takes_the_other() -> None:
    async with FakeCamera(Habits(refuse_tcp=True)) as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: len(sink.units) > 5)
        assert sink.streaming


async def test_frames_inside_replies() -> None:
    habits = Habits(frames_inside_replies=True, session_timeout_s=4)
    async with FakeCamera(habits) as camera, running(camera.url()) as (source, sink):
        await sink.until(lambda: any(request.method == "GET_PARAMETER" for request in camera.seen.requests))
        before = len(sink.units)
        await sink.until(lambda: len(sink.units) > before + 10)
        assert source.counters.lost_packets == 0
        assert not any(unit.damaged for unit in sink.units)


async def test_parameter_sets_only_in_band() -> None:
    async with FakeCamera(Habits(sets_in_sdp=False)) as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: len(sink.units) > 3)
    assert sink.units[0].keyframe
    assert (sink.tracks[0].width, sink.tracks[0].height) == (320, 240)


async def test_udp_reordering_is_put_right_and_loss_is_marked_and_counted() -> None:
    async with FakeCamera(Habits(swap_every=1, frame_s=0.005)) as camera:
        async with running(camera.url(), transport="udp") as (source, sink):
            await sink.until(lambda: len(sink.units) > 60)
            assert not any(unit.damaged for unit in sink.units)
        assert source.counters.reordered_packets > 5
        camera.habits.swap_every, camera.habits.drop_every = 0, 20
        async with running(camera.url(), transport="udp") as (source, sink):
            await sink.until(lambda: sum(unit.damaged for unit in sink.units) > 4)
        assert source.counters.lost_packets > 4
        assert source.counters.damaged_units >= sum(unit.damaged for unit in sink.units)
        whole = {bytes(unit.data) for unit in sink.units if not unit.damaged}
        assert len(whole) == 2  # a key picture and a slice: what is not marked is exactly what was sent


async def test_timestamps_wrap_and_jump_and_media_time_goes_on() -> None:
    async with FakeCamera(Habits(jump_at=30, frame_s=0.01)) as camera, running(camera.url()) as (source, sink):
        await sink.until(lambda: len(sink.units) > 60)
        assert source.counters.extra == {"timestamp_jumps": 1}
    steps = [after.pts - before.pts for before, after in zip(sink.units[:-1], sink.units[1:], strict=True)]
    assert all(0 < step < 90_000 for step in steps)
    assert steps.count(3600) > 55


async def test_a_rewind_does_not_rewind_media_time() -> None:
    async with FakeCamera(Habits(rewind_at=20, frame_s=0.01)) as camera, running(camera.url()) as (source, sink):
        await sink.until(lambda: len(sink.units) > 40)
        assert source.counters.extra == {"timestamp_jumps": 1}
    times = [unit.pts for unit in sink.units]
    assert times == sorted(set(times))


async def test_another_picture_size_in_mid_stream_is_told_before_its_first_unit() -> None:
    async with FakeCamera(Habits(other_size_at=20, frame_s=0.01)) as camera, running(camera.url()) as (_, sink):
        seen: list[int] = []
        told = sink.on_tracks
        sink.on_tracks = lambda tracks: (seen.append(len(sink.units)), told(tracks))  # type: ignore[method-assign,assignment,func-returns-value]
        await sink.until(lambda: len(sink.units) > 40)
    assert seen == [20]
    assert (sink.tracks[0].width, sink.tracks[0].height) == (640, 360)
    assert len(sink.starts) == 1


async def test_what_follows_the_end_in_the_same_read_begins_no_new_run() -> None:
    async with FakeCamera() as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: len(sink.units) > 2)
        frames = b"".join(connection._frame_bytes() for connection in camera._connections)
        camera.send(b"TEARDOWN * RTSP/1.0\r\nCSeq: 9\r\n\r\n" + frames)
        await sink.until(lambda: sink.failed)
        assert (len(sink.starts), len(sink.stops)) == (1, 1)
        assert sink.statuses[-1].reason is GapReason.NETWORK


def test_only_a_defect_of_ours_is_unknown() -> None:
    assert connection_lost(ValueError("x")).reason is GapReason.UNKNOWN
    assert connection_lost(None).reason is GapReason.UNREACHABLE
    assert connection_lost(ConnectionResetError()).reason is GapReason.UNREACHABLE
    assert connection_lost(OSError(110, "timed out")).reason is GapReason.NETWORK


async def test_receiver_reports_are_sent() -> None:
    async with FakeCamera() as camera, running(camera.url()) as (_, sink):
        await sink.until(lambda: bool(camera.seen.rtcp), timeout_s=10)
    (report,) = parse_rtcp(camera.seen.rtcp[0])
    assert isinstance(report, RtcpReceiverReport)
    assert report.blocks[0].ssrc == 0x1234
    assert report.blocks[0].cumulative_lost == 0
    assert report.blocks[0].highest_sequence > 0xFFFF  # it wrapped


async def test_rtsps_with_a_self_signed_certificate(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    camera = FakeCamera(tls=context)
    await camera.open()
    try:
        async with running(camera.url(scheme="rtsps")) as (source, sink):
            await sink.until(lambda: len(sink.units) > 10)
            fingerprint = source.tls_fingerprint
        judged = subprocess.run(
            ["openssl", "x509", "-in", str(certificate[0]), "-noout", "-fingerprint", "-sha256"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert fingerprint == judged.stdout.partition("=")[2].strip().replace(":", "").lower()
        reason, detail = await failure_of(camera.url(scheme="rtsps"), verify_tls=True)
        assert reason is GapReason.UNREACHABLE
        assert "TLS" in detail
    finally:
        await camera.close()
