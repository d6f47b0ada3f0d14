"""Every declared application of a rule is shown by a marked test, and nothing is marked that is not declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mingjian.rules import landscape, retention
from mingjian.rules.library import current_law
from mingjian.rules.registry import coverage
from mingjian.web.audit.names import title_of
from mingjian.web.authority import applying
from mingjian.web.registry.names import ADDED

_MARK = re.compile(r'mark\.applies\(\s*"([a-z_.]+)",\s*"([a-z_.]+)"\s*\)')


def test_every_application_has_a_test_that_shows_it() -> None:
    marked = {
        pair for path in Path(__file__).parent.rglob("*.py") for pair in _MARK.findall(path.read_text(encoding="utf-8"))
    }
    declared = {(rule, action) for rule, actions in applying.applications().items() for action in actions}
    assert marked == declared


def test_every_application_names_an_action_of_the_audit_record() -> None:
    for actions in applying.applications().values():
        for action in actions:
            assert title_of(action).zh


def test_the_clauses_of_an_applied_rule_are_bound() -> None:
    bound = {one.clause.key for one in coverage(current_law(), applying.reached()).of("bound")}
    assert {retention.MUNICIPAL, retention.NATIONAL} <= bound
    assert bound == {key for rule in applying.applications() for key in applying.clauses_of(rule)}


def test_a_rule_without_clause_or_action_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="no clause"):
        applying.applying(applying.reached, by=ADDED)
    with pytest.raises(ValueError, match="no action"):
        applying.applying(landscape.judge_landscape, by=())
    assert applying.applications().get("landscape.judge_landscape") != ()


def test_asking_alone_or_recording_alone_shows_nothing() -> None:
    rule = "retention.judge_setting"
    applying.note_recorded(ADDED, [retention.MUNICIPAL])
    assert not applying.shown(rule, ADDED)
    applying.forget()
    applying._asked.add(rule)
    assert not applying.shown(rule, ADDED)
    applying.note_recorded(ADDED, ["qd204.purpose"])
    assert not applying.shown(rule, ADDED)
    applying.note_recorded(ADDED, [retention.NATIONAL])
    assert applying.shown(rule, ADDED)
