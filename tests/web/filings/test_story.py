"""A system is filed: by the mall's security manager, with the east's organ, who sees what is missing and registers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.files.models import StoredFile
from mingjian.web.filings.models import Filing, FilingDeadline
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.models import Camera, Place

FORM = {
    "parts": ["drawings", "authorisation_letter"], "credit_code": "91370202MA3C00000A", "person_handling": "赵一",
    "seal": "electronic", "shared": ["unit", "location"],
}  # fmt: skip


@pytest.fixture
def manager(city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


@pytest.fixture
def officer(city: Any) -> Api:
    return city.browser(BoundRole.OFFICER)


def tag(body: Any) -> str:
    return f'"v{body["version"]}"'


def submitted(manager: Api, **values: Any) -> Any:
    draft = manager.post("/filings", {"system": "mall-system", **FORM, **values}, status=201)
    return manager.post(f"/filings/{draft['id']}/submit", If_Match=tag(draft))


@pytest.mark.applies("filing_clock.judge_filing", "filings.register")
@pytest.mark.applies("filing_contents.judge_filer", "filings.register")
@pytest.mark.applies("filing_channels.judge_channel", "filings.register")
def test_one_form_serves_both_packs_and_is_registered_without_findings(
    system: Any, manager: Api, officer: Api, on_day: Any
) -> None:
    on_day("2025-05-10")
    filing = submitted(manager)
    assert (filing["state"], filing["ask"], filing["organ"]) == ("submitted", [], "east-police")
    assert filing["facts"]["devices_number"] == "2"
    assert filing["timeliness"]["verdict"] == "pass"
    registered = officer.post(f"/filings/{filing['id']}/register", If_Match=tag(filing))
    assert (registered["state"], registered["state_label"]) == ("registered", "registered")
    assert registered["number"] == "3702022025000001"
    assert registered["findings"] == []
    assert [paper["kind"] for paper in registered["papers"]] == ["slip", "receipt"]
    named = Identifier.objects.get(kind="filing_number")
    assert (named.value, named.subject_id, named.since_date) == (registered["number"], filing["id"], "2025-05-10")
    assert FilingDeadline.objects.get().filed_date == "2025-05-10"
    actions = AuditEntry.objects.filter(object_kind="filing").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["filings.draft", "filings.submit", "filings.register"]


def test_what_is_missing_and_late_never_blocks_and_is_kept_as_findings(
    system: Any, manager: Api, officer: Api, on_day: Any
) -> None:
    on_day("2025-05-11")  # one day late: 2025-04-10 and 30 days end with 2025-05-10
    draft = manager.post("/filings", {"system": "mall-system"}, status=201)
    asked = {part["part"] for part in draft["ask"]}
    assert asked == {"drawings", "unified_social_credit_code", "authorisation_letter", "person_handling", "seal"}
    filing = manager.post(f"/filings/{draft['id']}/submit", If_Match=tag(draft))
    registered = officer.post(f"/filings/{draft['id']}/register", If_Match=tag(filing))
    assert registered["state"] == "registered"
    verdicts = {finding["verdict"] for finding in registered["findings"]}
    assert verdicts == {"due", "fail"}


@pytest.mark.applies("filing_contents.parts_to_ask", "filings.return")
def test_it_is_returned_once_with_everything_named_at_one_time(
    system: Any, manager: Api, officer: Api, on_day: Any
) -> None:
    on_day("2025-04-20")
    filing = submitted(manager, parts=[], seal="", shared=[])
    returned = officer.post(f"/filings/{filing['id']}/return", {"due": "2025-04-30"}, If_Match=tag(filing))
    assert returned["state"] == "returned"
    notice = next(paper for paper in returned["papers"] if paper["kind"] == "notice")
    assert notice["title"] == "一次性补正告知书"
    fixed = manager.patch(f"/filings/{filing['id']}", {"parts": ["drawings"]}, If_Match=tag(returned))
    again = manager.post(f"/filings/{filing['id']}/submit", If_Match=tag(fixed))
    assert again["timeliness"]["verdict"] == "pass"
    twice = officer.post(f"/filings/{filing['id']}/return", {"due": "2025-05-01"}, status=409, If_Match=tag(again))
    assert "told once" in twice["detail"]
    assert [version["event"] for version in again["versions"]] == ["submit", "resubmit"]


@pytest.mark.applies("filing_contents.judge_asking", "filings.return")
def test_what_departments_share_is_not_asked_for(system: Any, manager: Api, officer: Api) -> None:
    filing = submitted(manager, parts=[], seal="")  # unit and location are shared
    body = {"due": "2025-04-30", "ask": ["location"]}
    path = f"/filings/{filing['id']}/return"
    blocked = officer.post(path, body, status=422, If_Match=tag(filing))
    assert (blocked["code"], blocked["field"]) == ("asked_twice", "/ask")
    assert officer.post(path, {**body, "ask": ["rent"]}, status=422, If_Match=tag(filing))["field"] == "/ask"
    officer.post(path, {**body, "ask": ["business_licence"]}, If_Match=tag(filing))


@pytest.mark.applies("filing_contents.judge_truth", "filings.verify")
def test_what_was_filed_is_held_against_what_is_there(system: Any, manager: Api, officer: Api) -> None:
    filing = submitted(manager)
    path = f"/filings/{filing['id']}/verify"
    assert officer.post(path, {"observed": {"devices_number": "2"}}, If_Match=tag(filing))["verdict"] == "pass"
    wrong = {"observed": {"devices_number": "5", "storage_period": "30日"}, "note": "现场清点"}
    officer.post(path, wrong, status=412, If_Match=tag(filing))
    found = officer.post(path, wrong, If_Match='"v3"')
    assert (found["verdict"], "核实“5”" in found["reason"]["zh"]) == ("fail", True)
    (lead,) = officer.get("/leads")["items"]
    assert (lead["origin"], lead["clauses"]) == ("filing", ["sc799.filing.truthful"])
    kept = officer.get(f"/filings/{filing['id']}")
    assert (kept["state"], kept["findings"][0]["verdict"]) == ("submitted", "fail")


def test_a_complete_filing_may_not_be_returned(system: Any, manager: Api, officer: Api) -> None:
    filing = submitted(manager)
    answer = officer.post(f"/filings/{filing['id']}/return", {"due": "2025-04-30"}, status=409, If_Match=tag(filing))
    assert "nothing is missing" in answer["detail"]


def scan(file_id: str = "scan", **values: Any) -> None:
    """A stored file as the officer's upload leaves it, for the mall."""
    kept = {
        "sha256": "0" * 64, "media_type": "application/pdf", "bytes": 1, "name": "信函.pdf", "subject_kind": "filing",
        "organisation_id": "mall", "division_id": "east", "created_ns": 0,
    }  # fmt: skip
    StoredFile.objects.update_or_create(id=file_id, defaults={"removed_ns": None, **kept, **values})


