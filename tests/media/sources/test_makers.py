"""The maker of a camera by its own words."""

from __future__ import annotations

import pytest

from mingjian.media.sources.makers import MAKERS, maker_of


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("", "IP Camera(C1234)"), "Hikvision"),
        (("HIKVISION DS-2CD2143G0-I", "DS-2CD2143G0-I"), "Hikvision"),
        (("", "Login to 4b0f8d3a2c1e5f6a7b8c9d0e1f2a3b4c"), "Dahua"),
        (("GStreamer RTSP server", "AXIS_ACCC8E012345"), "Axis"),
        (("Mingjian simulator", "cameras"), None),
        (("", ""), None),
    ],
)
def test_who_made_it(words: tuple[str, ...], name: str | None) -> None:
    maker = maker_of(*words)
    assert (maker.name if maker else None) == name


def test_every_maker_tells_a_main_and_a_sub_path() -> None:
    for maker in MAKERS:
        assert len(maker.paths) == 2
        assert all(path.startswith("/") for path in maker.paths)
