"""A construction project, from the proposed point to a system in use (qd204 8-15; sc799 7-11).

Trial running is entering use: it starts the clock of sc799 14. Public security approves neither design nor
acceptance, so that no transition waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.acceptance import CERTIFICATE, INSPECTION, judge_acceptance
from mingjian.rules.audio import Sound, judge_sound
from mingjian.rules.builders import NO_OTHER, Installation, may_install
from mingjian.rules.contractors import CONDITIONS, ContractedWork, judge_contractor
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.law import Law
from mingjian.rules.privacy import MEASURES, PrivacyAssessment, judge_privacy
from mingjian.rules.prohibited_rooms import MUNICIPAL, Confirmation, Room, View, judge_placement
from mingjian.rules.secure_margins import CONSENT, CONSULTATION, Nearby, Reply, judge_margin
from mingjian.rules.simultaneous import THREE_SIMULTANEOUS, StageDates, judge_three_simultaneous
from mingjian.rules.state_table import State, StateTable, Transition


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is on file of a project, one camera at a time for the placement."""

    installation: Installation
    room: Room
    texts: tuple[str, ...]
    confirmation: Confirmation | None
    view: View
    sound: Sound
    nearby: tuple[Nearby, ...]
    reply: Reply | None
    privacy: PrivacyAssessment
    works: tuple[ContractedWork, ...]
    papers: frozenset[str]
    project_kind: str
    stages: Mapping[str, StageDates]


def judge_site(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    """May this builder put this camera there: builder, rooms, view, sound, margins."""
    return strictest(
        (
            may_install(law, facts.installation, on),
            judge_placement(law, facts.room, facts.texts, facts.confirmation, facts.view, on),
            judge_sound(law, facts.sound, on),
            judge_margin(law, facts.nearby, facts.reply, None, on),
        )
    )


def _designed(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    return judge_privacy(law, facts.privacy, on)


def _contracted(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    return strictest([judge_site(law, facts, on)] + [judge_contractor(law, work, on) for work in facts.works])


def _accepted(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    return judge_acceptance(law, facts.papers, on)


def _together(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    return judge_three_simultaneous(law, facts.project_kind, True, facts.stages, on)


PROJECT: StateTable[ProjectFacts] = StateTable(
    name="project",
    title=Text("建设项目", "Construction project"),
    initial="proposed",
    states=(
        State("proposed", Text("拟建", "proposed")),
        State("sited", Text("点位已核", "sited")),
        State("designed", Text("已设计", "designed")),
        State("under_construction", Text("施工中", "under construction")),
        State("trial_running", Text("试运行", "trial running")),
        State("accepted", Text("竣工验收合格", "accepted")),
        State("in_use", Text("投入使用", "in use")),
        State("refused", Text("不予登记", "refused"), final=True),
        State("abandoned", Text("终止", "abandoned"), final=True),
    ),
    transitions=(
        Transition(
            "proposed",
            "site",
            "sited",
            Text("点位核定", "fix the site"),
            "site",
            (NO_OTHER, MUNICIPAL, CONSULTATION, CONSENT),
        ),
        Transition("proposed", "refuse", "refused", Text("不予登记", "refuse")),
        Transition("proposed", "abandon", "abandoned", Text("终止", "abandon")),
        Transition("sited", "design", "designed", Text("完成设计", "design"), "designed", (MEASURES,)),
        Transition("sited", "abandon", "abandoned", Text("终止", "abandon")),
        Transition(
            "designed", "start_construction", "under_construction", Text("开工", "start"), "contracted", (CONDITIONS,)
        ),
        Transition("designed", "redesign", "sited", Text("重新设计", "redesign")),
        Transition("under_construction", "start_trial", "trial_running", Text("开始试运行", "start trial running")),
        Transition(
            "under_construction",
            "accept",
            "accepted",
            Text("检验并竣工验收", "inspect and accept"),
            "accepted",
            (INSPECTION, CERTIFICATE),
        ),
        Transition(
            "trial_running",
            "accept",
            "accepted",
            Text("检验并竣工验收", "inspect and accept"),
            "accepted",
            (INSPECTION, CERTIFICATE),
        ),
        Transition(
            "accepted",
            "put_into_use",
            "in_use",
            Text("与主体工程同时投入使用", "put into use"),
            "together",
            (THREE_SIMULTANEOUS,),
        ),
        Transition("in_use", "rebuild", "designed", Text("改建、扩建", "rebuild or extend")),
    ),
    guards={
        "site": judge_site,
        "designed": _designed,
        "contracted": _contracted,
        "accepted": _accepted,
        "together": _together,
    },
)
