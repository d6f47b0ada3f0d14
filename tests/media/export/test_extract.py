"""Extracts judged by ffmpeg: packets bit for bit as recorded, one time line, nothing left behind on failure."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from tests.media.footage import audio, frame_hashes, video
from tests.media.playback.archive import CAMERA, START_NS, STREAM, Archive

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.extract import Extract, extract
from mingjian.ports.recording import GapReason

S = NS_PER_S


def take(archive: Archive, from_s: float, to_s: float, out: Path, **options: object) -> Extract:
    from_ns, to_ns = START_NS + round(from_s * S), START_NS + round(to_s * S)
    now_ns = START_NS + 3600 * S
    return extract(archive, CAMERA, STREAM, from_ns, to_ns, out, now_ns=now_ns, **options)  # type: ignore[arg-type]


def packets(path: Path, kind: str) -> list[tuple[int, str]]:
    """(dts, hash) of every packet as ffmpeg copies it."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:{kind}:0", "-c", "copy", "-f", "framemd5", "-"],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    rows = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [(int(row[1]), row[5].strip()) for row in rows]


def hashes(paths: list[Path], kind: str) -> list[str]:
    return [found for path in paths for _, found in packets(path, kind)]


@pytest.mark.parametrize(
    ("codec", "bframes", "sound"),
    [("h264", 0, "aac"), ("h264", 2, "aac"), ("h265", 0, None), ("h264", 0, "pcma"), ("h264", 0, "pcmu")],
)
def test_every_packet_over_three_segments_comes_out_bit_for_bit(
    tmp_path: Path, codec: str, bframes: int, sound: str | None
) -> None:
    archive = Archive(tmp_path)
    source = video(codec, seconds=8, gop=25, bframes=bframes)
    records = archive.record(source, audio(sound) if sound else None)
    assert len(records) == 3
    out = tmp_path / "out.mp4"
    result = take(archive, 0, 8, out)
    sources = [tmp_path / record.path for record in records]
    assert hashes([out], "v") == hashes(sources, "v")
    if sound:
        assert hashes([out], "a") == hashes(sources, "a")
    assert frame_hashes(out) == frame_hashes(source.file)
    times = [dts for dts, _ in packets(out, "v")]
    assert {after - before for before, after in itertools.pairwise(times)} == {times[1] - times[0]}
    assert [(f.path, f.start_ns, f.end_ns, f.pictures) for f in result.files] == [
        (out, START_NS, START_NS + 8 * S, 200)
    ]
    assert result.files[0].bytes == out.stat().st_size
    assert result.gaps == ()


