"""The engine follows its plan, keeps one camera's trouble from the others, and answers its socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests.media.feeding import SMALL, track_of
from tests.media.footage import video

from mingjian.kernel.clock import NS_PER_S, SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.sealing import new_key, seal
from mingjian.media.edge.engine_link import EngineLink
from mingjian.media.engine.runtime import EngineRuntime
from mingjian.media.engine.settings import EngineSettings
from mingjian.media.engine.sources import StreamOrder
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.store import Store
from mingjian.media.store.volume import make_volume
from mingjian.ports.media import AccessUnit, MediaSink, SourceState, SourceStatus, StreamCounters
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan, plan_to_json
from mingjian.ports.recording import SpanKind

CLOCK = SystemClock()


@dataclass
class FilmSource:
    """Plays a film in real time; a URL that says so is a defect."""

    order: StreamOrder
    sink: MediaSink
    counters: StreamCounters = field(default_factory=StreamCounters)
    stopped: bool = False
    watched: bool = False

    def watch(self, watched: bool) -> None:
        self.watched = watched

    async def run(self) -> None:
        if "defect" in self.order.url:
            raise RuntimeError("a defect")
        footage = video()
        self.counters.connects += 1
        self.sink.on_status(SourceStatus(SourceState.STREAMING, CLOCK.now_ns()))
        self.sink.on_start((track_of(footage),), CLOCK.now_ns())
        at = 0
        while not self.stopped:
            packet = footage.packets[at % len(footage.packets)]
            pts = packet.pts + at // len(footage.packets) * len(footage.packets) * 3600
            self.sink.on_unit(AccessUnit(0, pts, packet.data, packet.keyframe, CLOCK.now_ns()))
            at += 1
            await asyncio.sleep(0.04)
        self.sink.on_stop(CLOCK.now_ns())
        self.sink.on_status(SourceStatus(SourceState.STOPPED, CLOCK.now_ns()))

    async def stop(self) -> None:
        self.stopped = True
        await asyncio.sleep(0.06)


class Stage:
    """A data folder with a volume, and a plan that tests write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = new_key()
        self.made: list[FilmSource] = []
        self.version = 0
        make_volume(folder / "v0", "v0", "instance", demo=False)
        self.settings = EngineSettings("instance", folder / "plan" / "plan.json", folder / "engine.sock", self.key)
        self.settings.plan_file.parent.mkdir()

    def runtime(self) -> EngineRuntime:
        def film(order: StreamOrder, sink: MediaSink) -> FilmSource:
            self.made.append(FilmSource(order, sink))
            return self.made[-1]

        store = Store([self.folder / "v0"], CLOCK, space=SMALL)
        return EngineRuntime(self.settings, store, CLOCK, sources=film)

    def camera(self, url: str = "rtsp://10.0.0.7/a", streams: tuple[str, ...] = ("main",), **more: Any) -> CameraPlan:
        camera = new_id(CLOCK.now_ns())
        plans = tuple(StreamPlan(name, seal(self.key, f"camera/{camera}/{name}", url)) for name in streams)
        return CameraPlan(camera, "门口", enabled=True, keep_days=30, streams=plans, **more)

    def publish(self, *cameras: CameraPlan, version: int | None = None) -> None:
        self.version = self.version + 1 if version is None else version
        plan = EnginePlan(self.version, CLOCK.now_ns(), cameras)
        partial = self.settings.plan_file.with_suffix(".partial")
        partial.write_text(json.dumps(plan_to_json(plan)))
        partial.replace(self.settings.plan_file)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="mj") as name:
        yield Stage(Path(name))


@pytest.fixture
async def engine(stage: Stage) -> AsyncIterator[EngineRuntime]:
    runtime = stage.runtime()
    await runtime.start()
    yield runtime
    await runtime.stop()


@pytest.fixture
async def link(stage: Stage, engine: EngineRuntime) -> AsyncIterator[EngineLink]:
    link = EngineLink(stage.settings.socket)
    await link.start()
    await link.wait_up()
    yield link
    await link.stop()


