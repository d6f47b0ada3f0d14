"""What a camera sends comes out of the store frame by frame, in time, whatever the clocks do."""

import itertools
import subprocess
from pathlib import Path

import pytest
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store, reader_of_store, track_of
from tests.media.footage import audio, frame_hashes, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.ledger.merkle import leaf_hash, tree_root
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.ports.media import AccessUnit, SenderReport
from mingjian.ports.recording import GapReason

DAY_NS = 86_400 * NS_PER_S
EVER = (0, 1 << 62)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS, 5 * NS_PER_S)


def test_every_frame_comes_out_and_the_digest_is_the_tree_root(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    footage = video("h264", bframes=2)
    camera = camera_on(store, clock, footage).connect()
    camera.send(8)
    camera.stop()
    assert store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    path = reader.path(record)
    assert frame_hashes(path) == frame_hashes(footage.file)
    assert record.sealed
    assert record.frames == 200
    assert record.bytes == path.stat().st_size
    assert (record.width, record.height) == (320, 180)
    data = path.read_bytes()
    fragments = reader.fragments(record)
    assert len(fragments) == record.fragments == 8
    leaves = [leaf_hash("sha256", [data[: record.init_bytes]])]
    leaves += [leaf_hash("sha256", [data[one.offset : one.offset + one.size]]) for one in fragments]
    assert record.digest == tree_root("sha256", leaves).hex()
    # a picture sent ahead of its B-frames cannot be newer than its arrival: up to two pictures earlier than the first
    assert START_NS - 40_000_000 <= record.start_ns <= START_NS + 40_000_000
    assert record.end_ns - record.start_ns == 8 * NS_PER_S
    reader.close()


@pytest.mark.parametrize("sound", ["aac", "pcma", "pcmu"])
def test_sound_lies_beside_the_picture(tmp_path: Path, clock: ManualClock, sound: str) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock, video(), audio(sound)).connect()
    camera.send(20)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=stream_index,pts_time,duration_time,size", "-of", "csv=p=0",
         str(reader.path(record))], check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert not told.stderr
    rows = [line.split(",") for line in told.stdout.splitlines()]
    heard = [(float(row[1]), float(row[2])) for row in rows if row[0] == "1" and row[2] != "N/A"]
    assert heard[0][0] < 0.1
    assert abs(heard[-1][0] + heard[-1][1] - 20) < 0.15
    seams = [after[0] - before[0] - before[1] for before, after in itertools.pairwise(heard)]
    assert max(map(abs, seams)) < 0.002
    reader.close()


def test_long_gops_are_cut_after_two_seconds(tmp_path: Path, clock: ManualClock) -> None:
    footage = video("h264", seconds=12, gop=250, bframes=3)
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock, footage).connect()
    camera.send(12)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    fragments = reader.fragments(record)
    assert [one.keyframe for one in fragments].count(True) == 2
    assert max(one.duration_90k for one in fragments) <= 90_000 * 2.2
    assert frame_hashes(reader.path(record)) == frame_hashes(footage.file)
    ends = [one.start_90k + one.duration_90k for one in fragments]
    assert ends[:-1] == [one.start_90k for one in fragments[1:]]
    reader.close()


