"""How many queries each view makes, against a baseline file; the number must not grow with the rows.

To write the baseline anew after a meant change: set WRITE to True once.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.client import Api

from mingjian.web.authority.actor import local_person
from mingjian.web.exchange.batches import apply_batch, upload
from mingjian.web.registry.actions import NewCamera, add_camera

pytestmark = pytest.mark.django_db

FILE = Path(__file__).with_name("query_counts.json")
WRITE = False
VIEWS = (
    "/me", "/setup", "/users", "/cameras", "/cameras?text=gate", "/cameras?removed=true", "/cameras/tree", "/audit", "/audit?text=gate",
    "/audit/names", "/looks", "/layouts", "/system/status", "/system/volumes", "/law/clauses",
    "/law/clauses/qd204.retention.thirty_days", "/law/coverage",
    "/divisions", "/organisations", "/organisations?text=gate", "/people", "/posts", "/bindings", "/grants",
    "/agreements", "/qualifications", "/retention/proofs", "/retention/unproved", "/retention/completeness",
    "/imports", "/devices", "/devices?text=gate",
)  # fmt: skip


def count(api: Api, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        api.get(path)
    return len(queries)


def fill(api: Api, make_user: Any, number: int) -> None:
    camera = add_camera(
        local_person("t"), NewCamera(f"Gate {number}", "rtsp://10.0.0.1/m", sub_url="rtsp://10.0.0.1/s")
    )
    unit = fill_organisations(api, make_user(f"user{number}").id, number)
    rows = f"名称,设备类型,所属单位\r\nGate {number},录像机,{unit}".encode()
    batch = upload(local_person("t"), "devices", "d.csv", io.BytesIO(rows), {}, wait=True)
    apply_batch(local_person("t"), batch.id, None, wait=True)
    api.post("/layouts", {"name": f"Wall {number}", "grid": 4, "tiles": []}, status=201)
    look = {"camera": camera.id, "streams": ["main"], "rights": ["live"], "purpose": "watch"}
    api.post("/tickets", look, status=201)


def fill_organisations(api: Api, user_id: str, number: int) -> str:
    """The id of the managing unit."""
    division = {"name": f"Street {number}", "code": f"37020201{number % 10}{number:03d}", "level": "street"}
    division_id = api.post("/divisions", division, status=201)["id"]
    made = {"kind": "managing_unit", "name": f"Gate {number} Ltd", "division": division_id}
    unit = api.post("/organisations", made, status=201)["id"]
    builder = api.post("/organisations", {**made, "kind": "contractor"}, status=201)["id"]
    post = api.post("/posts", {"organisation": unit, "kind": "guard", "title": "Guard"}, status=201)["id"]
    person = {"name": f"Guard {number}", "post": post, "since_date": "2020-01-01"}
    api.post("/people", person, status=201)
    api.post("/bindings", {"user": user_id, "role": "guard", "organisation": unit}, status=201)
    api.post("/qualifications", {"organisation": unit, "kind": "guard_permit"}, status=201)
    grant = {"kind": "grade", "organisation": unit, "scope": {"grade": 2}, "basis": "Letter 1"}
    api.post("/grants", grant, status=201)
    agreement = {"client": unit, "contractor": builder, "work": "maintenance"}
    api.post("/agreements", {**agreement, "since_date": "2020-01-01", "until_date": "2030-01-01"}, status=201)
    return str(unit)


def test_query_counts(admin: Api, make_user: Any) -> None:
    fill(admin, make_user, 0)
    few = {path: count(admin, path) for path in VIEWS}
    for number in range(1, 12):
        fill(admin, make_user, number)
    many = {path: count(admin, path) for path in VIEWS}
    assert many == few
    if WRITE:
        FILE.write_text(json.dumps(many, indent=1) + "\n", encoding="utf-8")
    assert many == json.loads(FILE.read_text(encoding="utf-8"))
