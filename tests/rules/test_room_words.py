"""Ordinary variants of words for rooms of privacy; what is outside or harmless is not taken for the room."""

import pytest

from mingjian.rules.room_words import room_words


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("女更衣室3号机", "changing_room"),
        ("更 衣 室", "changing_room"),
        ("更-衣-间", "changing_room"),
        ("更\u200b衣\u200b室", "changing_room"),
        ("更衣室", "changing_room"),
        ("換衣間", "changing_room"),
        ("Changing Room 2", "changing_room"),
        ("CHANGING-ROOM", "changing_room"),
        ("2F gengyishi", "changing_room"),
        ("男厕", "toilet"),
        ("公廁內", "toilet"),
        ("1楼WC", "toilet"),
        ("一层w.c.", "toilet"),
        ("衛生間", "toilet"),
        ("洗手间01", "toilet"),
        ("试衣间A", "fitting_room"),
        ("试穿间", "fitting_room"),
        ("母婴室", "nursing_room"),
        ("喂奶室", "nursing_room"),
        ("淋浴区", "public_bath"),
        ("大澡堂", "public_bath"),
        ("308客房", "hotel_guest_room"),
        ("牡丹厅包厢", "dining_private_room"),
        ("学生寝室5-201", "dormitory_room"),
        ("员工休息室", "staff_rest_room"),
        ("dorm 3", "dormitory_room"),
        ("泳池女更2", "changing_room"),
        ("健身房男更衣柜区", "changing_room"),
        ("二楼试衣处", "fitting_room"),
        ("B1男卫", "toilet"),
        ("工地冲凉房", "public_bath"),
        ("女宾部01", "public_bath"),
        ("哺乳角", "nursing_room"),
    ],
)
def test_variants_are_found_inside(text: str, kind: str) -> None:
    assert [(word.kind, word.outside) for word in room_words(text) if word.kind == kind] == [(kind, False)]


@pytest.mark.parametrize(
    "text",
    [
        "更衣室门口走廊",
        "更衣室外",
        "女更衣室外走廊2",
        "卫生间 门口",
        "宿舍楼大门",
        "客房通道",
        "toilet corridor",
        "试衣间对面",
        "WC门前",
    ],
)
def test_a_text_that_says_outside_is_marked_so(text: str) -> None:
    assert [word.outside for word in room_words(text)] == [True]


@pytest.mark.parametrize("text", ["更衣室门口内侧", "更衣室里面靠门口", "卫生间入口内", "更衣室,走廊旁女更衣室"])
def test_inside_wins_over_outside(text: str) -> None:
    assert [word.outside for word in room_words(text)] == [False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "大门口",
        "会客房间",
        "客房部办公区",
        "沐浴露货架",
        "twcabc路口",
        "衣帽间外",
        "东厅收银台",
        "配套房屋",
        "试衣镜前收银台",
        "妇女更年期门诊",
        "哺乳动物馆",
        "更正窗口",
    ],
)
def test_harmless_texts_give_nothing(text: str) -> None:
    assert room_words(text) == ()
