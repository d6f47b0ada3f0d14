"""Bound roles, recorded grants and agreements: within the giver's reach, until they end, and then at once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City, as_actor
from tests.web.client import Api

from mingjian.kernel.clock import DAY_NS
from mingjian.rules.day_count import shanghai_day
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.actions.agreements import close_ended_agreements
from mingjian.web.organisations.models import RoleBinding


def day(clock: Any, days: int) -> str:
    return shanghai_day(clock.now_ns() + days * DAY_NS).isoformat()


def test_a_role_is_given_within_the_givers_tree_only(city: City) -> None:
    browser = city.browser(BoundRole.ORGANISATION_ADMIN)
    guard, stranger = city.user(BoundRole.GUARD), city.user(BoundRole.GUARD, "west")
    wanted = {"user": guard.id, "role": "custodian", "organisation": "mall-branch"}
    made = browser.post("/bindings", wanted, status=201)["id"]
    browser.post("/bindings", wanted, status=409)
    browser.post("/bindings", {**wanted, "organisation": "market"}, status=404)
    browser.post("/bindings", {**wanted, "organisation": "east-police"}, status=404)
    browser.post("/bindings", {**wanted, "user": stranger.id}, status=404)
    assert browser.post("/bindings", {**wanted, "role": "officer"}, status=422)["field"] == "/role"
    assert AuditEntry.objects.get(object_kind="binding", object_id=made).right == "organisations.bind"


def test_who_reaches_no_further_gives_no_further(city: City) -> None:
    user = city.new_user("narrow", "mall")
    city.bind(user, "mall", BoundRole.ORGANISATION_ADMIN, subtree=False)
    browser = Api(user)
    wanted = {"user": city.user(BoundRole.GUARD).id, "role": "custodian", "organisation": "mall"}
    assert browser.post("/bindings", wanted, status=422)["field"] == "/subtree"
    browser.post("/bindings", {**wanted, "subtree": False}, status=201)


def test_a_role_taken_back_signs_its_holder_out(city: City) -> None:
    browser, guard = city.browser(BoundRole.ORGANISATION_ADMIN), city.browser(BoundRole.GUARD)
    guard.get("/organisations")
    (binding,) = browser.get(f"/bindings?user={city.user(BoundRole.GUARD).id}")["items"]
    browser.post(f"/bindings/{binding['id']}/end", {"reason": "left"}, status=428)
    browser.post(f"/bindings/{binding['id']}/end", {"reason": "left"}, If_Match='"v1"')
    guard.get("/me", status=401)
    assert as_actor(city.user(BoundRole.GUARD)).bindings == ()
    western = city.browser(BoundRole.ORGANISATION_ADMIN, "west")
    western.post(f"/bindings/{binding['id']}/end", {"reason": "left"}, If_Match='"v2"', status=404)


def test_an_emergency_grant_opens_a_division_and_closes_by_itself(admin: Api, city: City, clock: Any) -> None:
    commander = city.browser(BoundRole.EMERGENCY_COMMANDER)
    commander.get("/organisations/market", status=404)
    grant = {"kind": "emergency", "organisation": "east-government", "division": "west", "basis": "Flood order 3"}
    assert admin.post("/grants", grant, status=422)["field"] == "/until"
    admin.post("/grants", {**grant, "until_ns": clock.now_ns() + DAY_NS}, status=201)
    commander.get("/organisations/market")
    city.browser(BoundRole.DEPARTMENT_OFFICER).get("/organisations/market", status=404)
    clock.advance(DAY_NS)
    Api(city.user(BoundRole.EMERGENCY_COMMANDER)).get("/organisations/market", status=404)


def test_a_grant_gives_no_right_that_does_not_name_it(admin: Api, city: City, clock: Any) -> None:
    user = city.new_user("police-admin", "east-police")
    city.bind(user, "east-police", BoundRole.ORGANISATION_ADMIN)
    grant = {"kind": "emergency", "organisation": "east-police", "division": "west", "basis": "Flood order 3"}
    admin.post("/grants", {**grant, "until_ns": clock.now_ns() + DAY_NS}, status=201)
    browser = Api(user)
    browser.get("/organisations/market")
    browser.patch("/organisations/market", {"telephone": "1"}, If_Match='"v1"', status=403)


def test_a_sector_grant_opens_that_sector_alone(admin: Api, city: City) -> None:
    grant = {"kind": "sector", "organisation": "west-department", "division": "east", "basis": "Letter 7"}
    assert admin.post("/grants", grant, status=422)["field"] == "/scope"
    made = admin.post("/grants", {**grant, "scope": {"sector": "education"}}, status=201)["id"]
    officer = city.browser(BoundRole.DEPARTMENT_OFFICER, "west")
    officer.get("/organisations/school")
    officer.get("/organisations/mall", status=404)
    admin.post(f"/grants/{made}/end", {"reason": "over"}, If_Match='"v1"')
    officer.get("/organisations/school", status=404)


@pytest.fixture
def admitted(city: City, clock: Any) -> dict[str, Any]:
    """The mall's maintenance agreement with a person of the contractor let in."""
    browser = city.browser(BoundRole.MANAGER)
    wanted = {
        "client": "mall", "contractor": "contractor", "work": "maintenance", "since_date": day(clock, -10),
        "until_date": day(clock, 10), "confidentiality": True,
    }  # fmt: skip
    browser.post("/agreements", {**wanted, "client": "market"}, status=404)
    browser.post("/agreements", {**wanted, "contractor": "school"}, status=422)
    agreement = browser.post("/agreements", wanted, status=201)["id"]
    fixer = city.new_user("fixer", "contractor")
    browser.post(f"/agreements/{agreement}/people", {"user": fixer.id}, status=422)
    city.appoint(fixer, "contractor", "maintainer")
    browser.post(f"/agreements/{agreement}/people", {"user": fixer.id}, status=201)
    return {"browser": browser, "agreement": agreement, "fixer": fixer}


