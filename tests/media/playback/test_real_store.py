"""From camera to player through the real recorder, store and indexes; the judge is ffmpeg."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from tests.media.feeding import CAMERA, START_NS, camera_on, fast, make_store, reader_of_store
from tests.media.footage import audio, frame_hashes, video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.extract import extract
from mingjian.media.playback.plan import make_plan
from mingjian.media.playback.routes import HTTP_STATUS
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.media.playback.service import CameraNames, open_playback
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.ports.plan import CameraPlan, EnginePlan, plan_to_json
from mingjian.ports.recording import GapReason

S = NS_PER_S


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS, 5 * S)


def over(folder: Path, clock: ManualClock) -> StoreRecordings:
    return StoreRecordings(folder, clock, lambda: reader_of_store(folder))


def fetch(recordings: StoreRecordings, from_ns: int, to_ns: int, now_ns: int) -> dict[str, bytes]:
    """Every segment's init part and chunks as a player would join them, page by page."""
    joined: dict[str, bytes] = {}
    cursor = None
    while True:
        plan = make_plan(recordings, CAMERA, "main", from_ns, to_ns, now_ns, cursor, limit=7)
        for chunk in plan.chunks:
            with SegmentFile(recordings.path(chunk.segment), chunk.segment) as opened:
                data = opened.read_whole(chunk.offset, chunk.length)
                joined[chunk.segment.id] = joined.get(chunk.segment.id, opened.init_bytes()) + data
        if plan.cursor is None:
            return joined
        cursor = plan.cursor


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 2), ("h265", 0)])
def test_every_recorded_frame_plays_once_over_sealed_segments_and_a_gap(
    tmp_path: Path, clock: ManualClock, codec: str, bframes: int
) -> None:
    store = make_store(tmp_path, clock, volumes=2)
    store.apply_plan(EnginePlan(1, 0, (CameraPlan(CAMERA, "人民路口", True, 30, ()),)))
    footage = video(codec, bframes=bframes)
    camera = camera_on(store, clock, footage, audio("aac")).connect()
    camera.send(8)
    camera.lose(GapReason.AUTHENTICATION)
    clock.advance(20 * S)
    camera.connect()
    camera.send(8)
    camera.stop()
    assert store.close()
    recordings = over(tmp_path, clock)
    joined = fetch(recordings, START_NS - S, clock.now_ns(), clock.now_ns() + 60 * S)
    assert len(joined) == 2
    for number, data in enumerate(joined.values()):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(data)
        assert frame_hashes(path) == frame_hashes(footage.file)
    plan = make_plan(recordings, CAMERA, "main", START_NS, clock.now_ns(), clock.now_ns() + 60 * S, None, 600)
    (gap,) = [one for one in plan.gaps if one.end_ns - one.start_ns > S]
    assert gap.reason is GapReason.AUTHENTICATION
    assert abs(gap.end_ns - gap.start_ns - 20 * S) < S
    out = tmp_path / "out.mp4"
    until_ns = clock.now_ns() + S
    result = extract(recordings, CAMERA, "main", START_NS - S, until_ns, out, now_ns=until_ns + 60 * S)
    assert frame_hashes(out) == frame_hashes(footage.file) * 2
    assert result.files[0].pictures == 400
    recordings.close()


def test_an_open_segment_plays_while_it_is_being_recorded(tmp_path: Path, clock: ManualClock) -> None:
    footage = video(seconds=12, gop=100)
    store = make_store(tmp_path, clock, limits=fast())
    camera = camera_on(store, clock, footage).connect()
    recordings = over(tmp_path, clock)
    got: list[tuple[int, int]] = []
    cursor = None
    pieces: list[bytes] = []
    init = b""
    for _ in range(6):
        camera.send(2)
        assert store.flush()
        plan = make_plan(recordings, CAMERA, "main", START_NS, START_NS + 3600 * S, clock.now_ns(), cursor)
        assert plan.growing
        cursor = plan.cursor
        for chunk in plan.chunks:
            got += [(index, index) for index in range(chunk.first, chunk.last + 1)]
            with SegmentFile(recordings.path(chunk.segment), chunk.segment) as opened:
                init = opened.init_bytes()
                pieces.append(opened.read_whole(chunk.offset, chunk.length))
    indexes = [index for index, _ in got]
    assert indexes == list(range(1, len(indexes) + 1))
    assert len(indexes) >= 5
    path = tmp_path / "so_far.mp4"
    path.write_bytes(init + b"".join(pieces))
    hashes = frame_hashes(path)
    assert hashes == frame_hashes(footage.file)[: len(hashes)]
    assert len(hashes) >= 200
    camera.stop()
    assert store.close()
    recordings.close()


