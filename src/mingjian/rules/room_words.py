"""Ordinary words for rooms of privacy in camera names and on-screen text, with their usual variants.

A word is a hint, never a verdict: it suspends an installation until a person looks. Text is normalised first (width,
case, spaces, punctuation, zero-width characters, the traditional forms in use), so that 更 衣 室 is read as 更衣室.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

WORDS: Mapping[str, tuple[str, ...]] = {
    "changing_room": (
        "更衣室",
        "更衣间",
        "更衣房",
        "更衣区",
        "更衣处",
        "换衣室",
        "换衣间",
        "更衣",
        "换衣",
        "男更",
        "女更",
        "changingroom",
        "lockerroom",
        "dressingroom",
        "gengyishi",
    ),
    "fitting_room": ("试衣间", "试衣室", "试穿间", "试衣区", "试衣", "fittingroom", "shiyijian"),
    "toilet": (
        "卫生间",
        "厕所",
        "洗手间",
        "盥洗室",
        "盥洗间",
        "公厕",
        "男厕",
        "女厕",
        "如厕",
        "茅房",
        "男卫",
        "女卫",
        "toilet",
        "restroom",
        "washroom",
        "lavatory",
        "weishengjian",
        "cesuo",
    ),
    "public_bath": (
        "浴室",
        "浴池",
        "澡堂",
        "洗浴",
        "淋浴",
        "沐浴",
        "汗蒸",
        "桑拿",
        "洗澡",
        "冲凉",
        "浴区",
        "男浴",
        "女浴",
        "男宾",
        "女宾",
        "bathroom",
        "bathhouse",
        "shower",
        "sauna",
    ),
    "nursing_room": (
        "哺乳室",
        "哺乳间",
        "母婴室",
        "母婴间",
        "喂奶室",
        "育婴室",
        "哺乳",
        "喂奶",
        "nursingroom",
        "babycare",
        "lactation",
    ),
    "hotel_guest_room": ("客房", "标准间", "大床房", "双床房", "套房", "guestroom", "hotelroom"),
    "homestay_room": ("民宿房", "民宿客", "homestay"),
    "dining_private_room": ("包间", "包厢", "包房", "雅间", "雅座间", "privateroom"),
    "dormitory_room": ("宿舍", "寝室", "dormitory", "dormroom", "sushe"),
    "staff_rest_room": ("员工休息室", "职工休息室", "值班休息室", "倒班房", "休息室", "休息间", "staffrest"),
}
_SHORT_LATIN = {
    "toilet": re.compile(r"(?<![a-z])(wc|w\.c\.?)(?![a-z])"),
    "dormitory_room": re.compile(r"(?<![a-z])dorm(?![a-z])"),
}
_ANY = re.compile("|".join(re.escape(word) for words in WORDS.values() for word in words))
_PHRASES = (
    "会客房",
    "客房部",
    "客房服务台",
    "套房产",
    "配套房",
    "包间距",
    "沐浴露",
    "试衣镜",
    "更年期",
    "男卫兵",
    "女卫兵",
    "哺乳动物",
)
_HARMLESS = re.compile("|".join(_PHRASES))
_OUTSIDE = re.compile(
    "门口|门外|门前|走廊|入口|出口|通道|过道|楼道|楼梯|电梯|大门|对面|旁|前台|路口|室外|外(?:$|侧|面|墙|走|部|廊|[0-9])"
    "|corridor|entrance|outside|hallway|gate"
)
_TRADITIONAL = str.maketrans(
    "廁間衛試換門內寢員職嬰餵標準雙廂休處區婦對過樓電廳側長級號",
    "厕间卫试换门内寝员职婴喂标准双厢休处区妇对过楼电厅侧长级号",
)
_NOISE = re.compile(r"[^0-9a-z\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class RoomWord:
    """A word found. `outside` says that the text itself places the camera outside the room (更衣室门口走廊)."""

    kind: str
    word: str
    outside: bool


def room_words(text: str) -> tuple[RoomWord, ...]:
    """The words for rooms of privacy in `text`, each kind once, the most worrying reading of it."""
    folded = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).lower()
    plain = _NOISE.sub("", folded)
    if _HARMLESS.search(plain):
        for phrase in _PHRASES:
            plain = plain.replace(phrase, "")
    if not _ANY.search(plain) and not any(short.search(folded) for short in _SHORT_LATIN.values()):
        return ()  # most names; the loops below ask the same of each word
    found: list[RoomWord] = []
    for kind, words in WORDS.items():
        hits = [
            RoomWord(kind, word, _is_outside(plain[at + len(word) :]))
            for word in words
            if word in plain
            for at in _at(plain, word)
        ]
        short = _SHORT_LATIN.get(kind)
        if short is not None:
            hits += [
                RoomWord(kind, match[0], _is_outside(_NOISE.sub("", folded[match.end() :])))
                for match in short.finditer(folded)
            ]
        if hits:
            found.append(min(hits, key=lambda hit: hit.outside))
    return tuple(found)


def _at(text: str, word: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(word), text)]


def _is_outside(rest: str) -> bool:
    """Whether what follows the word says outside: 门口走廊. 门内 and 里 say the contrary."""
    if any(inside in rest for inside in ("内", "里", "inside", "interior")):
        return False
    return _OUTSIDE.search(rest) is not None
