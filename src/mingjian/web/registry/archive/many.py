"""Judging many cameras under one law on one day: those alike in all that the rules ask are judged once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache

from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.room_words import room_words
from mingjian.web.registry.archive.enrolment import CameraFacts, judge_facts

_KEPT = 4096


class ManyCameras:
    """Answers as `enrolment.judge_facts`. Texts without a word for a room of privacy count as no text at all."""

    def __init__(self, law: Law, on: dt.date) -> None:
        self._judge = lru_cache(maxsize=_KEPT)(lambda facts: judge_facts(law, facts, on))
        self._worded = lru_cache(maxsize=_KEPT)(lambda text: bool(room_words(text)))

    def judge(self, facts: CameraFacts) -> dict[str, Judgement]:
        """Each judgement by name; not to be changed."""
        if not any(self._worded(text) for text in facts.texts):
            facts = replace(facts, texts=())
        return self._judge(facts)
