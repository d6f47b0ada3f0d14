"""A package, and its player copy, of footage in which the camera turned from one preset to another: judged on the pixels."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.media.export.evidence import Case
from tests.media.export.test_masked import Watch, build, pictures
from tests.media.feeding import CAMERA, START_NS
from tests.web.city import City
from tests.web.masks.test_masks import gate as gate  # the fixture
from tests.web.masks.test_positions import turning as turning  # the fixture
from tests.web.retrievals.conftest import town as town  # the fixture

from mingjian.kernel.clock import NS_PER_S
from mingjian.media.export.masked import MARGIN_NS
from mingjian.media.export.player_copy import make_copy
from mingjian.media.picture_mask import LUMA
from mingjian.media.trace.pictures import luma_of
from mingjian.ports.evidence import CopyWish, WantedClip
from mingjian.verify.package import verify_package
from mingjian.verify.package_report import Verdict
from mingjian.web.authority.actor import BoundRole
from mingjian.web.masks.covering import covers_of
from mingjian.web.masks.models import PositionStatement
from mingjian.web.registry.models import Camera
from mingjian.wire.fmp4.box import reader_of

LEFT, RIGHT = [[0, 0], [4000, 0], [4000, 10000], [0, 10000]], [[6000, 0], [10000, 0], [10000, 10000], [6000, 10000]]
# Two people say: at the door until the 14th second, in the yard from the 37th. Certain is a part of it (ports/positions.py)
DOOR_UNTIL_NS, YARD_FROM_NS = START_NS + 14 * NS_PER_S, START_NS + 37 * NS_PER_S
DOOR_CERTAIN_NS, YARD_CERTAIN_NS = START_NS + 4 * NS_PER_S, START_NS + 47 * NS_PER_S
GROUP_NS = NS_PER_S
SPANS = ((0, 6), (45, 50))  # in two segments of the recording


@pytest.fixture
def turned(turning: Camera, city: City) -> Camera:
    """The door's mask on the left, the yard's on the right, and where the camera stood."""
    turning.masks.filter(preset="大门").update(points=LEFT)
    turning.masks.filter(preset="后院").update(points=RIGHT)
    turning.masks.filter(preset="").delete()
    who: Any = city.user(BoundRole.MANAGER)
    for name, preset, from_ns, ended_ns in (
        ("01door", "大门", START_NS - 60 * NS_PER_S, DOOR_UNTIL_NS), ("01yard", "后院", YARD_FROM_NS, None),
    ):  # fmt: skip
        PositionStatement.objects.create(
            id=name, camera=turning, preset=preset, stated_by=who, stated_name="一", stated_ns=from_ns, confirmed_by=who,
            confirmed_name="二", from_ns=from_ns, ended_ns=ended_ns,
        )  # fmt: skip
    return turning


def covered(luma: np.ndarray[Any, Any], slack: int) -> tuple[bool, bool]:
    """Whether nothing of the picture shows on the left, on the right; above the caption of a copy."""
    rows, columns = luma.shape
    sides = luma[: rows // 2, : columns * 3 // 10], luma[: rows // 2, columns * 7 // 10 :]
    found = tuple(bool(abs(side - LUMA).max() <= slack) for side in sides)
    assert all(flat or np.ptp(side) > 60 for flat, side in zip(found, sides, strict=True)), "neither hidden nor shown"
    return found[0], found[1]


def judge(shown: dict[int, np.ndarray[Any, Any]], slack: int) -> None:
    """By wall time: the door's side is hidden until the yard is certain, the yard's from when the door no longer is."""
    seen = {at_ns: covered(luma.astype(int), slack) for at_ns, luma in shown.items()}
    around_ns = MARGIN_NS + GROUP_NS
    for at_ns, (left, right) in seen.items():
        assert left or at_ns >= YARD_CERTAIN_NS, (at_ns - START_NS) / NS_PER_S
        assert right or at_ns < DOOR_CERTAIN_NS, (at_ns - START_NS) / NS_PER_S
        if at_ns < DOOR_CERTAIN_NS - around_ns:
            assert (left, right) == (True, False)
        if at_ns >= YARD_CERTAIN_NS + around_ns:
            assert (left, right) == (False, True)
    assert set(seen.values()) == {(True, False), (True, True), (False, True)}


def test_a_package_and_its_copy_show_on_each_side_of_a_turn_what_is_certain_and_nothing_in_between(
    turned: Camera, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    case = Case(tmp_path / "store", seconds=32)
    try:
        spans = [(START_NS + begin * NS_PER_S, START_NS + end * NS_PER_S) for begin, end in SPANS]
        clips = [
            WantedClip(CAMERA, "大门", "main", *span, covers_of(turned.id, *span, ""), "没有为本次调取批准解除遮蔽")
            for span in spans
        ]  # fmt: skip
        path = build(case, tmp_path, clips, Watch())
        data = path.read_bytes()
        report = verify_package(reader_of(data), len(data), case.anchor())
        assert (report.verdict, len(report.masked)) == (Verdict.PASS, 2), report.lines("en")
        shown = pictures(path, CAMERA)
        assert len(shown) >= 25 * sum(end - begin for begin, end in SPANS) - 1, "no picture is missing"
        judge(shown, 3)
        copy, (begin_ns, end_ns) = tmp_path / "copy.mp4", spans[1]
        wish = CopyWish(path, CAMERA, begin_ns, end_ns, "copy7", "王五", "某区公安局", "调取 r1 副本")
        make_copy(wish, b"s" * 32, dt.timezone(dt.timedelta(hours=8)), copy, Watch())
        with av.open(io.BytesIO(copy.read_bytes())) as opened:
            lumas = [luma_of(frame).astype(int) for frame in opened.decode(video=0)]
        times = [at_ns for at_ns in sorted(shown) if spans[0][1] + 10 * NS_PER_S < at_ns < end_ns]
        for at_ns, luma in zip(times, lumas, strict=True):
            assert covered(luma, 16) == covered(shown[at_ns].astype(int), 3), (at_ns - START_NS) / NS_PER_S
    finally:
        case.close()
