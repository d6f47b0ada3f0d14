"""What is left after a death is verified, cut, sealed, and told truly."""

import random
import subprocess
from pathlib import Path

import pytest
from tests.media.feeding import CAMERA, SMALL, START_NS, Camera, camera_on, make_store, reader_of_store
from tests.media.footage import frame_hashes

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.store.disk import Disk
from mingjian.media.store.fsck import check
from mingjian.media.store.journal import BadLine, read_journal
from mingjian.media.store.rebuild import rebuild
from mingjian.media.store.store import Store

EVER = (0, 1 << 62)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS, 5 * NS_PER_S)


def died(tmp_path: Path, clock: ManualClock, seconds: int = 9) -> Path:
    """Record, then copy the volume as it lies while the store is still open: what a kill would leave."""
    store = make_store(tmp_path / "alive", clock)
    camera = camera_on(store, clock).connect()
    camera.send(seconds)
    assert store.flush()
    after = tmp_path / "after"
    subprocess.run(["cp", "-a", str(tmp_path / "alive"), str(after)], check=True)
    camera.stop()
    store.close()
    return after


def restart(folder: Path, clock: ManualClock) -> None:
    store = Store(sorted(folder.glob("v*")), clock, space=SMALL)
    store.open()
    assert store.wait_recovered(20)
    assert not store.alarms()
    assert store.close()


def test_an_open_file_is_sealed_with_all_its_fragments(tmp_path: Path, clock: ManualClock) -> None:
    after = died(tmp_path, clock)
    restart(after, clock)
    reader = reader_of_store(after)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.sealed
    assert not record.recomputed
    assert record.frames == 200  # eight GOPs; the ninth was in progress
    assert len(frame_hashes(reader.path(record))) == 200
    assert not check(sorted(after.glob("v*")), clock.now_ns(), hashed=True).errors
    assert not list((after / "v0" / "salvage").iterdir())
    reader.close()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("how", ["cut", "zeroed"])
def test_every_fragment_before_the_damage_survives(tmp_path: Path, clock: ManualClock, seed: int, how: str) -> None:
    after = died(tmp_path, clock)
    reader = reader_of_store(after)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    before = reader.fragments(record)
    path = reader.path(record)
    reader.close()
    data = bytearray(path.read_bytes())
    at = random.Random(seed).randrange(len(data))
    end = len(data) if how == "cut" else min(len(data), at + 700)
    changed = how == "cut" or any(data[at:end])
    path.write_bytes(bytes(data[:at]) if how == "cut" else bytes(data[:at]) + bytes(end - at) + bytes(data[end:]))
    restart(after, clock)
    whole = [one for one in before if one.offset + one.size + one.trailer_bytes <= at] if changed else before
    reader = reader_of_store(after)
    records = reader.segments(CAMERA, "main", *EVER)
    assert not check(sorted(after.glob("v*")), clock.now_ns(), hashed=True).errors
    if not whole:
        assert records == []
    else:
        assert [one.start_ns for one in reader.fragments(records[0])] == [one.start_ns for one in whole]
        assert len(frame_hashes(reader.path(records[0]))) == records[0].frames == 25 * len(whole)
        (span,) = reader.recorded(CAMERA, "main", *EVER)
        assert span == (records[0].start_ns, records[0].end_ns)
    salvaged = sum(file.stat().st_size for file in (after / "v0" / "salvage").iterdir())
    kept = records[0].bytes if records else 0
    assert salvaged + kept >= min(at, len(data))
    reader.close()


def test_recovery_sees_files_that_the_index_never_knew(tmp_path: Path, clock: ManualClock) -> None:
    after = died(tmp_path, clock)
    for file in (after / "v0").glob("index.sqlite3*"):
        file.unlink()
    restart(after, clock)
    reader = reader_of_store(after)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.frames == 200
    reader.close()