def test_segments_follow_each_other_without_a_seam(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(700)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    records = reader.segments(CAMERA, "main", *EVER)
    assert len(records) >= 3
    assert len({record.run for record in records}) == 1
    assert sum(record.frames for record in records) == 700 * 25
    for before, after in itertools.pairwise(records):
        assert before.end_ns == after.start_ns
        assert before.start_90k + before.duration_90k == after.start_90k
    assert reader.recorded(CAMERA, "main", *EVER) == [(records[0].start_ns, records[-1].end_ns)]
    assert max(record.duration_90k for record in records) <= 301 * 90_000
    reader.close()


def test_reconnecting_makes_a_new_run_and_a_gap(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(6)
    camera.lose(GapReason.UNREACHABLE)
    clock.advance(10 * NS_PER_S)
    camera.pts = 17
    camera.connect()
    camera.send(4)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    first, second = reader.segments(CAMERA, "main", *EVER)
    assert first.run != second.run
    assert second.start_ns - first.end_ns == 10 * NS_PER_S
    assert second.start_90k == 0
    reader.close()


@pytest.mark.parametrize("leap_90k", [1 << 31, -(1 << 31), 3600 * 90_000, -3600 * 90_000, -3 * 90_000])
def test_a_leap_of_the_stream_clock_loses_nothing_and_disorders_nothing(
    tmp_path: Path, clock: ManualClock, leap_90k: int
) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(6.4)
    camera.pts += leap_90k  # in the middle of a GOP
    camera.send(5.6)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    records = reader.segments(CAMERA, "main", *EVER)
    assert sum(record.frames for record in records) == 300
    assert len(records) == 2
    assert records[0].run != records[1].run
    (span,) = reader.recorded(CAMERA, "main", *EVER)
    assert abs(span[1] - span[0] - 12 * NS_PER_S) < NS_PER_S // 10
    assert all(record.duration_90k < 10 * 90_000 for record in records)
    reader.close()


@pytest.mark.parametrize("step_s", [3600, -3600, 40 * 86_400, -40 * 86_400])
def test_a_step_of_the_machine_clock_never_disorders_or_overwrites(
    tmp_path: Path, clock: ManualClock, step_s: int
) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(10)
    clock.step(step_s * NS_PER_S)
    camera.send(10)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    records = sorted(reader.segments(CAMERA, "main", *EVER), key=lambda record: record.sequence)
    assert sum(record.frames for record in records) == 500
    assert len({record.path for record in records}) == len(records) == 2
    assert len({record.run for record in records}) == 2
    moved = records[1].start_ns - records[0].end_ns
    assert abs(moved - step_s * NS_PER_S) < NS_PER_S // 5
    assert store.generation == 1
    reader.close()


def test_a_hole_in_the_stream_is_no_footage(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(4.5)
    camera.skip(7)
    camera.send(3)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    first, second = reader.recorded(CAMERA, "main", *EVER)
    assert abs(first[1] - first[0] - 4.5 * NS_PER_S) < NS_PER_S // 10
    assert abs(second[0] - first[1] - 7 * NS_PER_S) < NS_PER_S // 10
    reader.close()


def test_a_burst_of_old_pictures_at_the_beginning_is_put_in_the_past(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    clock.advance(NS_PER_S)
    now = clock.now_ns()
    camera.clock = ManualClock(now)
    for _ in range(24):  # all at once, a GOP that had been kept back
        camera.clock = ManualClock(now - 40_000_000)
        camera.send_one()
    camera.clock = clock
    camera.send(9)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (span,) = reader.recorded(CAMERA, "main", *EVER)
    assert abs(span[0] - (now - 24 * 40_000_000)) < 100_000_000
    reader.close()


def test_units_before_the_first_keyframe_are_dropped_and_damage_is_counted(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.at = 5
    camera.send(2)
    camera.send(0.4, damaged=True)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert camera.recorder.counters.dropped_before_keyframe == 20
    assert record.frames == 40
    assert record.damaged_frames == camera.recorder.counters.damaged_frames == 10
    reader.close()


def test_changed_parameter_sets_begin_a_new_segment_of_the_same_run(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(4)
    other = video("h264", size="640x360")
    camera.recorder.on_tracks((track_of(other),))
    camera.footage = other
    camera.send(4)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    first, second = reader.segments(CAMERA, "main", *EVER)
    assert first.run == second.run
    assert (first.width, second.width) == (320, 640)
    assert first.end_ns == second.start_ns
    assert frame_hashes(reader.path(second)) == frame_hashes(other.file)[100:200]
    reader.close()


def test_the_offset_of_the_cameras_clock_is_kept_as_history(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    for offset_ms in (-90_000, -90_010, -60_000):
        now = clock.now_ns()
        camera.recorder.on_sender_report(SenderReport(0, now + offset_ms * 1_000_000, camera.pts, now))
        camera.send(4)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    assert [offset for _, offset in reader.clock_offsets(CAMERA, "main", *EVER)] == [-90_000, -60_000]
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.clock_offset_ms == -60_000
    reader.close()


def test_h265_with_aac_is_recorded(tmp_path: Path, clock: ManualClock) -> None:
    footage = video("h265", bframes=2)
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock, footage, audio("aac")).connect()
    camera.send(8)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.codecs.startswith("hvc1.1.6.L")
    assert record.codecs.endswith(",mp4a.40.2")
    assert frame_hashes(reader.path(record)) == frame_hashes(footage.file)
    reader.close()


def test_open_gops_with_leading_pictures_come_out_whole(tmp_path: Path, clock: ManualClock) -> None:
    footage = video("h265", bframes=3, open_gop=True)
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock, footage).connect()
    camera.send(8)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert frame_hashes(reader.path(record)) == frame_hashes(footage.file)
    fragments = reader.fragments(record)
    ends = [one.start_90k + one.duration_90k for one in fragments]
    assert ends[:-1] == [one.start_90k for one in fragments[1:]]
    reader.close()


def test_a_source_of_sound_alone_is_recorded(tmp_path: Path, clock: ManualClock) -> None:
    sound = audio("aac")
    store = make_store(tmp_path, clock)
    recorder = StreamRecorder(CAMERA, "main", store, clock)
    recorder.on_start((track_of(sound),), clock.now_ns())
    for index, packet in enumerate(sound.packets):
        clock.advance(1024 * NS_PER_S // 48_000)
        recorder.on_unit(AccessUnit(0, 500 + index * 1024, packet.data, True, clock.now_ns()))
    recorder.on_stop(clock.now_ns())
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.codecs == "mp4a.40.2"
    assert record.frames == len(sound.packets)
    assert abs(record.end_ns - record.start_ns - len(sound.packets) * 1024 * NS_PER_S // 48_000) < NS_PER_S // 20
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(reader.path(record))],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert not told.stderr
    assert abs(float(told.stdout) - 8) < 0.1
    reader.close()
