"""State tables: every state is reached, guards hold, a step that does not fit stays; each draws its own diagram."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.text import Text
from mingjian.rules.audio import Sound
from mingjian.rules.builders import Installation
from mingjian.rules.contractors import ContractedWork, Credential
from mingjian.rules.day_count import on_day
from mingjian.rules.examples.retrieval import NOW_S, POLICE
from mingjian.rules.filing_contents import Filing
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.obstruction import Act
from mingjian.rules.places import PlacePart
from mingjian.rules.plan_approval import PlanVersion
from mingjian.rules.privacy import PrivacyAssessment
from mingjian.rules.prohibited_rooms import Room, View
from mingjian.rules.removal import RemovalRecord
from mingjian.rules.simultaneous import StageDates
from mingjian.rules.state_table import LETS_THROUGH, State, StateTable, Transition, diagram, step
from mingjian.rules.states.filing import FILING, FilingFacts
from mingjian.rules.states.obstruction import OBSTRUCTION, ObstructionFacts
from mingjian.rules.states.plan import PLAN
from mingjian.rules.states.project import PROJECT, ProjectFacts
from mingjian.rules.states.removal import REMOVAL_TABLE
from mingjian.rules.states.retrieval import RETRIEVAL, RetrievalFacts

LAW = current_law()
ON = dt.date(2025, 6, 2)
TABLES: list[StateTable[Any]] = [PLAN, PROJECT, FILING, REMOVAL_TABLE, RETRIEVAL, OBSTRUCTION]
EVENTS = sorted({move.event for table in TABLES for move in table.transitions} | {"nonsense"})

GOOD_PLAN = PlanVersion(
    frozenset({"public_security", "development_reform", "big_data", "emergency_management"}), "municipal", "municipal"
)
GOOD_PROJECT = ProjectFacts(
    installation=Installation(PlacePart(frozenset({"shopping_centre"})), frozenset({"managing_unit"})),
    room=Room("lobby", True),
    texts=("一楼东门",),
    confirmation=None,
    view=View(False, False),
    sound=Sound(False),
    nearby=(),
    reply=None,
    privacy=PrivacyAssessment(False),
    works=(
        ContractedWork(
            "design", on_day(2025, 5, 1), False, (Credential("business_licence", dt.date(2020, 1, 1), None),)
        ),
    ),
    papers=frozenset({"statutory_inspection_report", "acceptance_certificate"}),
    project_kind="new",
    stages={
        name: StageDates(on_day(2025, 5, 1), on_day(2025, 5, 1)) for name in ("design", "construction", "commissioning")
    },
)
GOOD_REMOVAL = RemovalRecord(
    "temporary", ("甲01",), frozenset({"authority", "notice", "footage_kept", "holds_kept", "gap_check", "substitute"})
)
EMPTY_FILING = FilingFacts(Filing("both", frozenset(), frozenset()))
GOOD: dict[str, Any] = {
    "plan": GOOD_PLAN, "project": GOOD_PROJECT, "removal": GOOD_REMOVAL, "filing": EMPTY_FILING,
    "retrieval": RetrievalFacts(POLICE, NOW_S), "obstruction": ObstructionFacts(Act("cover", False), True),
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_is_reached_and_every_other_state_has_a_way_on(table: StateTable[Any]) -> None:
    reached, edge = {table.initial}, [table.initial]
    while edge:
        here = edge.pop()
        for move in table.transitions:
            if move.source == here and move.target not in reached:
                reached.add(move.target)
                edge.append(move.target)
    assert reached == {state.name for state in table.states}
    for state in table.states:
        assert state.final == (table.events(state.name) == ())
    for move in table.transitions:
        for key in move.clauses:
            assert LAW.clause(key).status == "rule"


@given(st.sampled_from(TABLES), st.lists(st.sampled_from(EVENTS), max_size=12))
def test_a_walk_only_follows_the_table_and_a_held_step_stays(table: StateTable[Any], events: list[str]) -> None:
    ways = {(move.source, move.event): move.target for move in table.transitions}
    state = table.initial
    for event in events:
        taken = step(table, state, event, LAW, GOOD[table.name], ON)
        if taken.moved:
            assert taken.state == ways[(state, event)]
            assert taken.judgement.verdict in LETS_THROUGH
        else:
            assert taken.state == state
            assert taken.judgement.verdict not in LETS_THROUGH
            assert taken.judgement.reason.zh
        state = taken.state


@pytest.mark.parametrize(
    ("table", "events", "end"),
    [
        (PLAN, ["submit", "approve", "publish", "supersede"], "superseded"),
        (PROJECT, ["site", "design", "start_construction", "start_trial", "accept", "put_into_use"], "in_use"),
        (
            FILING,
            ["submit", "return", "resubmit", "register", "fact_changed", "submit_change", "register"],
            "registered",
        ),
        (REMOVAL_TABLE, ["authorise", "notify", "remove", "file", "register", "restore"], "restored"),
        (OBSTRUCTION, ["confirm", "notify", "restore", "relapse", "restore", "close"], "closed"),
    ],
    ids=["plan", "project", "filing", "removal", "obstruction"],
)
def test_the_straight_way(table: StateTable[Any], events: list[str], end: str) -> None:
    state = table.initial
    for event in events:
        taken = step(table, state, event, LAW, GOOD[table.name], ON)
        assert taken.moved, (event, taken.judgement)
        state = taken.state
    assert state == end


def test_a_plan_not_approved_is_not_in_force() -> None:
    held = step(PLAN, "submitted", "approve", LAW, replace(GOOD_PLAN, approved_by_level=None), ON)
    assert (held.moved, held.judgement.verdict) == (False, Verdict.DUE)


def test_a_camera_in_a_changing_room_never_gets_a_site() -> None:
    held = step(PROJECT, "proposed", "site", LAW, replace(GOOD_PROJECT, room=Room("changing_room", True)), ON)
    assert (held.state, held.judgement.verdict) == ("proposed", Verdict.BLOCKED)
    assert "qd204.prohibited.rooms" in held.judgement.keys


@pytest.mark.parametrize("missing", ["statutory_inspection_report", "acceptance_certificate"])
def test_no_acceptance_without_both_papers(missing: str) -> None:
    facts = replace(GOOD_PROJECT, papers=GOOD_PROJECT.papers - {missing})
    assert not step(PROJECT, "trial_running", "accept", LAW, facts, ON).moved


def test_the_site_is_judged_again_before_construction() -> None:
    facts = replace(GOOD_PROJECT, sound=Sound(True, "", None))
    assert not step(PROJECT, "designed", "start_construction", LAW, facts, ON).moved


def test_registering_a_filing_has_no_guard_at_all() -> None:
    for move in FILING.transitions:
        if move.target == "registered":
            assert move.guard is None
    assert step(FILING, "submitted", "register", LAW, EMPTY_FILING, ON).moved


def test_a_filing_is_returned_once_and_only_for_what_is_missing() -> None:
    first = step(FILING, "submitted", "return", LAW, EMPTY_FILING, ON)
    assert first.moved
    assert "图纸等资料" in first.judgement.reason.zh
    assert "视频图像信息存储期限" in first.judgement.reason.zh
    again = step(FILING, "submitted", "return", LAW, replace(EMPTY_FILING, returned_before=True), ON)
    assert not again.moved
    complete = FilingFacts(
        Filing(
            "acceptance",
            frozenset(),
            frozenset({"drawings", "unified_social_credit_code", "authorisation_letter", "person_handling", "seal"}),
        )
    )
    assert not step(FILING, "submitted", "return", LAW, complete, ON).moved


def test_no_removal_without_authority_or_while_footage_is_not_kept() -> None:
    bare = replace(GOOD_REMOVAL, steps=frozenset())
    assert not step(REMOVAL_TABLE, "planned", "authorise", LAW, bare, ON).moved
    unkept = replace(GOOD_REMOVAL, steps=GOOD_REMOVAL.steps - {"footage_kept"})
    assert not step(REMOVAL_TABLE, "notified", "remove", LAW, unkept, ON).moved


@pytest.mark.parametrize("act", [Act("cover", True), Act("remove", False, False)])
def test_what_no_clause_forbids_is_not_confirmed(act: Act) -> None:
    held = step(OBSTRUCTION, "found", "confirm", LAW, ObstructionFacts(act), ON)
    assert (held.moved, held.judgement.verdict) == (False, Verdict.BLOCKED)
    assert step(OBSTRUCTION, "found", "dismiss", LAW, ObstructionFacts(act), ON).moved


def test_only_a_picture_shows_that_a_camera_sees_again() -> None:
    for state in ("found", "confirmed", "notified"):
        assert not step(OBSTRUCTION, state, "restore", LAW, ObstructionFacts(Act("cover", False)), ON).moved


def test_the_diagram_is_drawn_from_the_table() -> None:
    drawn = diagram(FILING)
    assert drawn.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert "    submitted --> returned: 一次性告知补正 [return_once]\n" in drawn
    assert drawn.endswith("    closed --> [*]\n    withdrawn --> [*]\n")
    for table in TABLES:
        assert diagram(table).count("-->") == len(table.transitions) + 1 + sum(state.final for state in table.states)


LABEL = Text("甲", "a")
TWO = (State("a", LABEL), State("b", LABEL, final=True))


@pytest.mark.parametrize(
    ("initial", "states", "moves", "what"),
    [
        ("c", TWO, (), "initial"),
        ("a", (*TWO, State("a", LABEL)), (), "distinct"),
        ("a", TWO, (Transition("a", "go", "c", LABEL),), "unknown state"),
        ("a", TWO, (Transition("b", "go", "a", LABEL),), "final"),
        ("a", TWO, (Transition("a", "go", "b", LABEL, "g"),), "unknown guard"),
        ("a", TWO, (Transition("a", "go", "b", LABEL), Transition("a", "go", "a", LABEL)), "two ways"),
    ],
)
def test_a_broken_table_is_refused(
    initial: str, states: tuple[State, ...], moves: tuple[Transition, ...], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        StateTable[None]("x", LABEL, initial, states, moves, {})