async def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.02)


def _states(engine: EngineRuntime) -> dict[tuple[str, str], tuple[str, str | None]]:
    return {(one.camera, one.stream): (one.state, one.reason) for one in engine.status().streams}


async def test_a_camera_is_recorded_within_three_seconds_of_its_plan(stage: Stage, engine: EngineRuntime) -> None:
    camera = stage.camera(streams=("main", "sub"))
    stage.publish(camera)
    await until(lambda: len(engine.status().streams) == 2, 3)
    await until(lambda: all(one.recording for one in engine.status().streams))
    [main, sub] = engine.status().streams
    assert (main.stream, sub.stream) == ("main", "sub")
    assert (main.width, main.height, main.codecs) == (320, 180, "h264")
    await until(lambda: engine.status().streams[0].fps_milli > 20_000)
    assert main.since_ns > 0


async def test_only_the_source_of_a_watched_stream_hurries(
    stage: Stage, engine: EngineRuntime, link: EngineLink
) -> None:
    camera, other = stage.camera(), stage.camera()
    stage.publish(camera, other)
    await until(lambda: len(stage.made) == 2)
    channel = await link.subscribe(camera.id, "main", lambda _frame: None)
    watched = {source.order.camera: source.watched for source in stage.made}
    assert watched == {camera.id: True, other.id: False}
    link.unsubscribe(channel)
    await until(lambda: not any(source.watched for source in stage.made))


async def test_switching_off_removing_and_changing(stage: Stage, engine: EngineRuntime) -> None:
    camera, other = stage.camera(), stage.camera()
    stage.publish(camera, other)
    await until(lambda: len(stage.made) == 2)
    stage.publish(replace(camera, enabled=False), other)
    await until(lambda: _states(engine).get((camera.id, "main")) == ("stopped", "disabled"))
    stage.publish(camera, other)
    await until(lambda: len(stage.made) == 3)
    resealed = replace(
        camera,
        streams=tuple(
            replace(one, url_sealed=seal(stage.key, f"camera/{camera.id}/main", "rtsp://10.0.0.7/a"))
            for one in camera.streams
        ),
    )
    stage.publish(resealed, other)
    stage.publish(replace(resealed, record_audio=False), replace(other, removed_ns=CLOCK.now_ns(), enabled=False))
    await until(lambda: len(stage.made) == 4)
    await until(lambda: set(_states(engine)) == {(camera.id, "main")})
    assert not stage.made[-1].order.audio
    assert stage.made[1].stopped


