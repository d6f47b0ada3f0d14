"""Full, read-only, slow and missing volumes: footage goes elsewhere or is a told loss; nothing is evicted or torn."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fault.broken_disks import FaultyDisk
from tests.fault.judging import EVER, assert_clean, assert_covered, assert_readable, restart_and_stop
from tests.media.feeding import CAMERA, START_NS, Camera, camera_on, make_store, reader_of_store

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.writer import WriterLimits
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan
from mingjian.ports.recording import GapReason, SpanKind


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS, 5 * NS_PER_S)


def planned(store: Store, *cameras: str) -> None:
    stream = StreamPlan("main", "")
    store.apply_plan(EnginePlan(1, 0, tuple(CameraPlan(name, name, True, 30, (stream,)) for name in cameras)))


def send(store: Store, camera: Camera, seconds: int) -> None:
    """Second by second, the writers keeping up, the engine looking as it does."""
    for _ in range(seconds):
        camera.send(1)
        for writer in store.writers:
            assert writer.drain()
        store.look()


def timeline(folder: Path, clock: ManualClock, camera: str = CAMERA) -> list:
    reader = reader_of_store(folder)
    end = clock.now_ns()
    spans = reader.timeline(camera, "main", START_NS + 40_000_000, end, end)
    assert_covered(spans, START_NS + 40_000_000, end)
    reader.close()
    return spans


def seconds_of(spans: list, kind: SpanKind, reason: GapReason | None = None) -> float:
    return sum(span.end_ns - span.start_ns for span in spans if span.kind is kind and span.reason is reason) / NS_PER_S


@pytest.mark.parametrize("how", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_failing_volume_spills_to_the_next_and_keeps_what_it_has(
    tmp_path: Path, clock: ManualClock, how: int
) -> None:
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, volumes=2, disk=disk)
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 3)
    where = next(tmp_path.glob("v*/segments/**/*.mp4")).relative_to(tmp_path).parts[0]
    disk.sick = where
    disk.error = how
    send(store, camera, 8)
    assert next(status.state for status in store.status() if status.id == where) in ("full", "read_only", "missing")
    assert any(alarm["volume"] == where for alarm in store.alarms())
    camera.stop()
    disk.error = None
    assert store.close()
    spans = timeline(tmp_path, clock)
    assert seconds_of(spans, SpanKind.GAP, GapReason.STORAGE) <= 3
    assert seconds_of(spans, SpanKind.RECORDED) >= 7.9
    assert {span.reason for span in spans if span.kind is SpanKind.GAP} <= {GapReason.STORAGE, GapReason.ENGINE_DOWN}
    restart_and_stop(tmp_path, clock)
    assert_clean(tmp_path, clock.now_ns())


def test_a_disk_that_fills_in_mid_fragment_leaves_whole_fragments(tmp_path: Path, clock: ManualClock) -> None:
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, disk=disk)
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 4)
    disk.quota = 10_000  # less than a fragment
    send(store, camera, 6)
    disk.quota = None
    send(store, camera, 8)
    camera.stop()
    assert store.close()
    spans = timeline(tmp_path, clock)
    assert [str(span.reason or span.kind) for span in spans] == ["recorded", "storage", "recorded"]
    # Lost from second 3 on, the fragment that waited for its end when the disk was full. Tried again 5 s after whatever
    # found it full last, which is the journal's line of second 10 at the latest; a look a second later, then a keyframe.
    assert 5 <= seconds_of(spans, SpanKind.GAP, GapReason.STORAGE) <= 13
    restart_and_stop(tmp_path, clock)
    assert_clean(tmp_path, clock.now_ns())
    reader = reader_of_store(tmp_path)
    for record in reader.segments(CAMERA, "main", *EVER):
        assert_readable(reader.path(record), record.frames)
    reader.close()


def test_when_all_is_full_cameras_stop_by_priority_and_nothing_is_evicted(tmp_path: Path, clock: ManualClock) -> None:
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, disk=disk, space=SpacePolicy(reserve_bytes=1_000_000_000, floor_bytes=0))
    names = ["important", "ordinary"]
    planned(store, *names)
    cameras = [
        Camera(StreamRecorder(name, "main", store, clock, priority=priority), clock).connect()
        for name, priority in zip(names, (0, 9), strict=True)
    ]
    for _ in range(4):
        for camera in cameras:
            send(store, camera, 1)
    before = {path: path.stat().st_size for path in tmp_path.glob("v0/segments/**/*.mp4")}
    disk.quota = 300_000_000  # between floor and reserve: room for priorities up to 2
    for _ in range(8):
        for camera in cameras:
            send(store, camera, 1)
    assert store.alarms()[0]["code"] == "storage_exhausted"
    assert store.alarms()[0]["severity"] == "1"
    for camera in cameras:
        camera.stop()
    assert store.close()
    reader = reader_of_store(tmp_path)
    important, ordinary = (sum(record.frames for record in reader.segments(name, "main", *EVER)) for name in names)
    reader.close()
    assert important == 12 * 25
    assert ordinary < 8 * 25
    reasons = {span.reason for span in timeline(tmp_path, clock, "ordinary") if span.kind is SpanKind.GAP}
    assert GapReason.STORAGE in reasons
    assert GapReason.UNKNOWN not in reasons
    assert all(path.exists() and path.stat().st_size >= size for path, size in before.items())


def test_a_slow_volume_never_blocks_and_its_loss_is_told(tmp_path: Path, clock: ManualClock) -> None:
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, disk=disk, limits=WriterLimits(queue_bytes=60_000, segment_bytes=0))
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 4)
    disk.gate.clear()  # the disk hangs
    for _ in range(10):
        camera.send(1)  # returns at once, whatever the disk does
        store.look()
    assert store.writers[0].queued_bytes <= 60_000 + 1000
    assert [status.state for status in store.status()] == ["slow"]
    disk.gate.set()
    send(store, camera, 4)
    camera.stop()
    assert store.close()
    spans = timeline(tmp_path, clock)
    assert [str(span.reason or span.kind) for span in spans] == ["recorded", "storage", "recorded"]
    assert camera.recorder.counters.lost_fragments > 3
    assert_clean(tmp_path, clock.now_ns())


def test_streams_that_all_end_at_once_lose_nothing_while_the_disk_catches_its_breath(
    tmp_path: Path, clock: ManualClock
) -> None:
    """A switch fails, or the engine is stopped: what each stream holds comes to the queue in the same moment."""
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, disk=disk, limits=WriterLimits(queue_bytes=60_000, segment_bytes=0))
    names = [f"camera{number}" for number in range(6)]
    planned(store, *names)
    cameras = [Camera(StreamRecorder(name, "main", store, clock), clock).connect() for name in names]
    for camera in cameras:
        send(store, camera, 3)
    disk.gate.clear()
    for camera in cameras:
        camera.stop()
    assert store.writers[0].queued_bytes > 3 * 60_000
    disk.gate.set()
    assert store.close()
    reader = reader_of_store(tmp_path)
    for name, camera in zip(names, cameras, strict=True):
        assert camera.recorder.counters.lost_fragments == 0
        assert sum(record.frames for record in reader.segments(name, "main", *EVER)) == 75
    reader.close()
    assert_clean(tmp_path, clock.now_ns())


def test_a_volume_that_is_not_there_is_an_alarm_and_the_others_record(tmp_path: Path, clock: ManualClock) -> None:
    make_store(tmp_path, clock, volumes=2).close()
    shutil.move(tmp_path / "v1", tmp_path / "unmounted")
    store = Store([tmp_path / "v0", tmp_path / "v1"], clock, space=SpacePolicy(0, 0))
    store.open()
    assert [alarm["code"] for alarm in store.alarms()] == ["volume_missing"]
    camera = camera_on(store, clock).connect()
    send(store, camera, 3)
    camera.stop()
    assert store.close()
    assert not (tmp_path / "v1").exists()
    reader = StoreReader([tmp_path / "v0", tmp_path / "v1"])
    assert len(reader.problems) == 1
    assert sum(record.frames for record in reader.segments(CAMERA, "main", *EVER)) == 75
    reader.close()


def test_a_volume_that_comes_back_is_taken_back(tmp_path: Path, clock: ManualClock) -> None:
    make_store(tmp_path, clock, volumes=2).close()
    (tmp_path / "v0").rename(tmp_path / "unmounted")
    store = Store([tmp_path / "v0", tmp_path / "v1"], clock, space=SpacePolicy(0, 0))
    store.open()
    assert store.wait_recovered(10)
    planned(store, CAMERA)
    assert [status.state for status in store.status()] == ["ok", "missing"]
    camera = camera_on(store, clock).connect()
    send(store, camera, 3)
    (tmp_path / "unmounted").rename(tmp_path / "v0")
    for _ in range(12):
        send(store, camera, 1)
        assert store.wait_recovered(10)
    assert store.alarms() == ()
    assert [status.state for status in store.status()] == ["ok", "ok"]
    camera.stop()
    assert store.close()
    assert next(str(span.reason or span.kind) for span in timeline(tmp_path, clock)) == "recorded"
    reader = StoreReader([tmp_path / "v0"])
    facts = reader.facts(CAMERA)
    assert facts is not None
    reader.close()
    assert_clean(tmp_path, clock.now_ns())


def test_a_segment_given_up_is_sealed_when_the_disk_works_again(tmp_path: Path, clock: ManualClock) -> None:
    disk = FaultyDisk()
    store = make_store(tmp_path, clock, disk=disk)
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 4)
    disk.error = errno.EIO
    send(store, camera, 3)
    disk.error = None
    for _ in range(20):
        send(store, camera, 1)
        assert store.wait_recovered(10)
    reader = reader_of_store(tmp_path)
    first = reader.segments(CAMERA, "main", *EVER)[0]
    assert first.sealed
    assert not first.recomputed
    reader.close()
    camera.stop()
    assert store.close()
    assert_clean(tmp_path, clock.now_ns())


def test_a_copy_of_a_volume_beside_it_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    make_store(tmp_path, clock).close()
    shutil.copytree(tmp_path / "v0", tmp_path / "copy")
    store = Store([tmp_path / "v0", tmp_path / "copy"], clock, space=SpacePolicy(0, 0))
    store.open()
    assert [alarm["code"] for alarm in store.alarms()] == ["volume_missing"]
    assert len(store.writers) == 1
    store.close()


@pytest.mark.parametrize("step_s", [3600, -3600, 40 * 86_400, -40 * 86_400])
def test_clock_steps_leave_every_second_told(tmp_path: Path, clock: ManualClock, step_s: int) -> None:
    store = make_store(tmp_path, clock)
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 6)
    clock.step(step_s * NS_PER_S)
    send(store, camera, 6)
    camera.stop()
    assert store.close()
    reader = reader_of_store(tmp_path)
    start = START_NS + min(0, step_s) * NS_PER_S
    end = max(clock.now_ns(), START_NS + 6 * NS_PER_S) + 20 * NS_PER_S
    spans = reader.timeline(CAMERA, "main", start, end, end - 15 * NS_PER_S)
    assert_covered(spans, start, end)
    assert abs(seconds_of(spans, SpanKind.RECORDED) - 12) < 0.5
    assert {span.reason for span in spans if span.kind is SpanKind.GAP} <= {GapReason.ENGINE_DOWN}
    assert sum(record.frames for record in reader.segments(CAMERA, "main", *EVER)) == 12 * 25
    reader.close()
    assert_clean(tmp_path, clock.now_ns())


@pytest.fixture
def small_volume(tmp_path: Path):
    """A real file system of 24 MB where we may mount one, else a folder behind a quota of the same size."""
    root = tmp_path / "v0"
    root.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(root)], capture_output=True
        ).returncode
    )
    disk = FaultyDisk()
    if not mounted:
        disk.quota = 24 << 20
    yield disk
    if mounted:
        subprocess.run(["umount", "-l", str(root)], check=True)


def test_a_really_full_file_system_ends_in_a_clean_store(
    tmp_path: Path, clock: ManualClock, small_volume: FaultyDisk
) -> None:
    store = make_store(
        tmp_path, clock, disk=small_volume, space=SpacePolicy(reserve_bytes=14 << 20, floor_bytes=7 << 20)
    )
    planned(store, CAMERA)
    camera = camera_on(store, clock).connect()
    send(store, camera, 400)
    assert [status.state for status in store.status()] == ["full"]
    camera.stop()
    assert store.close()
    spans = timeline(tmp_path, clock)
    assert seconds_of(spans, SpanKind.RECORDED) > 10
    assert seconds_of(spans, SpanKind.GAP, GapReason.STORAGE) > 10
    assert {span.reason for span in spans if span.kind is SpanKind.GAP} == {GapReason.STORAGE}, spans
    assert_clean(tmp_path, clock.now_ns())