def test_an_agreements_end_takes_the_contractors_rights_on_the_day(admitted: Any, clock: Any) -> None:
    fixer = Api(admitted["fixer"])
    assert {item["id"] for item in fixer.get("/organisations")["items"]} == {"mall-branch", "mall"}
    clock.advance(11 * DAY_NS)
    fixer.get("/organisations", status=403)
    assert close_ended_agreements() == 1
    fixer.get("/me", status=401)
    assert close_ended_agreements() == 0


def test_an_agreement_ended_before_its_time_ends_all_at_once(admitted: Any, clock: Any) -> None:
    fixer = Api(admitted["fixer"])
    fixer.get("/me")
    path, end = f"/agreements/{admitted['agreement']}/end", {"on_date": day(clock, 0), "reason": "breach"}
    admitted["browser"].post(path, end, If_Match='"v1"')
    fixer.get("/me", status=401)
    assert not RoleBinding.objects.filter(user=admitted["fixer"], ended_ns__isnull=True).exists()
    admitted["browser"].post(path, end, If_Match='"v2"', status=409)


@pytest.mark.applies("outsourcing.judge_agreement", "organisations.agreement.create")
def test_what_an_agreement_does_not_settle_is_found_when_it_is_registered(city: City, clock: Any) -> None:
    browser = city.browser(BoundRole.MANAGER)
    wanted: dict[str, Any] = {
        "client": "mall", "contractor": "contractor", "work": "operation", "since_date": day(clock, -10),
        "until_date": day(clock, 10), "client_duties": "提供机房", "contractor_duties": "全天值守", "confidentiality": True,
    }  # fmt: skip
    browser.post("/agreements", wanted, status=201)

    def judged(made: dict[str, Any]) -> dict[str, Any]:
        (row,) = [one for one in browser.get("/agreements")["items"] if one["id"] == made["id"]]
        return row["judgement"]  # type: ignore[no-any-return]

    (row,) = browser.get("/agreements")["items"]
    assert (row["judgement"]["verdict"], row["judgement"]["clauses"][0]["key"]) == (
        "fail",
        "sc799.operation.outsourcing",
    )
    assert "数据安全" in row["judgement"]["reason"]["zh"]
    terms = ["network_security", "data_security", "personal_information", "supervision"]
    settled = browser.post("/agreements", {**wanted, "terms": terms}, status=201)
    assert judged(settled)["verdict"] == "pass"
    design = browser.post("/agreements", {**wanted, "work": "design", "terms": ["no_keeping"]}, status=201)
    assert judged(design)["clauses"][0]["key"] == "sc799.contractor.confidentiality"
    assert browser.post("/agreements", {**wanted, "terms": ["friendship"]}, status=422)["field"] == "/terms"


def test_an_agreement_of_another_unit_is_not_there(admitted: Any, city: City, clock: Any) -> None:
    western = city.browser(BoundRole.MANAGER, "west")
    assert western.get("/agreements")["items"] == []
    end = {"on_date": day(clock, 0), "reason": "breach"}
    western.post(f"/agreements/{admitted['agreement']}/end", end, If_Match='"v1"', status=404)


def test_oneself_and_the_list_of_users_say_what_a_member_is(city: City, admin: Api) -> None:
    """ "Member" alone tells nobody what the person may do, nor where."""
    api = city.browser(BoundRole.OFFICER)
    (bound,) = api.get("/me")["bound"]
    assert (bound["role"], bound["title"]) == ("officer", BoundRole.OFFICER.label.en)
    assert bound["organisation"]
    me = api.get("/me")
    rows = {row["id"]: row for row in admin.get("/users?limit=1000")["items"]}
    assert (rows[me["id"]]["role"], rows[me["id"]]["bound"]) == ("member", [bound])
    assert all(row["bound"] == [] for row in rows.values() if row["role"] == "admin")
