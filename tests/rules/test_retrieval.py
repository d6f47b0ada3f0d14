"""Retrieval: no path to footage with one person, over all roles and states; an emergency's first minutes excepted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mingjian.rules import retrieval as r
from mingjian.rules.examples.dates import BOTH
from mingjian.rules.examples.retrieval import (
    APPROVAL,
    CONCERNED,
    DECLARED,
    DEPARTMENT,
    EMERGENCY,
    EXTENT,
    NOW_S,
    POLICE,
)
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.state_table import LETS_THROUGH, step
from mingjian.rules.states.retrieval import RETRIEVAL, RetrievalFacts

LAW = current_law()
PEOPLE = ("ann", "ben", "chief")
STRAIGHT = ("submit", "approve", "present", "register", "execute", "seal", "destroy")
GOOD = RetrievalFacts(POLICE, NOW_S, "理由", True, frozenset({"ann", "custodian"}))


def walk(facts: RetrievalFacts, *events: str) -> str:
    state = RETRIEVAL.initial
    for event in events:
        taken = step(RETRIEVAL, state, event, LAW, facts, BOTH)
        assert taken.moved, (state, event, taken.judgement.reason.en)
        state = taken.state
    return state


def test_the_straight_way_and_the_emergency() -> None:
    assert walk(GOOD, *STRAIGHT) == "destroyed"
    assert walk(replace(GOOD, request=DEPARTMENT), *STRAIGHT) == "destroyed"
    shown = replace(GOOD, request=replace(POLICE, form="view"))
    assert (
        walk(shown, "submit", "refuse", "escalate", "approve", "present", "register", "execute", "finish_view")
        == "closed"
    )
    over = replace(GOOD, request=EMERGENCY, now_s=NOW_S + 1800)
    assert walk(replace(GOOD, request=EMERGENCY), "declare") == "emergency"
    assert step(RETRIEVAL, "emergency", "close", LAW, over, BOTH).state == "lapsed"
    assert not step(RETRIEVAL, "emergency", "close", LAW, replace(GOOD, request=EMERGENCY), BOTH).moved


def test_every_transition_but_withdrawing_has_a_check() -> None:
    assert [move.event for move in RETRIEVAL.transitions if move.guard is None] == ["withdraw"]


@pytest.mark.parametrize("confirmed_by", [None, "ann"])
def test_the_declarant_does_not_confirm_himself(confirmed_by: str | None) -> None:
    declared = replace(DECLARED, confirmed_by=confirmed_by, confirmed_s=NOW_S + 60)
    facts = replace(GOOD, request=replace(EMERGENCY, declaration=declared), now_s=NOW_S + 120)
    assert not step(RETRIEVAL, "emergency", "confirm", LAW, facts, BOTH).moved
    late = replace(facts, now_s=NOW_S + 1800)
    assert r.judge_emergency(LAW, late.request, BOTH, late.now_s).verdict is Verdict.BLOCKED


@given(st.integers(-3600, 9000), st.integers(0, 9000), st.sampled_from([None, "ann", "ben"]))
def test_one_declarant_opens_for_thirty_minutes_and_no_second_longer(at: int, after: int, by: str | None) -> None:
    declared = replace(DECLARED, confirmed_by=by, confirmed_s=None if by is None else NOW_S + after)
    verdict = r.judge_emergency(LAW, replace(EMERGENCY, declaration=declared), BOTH, NOW_S + at).verdict
    second = by == "ben" and after <= 1800 and after <= at
    assert (verdict in LETS_THROUGH) == (0 <= at < 7200 and (at < 1800 or second))


def test_an_emergency_copy_still_needs_article_24() -> None:
    alone = replace(EMERGENCY, executors=EMERGENCY.executors[:1])
    assert r.executable(LAW, alone, BOTH, NOW_S).verdict is Verdict.PASS
    assert r.executable(LAW, replace(alone, form="copy"), BOTH, NOW_S).verdict is Verdict.DUE
    assert r.executable(LAW, CONCERNED, BOTH, NOW_S).verdict is Verdict.PASS


def test_narrowed_passes_and_widened_does_not() -> None:
    narrow = r.Extent("east-1", EXTENT.begins_s + 1, EXTENT.ends_s - 1)
    for extents, verdict in (
        ((narrow,), Verdict.PASS),
        ((replace(EXTENT, ends_s=EXTENT.ends_s + 1),), Verdict.BLOCKED),
        ((replace(EXTENT, camera="east-2"),), Verdict.BLOCKED),
        ((), Verdict.BLOCKED),
    ):
        request = replace(POLICE, approval=replace(APPROVAL, extents=extents))
        assert r.judge_approval(LAW, request, BOTH, NOW_S).verdict is verdict


class OnePersonNever(RuleBasedStateMachine):
    """Any events by any people in any order. Footage is only reached by three: two who execute and one who approves."""

    def __init__(self) -> None:
        super().__init__()
        self.state = RETRIEVAL.initial
        self.facts = replace(GOOD, request=replace(POLICE, approval=None, executors=(), undertakings=frozenset()))

    @rule(way=st.sampled_from(["public_security", "department", "person_concerned", "nobody's"]))
    def choose_way(self, way: str) -> None:
        if self.state == "draft":
            self.facts = replace(self.facts, request=replace(self.facts.request, way=way))

    @rule(requester=st.sampled_from(PEOPLE))
    def ask(self, requester: str) -> None:
        if self.state == "draft":
            self.facts = replace(self.facts, request=replace(self.facts.request, requester=requester))

    @rule(approver=st.sampled_from(PEOPLE), level=st.sampled_from(["district", "station"]))
    def decide(self, approver: str, level: str) -> None:
        posts = (r.DatedPost("head", level, dt.date(2024, 1, 1)),)
        approval = replace(APPROVAL, approver=approver, posts=posts)
        self.facts = replace(self.facts, request=replace(self.facts.request, approval=approval))

    @rule(ids=st.lists(st.sampled_from(PEOPLE), max_size=3), confirmed=st.booleans())
    def come(self, ids: list[str], confirmed: bool) -> None:
        staff = tuple(r.Staff(one, "bureau", f"credential-{one}", confirmed) for one in ids)
        request = replace(self.facts.request, executors=staff, undertakings=frozenset(ids))
        self.facts = replace(self.facts, request=request)

    @rule(event=st.sampled_from(sorted({move.event for move in RETRIEVAL.transitions} - {"declare"})))
    def try_event(self, event: str) -> None:
        before = self.state
        taken = step(RETRIEVAL, before, event, LAW, self.facts, BOTH)
        self.state = taken.state
        if taken.moved and event == "execute":
            self.executed_with = self.facts.request

    executed_with: r.Request | None = None

    @invariant()
    def two_who_execute_and_another_who_approves(self) -> None:
        request = self.executed_with
        if request is None:
            return
        assert request.way in ("public_security", "department")
        executors = {one.id for one in request.executors if one.confirmed}
        assert len(executors) >= 2
        if request.way == "public_security":
            assert request.approval is not None
            assert request.approval.approver not in executors | {request.requester}
            assert request.approval.posts[0].level == "district"


OnePersonNever.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestOnePersonNever = OnePersonNever.TestCase


@given(
    requester=st.sampled_from(PEOPLE),
    approver=st.sampled_from(PEOPLE),
    executors=st.lists(st.sampled_from(PEOPLE), max_size=3),
    state=st.sampled_from([one.name for one in RETRIEVAL.states]),
)
def test_no_role_pair_executes_alone_from_any_state(
    requester: str, approver: str, executors: list[str], state: str
) -> None:
    staff = tuple(r.Staff(one, "bureau", one, True) for one in executors)
    request = replace(
        POLICE, requester=requester, approval=replace(APPROVAL, approver=approver), executors=staff,
        undertakings=frozenset(executors),
    )  # fmt: skip
    moved = step(RETRIEVAL, state, "execute", LAW, replace(GOOD, request=request), BOTH).moved
    may = len(set(executors)) >= 2 and approver not in {requester, *executors}
    assert moved == (state == "registered" and may)
