"""The live test's steps, and the look over a range."""

from __future__ import annotations

import asyncio

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.media.sources.probe import MAX_RANGE, STEPS, CameraTest, parse_range, probe_range
from mingjian.ports.camera_probe import ProbeStep
from mingjian.wire.rtsp.auth import Credentials

from .fake_camera import FakeCamera, Habits


async def steps_of(url: str, **options: object) -> list[ProbeStep]:
    test = CameraTest(url, SystemClock(), allow_loopback=True, **options)  # type: ignore[arg-type]
    steps = [step async for step in test.run()]
    assert [step.step for step in steps] == list(STEPS)
    assert all(step.zh and step.en and step.ms >= 0 for step in steps)
    assert bool(test.tracks) == (steps[-1].state == "ok")
    return steps


def states(steps: list[ProbeStep]) -> str:
    return "".join({"ok": "+", "failed": "-", "skipped": "."}[step.state] for step in steps)


async def test_a_good_camera(gst_port: int) -> None:
    assert states(await steps_of(f"rtsp://127.0.0.1:{gst_port}/h264aac")) == "+++++"
    assert states(await steps_of(f"rtsp://127.0.0.1:{gst_port}/h264aac", transport="udp")) == "+++++"
    assert states(await steps_of(f"rtsp://127.0.0.1:{gst_port}/nothing")) == "+++-."


@pytest.mark.parametrize(
    ("habits", "expected", "words"),
    [
        (Habits(), "+++++", "picture"),
        (Habits(credentials=Credentials("a", "b")), "++-..", "password"),
        (Habits(describe_status=404), "+++-.", "404"),
        (Habits(silent=True), "++++-", "no picture"),
        (Habits(garbage=b"HTTP/1.1 400\r\n" * 9000), "++-..", "RTSP"),
    ],
)
async def test_where_it_fails(habits: Habits, expected: str, words: str) -> None:
    async with FakeCamera(habits) as camera:
        steps = await steps_of(camera.url(), picture_s=1.0)
    assert states(steps) == expected
    assert any(words in step.en for step in steps)


async def test_unreachable_unknown_and_refused() -> None:
    async with FakeCamera() as camera:
        url = camera.url()
    assert states(await steps_of(url)) == "+-..."
    assert states(await steps_of("rtsp://no-such-camera.invalid/")) == "-...."
    assert states(await steps_of("rtsp://169.254.169.254/")) == "-...."
    assert states(await steps_of("no url")) == "-...."


async def test_a_wrong_password_is_sent_once() -> None:
    async with FakeCamera(Habits(credentials=Credentials("a", "b"))) as camera:
        steps = await steps_of(camera.url(user="a:wrong"))
        assert camera.seen.logins == 1
    assert states(steps) == "++-.."
    assert "wrong" not in steps[2].en.replace("is wrong", "")


async def test_a_test_broken_off_leaves_no_connection() -> None:
    async with FakeCamera(Habits(mute=True)) as camera:
        run = CameraTest(camera.url(), SystemClock(), allow_loopback=True).run()
        assert (await anext(run)).step == "name"
        await run.aclose()
        while camera._connections:
            await asyncio.wait([connection.gone for connection in camera._connections])


async def test_a_range_is_searched() -> None:
    camera = FakeCamera()
    await camera.open()
    port = camera.port
    await camera.close()
    await camera.open(["127.0.9.2", "127.0.9.5"], port)
    locked = FakeCamera(Habits(credentials=Credentials("a", "b")))
    await locked.open(["127.0.9.7"], port)
    silent = FakeCamera(Habits(mute=True))
    await silent.open(["127.0.9.9"], port)
    try:
        addresses = parse_range("127.0.9.0/28", allow_loopback=True)
        found = [
            server async for server in probe_range(addresses, port=port, timeout_s=0.5, per_second=200, concurrency=4)
        ]
    finally:
        for fake in (camera, locked, silent):
            await fake.close()
    assert {(server.host, server.needs_password) for server in found} == {
        ("127.0.9.2", False),
        ("127.0.9.5", False),
        ("127.0.9.7", True),
    }
    assert camera.seen.connections == 2


def test_ranges() -> None:
    assert len(parse_range("10.0.0.0/24")) == 254
    assert parse_range("10.0.0.5-7") == ["10.0.0.5", "10.0.0.6", "10.0.0.7"]
    assert parse_range("10.0.0.255-10.0.1.0") == ["10.0.0.255", "10.0.1.0"]
    assert parse_range("fd12::1-fd12::3")[-1] == "fd12::3"
    assert len(parse_range("10.0.0.0-10.0.3.255")) == MAX_RANGE
    for bad in (
        "",
        "10.0.0.0/8",
        "10.0.0.9-3",
        "x",
        "10.0.0.1-fd12::1",
        "10.0.0.0-10.0.4.0",
        "127.0.0.1",
        "169.254.0.0/24",
    ):
        with pytest.raises(MingjianError) as caught:
            parse_range(bad)
        assert caught.value.field == "range"
    assert parse_range("127.0.0.1", allow_loopback=True) == ["127.0.0.1"]