async def test_one_cameras_defect_touches_no_other(
    stage: Stage, engine: EngineRuntime, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = stage.camera(), stage.camera("rtsp://user:hunter2@10.0.0.8/defect")
    foreign = stage.camera()
    foreign = replace(foreign, streams=good.streams)  # sealed for another camera: must not open
    stage.publish(bad, foreign, good)
    await until(lambda: any(one.recording for one in engine.status().streams))
    await until(lambda: len([one for one in stage.made if one.order.camera == bad.id]) >= 2)
    states = _states(engine)
    assert states[(good.id, "main")] == ("streaming", None)
    assert states[(bad.id, "main")][0] == "failed"
    assert states[(foreign.id, "main")] == ("failed", "authentication")
    assert "hunter2" not in caplog.text


async def test_a_broken_or_older_plan_changes_nothing(stage: Stage) -> None:
    camera = stage.camera()
    engine = stage.runtime()
    stage.publish(camera, version=7)
    await engine.start()
    await until(lambda: len(stage.made) == 1)
    stage.publish(version=6)
    stage.settings.plan_file.with_suffix(".x").write_text("{")
    stage.settings.plan_file.with_suffix(".x").replace(stage.settings.plan_file)
    await asyncio.sleep(1.2)  # two polls: nothing may happen in them
    assert engine.status().plan_version == 7
    assert not stage.made[0].stopped
    await engine.stop()
    again = stage.runtime()
    await again.start()
    assert again.status().plan_version == 7, "the last good plan outlives the engine"
    await again.stop()


async def test_a_stop_seals_what_was_recorded_and_a_new_engine_goes_on(stage: Stage) -> None:
    camera = stage.camera()
    stage.publish(camera)
    for _ in range(2):
        engine = stage.runtime()
        await engine.start()
        await until(lambda engine=engine: any(one.recording for one in engine.status().streams))
        await asyncio.sleep(1.2)  # some footage
        began = asyncio.get_running_loop().time()
        await engine.stop()
        assert asyncio.get_running_loop().time() - began < 10
        await asyncio.sleep(1.5)  # a gap that is seen
    reader = StoreReader([stage.folder / "v0"])
    now_ns = CLOCK.now_ns()
    segments = reader.segments(camera.id, "main", now_ns - 60 * NS_PER_S, now_ns)
    assert len(segments) == 2
    assert all(one.sealed and one.digest for one in segments)
    spans = reader.timeline(camera.id, "main", segments[0].start_ns, segments[1].end_ns, now_ns)
    assert [span.kind for span in spans] == [SpanKind.RECORDED, SpanKind.GAP, SpanKind.RECORDED]
    assert spans[1].reason is not None
    assert spans[1].reason.value == "engine_down"


async def test_the_socket_is_ours_alone_and_answers(stage: Stage, engine: EngineRuntime, link: EngineLink) -> None:
    assert stage.settings.socket.stat().st_mode & 0o777 == 0o600
    camera = stage.camera()
    stage.publish(camera)
    assert (await link.request("reload_plan"))["version"] == 1
    status = await link.request("status")
    assert status["instance"] == "instance"
    assert [one["camera"] for one in status["streams"]] == [camera.id]
    assert [one["id"] for one in status["volumes"]] == ["v0"]
    text = (await link.request("metrics"))["text"]
    assert f'mingjian_stream_up{{camera="{camera.id}",stream="main"}}' in text
    hold = await link.request(
        "hold_add", {"camera": camera.id, "from_ns": 1, "to_ns": 2, "reason": "案件", "person": "王敏"}
    )
    assert await link.request("hold_remove", {"hold": hold["hold"], "reason": "结案", "person": "王敏"}) == {}
    order = {"order": "o1", "camera": camera.id, "from_ns": 1, "to_ns": 2, "reason": "27", "persons": ["王敏", "李强"]}
    assert await link.request("delete_ordered", order) == {"segments": 0, "bytes": 0, "left": [], "held": False}
    assert await link.request("confirm_time", {"person": "王敏", "reason": "核对"}) == {}


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("nothing", {}, "bad_request"),
        ("hold_add", {"camera": "x"}, "bad_request"),
        ("hold_add", {"camera": "x", "from_ns": "a", "to_ns": 1, "reason": "", "person": ""}, "bad_request"),
        (
            "delete_ordered",
            {"order": "o", "camera": "x", "from_ns": 1, "to_ns": 2, "reason": "27", "persons": ["王敏", "王敏"]},
            "bad_request",
        ),
        ("subscribe", {}, "bad_request"),
        ("subscribe", {"camera": "nobody", "stream": "main"}, "no_such_stream"),
    ],
)
async def test_wrong_questions_get_an_error(
    engine: EngineRuntime, link: EngineLink, method: str, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(MingjianError) as caught:
        await link.request(method, params)
    assert caught.value.code == code
    assert (await link.request("status"))["plan_version"] == 0


async def test_garbage_on_the_socket_costs_only_that_connection(
    stage: Stage, engine: EngineRuntime, link: EngineLink
) -> None:
    reader, writer = await asyncio.open_unix_connection(str(stage.settings.socket))
    writer.write(b"\xff" * 100)
    with contextlib.suppress(ConnectionResetError):
        await reader.read()
    assert reader.at_eof() or reader.exception() is not None
    writer.close()
    assert (await link.request("status"))["plan_version"] == 0
