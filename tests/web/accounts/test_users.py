from __future__ import annotations

import pytest
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.web.accounts.models import User
from mingjian.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

VERA = {"name": "vera", "password": PASSWORD, "role": "viewer", "display_name": "Vera", "unit": "Watch"}


def test_making_and_changing_a_user(admin: Api) -> None:
    made = admin.post("/users", VERA, status=201)
    assert (made["role"], made["active"], made["must_change_password"], made["version"]) == ("viewer", True, True, 1)
    path = f"/users/{made['id']}"
    assert admin.get(path) == made
    assert admin.patch(path, {"unit": "Traffic"}, status=428)["code"] == "precondition_required"
    changed = admin.patch(path, {"unit": "Traffic", "role": "operator"}, If_Match='"v1"')
    assert (changed["unit"], changed["role"], changed["version"]) == ("Traffic", "operator", 2)
    assert admin.patch(path, {"unit": "X"}, status=412, If_Match='"v1"')["code"] == "changed_meanwhile"
    entry = AuditEntry.objects.get(action="accounts.user.change")
    assert (entry.before, entry.after) == (
        {"unit": "Watch", "role": "viewer"}, {"unit": "Traffic", "role": "operator"},
    )  # fmt: skip
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("name", ["vera", "VERA", "\uff36era"])
def test_a_login_name_is_used_once_whatever_its_case_or_width(admin: Api, name: str) -> None:
    admin.post("/users", VERA, status=201)
    problem = admin.post("/users", {**VERA, "name": name}, status=409)
    assert (problem["code"], problem["field"]) == ("name_taken", "/name")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"role": "king"}, "/role"), ({"password": "short"}, "/password"), ({"name": "a b"}, "/name"),
     ({"display_name": "x" * 65}, "/display_name"), ({"is_superuser": True}, "/is_superuser")],
)  # fmt: skip
def test_what_is_not_accepted(admin: Api, change, field) -> None:
    assert admin.post("/users", {**VERA, **change}, status=422)["field"] == field
    assert User.objects.count() == 1


def test_the_last_administrator_stays(admin: Api) -> None:
    me = admin.get("/me")["id"]
    assert admin.post(f"/users/{me}/disable", {"reason": "leaving"}, status=422)["code"] == "last_administrator"
    assert admin.patch(f"/users/{me}", {"role": "viewer"}, status=422, If_Match='"v1"')["code"] == "last_administrator"
    admin.post("/users", {**VERA, "role": "admin"}, status=201)
    admin.patch(f"/users/{me}", {"role": "viewer"}, If_Match='"v1"')
    assert admin.get("/me")["role"] == "viewer"


def test_listing_and_searching(admin: Api) -> None:
    for name in ("vera", "anna", "boris"):
        admin.post("/users", {**VERA, "name": name, "unit": f"Unit of {name}"}, status=201)
    first = admin.get("/users?limit=3")
    assert [user["name"] for user in first["items"]] == ["anna", "boris", "root"]
    assert [user["name"] for user in admin.get(f"/users?cursor={first['next']}")["items"]] == ["vera"]
    assert [user["name"] for user in admin.get("/users?text=of+bor")["items"]] == ["boris"]
    assert not any("password" in key and key != "must_change_password" for key in first["items"][0])
    admin.get("/users/nobody", status=404)


def test_a_user_is_created_once_for_an_idempotency_key(admin: Api) -> None:
    made = admin.post("/users", VERA, status=201, Idempotency_Key="k")
    assert admin.post("/users", VERA, status=201, Idempotency_Key="k") == made