def test_rebuild_makes_the_same_index_from_files_and_journal(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    hold = store.add_hold(CAMERA, None, START_NS, START_NS + NS_PER_S, "case 7", "Li")
    camera.send(320)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    segments, spans = reader.segments(CAMERA, "main", *EVER), reader.recorded(CAMERA, "main", *EVER)
    timeline = reader.timeline(CAMERA, "main", START_NS - NS_PER_S, START_NS + 400 * NS_PER_S, clock.now_ns())
    reader.close()
    counted = rebuild(tmp_path / "v0", clock.now_ns())
    assert counted == {"segments": len(segments), "recomputed": 0, "salvaged": 0, "bad_lines": 0}
    reader = reader_of_store(tmp_path)
    assert reader.segments(CAMERA, "main", *EVER) == segments
    assert reader.recorded(CAMERA, "main", *EVER) == spans
    assert reader.timeline(CAMERA, "main", START_NS - NS_PER_S, START_NS + 400 * NS_PER_S, clock.now_ns()) == timeline
    found = reader.volumes[0].connection.execute("SELECT id, person FROM holds").fetchall()
    assert found == [(hold, "Li")]
    reader.close()


@pytest.mark.parametrize("back_ms", [0, 40, 212, 900])
def test_a_stream_that_went_back_and_a_death_are_told_the_same_by_files_alone(
    tmp_path: Path, clock: ManualClock, back_ms: int
) -> None:
    """Fragments then overlap in media time: what the index says at once, after recovery and after a rebuild is one."""
    store = make_store(tmp_path / "alive", clock)
    camera = camera_on(store, clock).connect()
    _go_back_and_on(camera, back_ms)
    assert store.flush()
    subprocess.run(["cp", "-a", str(tmp_path / "alive"), str(tmp_path / "after")], check=True)
    store.close()
    told = _told(tmp_path / "after", clock)
    restart(tmp_path / "after", clock)
    assert _told(tmp_path / "after", clock) == told
    clock.advance(9 * NS_PER_S)
    store = Store([tmp_path / "after" / "v0"], clock, space=SMALL)
    store.open()
    camera = camera_on(store, clock).connect()
    _go_back_and_on(camera, back_ms)
    camera.stop()
    assert store.close()
    told = _told(tmp_path / "after", clock)
    assert len(told) == 2
    rebuild(tmp_path / "after" / "v0", clock.now_ns())
    assert _told(tmp_path / "after", clock) == told


def _go_back_and_on(camera: Camera, back_ms: int) -> None:
    """Footage with late pictures in it, whose camera sets its own clock back just before the last keyframe sent."""
    for late_ns in (0, 90_000_000, 0):
        camera.delay_ns = late_ns
        camera.send(1)
    camera.pts -= back_ms * 90
    camera.send(0.96)
    camera.pts -= back_ms * 90
    camera.send(1.08)


def _told(folder: Path, clock: ManualClock) -> list[tuple[int, int]]:
    reader = reader_of_store(folder)
    try:
        return reader.recorded(CAMERA, "main", *EVER)
    finally:
        reader.close()


def test_rebuild_without_a_journal_says_that_digests_are_recomputed(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(10)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (before,) = reader.segments(CAMERA, "main", *EVER)
    reader.close()
    for file in (tmp_path / "v0" / "journal").iterdir():
        file.unlink()
    assert rebuild(tmp_path / "v0", clock.now_ns())["recomputed"] == 1
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    assert record.recomputed
    assert record.digest == before.digest
    reader.close()


def test_a_changed_byte_is_found_by_hash_and_told_with_its_place(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(10)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    (record,) = reader.segments(CAMERA, "main", *EVER)
    fragments = reader.fragments(record)
    path = reader.path(record)
    reader.close()
    data = bytearray(path.read_bytes())
    data[fragments[4].offset + fragments[4].size - 1] ^= 1
    path.write_bytes(data)
    roots = [tmp_path / "v0"]
    assert check(roots, clock.now_ns()).errors == []
    (error,) = check(roots, clock.now_ns(), hashed=True).errors
    assert (error.code, error.camera, error.offset) == ("broken", CAMERA, fragments[4].offset)
    path.unlink()
    (error,) = check(roots, clock.now_ns()).errors
    assert (error.code, error.path) == ("missing", record.path)


def test_a_broken_index_is_set_aside_recording_begins_at_once_and_the_rest_comes_back(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = make_store(tmp_path, clock)
    hold = store.add_hold(CAMERA, None, 0, 1, "case", "Li")
    camera = camera_on(store, clock).connect()
    camera.send(4)
    camera.stop()
    store.close()
    reader = reader_of_store(tmp_path)
    digest = reader.segments(CAMERA, "main", *EVER)[0].digest
    reader.close()
    (tmp_path / "v0" / "index.sqlite3").write_bytes(b"no database at all" * 1000)
    store = Store([tmp_path / "v0"], clock, space=SMALL)
    store.open()
    camera = camera_on(store, clock).connect()
    camera.send(4)
    assert store.wait_recovered(10)
    camera.stop()
    store.close()
    assert not check([tmp_path / "v0"], clock.now_ns(), hashed=True).errors
    reader = reader_of_store(tmp_path)
    first, second = reader.segments(CAMERA, "main", *EVER)
    assert first.digest == digest
    assert not first.recomputed
    assert second.frames == 100
    assert reader.volumes[0].connection.execute("SELECT id FROM holds").fetchall() == [(hold,)]
    assert reader.volumes[0].connection.execute("SELECT value FROM meta WHERE key='rebuild'").fetchone() == ("done",)
    reader.close()


def test_a_torn_journal_line_is_skipped_and_a_new_file_begun(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    store.add_hold(CAMERA, None, 0, 1, "r", "p")
    store.close()
    (file,) = (tmp_path / "v0" / "journal").iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    store = Store([tmp_path / "v0"], clock, space=SMALL)
    store.open()
    store.add_hold(CAMERA, None, 0, 2, "r", "p")
    store.close()
    entries = list(read_journal(tmp_path / "v0" / "journal"))
    assert sum(isinstance(entry, BadLine) for entry in entries) == 1
    assert sum(not isinstance(entry, BadLine) and entry["t"] == "hold" for entry in entries) == 2
    assert not check([tmp_path / "v0"], clock.now_ns(), hashed=True).errors


def test_two_writers_of_one_volume_are_refused(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    second = Store([tmp_path / "v0"], clock, space=SMALL)
    second.open()
    assert [one["code"] for one in second.alarms()] == ["volume_missing"]
    assert second.close()
    store.close()


def test_a_rebuild_broken_off_is_taken_up_again(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    hold = store.add_hold(CAMERA, None, 0, 1, "case", "Li")
    camera = camera_on(store, clock).connect()
    camera.send(4)
    camera.stop()
    store.writers[0].work(lambda index: index.set_meta("rebuild", "needed"))
    store.writers[0].work(lambda index: index.connection.execute("DELETE FROM segments"))
    store.close()
    restart(tmp_path, clock)
    reader = reader_of_store(tmp_path)
    assert sum(record.frames for record in reader.segments(CAMERA, "main", *EVER)) == 100
    assert reader.volumes[0].connection.execute("SELECT id FROM holds").fetchall() == [(hold,)]
    assert reader.volumes[0].connection.execute("SELECT value FROM meta WHERE key='rebuild'").fetchone() == ("done",)
    reader.close()


def test_facts_journaled_after_the_last_commit_are_in_the_index_after_a_death(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = make_store(tmp_path, clock)
    assert store.flush()
    before = {file.name: file.read_bytes() for file in (tmp_path / "v0").glob("index.sqlite3*")}
    store.add_hold(CAMERA, None, 0, 1, "case", "Li")
    assert store.close()
    for name in ("index.sqlite3", "index.sqlite3-wal", "index.sqlite3-shm"):
        (tmp_path / "v0" / name).unlink(missing_ok=True)
        if name in before and not name.endswith("-shm"):
            (tmp_path / "v0" / name).write_bytes(before[name])
    restart(tmp_path, clock)
    reader = reader_of_store(tmp_path)
    assert reader.volumes[0].connection.execute("SELECT person FROM holds").fetchall() == [("Li",)]
    reader.close()


def test_a_defect_of_ours_while_recovering_is_told_and_recording_goes_on(
    tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Only what disk and index did raised the alarm; anything else ended the thread and was told to nobody."""

    class Broken(Disk):
        def reopen(self, path: Path) -> int:
            if path.suffix == ".mp4":
                raise ZeroDivisionError("a defect")
            return super().reopen(path)

    after = died(tmp_path, clock)
    store = Store(sorted(after.glob("v*")), clock, space=SMALL, disk=Broken())
    store.open()
    assert store.wait_recovered(20)
    (told,) = store.alarms()
    assert (told["code"], told["severity"], told["volume"]) == ("recovery_failed", "1", "v0")
    assert "ZeroDivisionError: a defect" in told["zh"]
    assert "ZeroDivisionError" in caplog.text, "the log has where"
    clock.advance(60 * NS_PER_S)
    camera = camera_on(store, clock).connect()
    camera.send(3)
    camera.stop()
    assert store.close()
    restart(after, clock)  # the next start, without the defect, seals what was left
    reader = reader_of_store(after)
    assert all(record.sealed for record in reader.segments(CAMERA, "main", *EVER))
    reader.close()
