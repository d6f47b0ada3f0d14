"""The invisible mark: found after scaling and coding, invisible, and laid to nobody by chance."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import City, PlaceKind
from mingjian.media.simulate.scenes import Scene
from mingjian.media.trace.detect import accuse, evidence_of, residue, scores, threshold
from mingjian.media.trace.mark import FIELDS, Luma, Marker, mark_of
from mingjian.media.trace.pictures import pictures_of

SECRET = b"s" * 32
COPIES = [f"copy{number}" for number in range(1000)]
AT_NS = 1_795_406_400 * NS_PER_S


def drawn(place: PlaceKind, width: int = 1280, height: int = 720, at_ns: int = AT_NS) -> Luma:
    picture = Picture(640, 360)
    Scene(City(1), place).draw(picture, at_ns)
    return np.asarray(Image.fromarray(picture.luma).resize((width, height)))


def marked(luma: Luma, copy: str) -> Luma:
    out = np.empty_like(luma)
    Marker(SECRET, copy, luma.shape[1], luma.shape[0]).draw(luma, out)
    return out


def test_a_mark_is_its_copys_and_its_secrets_alone() -> None:
    mark = mark_of(SECRET, "a")
    assert mark.shape == (FIELDS,)
    assert set(np.unique(mark)) == {-1, 1}
    assert (mark == mark_of(SECRET, "a")).all()
    for other in (mark_of(SECRET, "b"), mark_of(b"t" * 32, "a"), mark_of(SECRET + b"a", "")):
        assert abs(int(mark.astype(int) @ other)) < 500  # 5 standard deviations of fair coins


def test_a_mark_changes_no_pixel_by_more_than_two_levels_and_saturates() -> None:
    luma = drawn(PlaceKind.MARKET)
    difference = marked(luma, "a").astype(int) - luma
    assert 1 <= abs(difference).max() <= 2
    assert 10 * np.log10(255**2 / np.mean(difference**2)) > 46
    black = marked(np.zeros((72, 128), np.uint8), "a")
    white = marked(np.full((72, 128), 255, np.uint8), "a")
    assert black.max() <= 2
    assert white.min() >= 253


def test_one_frame_at_half_size_and_a_low_bit_rate_finds_its_recipient_and_nobody_else(tmp_path: Path) -> None:
    """ffmpeg is the one who leaks."""
    frames = marked(drawn(PlaceKind.SCHOOL), "copy7").tobytes() * 8
    leaked = tmp_path / "leak.mp4"
    command = "ffmpeg -v error -f rawvideo -pix_fmt gray -s 1280x720 -r 25 -i - -vf scale=640:360,format=yuv420p"
    coded = [*command.split(), "-c:v", "libx264", "-b:v", "1M", "-maxrate", "1M", "-bufsize", "1M", str(leaked)]
    subprocess.run(coded, input=frames, check=True)
    still = tmp_path / "still.jpg"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(leaked), "-frames:v", "1", str(still)], check=True)
    for file in (leaked, still):
        found, nearest = accuse(evidence_of(pictures_of(file)), SECRET, COPIES)
        assert [one.copy for one in found] == ["copy7"]
        assert nearest == found[0]


def test_pictures_without_a_mark_are_laid_to_nobody() -> None:
    highest = 0.0
    for number, place in enumerate((PlaceKind.SCHOOL, PlaceKind.GAUGE, PlaceKind.MARKET)):
        luma = drawn(place, 640, 360, AT_NS + number * 7200 * NS_PER_S)
        evidence = evidence_of([luma])
        found, nearest = accuse(evidence, SECRET, COPIES)
        assert not found
        assert nearest is not None
        highest = max(highest, nearest.score)
        assert not accuse(evidence_of([marked(luma, "of another house")]), b"t" * 32, COPIES)[0]
    assert highest < threshold(1000) - 1


def test_the_threshold_keeps_its_promise_by_hoeffding() -> None:
    for copies in (1, 1000, 50_000):
        chance = np.exp(-(threshold(copies) ** 2) / 2) * max(copies, 1000) * 10_000
        assert chance == pytest.approx(0.001)
    told = scores(evidence_of([drawn(PlaceKind.PIER, 640, 360)]), SECRET, COPIES)
    assert float(np.std(told)) == pytest.approx(1, abs=0.1)  # of length 1, so each score is as a normal one


def test_nothing_to_go_by_accuses_nobody() -> None:
    grey = np.full((360, 640), 128, np.uint8)
    assert not residue(grey).any()
    assert accuse(evidence_of([grey]), SECRET, COPIES)[0] == []
    assert accuse(evidence_of([]), SECRET, []) == ([], None)


def test_what_holds_no_picture_is_said(tmp_path: Path) -> None:
    for name, content in (("a.mp4", b"nothing"), ("b.png", b"")):
        (tmp_path / name).write_bytes(content)
    Image.new("L", (64, 36)).save(tmp_path / "small.png")
    for name in ("a.mp4", "b.png", "small.png", "missing.jpg"):
        with pytest.raises(MingjianError) as caught:
            list(pictures_of(tmp_path / name))
        assert caught.value.code == "unreadable_picture"
