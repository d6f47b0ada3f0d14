"""A sentence in both languages of the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Chinese and English."""

    zh: str
    en: str

    def for_language(self, language: str) -> str:
        """The sentence for a BCP 47 tag: Chinese for anything that begins with zh, else English."""
        return self.zh if language.lower().startswith("zh") else self.en

    def __str__(self) -> str:
        return self.en


def listed(texts: Iterable[Text]) -> Text:
    """Several in a row: 、 between them in Chinese, commas in English; two empty texts for none."""
    found = tuple(texts)
    return Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))
