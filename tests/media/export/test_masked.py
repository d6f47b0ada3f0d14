"""Packages under privacy masks: what a mask covers is hidden and in no original, what none covers is as recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts.build_verifier import build as build_verifier
from tests.media.export.evidence import SECOND, Case
from tests.media.feeding import CAMERA, START_NS
from tests.verify.test_package import failed, resealed

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.media.export.masked import MARGIN_NS, groups_of, masked_clips, runs_of
from mingjian.media.export.origin import Leaves
from mingjian.media.export.package import build_package
from mingjian.media.export.sealed import SealedPackage
from mingjian.media.picture_mask import LUMA
from mingjian.media.trace.pictures import luma_of
from mingjian.ports.evidence import MaskCover, WantedClip
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import Verdict
from mingjian.wire.fmp4.box import reader_of

LEFT_HALF = ((0, 0), (5000, 0), (5000, 10000), (0, 10000))
WHY = "没有为本次调取批准解除遮蔽"
MASK_ENDS_NS = START_NS + 2 * NS_PER_S  # of six seconds in groups of one


class Watch:
    """Counts, and calls it off when told to."""

    def __init__(self, off_at: int | None = None) -> None:
        self.told: list[tuple[int, int]] = []
        self._off_at = off_at

    def on_progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def is_cancelled(self) -> bool:
        return self._off_at is not None and len(self.told) >= self._off_at


def cover(from_ns: int, to_ns: int) -> MaskCover:
    return MaskCover("01kmask", 3, LEFT_HALF, from_ns, to_ns, "对面住宅窗户", "张一", START_NS)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = Case(tmp_path_factory.mktemp("store"))
    yield made
    made.close()


def wanted(case: Case, *covers: MaskCover) -> list[WantedClip]:
    """The first camera under these masks, the other without."""
    return [
        WantedClip(CAMERA, "大门", "main", START_NS, case.end_ns + 3 * NS_PER_S, covers, WHY),
        WantedClip(SECOND, "大厅", "main", START_NS, case.end_ns + 3 * NS_PER_S),
    ]


def build(case: Case, folder: Path, clips: list[WantedClip], watch: Watch | None = None) -> Path:
    order = case.order()
    clock = order.clips[0].clock
    made, _ = masked_clips(
        case.recordings, [(one, clock) for one in clips], Leaves(order.ledger.leaves), folder / "films", case.end_ns,
        watch or Watch(),
    )  # fmt: skip
    order = case.order(clips=tuple(made))
    return build_package(case.recordings, order, case.seal_signer, folder / "m.zip", page=b"<page>").path


@pytest.fixture(scope="module")
def package(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mask that was taken off after two seconds."""
    return build(case, tmp_path_factory.mktemp("made"), wanted(case, cover(START_NS, MASK_ENDS_NS)))


def pictures(path: Path, camera: str) -> dict[int, np.ndarray[Any, Any]]:
    """Luma by wall time, of all clips of a camera."""
    with SealedPackage(path) as opened:
        rows = [
            row for clip in opened.manifest["clips"] if clip["camera"] == camera
            for row in [*clip["parts"], *clip["derived"]]
        ]  # fmt: skip
        return {at_ns: luma_of(frame).astype(int) for row in rows for at_ns, frame in opened.pictures(row)}


