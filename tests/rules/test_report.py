"""The law as the command line shows it; coverage that never says more than it has proved."""

import json

import pytest

from mingjian.kernel.errors import MingjianError
from mingjian.rules.library import current_law
from mingjian.rules.registry import BINDINGS, coverage, rule_name
from mingjian.rules.report import coverage_json, coverage_summary, find_clause, law_list, law_show

LAW = current_law()


def test_nothing_is_bound_while_no_action_reaches_a_rule() -> None:
    document = json.loads(coverage_json(LAW))
    assert document["clauses"] == len(LAW.clauses) == 150
    assert document["bound"] == 0
    assert len(document["ruled"]) == 129
    assert document["unproved"] == []
    assert document["bound"] + len(document["out_of_scope"]) + len(document["unbound"]) == document["clauses"]
    planned = [entry["clause"] for entry in document["planned"]]
    assert sorted(document["unbound"]) == sorted(document["ruled"] + planned)
    assert {entry["clause"] for entry in document["out_of_scope"]} == {
        clause.key
        for clause in LAW.clauses
        if (clause.pack == "sc799@2025" and clause.article in (1, 2, 3, 4, 5, 6, 34))
        or (clause.pack == "qd204@2020" and clause.article in (1, 36))
    }
    assert all(entry["why"] and entry["why_en"] for entry in document["out_of_scope"] + document["planned"])


def test_a_clause_is_bound_once_an_action_reaches_its_rule() -> None:
    covered = coverage(LAW, {"signs.judge_sign": "filings.register_sign"})
    assert {one.clause.key for one in covered.of("bound")} == {
        "qd204.sign.conspicuous",
        "sc799.sign.position_and_sign",
    }


def test_a_misspelt_rule_binds_nothing() -> None:
    with pytest.raises(MingjianError) as caught:
        coverage(LAW, {"signs.judge_sgin": "filings.register_sign"})
    assert caught.value.code == "unknown_rule"


def test_a_clause_without_examples_is_not_ruled() -> None:
    covered = coverage(LAW, {"signs.judge_sign": "filings.register_sign"}, ())
    assert not covered.of("ruled")
    assert not covered.of("bound")
    assert len(covered.of("unproved")) == 129


def test_the_bindings_are_exactly_the_clauses_that_have_a_rule() -> None:
    assert set(BINDINGS) == {clause.key for clause in LAW.clauses if clause.status == "rule"}
    assert rule_name(BINDINGS["qd204.sign.conspicuous"][0]) == "signs.judge_sign"


@pytest.mark.parametrize("name", ["qd204.filing.acceptance", "qd204:16.1", "qd204:第十六条第一款"])
def test_a_clause_is_found_by_key_address_or_label(name: str) -> None:
    assert find_clause(LAW, name).key == "qd204.filing.acceptance"


@pytest.mark.parametrize("name", ["qd204:99", "qd204:", "nothing"])
def test_an_unknown_clause_is_said_to_be_so(name: str) -> None:
    with pytest.raises(MingjianError) as caught:
        law_show(LAW, name)
    assert caught.value.code == "unknown_clause"


def test_showing_a_clause_gives_text_parameters_rule_and_the_mark_of_its_number() -> None:
    shown = law_show(LAW, "qd204:16.1")
    assert "第十六条第一款(条号待核)" in shown
    assert "应当自竣工验收合格之日起30日内" in shown
    assert "days = 30" in shown
    assert "filing_clock.judge_filing" in shown
    assert "boundary: 第三十日备案" in shown
    assert "number to be confirmed" in law_show(LAW, "qd204:16.1", "en")
    assert "条号待核" not in law_show(LAW, "qd204:9.1")


def test_the_list_names_every_clause_and_the_pack_without_text() -> None:
    listed = law_list(LAW)
    for clause in LAW.clauses:
        assert clause.key in listed
    assert "qd204@2010" in listed
    assert "无法认定" in listed


def test_the_summary_counts() -> None:
    assert coverage_summary(LAW, language="en").splitlines()[0] == "clauses: 150"
    assert "ruled, not yet reached by an action: 129" in coverage_summary(LAW, language="en")
