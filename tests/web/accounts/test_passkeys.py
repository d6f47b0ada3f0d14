"""Passkeys: added with the password, signing in alone, standing for a code, and every way in which one is not taken."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from tests.web.accounts.authenticator import Authenticator
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.web.accounts.models import Passkey, PasskeyProof
from mingjian.web.audit.models import AuditEntry

HOST = "testserver.example"


@pytest.fixture(autouse=True)
def _named(configure: Callable[..., Any]) -> None:
    configure(hosts=(HOST, "testserver"))


ADDRESSES = count(1)


def browser(user: Any = None) -> Api:
    """Each at an address of its own: who fails too often from one has to wait."""
    made = Api(user, f"10.0.0.{next(ADDRESSES) % 250}")
    made.client.defaults["HTTP_HOST"] = HOST
    return made


def add(api: Api, device: Authenticator, status: int = 201) -> Any:
    options = api.post("/me/passkeys/begin", {"password": PASSWORD})
    return api.post("/me/passkeys", {"name": "值班台", "answer": device.create(options)}, status=status)


def sign_in(device: Authenticator, status: int = 200, api: Api | None = None) -> Any:
    api = api or browser()
    return api.post("/auth/passkey", {"answer": device.get(api.post("/auth/passkey/begin"))}, status=status)


def test_it_is_added_and_signs_in_alone(make_user: Any) -> None:
    user, device = make_user("wang", "operator"), Authenticator()
    api = browser(user)
    api.post("/me/passkeys/begin", {"password": "wrong"}, status=422)
    made = add(api, device)
    assert add(api, device, status=409)["code"] == "conflict"
    arriving = browser()
    assert sign_in(device, api=arriving)["name"] == "wang"
    assert arriving.get("/me")["id"] == user.id
    (listed,) = api.get("/me/passkeys")
    assert (listed["id"], listed["name"], bool(listed["last_used_at"])) == (made["id"], "值班台", True)
    assert AuditEntry.objects.get(action="accounts.sign_in").after == {"by": "passkey"}
    needed = browser().post("/auth/login", {"name": "wang", "password": PASSWORD}, status=401)
    assert (needed["code"], "passkey" in needed["detail"]) == ("second_factor_needed", True), "a password alone is less"
    api.post(f"/me/passkeys/{made['id']}/remove", {"password": PASSWORD}, status=204)
    assert sign_in(device, status=401)["code"] == "wrong_passkey"
    browser().post("/auth/login", {"name": "wang", "password": PASSWORD})


def test_what_does_not_fit_is_not_taken(make_user: Any, clock: ManualClock) -> None:
    user, device = make_user("wang"), Authenticator()
    add(browser(user), device)
    stranger = Authenticator()
    stranger.id = device.id
    sign_in(stranger, status=401)  # another key under the same id
    device.origin = "https://elsewhere.example"
    sign_in(device, status=401)
    device.origin, device.verified = f"http://{HOST}", False
    sign_in(device, status=401)  # the device did not ask who holds it
    device.verified = True
    api = browser()
    answer = device.get(api.post("/auth/passkey/begin"))
    api.post("/auth/passkey", {"answer": answer})
    browser().post("/auth/passkey", {"answer": answer}, status=401)  # nobody began here
    late = browser()
    options = late.post("/auth/passkey/begin")
    clock.advance(301 * NS_PER_S)
    late.post("/auth/passkey", {"answer": device.get(options)}, status=401)
    device.uses = 0
    sign_in(device, status=401)  # a copy: its count lags behind
    for junk in ({}, {"id": "x"}, {"rawId": 1, "response": []}):
        junky = browser()
        junky.post("/auth/passkey/begin")
        junky.post("/auth/passkey", {"answer": junk}, status=401)
    assert AuditEntry.objects.filter(action="accounts.passkey.refuse", outcome="failed").count() >= 5


def test_a_disabled_person_and_a_reset_one_do_not_come_in(make_user: Any, admin: Api) -> None:
    user, device = make_user("wang"), Authenticator()
    add(browser(user), device)
    admin.post(f"/users/{user.id}/disable", {"reason": "离职"})
    sign_in(device, status=401)
    admin.post(f"/users/{user.id}/enable")
    sign_in(device)
    admin.post(f"/users/{user.id}/second-factor/reset", {"reason": "设备丢失"}, status=204)
    assert not Passkey.objects.exists()
    sign_in(device, status=401)


def test_it_stands_where_a_code_is_asked_once(make_user: Any, clock: ManualClock) -> None:
    user, device = make_user("wang", "operator"), Authenticator()
    api = browser(user)
    add(api, device)
    token = {"name": "x", "scopes": ["law:read"], "password": PASSWORD}
    assert api.post("/me/tokens", token, status=401)["code"] == "wrong_second_factor"

    def proof() -> str:
        options = api.post("/me/passkeys/show/begin")
        assert len(options["allowCredentials"]) == 1
        return str(api.post("/me/passkeys/show", {"answer": device.get(options)})["proof"])

    shown = proof()
    api.post("/me/tokens", {**token, "code": shown}, status=201)
    api.post("/me/tokens", {**token, "code": shown}, status=401)
    late = proof()
    clock.advance(121 * NS_PER_S)
    api.post("/me/tokens", {**token, "code": late}, status=401)
    other = browser(make_user("li"))
    add(other, Authenticator())
    other.post("/me/tokens", {**token, "code": proof()}, status=401)
    assert shown not in str(list(PasskeyProof.objects.values()))


def test_a_role_that_needs_a_second_factor_has_one_by_a_passkey(make_user: Any, configure: Callable[..., Any]) -> None:
    configure(second_factor_roles=frozenset({"operator"}))
    api = browser(make_user("wang", "operator"))
    assert api.get("/cameras", status=403)["code"] == "second_factor_enrolment_needed"
    made = add(api, Authenticator())
    api.get("/cameras")
    assert api.post(f"/me/passkeys/{made['id']}/remove", {"password": PASSWORD}, status=409)["code"] == "conflict"


def test_under_a_bare_address_there_are_none(make_user: Any) -> None:
    api = Api(make_user("wang"))
    api.client.defaults["HTTP_HOST"] = "127.0.0.1"
    problem = api.post("/me/passkeys/begin", {"password": PASSWORD}, status=422)
    assert problem["code"] == "passkeys_need_a_name"
