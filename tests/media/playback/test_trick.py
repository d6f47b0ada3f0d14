"""Keyframes retimed by the server, judged by ffprobe and by the hashes of the source's own frames."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.media.footage import frame_hashes, video
from tests.media.playback.archive import CAMERA, START_NS, STREAM, Archive

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.playback.trick import TrickPlan, plan_trick, trick_codecs, trick_stream

S = NS_PER_S


def trick(archive: Archive, from_s: float, to_s: float, speed: float) -> TrickPlan:
    from_ns, to_ns = START_NS + int(from_s * S), START_NS + int(to_s * S)
    return plan_trick(archive, CAMERA, STREAM, from_ns, to_ns, speed, START_NS + 10**15)


def packets(path: Path) -> list[tuple[float, str]]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "json", str(path)],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert not done.stderr
    found = json.loads(done.stdout)["packets"]
    return [(float(p["pts_time"]), p["flags"]) for p in found]


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 0), ("h264", 2), ("h265", 0)])
def test_every_keyframe_comes_out_retimed_and_bit_for_bit(tmp_path: Path, codec: str, bframes: int) -> None:
    source = video(codec, seconds=8, gop=25, bframes=bframes)
    archive = Archive(tmp_path)
    archive.record(source)
    plan = trick(archive, 0, 8, 8)
    out = tmp_path / "trick.mp4"
    out.write_bytes(b"".join(trick_stream(archive, plan.pictures)))
    assert [pts for pts, _ in packets(out)] == [i / 8 for i in range(8)]
    assert all(flags.startswith("K") for _, flags in packets(out))
    assert {picture.duration_90k for picture in plan.pictures} == {11_250}
    assert frame_hashes(out) == frame_hashes(source.file)[::25]
    assert plan.next_ns is None
    assert trick_codecs(plan.pictures).startswith("avc1" if codec == "h264" else "hvc1")


def test_reverse_shows_the_same_pictures_backwards_each_ending_at_its_keyframe(tmp_path: Path) -> None:
    source = video(seconds=8, gop=25)
    archive = Archive(tmp_path)
    archive.record(source)
    plan = trick(archive, 2, 8, -4)
    assert [(p.chunk.start_ns - START_NS) // S for p in plan.pictures] == [7, 6, 5, 4, 3, 2]
    assert [p.t_90k for p in plan.pictures] == [0, 22_500, 45_000, 67_500, 90_000, 112_500]
    out = tmp_path / "trick.mp4"
    out.write_bytes(b"".join(trick_stream(archive, plan.pictures)))
    assert frame_hashes(out) == frame_hashes(source.file)[50::25][::-1]


def test_above_ten_pictures_a_second_some_are_left_out_and_time_stays_linear(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=8, gop=25))
    plan = trick(archive, 0, 8, 32)
    assert [(p.t_90k, p.duration_90k) for p in plan.pictures] == [(0, 11250), (11250, 11250)]
    assert [(p.chunk.start_ns - START_NS) // S for p in plan.pictures] == [0, 4]


def test_a_gap_is_a_hole_of_its_length_and_runs_of_other_parameters_bring_their_own_init(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=4, gop=25))
    archive.record(video(seconds=4, gop=25, size="256x144"), start_ns=START_NS + 20 * S, run="run2")
    plan = trick(archive, 0, 24, 8)
    assert [p.t_90k for p in plan.pictures][4] == 20 * 90_000 // 8
    assert plan.pictures[3].duration_90k == 11_250
    back = trick(archive, 0, 24, -8)
    assert [p.t_90k for p in back.pictures][4] == 20 * 90_000 // 8
    data = b"".join(trick_stream(archive, plan.pictures))
    assert data.count(b"moov") == 2


def test_pages_go_on_where_the_last_one_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingjian.media.playback.trick.MAX_PICTURES", 3)
    archive = Archive(tmp_path)
    archive.record(video(seconds=8, gop=25))
    whole_ns, seen = (START_NS, START_NS + 8 * S), []
    low_ns: int | None = whole_ns[0]
    while low_ns is not None:
        plan = plan_trick(archive, CAMERA, STREAM, low_ns, whole_ns[1], 4, START_NS + 10**15)
        seen += [(p.chunk.start_ns - START_NS) // S for p in plan.pictures]
        low_ns = plan.next_ns
    assert seen == list(range(8))
    seen = []
    high_ns: int | None = whole_ns[1]
    while high_ns is not None:
        plan = plan_trick(archive, CAMERA, STREAM, whole_ns[0], high_ns, -4, START_NS + 10**15)
        seen += [(p.chunk.start_ns - START_NS) // S for p in plan.pictures]
        high_ns = plan.next_ns
    assert seen == list(range(7, -1, -1))


def test_a_chunk_that_still_grows_is_left_out(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=4, gop=25), open_last=True, gops_a_segment=2)
    assert len(trick(archive, 0, 8, 8).pictures) == 3


@pytest.mark.parametrize("speed", [0.0, 0.1, -0.1, 33.0, -40.0, float("nan"), float("inf")])
def test_impossible_speeds_are_refused(tmp_path: Path, speed: float) -> None:
    with pytest.raises(MingjianError) as caught:
        trick(Archive(tmp_path), 0, 1, speed)
    assert (caught.value.code, caught.value.field) == ("bad_speed", "speed")
