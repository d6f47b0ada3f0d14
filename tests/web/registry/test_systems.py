"""Systems through the API: parties, conformance, interfaces with evidence, costs, notices, scope, judgements."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole

pytestmark = pytest.mark.django_db
NEW = {
    "name": "湖心商场视频系统", "organisation": "mall", "division": "east", "funding": "government",
    "functions": ["collect", "store"], "concerns_public_safety": True,
}  # fmt: skip


class Filed:
    """A system and the browser of its manager, who sends If-Match of what he saw last."""

    def __init__(self, city: City, **values: Any) -> None:
        self.browser = city.browser(BoundRole.MANAGER)
        made = self.browser.post("/systems", {**NEW, **values}, status=201)
        self.path, self.version = f"/systems/{made['id']}", 1

    def send(self, method: str, path: str, body: Any, status: int = 200) -> Any:
        answer = self.browser.send(method, self.path + path, body, status=status, If_Match=f'"v{self.version}"')
        self.version += status < 300
        return answer

    def cited(self, action: str) -> dict[str, str]:
        """Clauses of the latest entry of this action, each with its verdict."""
        entry = AuditEntry.objects.filter(action=f"registry.system.{action}").latest("id")
        return dict(entry.citations.values_list("clause", "verdict"))

    def verdicts(self, on: str = "") -> dict[str, str]:
        found = self.browser.get(f"{self.path}/judgement" + (f"?on={on}" if on else ""))
        return {key: one["verdict"] for key, one in found.items()}


@pytest.mark.applies("scope.in_scope", "registry.system.add")
@pytest.mark.applies("scope.in_scope", "registry.system.change")
@pytest.mark.applies("declared_use.judge_declarations", "registry.system.add")
@pytest.mark.applies("declared_use.judge_declarations", "registry.system.change")
@pytest.mark.applies("conformance.judge_conformance", "registry.system.conformance")
@pytest.mark.applies("conformance.judge_product", "registry.system.conformance")
@pytest.mark.applies("interfaces.judge_interfaces", "registry.system.interface")
def test_a_system_is_judged_as_its_file_fills(city: City) -> None:
    system = Filed(city)
    governed = {"qd204.scope.city": "pass", "qd204.scope.definition": "pass"}
    assert system.cited("add") == {**governed, "qd204.principles.declared_use": "due"}
    first = system.verdicts()
    assert first == {
        "scope": "pass", "declared_use": "due", "conformance": "undecidable", "products": "undecidable",
        "interfaces": "fail",
    }  # fmt: skip
    system.send("PATCH", "", {"purpose": "治安防范", "legal_basis": "第七条", "sharing_grade": 2, "security_grade": 3})
    assert system.cited("change") == {**governed, "qd204.principles.declared_use": "pass"}
    for basis in ("national_standard", "technical_specification", "mandatory_standard"):
        line = {"basis": basis, "standard": "GB/T 28181", "edition": "2022", "result": "passed"}
        system.send("POST", "/conformances", line, 201)
    assert system.cited("conformance") == {
        "qd204.project.conformance": "pass", "sc799.product.mandatory_standards": "pass",
    }  # fmt: skip
    for platform in ("resource_sharing", "police_image", "emergency_command"):
        system.send("PUT", f"/interfaces/{platform}", {"reserved": True})
    assert system.cited("interface") == {"qd204.interface.three_platforms": "due"}
    assert system.verdicts()["interfaces"] == "due"
    problem = system.send("PUT", "/interfaces/police_image", {"reserved": True, "connected": True}, 422)
    assert problem["field"] == "/evidence"
    for platform in ("resource_sharing", "police_image", "emergency_command"):
        evidence = {"reserved": True, "connected": True, "evidence": "联调报告 7 号", "tested_date": "2026-01-05"}
        system.send("PUT", f"/interfaces/{platform}", evidence)
    assert set(system.verdicts().values()) == {"pass"}
    before = system.verdicts("2015-06-01")
    assert before.pop("products") == "not_applicable"
    assert set(before.values()) == {"undetermined"}


@pytest.mark.applies("integration_cost.judge_cost", "registry.system.cost")
def test_costs_are_summed_by_level_and_judged(city: City) -> None:
    system = Filed(city)
    cost = {"body": "public_security", "body_level": "city", "amount_fen": 1_000_00}
    system.send("POST", "/costs", {**cost, "budget_level": "city"}, 201)
    assert system.cited("cost") == {"qd204.interface.integration_cost": "pass"}
    system.send("POST", "/costs", {**cost, "budget_level": "district"}, 201)
    assert system.cited("cost") == {"qd204.interface.integration_cost": "fail"}, "another level of budget pays"
    file = system.browser.get(system.path)
    assert file["cost_fen"] == {"city": 100_000, "district": 100_000}
    judged = [verdict for key, verdict in system.verdicts().items() if key.startswith("cost.")]
    assert sorted(judged) == ["fail", "pass"]


@pytest.mark.applies("conformance.judge_product", "registry.system.notice")
@pytest.mark.applies("conformance.judge_product", "registry.system.notice_step")
def test_a_vulnerability_is_followed_to_its_remedy(city: City) -> None:
    system = Filed(city)
    line = {"basis": "mandatory_standard", "standard": "GB 35114", "edition": "2017", "result": "passed"}
    system.send("POST", "/conformances", line, 201)
    notice = system.send("POST", "/notices", {"reference": "CNVD-2026-1"}, 201)
    assert system.cited("notice") == {"sc799.product.mandatory_standards": "due"}
    for step in ("remedy", "inform_users", "report_authority"):
        assert system.verdicts()["products"] == "due"
        done = {"step": step, "done_date": "2026-02-01"}
        file = system.send("POST", f"/notices/{notice['id']}/steps", done)
    assert system.verdicts()["products"] == "pass"
    assert system.cited("notice_step") == {"sc799.product.mandatory_standards": "pass"}
    assert set(file["notices"][0]["steps"]) == {"remedy", "inform_users", "report_authority"}


@pytest.mark.applies("scope.in_scope", "registry.system.scope")
def test_out_of_scope_is_a_decision_with_its_reason(city: City) -> None:
    system = Filed(city, functions=["display"])
    assert system.verdicts() == {"scope": "not_applicable"}
    assert system.send("PUT", "/scope", {"reason": "仅显示,不采集"})["out_of_scope_reason"] == "仅显示,不采集"
    assert set(system.cited("scope").values()) == {"not_applicable"}
    governed = Filed(city)
    governed.send("PUT", "/scope", {"reason": "试验系统"})
    assert set(governed.cited("scope").values()) == {"pass"}, "the rule's word stands beside a decision against it"


def test_an_organisation_holds_several_capacities(city: City) -> None:
    system = Filed(city)
    for capacity in ("manager", "user"):
        system.send("POST", "/parties", {"organisation": "mall", "capacity": capacity}, 201)
    assert {one["capacity"] for one in system.browser.get(system.path)["parties"]} == {"manager", "user"}
    system.send("POST", "/parties", {"organisation": "mall", "capacity": "owner"}, 422)


def test_another_subtree_sees_nothing(city: City) -> None:
    system = Filed(city)
    stranger = city.browser(BoundRole.MANAGER, "west")
    assert stranger.get("/systems")["items"] == []
    stranger.get(system.path, status=404)
    stranger.get(f"{system.path}/judgement", status=404)
    stranger.patch(system.path, {"name": "x"}, status=404, If_Match='"v1"')
    assert [one["name"] for one in city.browser(BoundRole.OFFICER).get("/systems?text=hxsc")["items"]] == [NEW["name"]]
