"""API tokens: made with the password, shown once, cut by scopes, ended by time, by hand and with their person."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.conftest import PASSWORD
from tests.web.retrievals.conftest import Town

from mingjian.kernel.clock import DAY_NS, ManualClock
from mingjian.web.accounts.models import ApiToken, User
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.authority.scopes import known_scopes
from mingjian.web.urls import api

pytestmark = pytest.mark.django_db


class Machine:
    """A program that has nothing but a token."""

    def __init__(self, text: str) -> None:
        self._api, self._header = Api(), f"Bearer {text}"

    def send(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        return self._api.send(method, path, body, status=status, Authorization=self._header, X_CSRFToken="", **headers)


def make(browser: Api, *scopes: str, **values: Any) -> dict[str, Any]:
    body = {"name": "对账程序", "scopes": list(scopes), "password": PASSWORD, **values}
    return browser.post("/me/tokens", body, status=201)


def test_a_token_is_shown_once_and_kept_as_a_digest(city: City, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = city.browser(BoundRole.MANAGER)
    assert browser.post("/me/tokens", {"name": "x", "scopes": ["registry:read"], "password": "no"}, status=422)
    made = make(browser, "registry:read")
    secret = made["text"].rpartition("_")[2]
    kept = ApiToken.objects.get()
    assert kept.digest == hashlib.sha256(made["text"].split("_", 2)[2].encode()).hexdigest()
    machine = Machine(made["text"])
    assert machine.send("GET", "/places")["items"] == []
    (listed,) = browser.get("/me/tokens")
    assert (listed["name"], listed["scopes"], listed["revoked_at"]) == ("对账程序", ["registry:read"], None)
    assert listed["last_used_at"] is not None
    assert "text" not in listed
    told = json.dumps([list(AuditEntry.objects.values()), browser.get("/me/tokens")], default=str) + caplog.text
    assert secret not in told
    entry = AuditEntry.objects.get(action="accounts.token.create")
    assert (entry.object_id, entry.after["scopes"]) == (made["id"], ["registry:read"])
    assert Api().get(f"/places?token={made['text']}", status=401)["code"] == "not_signed_in", "not from an address"


def test_scopes_cut_and_never_widen(city: City) -> None:
    browser = city.browser(BoundRole.MANAGER)
    place = {"name": "湖心购物中心", "division": "east", "organisation": "mall"}
    reader = Machine(make(browser, "registry:read")["text"])
    refused = reader.send("POST", "/places", place, status=403)
    assert (refused["code"], "registry:write" in refused["detail"]) == ("outside_scope", True)
    assert AuditEntry.objects.filter(action="authority.refused", outcome="denied").count() == 1
    assert reader.send("GET", "/filings", status=403)["code"] == "outside_scope"
    token = make(browser, *known_scopes())
    every = Machine(token["text"])
    made = every.send("POST", "/places", place, status=201)
    assert every.send("POST", "/places", {**place, "division": "west", "organisation": "market"}, status=403)
    entry = AuditEntry.objects.get(object_id=made["id"])
    assert (entry.actor_name, entry.api_token) == ("manager.east", token["id"])
    assert every.send("GET", "/users", status=403)["code"] == "forbidden", "a manager reads no users by token either"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/me/tokens", {"name": "x", "scopes": ["registry:read"], "password": PASSWORD}),
        ("GET", "/me/tokens", None),
        ("POST", "/me/password", {"current": PASSWORD, "new": "Lantern-Harbour-43"}),
        ("POST", "/me/second-factor", {"password": PASSWORD}),
        ("POST", "/users", {"name": "eve", "password": "Lantern-Harbour-44", "role": "admin"}),
    ],
)
def test_no_token_reaches_what_keeps_an_account_safe(admin: Api, method: str, path: str, body: Any) -> None:
    machine = Machine(make(admin, *known_scopes())["text"])
    if method == "GET":
        machine.send(method, path, body)  # that there are tokens may be known; their texts are nowhere
    else:
        assert machine.send(method, path, body, status=403)["code"] == "outside_scope"


def test_it_ends_by_time_by_hand_and_with_its_person(city: City, admin: Api, clock: ManualClock) -> None:
    browser, user = city.browser(BoundRole.MANAGER), city.user(BoundRole.MANAGER)

    def fresh() -> tuple[Machine, str]:
        made = make(browser, "registry:read", days=1)
        return Machine(made["text"]), made["id"]

    machine, _ = fresh()
    clock.advance(DAY_NS)
    refused = machine.send("GET", "/places", status=401)
    assert (refused["code"], machine._api.last["WWW-Authenticate"]) == ("invalid_token", "Bearer")
    machine, token = fresh()
    browser.post(f"/me/tokens/{token}/revoke", status=200)
    machine.send("GET", "/places", status=401)
    machine, token = fresh()
    assert token in {one["id"] for one in admin.get(f"/users/{user.id}/tokens")}
    city.browser(BoundRole.MANAGER, "west").post(f"/me/tokens/{token}/revoke", status=404)
    admin.post(f"/users/{user.id}/tokens/{token}/revoke", {"reason": "程序已下线"}, status=200)
    machine.send("GET", "/places", status=401)
    machine, _ = fresh()
    admin.post(f"/users/{user.id}/disable", {"reason": "离职"}, status=200)
    machine.send("GET", "/places", status=401)
    admin.post(f"/users/{user.id}/enable", status=200)
    machine.send("GET", "/places", status=401)
    assert AuditEntry.objects.filter(action="accounts.token.revoke").count() == 3


@pytest.mark.parametrize("text", ["", "mjt_x", f"mjt_{'0' * 26}_{'a' * 43}", "Basic cm9vdDpyb290"])
def test_what_is_no_token_opens_nothing(admin: Api, text: str) -> None:
    assert admin.send("GET", "/places", status=401, Authorization=f"Bearer {text}")["code"] == "invalid_token"


def test_a_right_secret_under_another_id_opens_nothing(admin: Api) -> None:
    first, second = make(admin, "law:read"), make(admin, "law:read")
    mixed = f"mjt_{second['id']}_{first['text'].split('_', 2)[2]}"
    Machine(mixed).send("GET", "/law/clauses", status=401)


def test_who_has_a_second_factor_shows_it(city: City, clock: ManualClock) -> None:
    town, user = Town(city, clock), city.user(BoundRole.MANAGER)
    town.code(user)
    browser = Api(user)
    body = {"name": "x", "scopes": ["registry:read"], "password": PASSWORD}
    browser.post("/me/tokens", body, status=401)
    browser.post("/me/tokens", {**body, "code": town.code(user)}, status=201)


def test_a_person_has_so_many_tokens_and_no_more(admin: Api) -> None:
    user = User.objects.get(name="root")
    for number in range(20):
        ApiToken.objects.create(
            id=f"t{number}", user=user, name="x", digest="", scopes=[], created_ns=0, expires_ns=1 << 62
        )
    body = {"name": "x", "scopes": ["law:read"], "password": PASSWORD}
    assert admin.post("/me/tokens", body, status=409)["code"] == "conflict"
    assert admin.post("/me/tokens", {**body, "scopes": ["law:rule"]}, status=422)["field"] == "/scopes"


def test_the_document_names_the_scope_of_each_endpoint() -> None:
    document = api.get_openapi_schema()
    scopes = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            scopes |= {one for way in operation["security"] for one in way.get("token", ())}
            assert {"session"} <= {name for way in operation["security"] for name in way} or not operation["security"]
    assert scopes <= set(known_scopes())
    assert document["paths"]["/api/v1/me/password"]["post"]["security"] == [{"session": []}]


def test_the_docs_page_brings_everything_along(client: Any) -> None:
    page = client.get("/api/docs")
    assert "unsafe" not in page["Content-Security-Policy"]
    for name, kind in (
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("start.js", "text/javascript"),
    ):
        assert name in page.content.decode()
        asset = client.get(f"/api/docs/{name}")
        assert (asset.status_code, asset["Content-Type"].partition(";")[0]) == (200, kind)
    assert "://" not in page.content.decode()
    assert client.get("/api/docs/..%2Fschema.py").status_code == 404
