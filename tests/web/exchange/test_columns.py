"""Cells that name several choices, as people type them."""

from __future__ import annotations

import pytest

from mingjian.kernel.text import Text
from mingjian.rules.place_kinds import PLACE_KINDS
from mingjian.web.exchange.columns import Column, WrongCell, read_cell, shown_value

KINDS = Column("kinds", Text("场所类别", "kinds"), sort="several", choices=PLACE_KINDS)
LIGHTS = Column("light", Text("补光", "light"), sort="choice", choices={"1": Text("无", "none")}, numbered=True)


@pytest.mark.parametrize("between", ["、", "，", ",", "；", ";", "/", "\n", " ", "\u3000", "、 "])
def test_marks_of_either_width_part_choices(between: str) -> None:
    assert read_cell(KINDS, between.join(("广场", "主要道路", "广场"))) == ["square", "main_road"]


def test_a_label_with_spaces_is_one_choice_and_every_label_reads_as_it_is_shown() -> None:
    assert read_cell(KINDS, "key crossing, bus or coach；square") == ["key_crossing", "bus", "square"]
    assert read_cell(KINDS, shown_value(KINDS, list(PLACE_KINDS))) == list(PLACE_KINDS)
    assert read_cell(KINDS, ", ".join(label.en for label in PLACE_KINDS.values())) == list(PLACE_KINDS)


def test_what_is_no_choice_is_named() -> None:
    with pytest.raises(WrongCell, match="月球") as caught:
        read_cell(KINDS, "广场 月球" + " 广场" * 5000)
    assert "月球" in caught.value.said.zh
    assert "广场" not in caught.value.said.zh


@pytest.mark.parametrize("text", ["1", "无", "1-无", "1：无", "1: none"])
def test_a_choice_with_its_number_before_it(text: str) -> None:
    assert read_cell(LIGHTS, text) == 1