def test_it_begins_at_the_keyframe_before_and_ends_with_the_last_picture_before_to(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    source = video(seconds=8, gop=25)
    archive.record(source, audio("aac"))
    out = tmp_path / "out.mp4"
    result = take(archive, 2.5, 6.28, out)
    assert frame_hashes(out) == frame_hashes(source.file)[50:157]
    assert result.files[0].start_ns == START_NS + 2 * S
    assert result.files[0].end_ns == START_NS + round(6.28 * S)
    assert result.files[0].pictures == 107
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type,start_time,duration", "-of", "json", str(out)],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert not done.stderr
    streams = {one["codec_type"]: one for one in json.loads(done.stdout)["streams"]}
    assert float(streams["video"]["duration"]) == pytest.approx(4.28, abs=0.05)
    assert abs(float(streams["audio"]["start_time"]) - float(streams["video"]["start_time"])) < 0.05


def test_with_b_frames_no_picture_before_to_is_lost(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    source = video(seconds=8, gop=25, bframes=2)
    archive.record(source)
    take(archive, 0, 1.2, tmp_path / "out.mp4")
    got = frame_hashes(tmp_path / "out.mp4")
    assert got[:30] == frame_hashes(source.file)[:30]
    assert len(got) <= 33


def test_across_a_gap_the_time_line_keeps_the_wall_distance_and_tells_the_gap(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    source = video(seconds=4, gop=25)
    archive.record(source, audio("aac", 4))
    archive.record(source, audio("aac", 4), start_ns=START_NS + 30 * S, run="run2")
    out = tmp_path / "out.mp4"
    result = take(archive, 0, 40, out)
    times = [dts for dts, _ in packets(out, "v")]
    assert times[100] - times[0] == 30 * 90_000
    assert frame_hashes(out) == frame_hashes(source.file) * 2
    assert [(gap.start_ns - START_NS, gap.reason) for gap in result.gaps] == [
        (4 * S, GapReason.UNREACHABLE),
        (34 * S, GapReason.UNREACHABLE),
    ]


def test_a_clock_that_stepped_back_disorders_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    source = video(seconds=4, gop=25)
    archive.record(source)
    archive.record(source, start_ns=START_NS + 2 * S, run="run2")
    out = tmp_path / "out.mp4"
    take(archive, 0, 40, out)
    times = [dts for dts, _ in packets(out, "v")]
    assert times == sorted(set(times))
    assert sorted(hashes([out], "v")) == sorted(hashes([tmp_path / r.path for r, _ in archive.held.values()], "v"))


def test_changed_parameters_begin_a_further_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = video(seconds=4, gop=25), video(seconds=4, gop=25, size="256x144")
    archive.record(first)
    archive.record(second, start_ns=START_NS + 4 * S, run="run2")
    out = tmp_path / "case.mp4"
    result = take(archive, 0, 8, out)
    assert [file.path.name for file in result.files] == ["case.mp4", "case.part2.mp4"]
    assert frame_hashes(result.files[0].path) == frame_hashes(first.file)
    assert frame_hashes(result.files[1].path) == frame_hashes(second.file)


def test_nothing_is_overwritten_unless_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=4, gop=25))
    out = tmp_path / "out.mp4"
    out.write_bytes(b"evidence")
    with pytest.raises(MingjianError) as caught:
        take(archive, 0, 4, out)
    assert (caught.value.code, caught.value.field) == ("output_exists", "output")
    assert out.read_bytes() == b"evidence"
    take(archive, 0, 4, out, overwrite=True)
    assert len(frame_hashes(out)) == 100


def test_cancelled_or_failed_it_leaves_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "volume")
    archive.root.mkdir()
    records = archive.record(video(seconds=8, gop=25))
    target = tmp_path / "target"
    target.mkdir()
    seen: list[tuple[int, int]] = []
    with pytest.raises(MingjianError) as caught:
        take(
            archive, 0, 8, target / "out.mp4",
            progress=lambda done, total: seen.append((done, total)), cancelled=lambda: len(seen) == 3,
        )  # fmt: skip
    assert caught.value.code == "cancelled"
    assert len(seen) == 3
    assert list(target.iterdir()) == []
    path = archive.root / records[2].path
    path.write_bytes(path.read_bytes()[: records[2].init_bytes + 500])
    with pytest.raises(MingjianError):
        take(archive, 0, 8, target / "out.mp4")
    assert list(target.iterdir()) == []


def test_progress_ends_at_all_bytes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=8, gop=25))
    seen: list[tuple[int, int]] = []
    take(archive, 0, 8, tmp_path / "out.mp4", progress=lambda done, total: seen.append((done, total)))
    assert len(seen) == 8
    assert seen[-1][0] == seen[-1][1]


def test_what_was_not_recorded_is_said_with_its_reason(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=4, gop=25))
    with pytest.raises(MingjianError) as caught:
        take(archive, 100, 200, tmp_path / "out.mp4")
    assert caught.value.code == "no_footage"
    assert "unreachable" in caught.value.say("en")
    with pytest.raises(MingjianError) as backwards:
        take(archive, 4, 2, tmp_path / "out.mp4")
    assert (backwards.value.code, backwards.value.field) == ("bad_interval", "from")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.record(video(seconds=4, gop=25))
    with pytest.raises(MingjianError) as caught:
        take(archive, 0, 4, tmp_path / "nowhere" / "out.mp4")
    assert (caught.value.code, caught.value.field) == ("output_unwritable", "output")