def test_a_deleted_file_is_said_to_be_missing(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(8)
    camera.stop()
    assert store.close()
    recordings = over(tmp_path, clock)
    (record,) = recordings.segments(CAMERA, "main", 0, 1 << 62)
    recordings.path(record).unlink()
    with pytest.raises(MingjianError) as caught:
        recordings.fragments(record)
    assert caught.value.code == "footage_missing"
    recordings.close()


def test_a_rebuilt_index_is_noticed_and_a_broken_one_is_said(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(8)
    camera.stop()
    assert store.close()
    recordings = over(tmp_path, clock)
    assert len(recordings.segments(CAMERA, "main", 0, 1 << 62)) == 1
    index = tmp_path / "v0" / "index.sqlite3"
    kept = index.read_bytes()
    empty = sqlite3.connect(tmp_path / "new.sqlite3")
    with contextlib.closing(sqlite3.connect(index)) as source:
        source.backup(empty)
    empty.execute("DELETE FROM segments")
    empty.commit()
    empty.close()
    (tmp_path / "new.sqlite3").replace(index)
    clock.advance(6 * S)
    assert recordings.segments(CAMERA, "main", 0, 1 << 62) == []
    with index.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (len(kept) - 4096))
    clock.advance(6 * S)
    recordings.close()
    with pytest.raises(MingjianError) as caught:
        recordings.spans(CAMERA, "main", START_NS, START_NS + S, START_NS + S)
    assert (caught.value.code, HTTP_STATUS[caught.value.code]) == ("index_unreadable", 503)
    recordings.close()


def test_a_service_over_an_empty_data_folder_starts_nothing_and_closes(tmp_path: Path, clock: ManualClock) -> None:
    service = open_playback(tmp_path, clock)
    assert {path for _, path, _ in service.calls.table()} >= {"plan", "timeline", "data/{segment}/{place}"}
    assert list(tmp_path.iterdir()) == []
    service.close()


def test_names_in_watermarks_follow_the_plan_and_outlive_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    names = CameraNames(path)
    assert names("c1") == "c1"
    camera = CameraPlan("c1", "人民路口 东", True, 30, ())
    path.write_text(json.dumps(plan_to_json(EnginePlan(1, 0, (camera,)))))
    assert names("c1") == "人民路口 东"
    path.write_text(json.dumps(plan_to_json(EnginePlan(22, 0, ()))))
    assert names("c1") == "人民路口 东"


@pytest.mark.parametrize("volumes", [1, 2])
def test_a_city_on_one_screen_tells_of_each_camera_what_its_own_question_does(
    tmp_path: Path, clock: ManualClock, volumes: int
) -> None:
    store = make_store(tmp_path, clock, volumes=volumes)
    names = ["01kb0000000000000000000001", "01kb0000000000000000000002"]
    for _ in range(3):
        for name in names:
            camera = camera_on(store, clock, name=name).connect()
            camera.send(4)
            camera.lose(GapReason.NETWORK)
            clock.advance(7 * S)
    assert store.close()
    reader = reader_of_store(tmp_path)
    for from_ns, to_ns in ((0, 1 << 62), (START_NS + S, START_NS + 40 * S), (START_NS + 5 * S, START_NS + 6 * S)):
        told = reader.recorded_of_all([*names, "unknown"], "main", from_ns, to_ns)
        assert told == {name: reader.recorded(name, "main", from_ns, to_ns) for name in [*names, "unknown"]}
    assert len(reader.recorded_of_all(names, "main", 0, 1 << 62)[names[0]]) == 3
    reader.close()
