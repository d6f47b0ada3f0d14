"""Screens that nobody attends: locked for everything the session's cookie could open, until the same person shows himself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.web.accounts.authenticator import Authenticator
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.web.accounts.models import BrowserSession
from mingjian.web.audit.models import AuditEntry
from mingjian.web.viewing.custody import end_looks
from mingjian.web.viewing.models import Look
from mingjian.web.viewing.revocations import in_force

pytestmark = pytest.mark.django_db
LOOK = {"streams": ["sub"], "rights": ["live"], "purpose": "watch"}


@pytest.fixture
def vera(make_user: Callable[..., Any], configure: Callable[..., Any]) -> Api:
    """Somebody signed in, where screens lock after two minutes."""
    configure(lock_after_s=120)
    return signed_in(make_user("vera"))


def signed_in(user: Any) -> Api:
    api = Api()
    api.post("/auth/login", {"name": user.name, "password": PASSWORD})
    return api


def wait(clock: ManualClock, seconds: float) -> None:
    clock.advance(round(seconds * NS_PER_S))


def steps() -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(action__in=["accounts.lock", "accounts.unlock"]).order_by("id")
    return list(rows.values_list("action", "outcome"))


def test_a_screen_nobody_touches_is_locked_for_every_request(vera: Api, clock: ManualClock) -> None:
    me = vera.get("/me")
    assert (me["lock_after_s"], me["idle_ms"]) == (120, 0)
    wait(clock, 60)
    vera.post("/me/awake", {"touched_ms_ago": 20_000}, status=204)
    assert vera.get("/me")["idle_ms"] == 20_000
    vera.post("/me/awake", {"touched_ms_ago": 50_000}, status=204)  # an older word, of another tab
    wait(clock, 99)
    assert vera.get("/me")["idle_ms"] == 119_000, "asking is no touch"
    wait(clock, 1)
    problem = vera.get("/me", status=423)
    assert problem["code"] == "session_locked"
    vera.post("/me/awake", {}, status=423)
    vera.get("/cameras", status=423)
    other_tab = Api()
    other_tab.client.cookies["mingjian"] = vera.client.cookies["mingjian"].value
    other_tab.get("/me", status=423)
    state = other_tab.get("/auth/lock")
    assert (state["locked"], state["name"], state["passkey"]) == (True, "vera", False)
    assert steps() == [("accounts.lock", "done")]
    assert AuditEntry.objects.get(action="accounts.lock").after == {"by": "idle", "after_s": 120}


def test_only_the_same_person_opens_it(vera: Api, make_user: Callable[..., Any], clock: ManualClock) -> None:
    vera.post("/auth/lock", {"by": "hand"}, status=204)
    vera.post("/auth/lock", {"by": "idle"}, status=204)  # of another tab, a moment later
    assert vera.post("/auth/unlock", {"password": "Lantern-Harbour-43"}, status=422)["code"] == "wrong_password"
    vera.get("/me", status=423)
    wait(clock, 30)
    assert vera.post("/auth/unlock", {"password": PASSWORD})["name"] == "vera"
    vera.get("/cameras")
    assert steps() == [("accounts.lock", "done"), ("accounts.unlock", "failed"), ("accounts.unlock", "done")]
    assert AuditEntry.objects.filter(action="accounts.unlock").latest("id").after == {"by": "password", "locked_s": 30}
    vera.post("/auth/lock", {}, status=204)
    make_user("otto")
    assert vera.post("/auth/login", {"name": "otto", "password": PASSWORD})["name"] == "otto"
    assert vera.get("/me")["name"] == "otto", "who relieves her signs in as himself"
    vera.post("/auth/lock", {}, status=204)
    vera.post("/auth/logout", status=204)
    vera.get("/me", status=401)


def test_what_is_open_to_anybody_a_locked_screen_gets_as_nobody(vera: Api) -> None:
    vera.post("/auth/lock", {}, status=204)
    vera.get("/setup")
    vera.post("/auth/login", {"name": "vera", "password": "wrong"}, status=401)
    assert AuditEntry.objects.filter(action="accounts.sign_in").latest("id").actor_name == ""


def test_the_looks_of_a_locked_screen_end(vera: Api, camera: Any, clock: ManualClock, commits: Any) -> None:
    ticket = vera.post("/tickets", {"camera": camera.id, **LOOK}, status=201)["ticket"]
    elsewhere = signed_in(Look.objects.get().viewer)
    wait(clock, 1)
    elsewhere.post("/tickets", {"camera": camera.id, **LOOK}, status=201)
    wait(clock, 9)
    with commits():
        vera.post("/auth/lock", {}, status=204)
    first, second = Look.objects.order_by("id")
    assert (first.revoked_ms, second.revoked_ms) == (clock.now_ns() // 1_000_000, None)
    assert (first.over_because, second.over_because) == ("locked", ""), "nobody has taken it back"
    assert [one.session for one in in_force()] == [first.session]
    wait(clock, 60)
    assert end_looks() == 1
    first.refresh_from_db()
    assert first.ended
    vera.post("/auth/unlock", {"password": PASSWORD})
    assert vera.post("/tickets/renew", {"ticket": ticket}, status=422)["code"] == "ticket_revoked"
    vera.post("/tickets", {"camera": camera.id, **LOOK}, status=201)


def test_a_passkey_opens_it(vera: Api, configure: Callable[..., Any]) -> None:
    configure(hosts=("testserver.example", "testserver"))
    vera.client.defaults["HTTP_HOST"] = "testserver.example"
    device, other = Authenticator(), Authenticator()
    options = vera.post("/me/passkeys/begin", {"password": PASSWORD})
    vera.post("/me/passkeys", {"name": "key", "answer": device.create(options)}, status=201)
    vera.post("/auth/lock", {}, status=204)
    assert vera.get("/auth/lock")["passkey"]
    wrong = {"answer": other.get(vera.post("/auth/unlock/passkey/begin"))}
    vera.post("/auth/unlock/passkey", wrong, status=401)
    right = {"answer": device.get(vera.post("/auth/unlock/passkey/begin"))}
    assert vera.post("/auth/unlock/passkey", right)["name"] == "vera"
    assert AuditEntry.objects.filter(action="accounts.unlock").latest("id").after["by"] == "passkey"


def test_a_request_under_way_undoes_no_lock(vera: Api) -> None:
    """What another tab writes into the session, read before the lock, leaves the lock alone."""
    row = BrowserSession.objects.get()
    vera.post("/auth/lock", {}, status=204)
    row.save(force_update=True)
    vera.get("/me", status=423)


def test_a_program_with_a_token_has_no_screen(vera: Api, clock: ManualClock) -> None:
    body = {"name": "export", "scopes": ["accounts:read"], "days": 30, "password": PASSWORD}
    token = vera.post("/me/tokens", body, status=201)["text"]
    wait(clock, 500)
    assert Api().get("/me", Authorization=f"Bearer {token}")["idle_ms"] == 0
