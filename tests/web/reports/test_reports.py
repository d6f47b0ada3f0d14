"""A citizen reports, an officer finds it on his page, looks and closes it, and the citizen sees what came of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.files.models import StoredFile
from mingjian.web.registry.models import Place
from mingjian.web.reports import actions
from mingjian.web.reports.models import PublicReport, ReportCount
from mingjian.web.signs.models import Sign

REPORT = {"kind": "private_room", "division": "east", "where": "湖心商场三楼试衣间", "text": "天花板上有摄像机"}


@pytest.fixture
def citizen(city: Any) -> Api:
    return Api(address="203.0.113.9", language="zh")


@pytest.mark.applies("public_report.judge_report", "reports.receive")
def test_from_report_to_outcome_without_an_account(citizen: Api, city: Any) -> None:
    assert [row["name"] for row in citizen.get("/public/districts")] == ["东湖区", "西山区"]
    receipt = citizen.post("/public/reports", REPORT, status=201)
    officer = city.browser(BoundRole.OFFICER)
    (group,) = [one for one in officer.get("/todo")["groups"] if one["kind"] == "inspections.leads"]
    (item,) = group["items"]
    assert (group["count"], item["urgent"], item["title"]) == (1, True, "私密场所装有摄像机")
    assert city.browser(BoundRole.OFFICER, "west").get("/todo")["groups"] == []
    taken = officer.post(f"/leads/{item['subject_id']}/take", If_Match='"v1"')
    assert ask(citizen, receipt)["said"] == "核查中"
    done = {"outcome": "case", "note": "内部记录", "answer": "已依法拆除，感谢您的举报。"}
    officer.post(f"/leads/{taken['id']}/close", done, If_Match='"v2"')
    told = ask(citizen, receipt)
    assert (told["status"], told["outcome"], told["answer"]) == ("closed", "转案件办理", done["answer"])
    assert "内部记录" not in str(told)
    assert send_picture(citizen, receipt, photo(), status=409)["code"] == "conflict", "it is closed"


def ask(api: Api, receipt: dict[str, str], status: int = 200) -> Any:
    return api.get(f"/public/reports/{receipt['receipt']}", status=status, X_Receipt_Key=receipt["key"])


def photo(colour: str = "red") -> bytes:
    """A phone's photo, with the place it was taken and its owner's name in it."""
    exif = Image.Exif()
    exif[0x013B] = "Zhang San"  # Artist
    exif.get_ifd(0x8825)[1] = "N"  # GPSLatitudeRef
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "JPEG", exif=exif)
    assert b"Zhang San" in made.getvalue()
    return made.getvalue()


def send_picture(api: Api, receipt: dict[str, str], content: bytes, status: int = 201) -> Any:
    path = f"/public/pictures?receipt={receipt['receipt']}"
    return api.upload(path, content, status=status, X_Receipt_Key=receipt["key"])


def test_pictures_are_pixels_only_and_the_organ_alone_sees_them(citizen: Api, city: Any, monkeypatch: Any) -> None:
    receipt = citizen.post("/public/reports", REPORT, status=201)
    assert send_picture(citizen, receipt, photo()) == {"pictures": 1}
    assert send_picture(citizen, receipt, photo()) == {"pictures": 1}, "the same picture is one"
    assert send_picture(citizen, {**receipt, "key": "guess"}, photo("blue"), status=404)["code"] == "not_found"
    for other in (b"%PDF-1.7\n%%EOF", b"<svg/>", photo()[:300]):
        assert send_picture(citizen, receipt, other, status=422)["code"] == "invalid"
    monkeypatch.setattr(actions, "PICTURE_BYTES", 400)
    assert send_picture(citizen, receipt, photo("blue"), status=413)["code"] == "body_too_large"
    monkeypatch.undo()
    for number, colour in enumerate(("blue", "green", "black", "white", "grey"), 2):
        assert send_picture(citizen, receipt, photo(colour)) == {"pictures": number}
    assert send_picture(citizen, receipt, photo("pink"), status=409)["field"] == "/content"
    assert ask(citizen, receipt)["pictures"] == 6
    lead = PublicReport.objects.get().lead_id
    officer = city.browser(BoundRole.OFFICER)
    items = officer.get(f"/files?kind=lead&subject={lead}")["items"]
    stored = b"".join(officer.get(f"/files/{items[-1]['id']}/content").streaming_content)
    assert b"Zhang San" not in stored
    assert dict(Image.open(io.BytesIO(stored)).getexif()) == {}
    assert {(one["name"], one["part"]) for one in items} == {("picture.jpg", "report")}
    city.browser(BoundRole.OFFICER, "west").get(f"/files?kind=lead&subject={lead}", status=404)
    assert {(row.created_by, row.organisation_id) for row in StoredFile.objects.all()} == {("", "east-police")}
    assert {(row.address, row.actor_id) for row in AuditEntry.objects.filter(action="files.upload")} == {("", "")}


def test_a_flood_of_pictures_leaves_the_report_standing(citizen: Api, clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions, "DAILY_PICTURE_BYTES", 1000)
    receipt = citizen.post("/public/reports", REPORT, status=201)
    send_picture(citizen, receipt, photo())
    assert "举报本身不受影响" in send_picture(citizen, receipt, photo("blue"), status=409)["detail"]
    clock.advance(25 * 3600 * 1_000_000_000)
    send_picture(citizen, receipt, photo("blue"))


def test_a_sign_tells_the_place_until_it_is_taken_down(citizen: Api, city: Any) -> None:
    place = Place.objects.create(id="shop", name="湖心商场", division_id="east", organisation_id="mall", created_ns=0)
    sign = Sign.objects.create(
        id="sign-1", place=place, organisation_id="mall", division_id="east", position="北门立柱", created_ns=0
    )
    assert citizen.get("/public/signs/sign-1")["place_name"] == "湖心商场"
    citizen.post("/public/reports", {"kind": "obstruction", "sign": "sign-1", "where": "北门立柱"}, status=201)
    lead = PublicReport.objects.get().lead
    assert (lead.place_id, lead.organ_id, lead.division_id) == ("shop", "east-police", "east")
    Sign.objects.filter(pk=sign.id).update(removed_ns=1)
    citizen.get("/public/signs/sign-1", status=404)


def test_nothing_leads_back_to_the_reporter(citizen: Api) -> None:
    citizen.post("/public/reports", REPORT, status=201)
    for entry in AuditEntry.objects.all():
        assert (entry.address, entry.actor_id, entry.request) == ("", "", "")
    report = PublicReport.objects.get()
    values = [str(getattr(report, field.name)) for field in PublicReport._meta.fields]
    assert not any("203.0.113.9" in value for value in values)
    assert "203.0.113.9" not in ReportCount.objects.get().scope


def test_the_number_alone_tells_nothing_and_guessing_is_slowed_down(citizen: Api) -> None:
    receipt = citizen.post("/public/reports", REPORT, status=201)
    wrong = {**receipt, "key": "guess"}
    assert [ask(citizen, wrong, 404)["code"] for _ in range(5)] == ["not_found"] * 5
    assert ask(citizen, {**wrong, "receipt": "JB0000000000"}, 404)["code"] == "not_found"
    answers = [citizen.send("GET", f"/public/reports/{receipt['receipt']}", X_Receipt_Key="x") for _ in range(3)]
    assert answers[-1]["code"] == "too_many_attempts"


def test_five_an_hour_from_one_network(citizen: Api, clock: Any) -> None:
    for _ in range(5):
        citizen.post("/public/reports", REPORT, status=201)
    citizen.post("/public/reports", REPORT, status=429)
    assert int(citizen.last["Retry-After"]) == 3600
    Api(address="203.0.113.10").post("/public/reports", REPORT, status=201)
    clock.advance(3600 * 1_000_000_000)
    citizen.post("/public/reports", REPORT, status=201)


def test_a_report_names_a_district_that_exists(citizen: Api) -> None:
    assert citizen.post("/public/reports", {**REPORT, "division": "nowhere"}, status=422)["field"] == "/division"
    assert not PublicReport.objects.exists()


def test_the_page_is_empty_for_who_has_nothing_to_do(city: Any, viewer: Api) -> None:
    assert viewer.get("/todo")["groups"] == []