def test_a_letter_counts_by_its_postmark_and_comes_with_its_scan(system: Any, officer: Api, on_day: Any) -> None:
    on_day("2025-05-14")
    body = {"system": "mall-system", "channel": "letter", "received": "2025-05-14", "postmark": "2025-05-09", **FORM}
    scan()
    for wrong in ({"organisation_id": "market"}, {"subject_kind": "retrieval"}, {"removed_ns": 1}):
        scan("other", **wrong)
        assert officer.post("/filings/entered", {**body, "scan": "other"}, status=422)["field"] == "/scan"
    assert officer.post("/filings/entered", {**body, "scan": "none"}, status=422)["field"] == "/scan"
    late = {**body, "scan": "scan", "postmark": "2025-05-15"}
    assert officer.post("/filings/entered", late, status=422)["field"] == "/postmark"
    entered = officer.post("/filings/entered", {**body, "scan": "scan"}, status=201)
    assert (entered["state"], entered["first_submitted"]) == ("submitted", "2025-05-09")
    assert entered["timeliness"]["verdict"] == "pass"


def test_a_station_takes_in_and_does_not_decide(system: Any, city: Any, officer: Api) -> None:
    user = city.new_user("sam", "east-station")
    city.bind(user, "east-station", BoundRole.OFFICER)
    station = Api(user)
    scan(organisation_id="east-station", division_id="east", media_type="image/png")
    body = {"system": "mall-system", "channel": "fax", "received": "2025-04-10", "scan": "scan"}
    entered = station.post("/filings/entered", body, status=201)
    assert entered["organ"] == "east-police"
    assert station.post(f"/filings/{entered['id']}/register", status=403, If_Match=tag(entered))["code"] == "forbidden"
    officer.post(f"/filings/{entered['id']}/register", If_Match=tag(entered))


