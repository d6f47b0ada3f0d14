"""A prohibited room is absolute: nothing softens it. Names only suspend, and only a named person with a picture lifts."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.rules.audio import Sound, judge_sound
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.prohibited_rooms import (
    ROOM_KINDS,
    Confirmation,
    Room,
    View,
    judge_names,
    judge_placement,
    judge_room,
    judge_view,
)

LAW = current_law()
BOTH = dt.date(2025, 6, 2)
FORBIDDEN = sorted(set(ROOM_KINDS) - {"corridor", "lobby", "shop_floor", "office", "outdoors", "other"})
CONFIRMATIONS = st.none() | st.builds(Confirmation, st.text(max_size=4), st.text(max_size=4), st.booleans())
VIEWS = st.builds(View, st.sampled_from([None, True, False]), st.sampled_from([None, True, False]))


@given(
    st.sampled_from(FORBIDDEN),
    st.lists(st.text(max_size=12), max_size=3).map(tuple),
    CONFIRMATIONS,
    VIEWS,
    st.dates(dt.date(2025, 4, 1), dt.date(2060, 1, 1)),
)
def test_a_prohibited_room_is_never_overridden(
    kind: str, texts: tuple[str, ...], confirmation: Confirmation | None, view: View, on: dt.date
) -> None:
    answer = judge_placement(LAW, Room(kind, True), texts, confirmation, view, on)
    assert answer.verdict is Verdict.BLOCKED
    assert any("prohibited" in key for key in answer.keys)


@given(
    st.sampled_from([None, *sorted(ROOM_KINDS)]),
    st.sampled_from([True, False, None]),
    st.sampled_from([(), ("入口",), ("女更衣室",)]),
    CONFIRMATIONS,
    VIEWS,
)
def test_of_room_word_and_view_the_one_that_stops_the_camera_most_decides(
    kind: str | None, interior: bool | None, texts: tuple[str, ...], confirmation: Confirmation | None, view: View
) -> None:
    """Refusing before suspending, suspending before missing facts, which stop nothing."""
    room = Room(kind, interior)
    alone = [
        judge_room(LAW, room, BOTH),
        judge_names(LAW, texts, room, confirmation, BOTH),
        judge_view(LAW, view, BOTH),
    ]
    whole = judge_placement(LAW, room, texts, confirmation, view, BOTH).verdict
    stops = [Verdict.BLOCKED, Verdict.SUSPENDED, Verdict.UNDECIDABLE, Verdict.PASS]
    assert whole is min((one.verdict for one in alone), key=stops.index)


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_outside_the_room_is_not_inside(kind: str) -> None:
    assert judge_room(LAW, Room(kind, False), BOTH).verdict is Verdict.PASS
    assert judge_room(LAW, Room(kind, None), BOTH).verdict is Verdict.UNDECIDABLE


@pytest.mark.parametrize(
    ("confirmation", "verdict"),
    [
        (None, Verdict.SUSPENDED),
        (Confirmation("", "sha256:1f", False), Verdict.SUSPENDED),
        (Confirmation("王某", " ", False), Verdict.SUSPENDED),
        (Confirmation("王某", "sha256:1f", False), Verdict.PASS),
        (Confirmation("王某", "sha256:1f", True), Verdict.BLOCKED),
    ],
)
def test_only_a_named_person_with_a_picture_lifts_a_suspension(
    confirmation: Confirmation | None, verdict: Verdict
) -> None:
    assert judge_names(LAW, ("女更衣室",), Room("corridor", True), confirmation, BOTH).verdict is verdict


def test_a_word_is_judged_by_the_rooms_forbidden_on_that_day() -> None:
    room = Room("corridor", True)
    assert judge_names(LAW, ("牡丹厅包厢",), room, None, dt.date(2025, 3, 31)).verdict is Verdict.PASS
    answer = judge_names(LAW, ("牡丹厅包厢",), room, None, BOTH)
    assert answer.verdict is Verdict.SUSPENDED
    assert answer.keys == ("sc799.prohibited.lodging_and_dining_rooms",)


def test_the_corridor_before_a_changing_room_is_no_changing_room() -> None:
    text = ("更衣室门口走廊",)
    assert judge_names(LAW, text, Room("corridor", True), None, BOTH).verdict is Verdict.PASS
    assert judge_names(LAW, text, Room("changing_room", False), None, BOTH).verdict is Verdict.PASS
    assert judge_names(LAW, text, Room(None, None), None, BOTH).verdict is Verdict.SUSPENDED
    assert judge_names(LAW, text, Room("changing_room", True), None, BOTH).verdict is Verdict.SUSPENDED


def test_reasons_say_the_room_and_the_remedy_in_both_languages() -> None:
    answer = judge_room(LAW, Room("fitting_room", True), BOTH)
    assert answer.reason.zh == "试衣间内禁止安装图像采集设备"
    assert answer.reason.en == "no camera may be installed inside a fitting room"
    assert answer.remedy is not None
    assert "报告公安机关" in answer.remedy.zh
    assert [citation.label for citation in answer.clauses] == ["第九条第一款", "第八条第一款", "第八条第一款第(三)项"]


@given(st.builds(Sound, st.booleans(), st.sampled_from(["", "勤务需要"]), st.sampled_from([None, True, False])))
def test_sound_passes_only_off_or_with_a_basis_and_nothing_overheard(sound: Sound) -> None:
    allowed = not sound.enabled or (bool(sound.basis) and sound.overhears_privacy is False)
    assert (judge_sound(LAW, sound, BOTH).verdict is Verdict.PASS) == allowed
