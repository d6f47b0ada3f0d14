from __future__ import annotations

import pytest
from tests.web.client import Api

pytestmark = pytest.mark.django_db

TILES = [{"camera": "c" * 26, "stream": "main"}, None, {"camera": "d" * 26, "stream": "sub"}]


def test_a_wall_is_saved_changed_and_deleted(viewer: Api) -> None:
    made = viewer.post("/layouts", {"name": "Gates", "grid": 4, "tiles": TILES}, status=201)
    path = f"/layouts/{made['id']}"
    assert viewer.get("/layouts") == [made]
    assert made["tiles"] == TILES
    body = {"name": "Gates 2", "grid": 9, "tiles": []}
    assert viewer.put(path, body, status=428)["code"] == "precondition_required"
    changed = viewer.put(path, body, If_Match='"v1"')
    assert (changed["name"], changed["grid"], changed["version"]) == ("Gates 2", 9, 2)
    assert viewer.put(path, body, status=412, If_Match='"v1"')["code"] == "changed_meanwhile"
    viewer.delete(path, If_Match='"v2"')
    assert viewer.get("/layouts") == []


def test_anothers_wall_is_not_there(viewer: Api, admin: Api) -> None:
    path = f"/layouts/{viewer.post('/layouts', {'name': 'Gates', 'grid': 4, 'tiles': []}, status=201)['id']}"
    assert admin.get("/layouts") == []
    admin.put(path, {"name": "Mine", "grid": 4, "tiles": []}, status=404, If_Match='"v1"')
    admin.delete(path, status=404, If_Match='"v1"')
    admin.post("/layouts", {"name": "Gates", "grid": 4, "tiles": []}, status=201)
    assert len(viewer.get("/layouts")) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "/name"),
        ({"grid": 5}, "/grid"),
        ({"grid": 1}, "/tiles"),
        ({"tiles": [{"camera": "c" * 27}]}, "/tiles/0/camera"),
        ({"tiles": [{}]}, "/tiles/0/camera"),
        ({"tiles": "all"}, "/tiles"),
    ],
)
def test_what_is_not_accepted(viewer: Api, change, field) -> None:
    body = {"name": "Gates", "grid": 4, "tiles": TILES, **change}
    assert viewer.post("/layouts", body, status=422)["field"] == field


def test_a_name_is_used_once(viewer: Api) -> None:
    body = {"name": "Gates", "grid": 4, "tiles": []}
    viewer.post("/layouts", body, status=201, Idempotency_Key="a")
    viewer.post("/layouts", body, status=201, Idempotency_Key="a")
    problem = viewer.post("/layouts", body, status=409, Idempotency_Key="b")
    assert (problem["code"], problem["field"]) == ("name_taken", "/name")
    other = viewer.post("/layouts", {**body, "name": "Parks"}, status=201)
    assert viewer.put(f"/layouts/{other['id']}", body, status=409, If_Match='"v1"')["code"] == "name_taken"
