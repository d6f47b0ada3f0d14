from __future__ import annotations

import pytest
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.web.accounts.models import User
from mingjian.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_the_first_administrator_is_made_once_and_is_signed_in() -> None:
    api = Api()
    assert api.get("/setup") == {"needed": True, "code_required": False, "language": "en"}
    me = api.post("/setup", {"name": "root", "password": PASSWORD}, status=201)
    assert (me["name"], me["role"]) == ("root", "admin")
    assert api.get("/me")["id"] == me["id"]
    assert api.get("/setup")["needed"] is False
    problem = Api().post("/setup", {"name": "second", "password": PASSWORD}, status=409)
    assert problem["code"] == "already_set_up"
    assert [user.name for user in User.objects.all()] == ["root"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.object_name, entry.address) == (
        "accounts.set_up", "root", "root", "127.0.0.1",
    )  # fmt: skip


def test_from_another_machine_the_printed_code_is_asked(configure) -> None:
    configure(setup_code="4711-0815")
    assert Api().get("/setup")["code_required"] is False
    far = Api(address="10.9.9.9")
    assert far.get("/setup")["code_required"] is True
    body = {"name": "root", "password": PASSWORD}
    assert far.post("/setup", body, status=403)["code"] == "wrong_setup_code"
    assert far.post("/setup", {**body, "code": "4711-0816"}, status=403)["field"] == "/code"
    assert not User.objects.exists()
    far.post("/setup", {**body, "code": "4711-0815"}, status=201)


def test_a_weak_password_leaves_nothing() -> None:
    problem = Api().post("/setup", {"name": "root", "password": "short"}, status=422)
    assert (problem["code"], problem["field"]) == ("weak_password", "/password")
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "tab\t"])
def test_a_login_name_that_is_none(name: str) -> None:
    problem = Api().post("/setup", {"name": name, "password": PASSWORD}, status=422)
    assert problem["field"] == "/name"
    assert not User.objects.exists()
