"""How many queries each view makes, against a baseline file; the number must not grow with the rows.

To write the baseline anew after a meant change: set WRITE to True once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.client import Api

from mingjian.web.authority.actor import local_person
from mingjian.web.registry.actions import NewCamera, add_camera

pytestmark = pytest.mark.django_db

FILE = Path(__file__).with_name("query_counts.json")
WRITE = False
VIEWS = (
    "/me", "/setup", "/users", "/cameras", "/cameras?text=gate", "/cameras?removed=true", "/audit", "/audit?text=gate",
    "/audit/names", "/looks", "/layouts", "/system/status", "/system/volumes", "/law/clauses",
    "/law/clauses/qd204.retention.thirty_days", "/law/coverage",
)  # fmt: skip


def count(api: Api, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        api.get(path)
    return len(queries)


def fill(api: Api, make_user: Any, number: int) -> None:
    camera = add_camera(
        local_person("t"), NewCamera(f"Gate {number}", "rtsp://10.0.0.1/m", sub_url="rtsp://10.0.0.1/s")
    )
    make_user(f"user{number}")
    api.post("/layouts", {"name": f"Wall {number}", "grid": 4, "tiles": []}, status=201)
    look = {"camera": camera.id, "streams": ["main"], "rights": ["live"], "purpose": "watch"}
    api.post("/tickets", look, status=201)


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
