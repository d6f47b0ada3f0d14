"""Filling polygons into pictures: what lies inside is gone, what lies outside is as it was, predictions go on."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.media.picture_mask import LUMA, burn
from mingjian.ports.masks import (
    CameraMasks,
    MaskSpan,
    masks_from_json,
    masks_to_json,
    polygons_from_text,
    polygons_text,
)

CORNERS = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))
SQUARE = ((2500, 2500), (7500, 2500), (7500, 7500), (2500, 7500))


def noise(width: int = 320, height: int = 180, form: str = "yuv420p") -> VideoFrame:
    pixels = np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=form)


def luma(frame: VideoFrame) -> np.ndarray:
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "yuv422p", "yuv420p10le", "nv12"])
def test_inside_is_flat_and_outside_is_as_it_was(form: str) -> None:
    before = noise(form=form)
    there = luma(before if form == "yuvj420p" else before.reformat(format="yuv420p")).copy()
    burned = burn(before, [SQUARE])
    here = luma(burned)
    assert (here[45:135, 80:240] == LUMA).all()
    assert (here[:40] == there[:40]).all()


def test_a_picture_that_somebody_else_holds_is_not_written_to() -> None:
    """What a decoder predicts from is its own: a P picture after a masked one decodes as without masks."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 320, 180, "yuv420p", Fraction(1, 25)
    encoder.options = {"preset": "veryfast", "tune": "zerolatency"}
    still = noise()
    packets = []
    for at in range(4):
        still.pts = at
        packets += encoder.encode(still)
    packets += encoder.encode(None)

    def decoded(masked: bool) -> list[np.ndarray]:
        decoder = av.CodecContext.create("h264", "r")
        decoder.thread_count = 1
        frames = []
        for packet in [*packets, None]:
            shown = decoder.decode(packet)
            frames += [luma(burn(frame, [SQUARE]) if masked else frame).copy() for frame in shown]
        return frames

    for plain, masked in zip(decoded(False), decoded(True), strict=True):
        assert (masked[45:135, 80:240] == LUMA).all()
        assert (masked[:40] == plain[:40]).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(CORNERS, min_size=3, max_size=7), st.integers(8, 64), st.integers(8, 64))
def test_every_corner_is_covered_whatever_the_size(corners: list[tuple[int, int]], width: int, height: int) -> None:
    here = luma(burn(noise(width * 2, height * 2), [tuple(corners)]))
    for x, y in corners:
        at = min(height * 2 - 1, y * height * 2 // 10_000), min(width * 2 - 1, x * width * 2 // 10_000)
        assert here[at] == LUMA


@given(st.lists(st.lists(CORNERS, min_size=3, max_size=5).map(tuple), max_size=4))
def test_polygons_are_the_same_after_a_line_of_text_and_after_the_file(polygons: list) -> None:
    assert polygons_from_text(polygons_text(polygons)) == tuple(sorted(set(polygons)))
    told = {"c": CameraMasks("sub", tuple(MaskSpan(one, 5, None) for one in polygons), 7)}
    assert masks_from_json(masks_to_json(told)) == told


def test_what_was_in_force_then_is_united_with_what_is_now() -> None:
    then, now = ((0, 0), (1, 0), (1, 1)), ((5, 5), (9, 5), (9, 9))
    camera = CameraMasks("main", (MaskSpan(then, 1000, 2000), MaskSpan(now, 5000, None)), 8000)
    assert camera.over(0, 999_000_000) == (now,)
    assert camera.over(1_500_000_000, 1_600_000_000) == (then, now)
    assert camera.over(2_000_000_000, 3_000_000_000) == (now,)
    assert camera.now(0) == (now,)
    assert camera.held(None)
    assert camera.held(8_000_000_001)
    assert not camera.held(8_000_000_000)