def test_what_a_mask_covers_is_hidden_the_rest_is_as_recorded_and_every_checker_says_so(
    case: Case, package: Path, tmp_path: Path
) -> None:
    data = package.read_bytes()
    report = verify_package(reader_of(data), len(data), case.anchor())
    assert report.verdict is Verdict.PASS, report.lines("en")
    (masked,) = report.masked
    assert (masked.camera, masked.films, masked.from_ns) == (CAMERA, 1, START_NS)
    assert MASK_ENDS_NS + MARGIN_NS <= masked.to_ns <= MASK_ENDS_NS + MARGIN_NS + NS_PER_S
    assert [line for line in report.lines("zh") if line.startswith("DERIVED 大门")]
    verifier, anchor = tmp_path / "v.pyz", tmp_path / "anchor.txt"
    build_verifier(verifier)
    keys = case.seal_signer.public.encode(), case.ledger_signer.public.encode()
    anchor.write_text(f"seal {keys[0]}\nledger {keys[1]}\n")
    command = [sys.executable, "-I", "-S", verifier, package, "--trust", anchor, "--json"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert (told.returncode, json.loads(told.stdout)) == (0, json.loads(json.dumps(report.to_json())))

    whole = pictures(case.build(tmp_path / "whole.zip").path, CAMERA)
    shown = pictures(package, CAMERA)
    assert sorted(shown) == sorted(whole), "no picture is missing, none twice"
    middle = next(iter(whole.values())).shape[1] // 2
    for at_ns, luma in shown.items():
        left, right = luma[:, : middle - 8], luma[:, middle + 8 :]
        before = whole[at_ns]
        if at_ns < masked.to_ns:
            assert abs(left - LUMA).max() <= 3
            assert abs(right - before[:, middle + 8 :]).mean() < 4
        else:
            assert (luma == before).all()

    with SealedPackage(package) as opened:
        clips = opened.manifest["clips"]
        (film,) = clips[0]["derived"]
        said = json.loads(film["parameters"])
        probe = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", "-"]
        streams = json.loads(subprocess.run(probe, input=opened.data(film["member"]), capture_output=True).stdout)
    assert [one["codec_name"] for one in streams["streams"]] == ["h264"], "no sound"
    assert [(one["camera"], one["masked"]) for one in clips] == [(CAMERA, True), (CAMERA, False), (SECOND, False)]
    (mask,) = said["masks"]
    assert (mask["mask"], mask["version"], mask["confirmed_by"], said["why"]) == ("01kmask", 3, "张一", WHY)
    assert int(mask["to_ns"]) == MASK_ENDS_NS


def test_no_original_sample_of_what_is_masked_is_in_the_file(case: Case, package: Path) -> None:
    with SealedPackage(package) as opened:
        rows = [row for clip in opened.manifest["clips"] for row in [*clip["parts"], *clip["derived"]]]
        (film,) = opened.manifest["clips"][0]["derived"]
        # the other camera and the other segment show the same scene
        data = b"".join(opened.data(row["member"]) for row in rows if row["leaf"] == film["leaf"])
    record = case.recordings.segments(CAMERA, "main", START_NS, MASK_ENDS_NS)[0]
    source = case.recordings.path(record).read_bytes()
    hidden = range(film["first"], film["first"] + film["count"])
    for ref in case.recordings.fragments(record):
        bodies = (source[at : at + 48] for at in range(ref.offset + ref.size // 2, ref.offset + ref.size - 48, 512))
        assert {body in data for body in bodies} == {ref.index not in hidden}, ref.index


def test_an_original_beside_its_film_fails_even_when_sealed_anew(case: Case, package: Path) -> None:
    def claim_more(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
        manifest["clips"][0]["derived"][0]["count"] += 1

    report = failed_report(case, resealed(package.read_bytes(), case.seal_signer, claim_more))
    assert report == ["segments"]


def failed_report(case: Case, data: bytes) -> list[str]:
    return failed(verify_package(reader_of(data), len(data), case.anchor()))


def test_a_mask_in_force_leaves_films_only_with_progress_and_may_be_called_off(case: Case, tmp_path: Path) -> None:
    clips = wanted(case, cover(0, 1 << 62))
    (tmp_path / "whole").mkdir()
    watch = Watch()
    data = build(case, tmp_path / "whole", clips, watch).read_bytes()
    report = verify_package(reader_of(data), len(data), case.anchor())
    assert (report.verdict, [one.films for one in report.masked]) == (Verdict.PASS, [2])  # two segments
    assert watch.told == sorted(watch.told)
    assert 0 < watch.told[-1][0] < watch.told[-1][1], "the other camera's originals are to come"
    with pytest.raises(MingjianError) as caught:
        build(case, tmp_path, clips, Watch(off_at=0))
    assert caught.value.code == "cancelled"
    assert not (tmp_path / "m.zip").exists()


def test_footage_that_was_altered_is_not_filmed(case: Case, tmp_path: Path) -> None:
    record = case.recordings.segments(CAMERA, "main", START_NS, MASK_ENDS_NS)[0]
    path = case.recordings.path(record)
    source = path.read_bytes()
    ref = case.recordings.fragments(record)[1]
    path.chmod(0o600)
    path.write_bytes(source[: ref.offset + 900] + b"\x00\x01" + source[ref.offset + 902 :])
    try:
        with pytest.raises(MingjianError) as caught:
            build(case, tmp_path, wanted(case, cover(0, 1 << 62)))
        assert caught.value.code == "footage_altered"
    finally:
        path.write_bytes(source)


RECORD = SegmentRecord(
    "s",
    CAMERA,
    "main",
    "r",
    1,
    "p",
    0,
    60 * NS_PER_S,
    0,
    0,
    0,
    100,
    60,
    0,
    0,
    "",
    0,
    0,
    True,
    "",
    "sha256",
    False,
    None,
)


@given(
    keys=st.lists(st.booleans(), min_size=60, max_size=60),
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=3),
    asked=st.tuples(st.integers(0, 58), st.integers(1, 60)),
)
def test_every_fragment_a_mask_touches_is_filmed_and_originals_begin_with_a_keyframe(
    keys: list[bool], spans: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    """Fragments of a second: none within a mask's time (and the margin) goes as recorded, none is lost or shown twice."""
    refs = [
        FragmentRef(n + 1, 100 + n * 10, 10, 0, n * 90_000, 90_000, n == 0 or key, n * NS_PER_S)
        for n, key in enumerate(keys)
    ]
    covers = tuple(cover(at * NS_PER_S, (at + length) * NS_PER_S) for at, length in spans)
    clip = WantedClip(CAMERA, "大门", "main", asked[0] * NS_PER_S, (asked[0] + asked[1]) * NS_PER_S, covers, WHY)
    runs = runs_of(RECORD, groups_of(RECORD, refs, clip))
    shown = [ref for run in runs for group in run.groups for ref in group.refs]
    assert shown == [ref for ref in refs if shown[0].index <= ref.index and ref.start_ns < clip.to_ns]
    assert shown[0].start_ns <= clip.from_ns
    for run in runs:
        assert run.groups[0].refs[0].keyframe
        for ref in (ref for group in run.groups for ref in group.refs):
            begin, end = ref.start_ns - MARGIN_NS, ref.start_ns + NS_PER_S + MARGIN_NS
            touched = {one for one in covers if one.from_ns < end and one.to_ns > begin}
            assert run.masked or not touched
            holding = next(group for group in run.groups if ref in group.refs)
            assert touched <= set(holding.covers)
    assert all(one.masked != other.masked for one, other in pairwise(runs))
