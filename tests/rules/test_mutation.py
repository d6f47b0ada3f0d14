"""Every rule's examples hold, and every small change of every parameter of every clause makes an example fail."""

from typing import Any

import pytest

from mingjian.kernel.text import Text
from mingjian.rules.example import Kind, boundary, failing, passing
from mingjian.rules.examples import EXAMPLES
from mingjian.rules.filing_clock import ACCEPTANCE
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.proof import holds, mutations, prove

LAW = current_law()
RULED = [clause.key for clause in LAW.clauses if clause.status == "rule"]


@pytest.mark.parametrize("key", RULED)
def test_examples_hold(key: str) -> None:
    own = [example for example in EXAMPLES if example.clause == key]
    assert {example.kind for example in own} == set(Kind)
    for example in own:
        assert example.run(LAW) == example.expected, example.says.en


@pytest.mark.parametrize("key", RULED)
def test_every_change_of_the_clause_is_noticed(key: str) -> None:
    for mutation in mutations(LAW, LAW.clause(key)):
        own = [example for example in EXAMPLES if example.clause == key]
        assert not all(holds(example, mutation.law) for example in own), mutation.what


def test_each_parameter_and_the_clause_itself_are_mutated() -> None:
    changed = [mutation.what.partition(":")[0] for mutation in mutations(LAW, LAW.clause("sc799.penalty.no_filing"))]
    assert changed[0] == "struck out"
    assert set(changed[1:]) == {"any", "order_first", "breaches"}
    assert sum(len(list(mutations(LAW, LAW.clause(key)))) for key in RULED) >= 450


def test_a_rule_that_ignores_its_parameter_is_caught() -> None:
    def stuck(_law: Law) -> int:
        return 30

    fakes = tuple(make(ACCEPTANCE, Text("假", "fake"), stuck, 30) for make in (passing, failing, boundary))
    proof = prove(LAW, ACCEPTANCE, fakes)
    assert not proof.wrong
    assert "days: 30 -> 31" in proof.survivors
    assert not proof.holds


def test_missing_kinds_and_wrong_examples_are_no_proof() -> None:
    def answer(law: Law) -> int:
        return law.clause(ACCEPTANCE).number("days")

    assert not prove(LAW, ACCEPTANCE, ()).holds
    wrong = prove(LAW, ACCEPTANCE, (passing(ACCEPTANCE, Text("假", "fake"), answer, 29),))
    assert [example.expected for example in wrong.wrong] == [29]


def test_every_example_names_a_clause_that_has_a_rule() -> None:
    assert {example.clause for example in EXAMPLES} == set(RULED)


QD204 = {*range(2, 19), 26, 27, 28, 35}
SC799 = {*range(7, 15), 17, 26, 27, 28, 29}
BUILDING_AND_FILING = [
    clause for clause in LAW.clauses if clause.article in (QD204 if clause.key.startswith("qd204.") else SC799)
]


def test_every_clause_of_this_part_of_the_law_has_a_rule() -> None:
    for clause in BUILDING_AND_FILING:
        assert clause.status == "rule", clause.key


def test_what_stops_building_or_filing_says_what_would_make_it_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Judgement] = []
    begin = Judgement.__init__

    def kept(self: Judgement, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        made.append(self)

    monkeypatch.setattr(Judgement, "__init__", kept)
    keys = {clause.key for clause in BUILDING_AND_FILING}
    for example in EXAMPLES:
        if example.clause in keys:
            example.run(LAW)
    goes_on = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.ADVISED}
    assert len(made) > 500
    assert [one.reason.en for one in made if one.verdict not in goes_on and one.remedy is None] == []
