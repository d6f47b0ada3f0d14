from __future__ import annotations

import csv
import io
import json

import pytest
from tests.web.client import Api

from mingjian.kernel.clock import NS_PER_S
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor
from mingjian.web.registry.actions import ADDED, CHANGED, REMOVED

pytestmark = pytest.mark.django_db

VERA = Actor("v" * 26, "Vera", "Watch", "viewer")
OLGA = Actor("g" * 26, "=Olga", "Traffic", "operator")


@pytest.fixture
def entries(admin: Api, clock) -> Api:
    start = admin.get("/audit")["items"][0]["id"]
    assert start
    for number in range(30):
        clock.advance(NS_PER_S)
        actor, action = ((VERA, ADDED), (OLGA, CHANGED), (OLGA, REMOVED))[number % 3]
        record(actor, action, kind="camera", object_id=f"c{number % 5}", name=f"Gate {number}", reason="scrapped")
    return admin


def test_pages_newest_first_without_hole_or_repeat(entries: Api) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        page = entries.get(f"/audit?limit=7&object_kind=camera{cursor}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        record(VERA, ADDED, kind="camera")  # newer ones must not disturb
        cursor = f"&cursor={page['next']}"
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("actor=" + "v" * 26, 10),
        ("action=registry.camera.change", 10),
        ("action=registry.camera.*", 30),
        ("object_kind=camera&object_id=c1", 6),
        ("outcome=denied", 0),
        ("from=2027-01-15T08:00:01Z&to=2027-01-15T08:00:04Z", 3),
        ("from=2027-01-15T16:00:01%2B08:00&to=2027-01-15T16:00:04%2B08:00", 3),
        ("text=scrapp", 30),
        ("text=gate+17", 1),
        ("text=removed+a+camera", 10),
        ("text=移除摄像机", 10),
    ],
)
def test_filters(entries: Api, query: str, count: int) -> None:
    assert len(entries.get(f"/audit?{query}")["items"]) == count


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=yesterday", "/from"), ("to=2027-01-15", "/to"), ("limit=0", "/limit"), ("cursor=%21", "/cursor"),
     ("cursor=WzFd", None), ("cursor=WyJ4Il0", "/cursor"), ("cursor=" + "a" * 3000, "/cursor")],
)  # fmt: skip
def test_bad_questions_name_the_field(entries: Api, query: str, field: str | None) -> None:
    if field is None:
        assert entries.get(f"/audit?{query}")["items"] == []
    else:
        assert entries.get(f"/audit?{query}", status=422)["field"] == field


def test_titles_are_in_the_readers_language(entries: Api) -> None:
    entries.patch("/me", {"language": "zh"})
    assert entries.get("/audit?action=registry.camera.add")["items"][0]["title"] == "添加摄像机"


def test_export_as_csv_is_recorded_and_no_formula(entries: Api) -> None:
    response = entries.get("/audit/export?object_kind=camera")
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    text = response.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["object_name"] for row in rows] == [f"Gate {number}" for number in range(30)]
    assert {row["actor_name"] for row in rows} == {"Vera", "'=Olga"}
    last = entries.get("/audit?limit=1")["items"][0]
    assert (last["action"], last["after"]) == ("audit.export", {"format": "csv", "filter": {"object_kind": "camera"}})


def test_export_as_json(entries: Api) -> None:
    response = entries.get("/audit/export?format=json&action=registry.camera.add")
    rows = json.loads(response.getvalue())
    assert [row["object_name"] for row in rows] == [f"Gate {number}" for number in range(0, 30, 3)]


def test_every_registered_name_has_both_titles(admin: Api) -> None:
    english = admin.get("/audit/names")
    admin.patch("/me", {"language": "zh"})
    chinese = admin.get("/audit/names")
    assert [item["name"] for item in english] == [item["name"] for item in chinese]
    assert all(item["title"].isascii() for item in english)
    assert not any(item["title"].isascii() for item in chinese)


def test_an_entry_of_a_later_release_can_still_be_read(admin: Api) -> None:
    AuditEntry.objects.create(at_ns=1, action="evidence.seal", outcome="done")
    assert admin.get("/audit?action=evidence.seal")["items"][0]["title"] == "evidence.seal"
