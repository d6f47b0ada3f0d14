"""Pinyin initials, by which people search Chinese names: 湖心商场 is found by hxsc."""

from __future__ import annotations

import pypinyin


def initials(name: str) -> str:
    """The first letter of each character's reading, in lower case; letters and digits stay, anything else goes."""
    syllables = pypinyin.lazy_pinyin(name, style=pypinyin.Style.FIRST_LETTER)
    return "".join(char for char in "".join(syllables).lower() if char.isascii() and char.isalnum())
