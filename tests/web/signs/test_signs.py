"""Signs: registered with what they lack as findings, seen, printed with a code that leads to the public entry."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole
from mingjian.web.files.models import StoredFile
from mingjian.web.registry.models import Camera, Place

RECORD = {"position": "北门立柱", "text": "您已进入公共视频监控区域", "telephone": "0532-85550000"}


@pytest.fixture
def place(city: Any) -> Place:
    """The mall with a camera in its hall."""
    made = Place.objects.create(
        id="mall-place", name="湖心商场", division_id="east-street", organisation_id="mall", public_place=True,
        lon_e7=1_203_000_000, lat_e7=360_000_000, created_ns=0,
    )  # fmt: skip
    Camera.objects.create(
        id="hall", name="大厅", keep_days=30, planned_from_ns=0, place=made, organisation_id="mall",
        division_id="east-street", created_ns=0,
    )  # fmt: skip
    StoredFile.objects.create(
        id="photo", sha256="0" * 64, media_type="image/jpeg", bytes=1, name="标识.jpg", subject_kind="sign",
        organisation_id="mall", created_ns=0,
    )  # fmt: skip
    return made


@pytest.fixture
def manager(city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


def tag(body: Any) -> str:
    return f'"v{body["version"]}"'


@pytest.mark.applies("signs.judge_sign", "signs.register")
@pytest.mark.applies("signs.judge_sign", "signs.see")
def test_a_place_without_a_sign_is_due_until_one_is_seen(place: Place, manager: Api) -> None:
    (due,) = manager.get("/signs/due")["items"]
    assert (due["place"], due["sign"], due["judgement"]["verdict"]) == ("mall-place", None, "fail")
    (group,) = [one for one in manager.get("/todo")["groups"] if one["kind"] == "signs.due"]
    assert (group["count"], group["items"][0]["subject_id"]) == (1, "mall-place")
    sign = manager.post("/signs", {"place": "mall-place", **RECORD}, status=201)
    assert sign["judgement"]["verdict"] == "undecidable"  # no photo, never seen
    assert sign["lon_e7"] == 1_203_000_000  # the place's, while it has none of its own
    (due,) = manager.get("/signs/due")["items"]
    assert (due["sign"], due["judgement"]["verdict"]) == (sign["id"], "undecidable")
    seen = manager.post(f"/signs/{sign['id']}/seen", {"photo": "photo"}, If_Match=tag(sign))
    assert (seen["judgement"]["verdict"], seen["last_seen"]) == ("pass", "2027-01-15")
    assert {one["pack"] for one in seen["judgement"]["clauses"]} == {"qd204@2020", "sc799@2025"}
    assert manager.get("/signs/due")["items"] == []


@pytest.mark.applies("signs.judge_sign", "signs.change")
@pytest.mark.applies("signs.judge_sign", "signs.remove")
def test_one_taken_down_makes_the_place_due_again(place: Place, manager: Api) -> None:
    body = {"place": "mall-place", **RECORD, "photo": "photo", "last_seen": "2027-01-14"}
    sign = manager.post("/signs", body, status=201)
    assert sign["judgement"]["verdict"] == "pass"
    poorer = manager.patch(f"/signs/{sign['id']}", {"text": ""}, If_Match=tag(sign))
    assert poorer["judgement"]["verdict"] == "undecidable"
    down = manager.post(f"/signs/{sign['id']}/remove", {"reason": "改建"}, If_Match=tag(poorer))
    assert (down["removed"], down["judgement"]["verdict"]) == (True, "fail")
    assert [one["place"] for one in manager.get("/signs/due")["items"]] == ["mall-place"]
    manager.patch(f"/signs/{sign['id']}", {"text": "x"}, status=409, If_Match=tag(down))
    assert [one["id"] for one in manager.get("/signs?removed=true")["items"]] == [sign["id"]]


def test_the_printed_sign_leads_to_the_public_entry_and_is_the_same_twice(
    place: Place, manager: Api, tmp_path: Path
) -> None:
    sign = manager.post("/signs", {"place": "mall-place", **RECORD}, status=201)
    path = f"/api/v1/signs/{sign['id']}/sign.pdf"
    first = manager.client.get(path)
    assert first["Content-Type"] == "application/pdf"
    assert manager.client.get(path).content == first.content
    file = tmp_path / "sign.pdf"
    file.write_bytes(first.content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(file), str(tmp_path / "page")], check=True)
    (picture,) = tmp_path.glob("page*.png")
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, check=True
    ).stdout.decode()
    assert read.strip() == f"http://testserver/report?sign={sign['id']}"
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
    assert "湖心商场" in text
    assert "0532-85550000" in text


def test_bad_records_name_their_field(place: Place, manager: Api) -> None:
    def refused(values: dict[str, Any]) -> str:
        return str(manager.post("/signs", {"place": "mall-place", **RECORD, **values}, status=422)["field"])

    assert refused({"photo": "nothing"}) == "/photo"
    assert refused({"last_seen": "2027-01-16"}) == "/last_seen"  # tomorrow
    StoredFile.objects.filter(pk="photo").update(organisation_id="market")
    assert refused({"photo": "photo"}) == "/photo"  # somebody else's picture


def test_others_neither_read_nor_register(place: Place, manager: Api, city: Any) -> None:
    sign = manager.post("/signs", {"place": "mall-place", **RECORD}, status=201)
    market = city.browser(BoundRole.MANAGER, "west")
    market.get(f"/signs/{sign['id']}", status=404)
    market.get(f"/signs/{sign['id']}/sign.pdf", status=404)
    assert market.get("/signs")["items"] == []
    assert market.get("/signs/due")["items"] == []
    market.post("/signs", {"place": "mall-place", **RECORD}, status=404)
    officer = city.browser(BoundRole.OFFICER)
    assert [one["id"] for one in officer.get("/signs")["items"]] == [sign["id"]]
    officer.post(f"/signs/{sign['id']}/seen", {}, If_Match=tag(sign))


def test_a_second_one_saving_is_told(place: Place, manager: Api) -> None:
    sign = manager.post("/signs", {"place": "mall-place", **RECORD}, status=201)
    manager.patch(f"/signs/{sign['id']}", {"text": "甲"}, If_Match=tag(sign))
    second = manager.patch(f"/signs/{sign['id']}", {"text": "乙"}, status=412, If_Match=tag(sign))
    assert second["code"] == "changed_meanwhile"
    manager.patch(f"/signs/{sign['id']}", {"text": "乙"}, status=428)