def test_each_district_concerned_gets_its_copy_and_only_the_leading_one_decides(
    system: Any, manager: Api, city: Any
) -> None:
    Camera.objects.filter(pk="mall-camera-2").update(division_id="west-zone")
    filing = submitted(manager)
    assert filing["recipients"] == ["east", "west"]
    west = city.browser(BoundRole.OFFICER, "west")
    assert [row["id"] for row in west.get("/filings")["items"]] == [filing["id"]]
    west.post(f"/filings/{filing['id']}/register", status=403, If_Match=tag(filing))


def test_nobody_else_sees_it(system: Any, manager: Api, city: Any) -> None:
    filing = submitted(manager)
    for role in (BoundRole.OFFICER, BoundRole.MANAGER):
        other = city.browser(role, "west")
        assert other.get("/filings")["items"] == []
        other.get(f"/filings/{filing['id']}", status=404)
        other.get(f"/filings/{filing['id']}/papers/{filing['papers'][0]['id']}.pdf", status=404)
    market = city.browser(BoundRole.MANAGER, "west")
    market.post("/filings", {"system": "mall-system"}, status=404)


@pytest.mark.applies("change_filing.judge_change", "filings.change_due")
def test_a_changed_fact_opens_a_change_filing_under_the_same_number(
    system: Any, manager: Api, officer: Api, commits: Any
) -> None:
    filing = submitted(manager)
    registered = officer.post(f"/filings/{filing['id']}/register", If_Match=tag(filing))
    with commits():
        camera = Camera.objects.get(pk="mall-camera-2")
        camera.standing = "removed"
        camera.save()
    due = manager.get(f"/filings/{filing['id']}")
    assert (due["state"], due["changed_parts"]) == ("change_due", ["devices_kind", "devices_number"])
    changed = manager.post(f"/filings/{filing['id']}/submit", If_Match=tag(due))
    done = officer.post(f"/filings/{filing['id']}/register", If_Match=tag(changed))
    assert (done["number"], done["facts"]["devices_number"]) == (registered["number"], "1")
    assert [version["facts"]["devices_number"] for version in done["versions"]] == ["2", "1"]
    with commits():
        last = Camera.objects.get(pk="mall-camera-1")
        last.removed_ns = 1
        last.save()
    none_left = manager.get(f"/filings/{filing['id']}")
    assert none_left["state"] == "change_due"
    sent = manager.post(f"/filings/{filing['id']}/submit", If_Match=tag(none_left))
    assert (sent["facts"]["devices_number"], sent["facts"]["devices_kind"]) == ("0", "无")


def test_a_vehicles_system_is_filed_where_its_operator_sits(system: Any, manager: Api) -> None:
    Place.objects.filter(pk="mall-place").update(name="鲁B·12345 营运客车", movable=True, division_id="west")
    Camera.objects.update(division_id="west")
    system.division_id = "west"
    system.save()
    filing = submitted(manager)
    assert (filing["organ"], filing["recipients"]) == ("east-police", ["east"])
    assert FilingDeadline.objects.get().division_id == "east"


def test_a_system_is_filed_once_and_a_number_is_never_given_again(system: Any, manager: Api, officer: Api) -> None:
    filing = submitted(manager)
    assert manager.post("/filings", {"system": "mall-system", "kind": "acceptance"}, status=409)["code"] == "conflict"
    first = officer.post(f"/filings/{filing['id']}/register", If_Match=tag(filing))
    Filing.objects.filter(pk=filing["id"]).update(state="closed")
    second = submitted(manager)
    number = officer.post(f"/filings/{second['id']}/register", If_Match=tag(second))["number"]
    assert number == str(int(first["number"]) + 1)


def test_papers_are_the_same_bytes_twice_and_say_filing_never_approval(
    system: Any, manager: Api, officer: Api, on_day: Any, tmp_path: Path
) -> None:
    filing = submitted(manager)
    registered = officer.post(f"/filings/{filing['id']}/register", If_Match=tag(filing))
    paths = [f"/filings/{filing['id']}/papers/{paper['id']}.pdf" for paper in registered["papers"]]
    first = [fetch(manager, path) for path in paths]
    on_day("2025-06-01")
    assert [fetch(officer, path) for path in paths] == first
    file = tmp_path / "receipt.pdf"
    file.write_bytes(first[1])
    assert shutil.which("pdftotext")
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True).stdout.decode()
    assert "备案回执" in text
    assert registered["number"] in text
    assert "备案不是行政许可" in "".join(text.split())


def fetch(api: Api, path: str) -> bytes:
    answer = api.client.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer.content
