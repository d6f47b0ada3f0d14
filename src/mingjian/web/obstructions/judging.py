"""What the law says of works near cameras and of acts against them (qd204 18; sc799 23(2))."""

from __future__ import annotations

import datetime as dt

from mingjian.rules import obstruction
from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.obstruction import NO_ALTERING, NO_COVERING, Act
from mingjian.rules.obstruction import Works as WorksValue
from mingjian.web.authority.applying import applying
from mingjian.web.filings.facts import listed_in_article_7
from mingjian.web.obstructions.models import ObstructionCase, Works, WorksView
from mingjian.web.obstructions.names import OPENED, STEPPED, WORKS_LOOKED_AT, WORKS_REGISTERED

judge_works = applying(obstruction.judge_works, by=[WORKS_REGISTERED, WORKS_LOOKED_AT])
judge_act = applying(obstruction.judge_act, by=[OPENED, STEPPED])


def works_near(law: Law, works: Works, view: WorksView, on: dt.date) -> Judgement:
    """The works at one camera."""
    return judge_works(law, WorksValue(works.kind, view.distance_m, view.hinders), on)


def act_of(law: Law, case: ObstructionCase, on: dt.date) -> Act:
    """The act as the rules take it."""
    system = case.camera.system
    listed = None if system is None else listed_in_article_7(law, system, on)
    return Act(case.act, case.authorised, listed)


def judged(law: Law, case: ObstructionCase, on: dt.date) -> list[Judgement]:
    """Under both packs."""
    act = act_of(law, case, on)
    return [judge_act(law, key, act, on) for key in (NO_COVERING, NO_ALTERING)]
