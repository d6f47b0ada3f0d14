"""Judging many cameras under one law on one day: those alike in all that the rules ask are judged once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.room_words import room_words
from mingjian.rules.secure_margins import Nearby
from mingjian.web.registry.archive.enrolment import facts_of, judge_facts, texts_of
from mingjian.web.registry.models import Camera, CameraArchive, Duty

_KEPT = 4096


class ManyCameras:
    """Answers as `enrolment.judge_camera`. Texts without a word for a room of privacy count as no text at all."""

    def __init__(self, law: Law, on: dt.date) -> None:
        self._judge = lru_cache(maxsize=_KEPT)(lambda facts: judge_facts(law, facts, on))
        self._on = on

    def judge(
        self,
        camera: Camera,
        archive: CameraArchive,
        nearby: tuple[Nearby, ...],
        duties: Iterable[Duty] | None = None,
        kinds: frozenset[str] | None = None,
    ) -> dict[str, Judgement]:
        """Each judgement by name; not to be changed. `duties` and `kinds` as `enrolment.facts_of`."""
        texts = texts_of(camera, archive)
        if not any(map(room_words, texts)):
            texts = ()
        return self._judge(facts_of(camera, archive, nearby, self._on, duties, kinds, texts))
