"""Rooms where no camera may be (qd204 9.1; sc799 8.1).

The structured room type decides absolutely: no role, confirmation or other argument can turn BLOCKED into anything
else. Names and on-screen text only suspend, until a named person confirms with a picture. `judge_placement` takes all
together.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge
from mingjian.rules.room_words import RoomWord, room_words

MUNICIPAL = "qd204.prohibited.rooms"
NATIONAL = "sc799.prohibited.regions"
NATIONAL_ITEMS = (
    "sc799.prohibited.lodging_and_dining_rooms",
    "sc799.prohibited.dormitories",
    "sc799.prohibited.baths_and_changing",
)
PRIVACY_BY_VIEW = "sc799.prohibited.spying_or_eavesdropping"

ROOM_KINDS = {
    "hotel_guest_room": Text("旅馆客房", "hotel guest room"),
    "homestay_room": Text("民宿客房", "home-stay room"),
    "dining_private_room": Text("餐饮包间", "private dining room"),
    "dormitory_room": Text("集体宿舍房间", "dormitory room"),
    "staff_rest_room": Text("内部人员住宿、休息房间", "staff rest room"),
    "public_bath": Text("公共浴室", "public bath"),
    "toilet": Text("卫生间", "toilet"),
    "changing_room": Text("更衣室", "changing room"),
    "nursing_room": Text("哺乳室", "nursing room"),
    "fitting_room": Text("试衣间", "fitting room"),
    "corridor": Text("走廊", "corridor"),
    "lobby": Text("大厅", "lobby"),
    "shop_floor": Text("营业场所", "shop floor"),
    "office": Text("办公室", "office"),
    "outdoors": Text("室外", "outdoors"),
    "other": Text("其他", "other"),
}


@dataclass(frozen=True, slots=True)
class Room:
    """Where the camera hangs. `kind` of ROOM_KINDS, None when not stated; `interior`: inside that room."""

    kind: str | None
    interior: bool | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A named person looked at a picture of this camera and says whether it looks into a prohibited room."""

    person: str
    picture_digest: str
    prohibited: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the camera can see or hear of others' privacy; None when not judged.

    `into_prohibited_room`: its picture shows such an interior. `reachable_by_moving`: turning or zooming would.
    """

    into_prohibited_room: bool | None
    reachable_by_moving: bool | None


def judge_room(law: Law, room: Room, on: dt.date) -> Judgement:
    """The structured room type under every pack in force. BLOCKED is absolute."""
    answers = [_room_under(law, MUNICIPAL, room, on)]
    lead = law.ask(NATIONAL, on)
    if isinstance(lead, Clause):
        answers += [_room_under(law, key, room, on, lead) for key in NATIONAL_ITEMS]
    else:
        answers.append(lead)
    return strictest(answers)


def _room_under(law: Law, key: str, room: Room, on: dt.date, lead: Clause | None = None) -> Judgement:
    clause = law.ask(key, on)
    if isinstance(clause, Judgement):
        return clause
    cited = (clause,) if lead is None else (lead, clause)
    if room.kind is None:
        return judge(
            Verdict.UNDECIDABLE,
            cited,
            Text("未登记安装部位的房间类型", "the room type is not stated"),
            Text("登记房间类型以及是否在其内部", "state the room type and whether it is inside"),
        )
    if room.kind not in clause.names("rooms"):
        return judge(Verdict.PASS, cited, Text("安装部位不属于禁止安装的房间", "no prohibited room"))
    name = ROOM_KINDS[room.kind]
    if room.interior is None:
        return judge(
            Verdict.UNDECIDABLE,
            cited,
            Text(f"未登记是否在{name.zh}内部", f"whether it is inside the {name.en} is not stated"),
            Text("登记是否在其内部", "state whether it is inside"),
        )
    if room.interior:
        return judge(
            Verdict.BLOCKED,
            cited,
            Text(f"{name.zh}内禁止安装图像采集设备", f"no camera may be installed inside a {name.en}"),
            Text("取消该点位；已安装的立即拆除并报告公安机关", "give the point up; if installed, remove it and report"),
        )
    return judge(
        Verdict.PASS, cited, Text(f"位于{name.zh}之外，不在其内部", f"outside the {name.en}, not in its interior")
    )


def judge_names(
    law: Law, texts: tuple[str, ...], room: Room, confirmation: Confirmation | None, on: dt.date
) -> Judgement:
    """Names and on-screen text. A word for a room of privacy suspends until a named person confirms with a picture.

    更衣室门口走廊 is not a changing room: where the text itself says outside and the structured room type agrees, the
    word is no ground for suspension.
    """
    municipal = law.ask(MUNICIPAL, on)
    if isinstance(municipal, Judgement):
        return municipal
    forbidding = _forbidding(law, on)
    words = [
        word
        for text in texts
        for word in room_words(text)
        if word.kind in forbidding and not _explained(word, room, frozenset(forbidding))
    ]
    if not words:
        return judge(
            Verdict.PASS, (municipal,), Text("名称和画面文字未见禁止部位用语", "no word for a prohibited room")
        )
    cited = tuple(dict.fromkeys(forbidding[word.kind] for word in words))
    named = "、".join(dict.fromkeys(word.word for word in words))
    if confirmation is None or not confirmation.person.strip() or not confirmation.picture_digest.strip():
        return judge(
            Verdict.SUSPENDED,
            cited,
            Text(f"名称或者画面文字出现“{named}”，暂缓登记", f"the name or on-screen text says {named}: suspended"),
            Text("由指定人员对照现场画面核实并署名", "a named person confirms it against a picture"),
        )
    if confirmation.prohibited:
        return judge(
            Verdict.BLOCKED,
            cited,
            Text(
                f"经{confirmation.person}对照画面核实，属于禁止安装的部位",
                f"{confirmation.person} confirmed with a picture that it is a prohibited place",
            ),
            Text("取消该点位；已安装的立即拆除并报告公安机关", "give the point up; if installed, remove it and report"),
        )
    return judge(
        Verdict.PASS,
        cited,
        Text(
            f"经{confirmation.person}对照画面核实，不属于禁止安装的部位",
            f"{confirmation.person} confirmed with a picture that it is no prohibited place",
        ),
    )


def _forbidding(law: Law, on: dt.date) -> dict[str, Clause]:
    """Each room forbidden on that day, with the clause that names it; the municipal one where both do."""
    lead = law.ask(NATIONAL, on)
    keys = (*NATIONAL_ITEMS, MUNICIPAL) if isinstance(lead, Clause) else (MUNICIPAL,)
    clauses = [clause for key in keys if isinstance(clause := law.ask(key, on), Clause)]
    return {room: clause for clause in clauses for room in clause.names("rooms")}


def _explained(word: RoomWord, room: Room, forbidden: frozenset[str]) -> bool:
    """Whether text and structured room type agree that the camera hangs outside."""
    return word.outside and room.kind is not None and (room.kind not in forbidden or room.interior is False)


def judge_view(law: Law, view: View, on: dt.date) -> Judgement:
    """Fields of view into prohibited interiors, now (film) or by moving (spy): sc799 8.1.4. A mask is no excuse."""
    clause = law.ask(PRIVACY_BY_VIEW, on)
    if isinstance(clause, Judgement):
        return clause
    ways = clause.names("ways")
    reaches = {"film": view.into_prohibited_room, "spy": view.reachable_by_moving}
    judged = [reaches[way] for way in ("film", "spy") if way in ways]
    if any(judged):
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text(
                "视场或者转动、变焦后能够拍摄、窥视他人隐私，禁止安装",
                "the field of view, as it is or by moving, reaches into others' privacy",
            ),
            Text("改变位置、角度或者锁定云台并重新核定视场", "move, re-aim or lock the camera and assess it again"),
        )
    if None in judged:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未核定视场是否及于隐私部位", "the field of view is not assessed"),
            Text("核定视场，含转动和变焦所及", "assess the field of view, moving and zooming included"),
        )
    return judge(Verdict.PASS, (clause,), Text("视场不及于隐私部位", "the field of view reaches no privacy"))


def judge_placement(
    law: Law, room: Room, texts: tuple[str, ...], confirmation: Confirmation | None, view: View, on: dt.date
) -> Judgement:
    """Everything about the place of one camera, as `placement_of` takes it together."""
    return placement_of(
        judge_room(law, room, on), judge_names(law, texts, room, confirmation, on), judge_view(law, view, on)
    )


def placement_of(room: Judgement, names: Judgement, view: Judgement) -> Judgement:
    """The strictest, which nothing can soften; but a word for such a room suspends also where facts are missing.

    That facts are missing does not stop a camera; a word does until somebody has looked. So it may not hide behind them.
    """
    found = strictest((room, names, view))
    undecided = found.verdict in (Verdict.UNDECIDABLE, Verdict.UNDETERMINED)
    return names if undecided and names.verdict is Verdict.SUSPENDED else found
