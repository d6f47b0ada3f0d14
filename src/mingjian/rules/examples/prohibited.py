"""Examples: rooms where no camera may be, names, views, sound, privacy, the manager's inspections."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.audio import Sound, judge_sound
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.manager_inspection import MANAGER_INSPECTS, AreaInspection, judge_inspection
from mingjian.rules.privacy import MEASURES, PrivacyAssessment, judge_lift, judge_privacy
from mingjian.rules.prohibited_rooms import (
    MUNICIPAL,
    NATIONAL,
    NATIONAL_ITEMS,
    PRIVACY_BY_VIEW,
    ROOM_KINDS,
    Confirmation,
    Room,
    View,
    judge_names,
    judge_placement,
    judge_room,
    judge_view,
)

_MUNICIPAL_ROOMS = (
    "hotel_guest_room",
    "dormitory_room",
    "public_bath",
    "toilet",
    "changing_room",
    "nursing_room",
    "fitting_room",
)
_NATIONAL_ROOMS = {
    NATIONAL_ITEMS[0]: ("hotel_guest_room", "homestay_room", "dining_private_room"),
    NATIONAL_ITEMS[1]: ("dormitory_room", "staff_rest_room"),
    NATIONAL_ITEMS[2]: ("public_bath", "toilet", "changing_room", "nursing_room", "fitting_room"),
}
_CORRIDOR = Room("corridor", True)
_LOOKED = Confirmation("王某", "sha256:1f", prohibited=False)


def _cited(law: Law, key: str, room: Room) -> bool:
    answer = judge_room(law, room, BOTH)
    return answer.verdict is Verdict.BLOCKED and key in answer.keys


def _national_rooms() -> tuple[Example, ...]:
    found: list[Example] = []
    for key, rooms in _NATIONAL_ROOMS.items():
        found += [
            failing(
                key,
                Text(f"{ROOM_KINDS[room].zh}内安装", f"inside a {ROOM_KINDS[room].en}"),
                lambda law, key=key, room=room: _cited(law, key, Room(room, True)),
                True,
            )
            for room in rooms
        ]
        found.append(passing(key, Text("走廊", "a corridor"), lambda law, key=key: _cited(law, key, _CORRIDOR), False))
        found.append(
            boundary(
                key,
                Text(f"{ROOM_KINDS[rooms[0]].zh}门外", f"outside the {ROOM_KINDS[rooms[0]].en}"),
                lambda law, room=rooms[0]: judge_room(law, Room(room, False), BOTH).verdict,
                Verdict.PASS,
            )
        )
    return tuple(found)


EXAMPLES: tuple[Example, ...] = (
    *(
        failing(
            MUNICIPAL,
            Text(f"{ROOM_KINDS[room].zh}内安装", f"inside a {ROOM_KINDS[room].en}"),
            lambda law, room=room: judge_room(law, Room(room, True), MUNICIPAL_ONLY).verdict,
            Verdict.BLOCKED,
        )
        for room in _MUNICIPAL_ROOMS
    ),
    passing(
        MUNICIPAL,
        Text("走廊", "a corridor"),
        lambda law: judge_room(law, _CORRIDOR, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MUNICIPAL,
        Text("名称“女更衣室3号”暂缓", "the name says changing room: suspended"),
        lambda law: judge_names(law, ("女更衣室3号",), _CORRIDOR, None, MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    failing(
        MUNICIPAL,
        Text("经核实属于禁止部位", "a person confirms that it is one"),
        lambda law: (
            judge_names(law, ("更衣室",), _CORRIDOR, Confirmation("王某", "sha256:1f", True), MUNICIPAL_ONLY).verdict
        ),
        Verdict.BLOCKED,
    ),
    boundary(
        MUNICIPAL,
        Text("“更衣室门口走廊”不是更衣室", "the corridor before a changing room is none"),
        lambda law: judge_names(law, ("更衣室门口走廊",), _CORRIDOR, None, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        MUNICIPAL,
        Text("房间类型不明时“更衣室门口走廊”也须核实", "unless the room type is not stated"),
        lambda law: judge_names(law, ("更衣室门口走廊",), Room(None, None), None, MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    boundary(
        MUNICIPAL,
        Text("署名并附画面核实后放行", "a named person with a picture lifts the suspension"),
        lambda law: judge_names(law, ("女更衣室3号",), _CORRIDOR, _LOOKED, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        MUNICIPAL,
        Text("条例新增的包间在2025年4月前未列举", "a private dining room was not named before"),
        lambda law: judge_room(law, Room("dining_private_room", True), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MUNICIPAL,
        Text(
            "名称含“更衣室”而房间类型、视场均未登记的，仍暂缓",
            "a word suspends also where room and view are not stated",
        ),
        lambda law: judge_placement(law, Room(None, None), ("更衣室",), None, View(None, None), MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    boundary(
        MUNICIPAL,
        Text("经核实后，未登记的仍须登记", "once confirmed, what is not stated is still to be stated"),
        lambda law: (
            judge_placement(law, Room(None, None), ("更衣室",), _LOOKED, View(None, None), MUNICIPAL_ONLY).verdict
        ),
        Verdict.UNDECIDABLE,
    ),
    *_national_rooms(),
    failing(
        NATIONAL,
        Text("民宿客房内安装", "inside a home-stay room"),
        lambda law: _cited(law, NATIONAL, Room("homestay_room", True)),
        True,
    ),
    passing(
        NATIONAL, Text("大厅", "a lobby"), lambda law: judge_room(law, Room("lobby", True), BOTH).verdict, Verdict.PASS
    ),
    boundary(
        NATIONAL,
        Text("施行前一日不适用", "not the day before"),
        lambda law: judge_room(law, Room("homestay_room", True), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    passing(
        PRIVACY_BY_VIEW,
        Text("视场不及于隐私部位", "the view reaches no privacy"),
        lambda law: judge_view(law, View(False, False), BOTH).verdict,
        Verdict.PASS,
    ),
    failing(
        PRIVACY_BY_VIEW,
        Text("视场及于更衣室内部", "the view shows the interior"),
        lambda law: judge_view(law, View(True, False), BOTH).verdict,
        Verdict.BLOCKED,
    ),
    failing(
        PRIVACY_BY_VIEW,
        Text("转动变焦后能够窥视", "moving would show it"),
        lambda law: judge_view(law, View(False, True), BOTH).verdict,
        Verdict.BLOCKED,
    ),
    failing(
        PRIVACY_BY_VIEW,
        Text("音频能够窃听他人隐私", "sound overhears privacy"),
        lambda law: judge_sound(law, Sound(True, "勤务需要", True), BOTH).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        PRIVACY_BY_VIEW,
        Text("音频无依据", "sound without a basis"),
        lambda law: judge_sound(law, Sound(True, "", False), BOTH).verdict,
        Verdict.FAIL,
    ),
    boundary(
        PRIVACY_BY_VIEW,
        Text("关闭音频", "sound off"),
        lambda law: judge_sound(law, Sound(False), BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        PRIVACY_BY_VIEW,
        Text("视场未核定", "the view is not assessed"),
        lambda law: judge_view(law, View(None, False), BOTH).verdict,
        Verdict.UNDECIDABLE,
    ),
    *(
        passing(
            MEASURES,
            Text(f"采取{measure}", f"measure: {measure}"),
            lambda law, measure=measure: (
                judge_privacy(law, PrivacyAssessment(True, frozenset({measure}), 20, 10), MUNICIPAL_ONLY).verdict
            ),
            Verdict.PASS,
        )
        for measure in ("mask", "limited_angle", "relocated")
    ),
    failing(
        MEASURES,
        Text("可能侵犯隐私而无措施", "no measure"),
        lambda law: judge_privacy(law, PrivacyAssessment(True), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        MEASURES,
        Text("移动与确认同一时刻，遮蔽须重新确认", "moved at the instant of confirmation"),
        lambda law: judge_privacy(law, PrivacyAssessment(True, frozenset({"mask"}), 10, 10), MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    passing(
        MEASURES,
        Text("两人同意，限时解除遮蔽查看", "two people let somebody see through masks for a time"),
        lambda law: judge_lift(law, frozenset({"甲", "乙"}), 24, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MEASURES,
        Text("解除遮蔽查看超过最长时间", "seeing through masks for longer than may be"),
        lambda law: judge_lift(law, frozenset({"甲", "乙"}), 24.1, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        MEASURES,
        Text("自己批准自己解除遮蔽", "somebody says yes to himself"),
        lambda law: judge_lift(law, frozenset({"甲"}), 1, MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    passing(
        MANAGER_INSPECTS,
        Text("按期检查", "inspected in time"),
        lambda law: judge_inspection(law, AreaInspection(BOTH), BOTH).verdict,
        Verdict.PASS,
    ),
    failing(
        MANAGER_INSPECTS,
        Text("从未检查", "never inspected"),
        lambda law: judge_inspection(law, AreaInspection(None), BOTH).verdict,
        Verdict.FAIL,
    ),
    failing(
        MANAGER_INSPECTS,
        Text("发现后未报告", "found and not reported"),
        lambda law: judge_inspection(law, AreaInspection(BOTH, True), BOTH).verdict,
        Verdict.FAIL,
    ),
    boundary(
        MANAGER_INSPECTS,
        Text("第三十日仍在内部周期内", "day 30 of the cycle"),
        lambda law: judge_inspection(law, AreaInspection(BOTH - dt.timedelta(days=30)), BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        MANAGER_INSPECTS,
        Text("第三十一日应再次检查", "day 31"),
        lambda law: judge_inspection(law, AreaInspection(BOTH - dt.timedelta(days=31)), BOTH).verdict,
        Verdict.DUE,
    ),
)
