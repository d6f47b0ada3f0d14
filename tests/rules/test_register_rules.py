"""Rules of places, builders, exemptions, contractors and costs beyond their examples."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.text import Text
from mingjian.rules.builders import Installation, may_install, municipal_answer, national_answer
from mingjian.rules.change_filing import changed_parts, judge_change
from mingjian.rules.contractors import ContractedWork, Credential, judge_contractor, may_demand
from mingjian.rules.coordination import gap_outcome, may_be_tasked
from mingjian.rules.day_count import DatedFact, Precision, on_day
from mingjian.rules.duplicate_coverage import DuplicateCheck, ExistingCamera, judge_new_point
from mingjian.rules.integration_cost import IntegrationCost, cost_by_level
from mingjian.rules.interfaces import AccessRequest, judge_access
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.rules.place_kinds import PLACE_KINDS, PLACE_PARTS
from mingjian.rules.places import PlacePart, categories, coverage_gaps, duty_bearers, listed_in_national_article_7
from mingjian.rules.prohibited_rooms import MUNICIPAL, NATIONAL_ITEMS
from mingjian.rules.removal import RemovalRecord, judge_removal
from mingjian.rules.secure_margins import CONSENT, CONSULTATION
from mingjian.rules.transition import judge_transition

LAW = current_law()
BOTH = dt.date(2025, 6, 2)
PLACES = st.builds(
    PlacePart,
    st.frozensets(st.sampled_from(sorted(PLACE_KINDS)), min_size=1, max_size=3),
    st.sampled_from(sorted(PLACE_PARTS)),
)
ROLES = st.frozensets(st.sampled_from(["government_department", "managing_unit", "using_unit", "security_duty_holder"]))
INSTALLATIONS = st.builds(
    Installation, PLACES, ROLES, st.sampled_from([True, False, None]), st.sampled_from([True, False, None])
)
DATES = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))


def test_every_kind_and_part_a_pack_names_is_in_the_vocabulary() -> None:
    for clause in LAW.clauses:
        assert set(clause.parameters.get("kinds", ())) <= set(PLACE_KINDS), clause.key  # type: ignore[arg-type]
        assert set(clause.parameters.get("parts", ())) <= set(PLACE_PARTS) or "filing" in clause.key  # type: ignore[arg-type]
    for overlay in LAW.overlays:
        assert set(overlay.kinds) <= set(PLACE_KINDS)


@given(INSTALLATIONS, DATES)
def test_may_install_is_never_weaker_than_either_pack(installation: Installation, on: dt.date) -> None:
    whole = may_install(LAW, installation, on).verdict.strictness
    assert whole == max(
        municipal_answer(LAW, installation, on).verdict.strictness,
        national_answer(LAW, installation, on).verdict.strictness,
    )


@given(INSTALLATIONS, DATES)
def test_a_decision_judged_again_cites_only_the_law_of_its_date(installation: Installation, on: dt.date) -> None:
    answer = may_install(LAW, installation, on)
    in_force = {pack.id for pack in LAW.packs_on(on)}
    if answer.verdict is not Verdict.NOT_APPLICABLE:
        assert {citation.pack for citation in answer.clauses} <= in_force
    if in_force == {"qd204@2010"}:
        assert answer.verdict is Verdict.UNDETERMINED
    assert answer == may_install(LAW, installation, on)


@given(PLACES, st.dates(dt.date(2020, 8, 23), dt.date(2060, 1, 1)))
def test_whoever_bears_a_duty_may_install_where_the_packs_agree(place: PlacePart, on: dt.date) -> None:
    bearers = duty_bearers(LAW, place, on)
    assert bool(bearers) == bool(categories(LAW, place, on))
    everybody = frozenset(role for bearer in bearers for role in bearer.roles)
    if bearers:
        assert may_install(LAW, Installation(place, everybody), on).verdict is Verdict.PASS


@given(
    st.frozensets(st.sampled_from(sorted(PLACE_KINDS)), min_size=1),
    st.dictionaries(st.sampled_from(sorted(PLACE_PARTS)), st.sampled_from([True, False, None]), min_size=1),
)
def test_a_place_is_covered_only_when_every_obliged_part_is(
    kinds: frozenset[str], covered: dict[str, bool | None]
) -> None:
    answer = coverage_gaps(LAW, kinds, covered, BOTH)
    obliged = [has for part, has in covered.items() if categories(LAW, PlacePart(kinds, part), BOTH)]
    expected = (
        Verdict.FAIL
        if False in obliged
        else Verdict.UNDECIDABLE
        if None in obliged
        else Verdict.PASS
        if obliged
        else Verdict.NOT_APPLICABLE
    )
    assert answer.verdict is expected


def test_a_residential_compound_is_obliged_by_the_measures_and_not_listed_by_the_regulation() -> None:
    entrance = PlacePart(frozenset({"residential_compound"}), "entrance")
    assert [clause.key for clause in categories(LAW, entrance, BOTH)] == ["qd204.place.residential_entrances"]
    assert not listed_in_national_article_7(LAW, entrance, BOTH)
    assert may_install(LAW, Installation(entrance, frozenset({"managing_unit"})), BOTH).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("kind", "role", "on", "verdict"),
    [
        ("main_road", "government_department", dt.date(2025, 3, 31), Verdict.BLOCKED),
        ("main_road", "government_department", BOTH, Verdict.PASS),  # charged by sc799 7.1: not without authority
        ("main_road", "managing_unit", BOTH, Verdict.BLOCKED),
        ("office", "security_duty_holder", dt.date(2025, 3, 31), Verdict.BLOCKED),
        ("office", "security_duty_holder", BOTH, Verdict.PASS),  # allowed by sc799 9.1
        ("office", "passer_by", BOTH, Verdict.BLOCKED),
    ],
)
def test_whom_the_national_regulation_charges_does_not_build_without_authority(
    kind: str, role: str, on: dt.date, verdict: Verdict
) -> None:
    installation = Installation(PlacePart(frozenset({kind})), frozenset({role}))
    assert may_install(LAW, installation, on).verdict is verdict


def test_one_place_may_fall_under_several_categories() -> None:
    place = PlacePart(frozenset({"shopping_centre", "public_car_park"}), "entrance")
    assert {clause.key for clause in categories(LAW, place, BOTH)} == {
        "qd204.place.commerce_culture",
        "qd204.place.residential_entrances",
        "sc799.place.gathering",
    }


def test_a_taxi_is_no_vehicle_of_the_regulation_and_nobody_is_obliged() -> None:
    taxi = PlacePart(frozenset({"taxi"}))
    assert categories(LAW, taxi, BOTH) == ()
    assert gap_outcome(LAW, taxi, BOTH).verdict is Verdict.NOT_APPLICABLE


def test_nobody_else_in_a_public_place_opens_a_lead() -> None:
    answer = may_install(LAW, Installation(PlacePart(frozenset({"shopping_centre"})), frozenset()), BOTH)
    assert answer.verdict is Verdict.BLOCKED
    assert answer.remedy is not None
    assert "检查线索" in answer.remedy.zh


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (DatedFact(None, Precision.UNKNOWN), Verdict.UNDECIDABLE),
        (DatedFact(dt.date(2021, 5, 1), Precision.YEAR), Verdict.UNDECIDABLE),  # the licence began within the year
        (DatedFact(dt.date(2022, 5, 1), Precision.YEAR), Verdict.PASS),
        (on_day(2021, 2, 28), Verdict.FAIL),
        (on_day(2021, 3, 1), Verdict.PASS),
    ],
)
def test_a_contractor_is_judged_on_the_day_of_the_work(day: DatedFact, verdict: Verdict) -> None:
    licence = Credential("business_licence", dt.date(2021, 3, 1), None)
    work = ContractedWork("maintenance", day, False, (licence,))
    assert judge_contractor(LAW, work, BOTH).verdict is verdict


def test_only_statutory_papers_are_demanded() -> None:
    for refused in LAW.never_demanded:
        assert may_demand(LAW, refused.credential, BOTH).verdict is Verdict.BLOCKED
        assert not any(condition.credential == refused.credential for condition in LAW.contractor_conditions)
    assert may_demand(LAW, "lucky_charm", BOTH).verdict is Verdict.BLOCKED
    assert may_demand(LAW, "business_licence", BOTH).verdict is Verdict.PASS


def test_a_duplicate_says_only_whom_to_ask() -> None:
    check = DuplicateCheck(frozenset({"existing_cameras", "existing_networks"}), (ExistingCamera(10, 3, "乙单位"),))
    answer = judge_new_point(LAW, check, BOTH)
    assert answer.verdict is Verdict.SUSPENDED
    assert answer.reason.zh == "该处已有覆盖，请联系乙单位"
    reasoned = DuplicateCheck(check.checked, check.cameras, reason_to_build="逆光,需对向补点")
    assert judge_new_point(LAW, reasoned, BOTH).verdict is Verdict.PASS


def test_costs_add_up_by_level() -> None:
    costs = [
        IntegrationCost("public_security", "district", "district", 150),
        IntegrationCost("public_security", "district", "district", 50),
        IntegrationCost("designated_department", "municipal", None, 7),
    ]
    assert cost_by_level(costs) == {"district": 200, "unstated": 7}


def test_a_change_past_the_internal_limit_is_said_to_be_policy() -> None:
    filed, now = {"unit": "甲", "devices_number": "8"}, {"unit": "甲", "devices_number": "9"}
    assert changed_parts(filed, now) == ("devices_number",)
    fresh = judge_change(LAW, filed, now, BOTH, None, BOTH + dt.timedelta(days=15))
    late = judge_change(LAW, filed, now, BOTH, None, BOTH + dt.timedelta(days=16))
    assert (fresh.verdict, late.verdict) == (Verdict.DUE, Verdict.DUE)
    assert "内部时限" not in fresh.reason.zh
    assert "内部时限" in late.reason.zh
    assert late.policies == ("policy.change_filing.promptly_days",)
    assert judge_change(LAW, filed, now, BOTH, BOTH, BOTH).verdict is Verdict.PASS


def test_a_removal_without_authority_fails_and_an_incomplete_one_is_due() -> None:
    bare = RemovalRecord("total", ("甲01",), frozenset())
    assert judge_removal(LAW, bare, BOTH).verdict is Verdict.FAIL
    begun = RemovalRecord("temporary", ("甲01",), frozenset({"authority", "notice", "footage_kept", "holds_kept"}))
    answer = judge_removal(LAW, begun, BOTH)
    assert answer.verdict is Verdict.DUE
    assert "替代采集措施" in answer.reason.zh
    assert "恢复日期" in answer.reason.zh
    done = RemovalRecord("total", (), frozenset({"authority", "notice", "footage_kept", "holds_kept", "gap_check"}))
    assert judge_removal(LAW, done, BOTH).verdict is Verdict.PASS


def test_the_transition_ran_to_the_end_of_april_2010() -> None:
    answer = judge_transition(LAW, on_day(2009, 1, 1), frozenset(), None, BOTH)
    assert "2010-04-30" in answer.reason.zh
    unknown = judge_transition(LAW, DatedFact(dt.date(2010, 1, 1), Precision.YEAR), frozenset(), None, BOTH)
    assert unknown.verdict is Verdict.UNDECIDABLE
    old_text = judge_transition(LAW, on_day(2009, 1, 1), frozenset(), None, dt.date(2012, 1, 1))
    assert old_text.verdict is Verdict.UNDETERMINED


def test_a_department_not_named_must_show_its_duty() -> None:
    assert may_be_tasked(LAW, "big_data", BOTH).verdict is Verdict.PASS
    assert may_be_tasked(LAW, "culture", BOTH).verdict is Verdict.UNDECIDABLE


@pytest.mark.parametrize(
    ("request_", "verdict"),
    [
        (AccessRequest(2, 2, "治安防控", frozenset({"治安防控"})), Verdict.PASS),
        (AccessRequest(3, 2, "治安防控", frozenset({"治安防控"})), Verdict.BLOCKED),
        (AccessRequest(1, 2, "其他", frozenset({"治安防控"})), Verdict.BLOCKED),
        (AccessRequest(None, 9, "治安防控", frozenset({"治安防控"})), Verdict.UNDECIDABLE),
    ],
)
def test_access_goes_by_grade_role_and_purpose(request_: AccessRequest, verdict: Verdict) -> None:
    assert judge_access(LAW, request_, BOTH).verdict is verdict


def test_what_the_regulation_says_more_strictly_takes_in_all_the_measures_say() -> None:
    def named(keys: tuple[str, ...], name: str) -> set[str]:
        return {entry for key in keys for entry in LAW.clause(key).names(name)}

    stricter = {clause.key: clause.stricter_than for clause in LAW.clauses if clause.stricter_than}
    assert stricter["sc799.margin.prior_consent"] == ("qd204.margin.military_consultation",)
    assert named((MUNICIPAL,), "rooms") < named(NATIONAL_ITEMS, "rooms")
    assert named((CONSULTATION,), "zones") < named((CONSENT,), "zones")


def test_a_judgement_has_canonical_bytes() -> None:
    answer = may_install(LAW, Installation(PlacePart(frozenset({"bridge"})), frozenset()), BOTH)
    document = json.loads(canonical_bytes(answer.document()))
    assert document["verdict"] == "blocked"
    cited = next(one for one in document["clauses"] if one["key"] == "qd204.builder.government")
    assert {"pack": "qd204@2020", "label": "第八条第一款", "certain": True}.items() <= cited.items()


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=6))
def test_the_strictest_of_many_is_as_strict_as_its_strictest(verdicts: list[Verdict]) -> None:
    answers = [Judgement(verdict, (), Text(verdict.value, verdict.value)) for verdict in verdicts]
    whole = strictest(answers)
    assert whole.verdict.strictness == max(verdict.strictness for verdict in verdicts)
    assert whole.verdict.value in whole.reason.zh
    for verdict in verdicts:
        assert verdict.label.zh


def test_no_judgement_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="no judgement"):
        strictest([])
