"""Player copies: another program plays them, they carry name and mark, and called off or killed nothing is left."""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
from pathlib import Path

import pytest
from tests.media.export.evidence import Case
from tests.media.feeding import CAMERA, START_NS

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.player_copy import make_copy
from mingjian.media.trace.detect import accuse, evidence_of
from mingjian.media.trace.pictures import pictures_of
from mingjian.ports.evidence import CopyWish

SECRET = b"s" * 32
ZONE = dt.timezone(dt.timedelta(hours=8))
COPIES = [f"copy{number}" for number in range(1000)]


class Watch:
    """Calls off once something was told, when asked to."""

    def __init__(self, call_off: bool = False) -> None:
        self.told: list[tuple[int, int]] = []
        self.call_off = call_off

    def on_progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def is_cancelled(self) -> bool:
        return self.call_off and bool(self.told)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = Case(tmp_path_factory.mktemp("store"))
    path = case.build(tmp_path_factory.mktemp("built") / "p.zip").path
    case.close()
    return path


def wish(package: Path, camera: str = CAMERA) -> CopyWish:
    return CopyWish(
        package, camera, START_NS, START_NS + 3600 * NS_PER_S, COPIES[7], "王五", "某区公安局", "调取 r1 副本"
    )


def test_a_copy_plays_elsewhere_shows_whose_it_is_and_is_traced(package: Path, tmp_path: Path) -> None:
    watch = Watch()
    output = tmp_path / "copy.mp4"
    assert make_copy(wish(package), SECRET, ZONE, output, watch) == output.stat().st_size
    asked = ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", str(output)]
    said = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    (stream,) = said["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("h264", 320, 180)
    assert int(stream["nb_read_frames"]) == 250  # 6 s, a gap, 4 s
    assert 10.9 < float(said["format"]["duration"]) < 11.1  # of the gap one second
    assert watch.told == sorted(watch.told)
    assert watch.told[-1][0] == watch.told[-1][1] > 9_000
    half = tmp_path / "half.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(output), "-vf", "scale=240:-2", "-b:v", "300k", str(half)], check=True
    )
    for file in (output, half):
        assert [one.copy for one in accuse(evidence_of(pictures_of(file)), SECRET, COPIES)[0]] == [COPIES[7]]
    dark = [float(luma[150:].mean()) for luma in pictures_of(output)]
    bright = [float(luma[150:].mean()) for luma in pictures_of(package_media(package, tmp_path))]
    assert max(dark) < min(bright)  # the band under the words


def package_media(package: Path, folder: Path) -> Path:
    subprocess.run(["unzip", "-qo", str(package), "media/0001.mp4", "-d", str(folder)], check=True)
    return folder / "media/0001.mp4"


def test_where_nothing_more_can_be_written_the_copy_says_so_and_nothing_is_left(package: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 << 10, before[1]))
    try:
        with pytest.raises(MingjianError) as caught:
            make_copy(wish(package), SECRET, ZONE, tmp_path / "copy.mp4", Watch())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "output_unwritable"
    assert caught.value.message.en == "the player copy cannot be written: File too large"
    assert list(tmp_path.iterdir()) == []


def test_called_off_nothing_is_left(package: Path, tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as caught:
        make_copy(wish(package), SECRET, ZONE, tmp_path / "copy.mp4", Watch(call_off=True))
    assert caught.value.code == "cancelled"
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_said_and_nothing_is_left(package: Path, tmp_path: Path) -> None:
    broken = tmp_path / "p.zip"
    data = bytearray(package.read_bytes())
    broken.write_bytes(data[:-10])
    with pytest.raises(MingjianError) as caught:
        make_copy(wish(broken), SECRET, ZONE, tmp_path / "copy.mp4", Watch())
    assert caught.value.code == "package_unreadable"
    (tmp_path / "copy.mp4").write_bytes(b"another's")
    with pytest.raises(MingjianError) as caught:
        make_copy(wish(package), SECRET, ZONE, tmp_path / "copy.mp4", Watch())
    assert caught.value.code == "output_exists"
