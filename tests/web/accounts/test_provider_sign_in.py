"""Signing in through a real identity provider: whom it signs in, whom not, what is told and what is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.peers.oidc_peer import CLIENT_ID, CLIENT_SECRET, at_the_provider, oidc_peer
from tests.web.accounts.test_second_factor import code_of
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.app.oidc import OidcProvider
from mingjian.app.settings import OidcSettings
from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.web import wiring
from mingjian.web.accounts.models import IdentityLink
from mingjian.web.audit.models import AuditEntry

pytestmark = pytest.mark.peer
ADDRESSES = count(1)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_peer("http://testserver") as running:
        yield running


class TodaysClock(ManualClock):
    """The provider lives today, and so do we, so far apart as the test sets us. The other clock stands until moved."""

    def now_ns(self) -> int:
        return super().now_ns() + time.time_ns()


@pytest.fixture
def clock() -> ManualClock:
    return TodaysClock()


@dataclass
class House:
    """The installation with a provider; its settings are as the test wants them."""

    issuer: str
    clock: ManualClock

    def configure(self, *, secret: str = CLIENT_SECRET, **changes: Any) -> None:
        settings = replace(OidcSettings(self.issuer, CLIENT_ID, "市局统一认证", "", frozenset(), ""), **changes)
        provider = OidcProvider(settings, lambda: secret, self.clock)
        wiring.install(replace(wiring._wiring[0], identity_provider=provider))


@pytest.fixture
def house(issuer: str, clock: ManualClock, _wired: None) -> House:
    made = House(issuer, clock)
    made.configure()
    return made


def browser(user: Any = None) -> Api:
    """Each at an address of its own: who fails too often from one has to wait."""
    return Api(user, f"10.1.0.{next(ADDRESSES) % 250}")


def come(login: str, status: int = 200, api: Api | None = None, **changes: Any) -> Any:
    """Go there, sign in, come back."""
    api = api or browser()
    brought = at_the_provider(api.post("/auth/oidc/begin")["address"], login)
    return api.post("/auth/oidc", {**brought, **changes}, status=status)


def refusals() -> list[str]:
    return list(
        AuditEntry.objects.filter(action="accounts.identity.refuse").order_by("id").values_list("reason", flat=True)
    )


def test_only_a_linked_identity_signs_in(house: House, make_user: Any) -> None:
    user, admin = make_user("wang", "operator"), browser(make_user("boss", "admin"))
    assert browser().get("/auth/oidc") == {"configured": True, "name": "市局统一认证"}
    told = come("wang", 403)
    assert (told["code"], told["fault"]) == ("oidc_unknown_person", "user"), "the same login name is no rule"
    shown = admin.get(f"/users/{user.id}/identity")
    assert shown["linked"] is None
    assert [(one["subject"], one["names"]["preferred_username"]) for one in shown["strangers"]] == [
        ("sub-wang", "wang")
    ]
    admin.post(f"/users/{user.id}/identity", {"subject": "sub-wang"}, status=201)
    assert admin.post(f"/users/{user.id}/identity", {"subject": "sub-other"}, status=409)["field"] == "/subject"
    arriving = browser()
    assert come("wang", api=arriving)["by_provider"] is True
    assert arriving.get("/me/identity")["linked"]["subject"] == "sub-wang"
    assert admin.get(f"/users/{user.id}/identity")["strangers"] == []
    entry = AuditEntry.objects.get(action="accounts.sign_in")
    assert (entry.actor_id, entry.after["by"], entry.after["subject"], entry.after["second_factor"]) == (
        user.id, "oidc", "sub-wang", "none",
    )  # fmt: skip
    left = arriving.post("/auth/oidc/logout")["address"]
    assert left.startswith(
        f"{house.issuer}/session/end?client_id=mingjian&post_logout_redirect_uri=http%3A%2F%2Ftestserver"
    )
    arriving.get("/me", status=401)
    come("wang", api=arriving)
    admin.post(f"/users/{user.id}/identity/unlink", {"reason": "调离岗位"}, status=204)
    arriving.get("/me", status=401)  # his session ended with it
    come("wang", 403)
    actions = AuditEntry.objects.filter(action__startswith="accounts.identity.").order_by("id")
    assert [entry.action.rpartition(".")[2] for entry in actions] == ["refuse", "link", "unlink", "refuse"]
    assert refusals() == ["not_linked", "not_linked"]


def test_the_rule_is_believed_once_and_never_for_administrators(house: House, make_user: Any) -> None:
    wang, li, boss = make_user("wang"), make_user("li"), make_user("boss", "admin")
    house.configure(match="preferred_username")
    assert come("Wang")["name"] == "wang", "login names do not differ by case"
    link = IdentityLink.objects.get(user=wang)
    assert (link.subject, link.linked_by) == ("sub-Wang", "")
    come("wang", 403)  # another subject, which claims the same name
    come("boss", 403)
    come("stranger", 403)
    browser(boss).post(f"/users/{wang.id}/identity/unlink", {"reason": "误关联"}, status=204)
    come("Wang", 403)  # what an administrator has ended no rule renews
    browser(boss).post(f"/users/{li.id}/disable", {"reason": "停用"})
    come("li", 403)
    assert refusals() == ["other_identity", "administrator", "no_account", "unlinked", "disabled"]
    assert not IdentityLink.objects.filter(user=boss).exists()
    house.configure(match="email")
    assert come("li-unverified", 403)["code"] == "oidc_unknown_person"
    assert refusals()[-1] == "claim_missing", "an address nobody verified is no name"


def test_the_second_factor_of_the_house_stays(house: House, make_user: Any, clock: ManualClock) -> None:
    user, admin = make_user("wang"), browser(make_user("boss", "admin"))
    admin.post(f"/users/{user.id}/identity", {"subject": "sub-wang"}, status=201)
    enrolling = browser(user)
    key = enrolling.post("/me/second-factor", {"password": PASSWORD})["key"]
    enrolling.post("/me/second-factor/confirm", {"code": code_of(key, clock.now_ns() // NS_PER_S - 30)})
    arriving = browser()
    assert come("wang+mfa", 401, arriving)["code"] == "second_factor_needed", "the operator has named no word of it"
    arriving.get("/me", status=401)
    assert arriving.post("/auth/oidc/code", {"code": "000000"}, status=401)["code"] == "wrong_second_factor"
    assert arriving.post("/auth/oidc/code", {"code": code_of(key, clock.now_ns() // NS_PER_S)})["name"] == "wang"
    assert AuditEntry.objects.get(action="accounts.sign_in").after["second_factor"] == "own"
    assert arriving.post("/auth/oidc/code", {"code": "000000"}, status=401)["code"] == "oidc_wrong_code"
    house.configure(second_factor=frozenset({"mfa"}))
    come("wang", 401)
    assert come("wang+mfa")["name"] == "wang"
    assert AuditEntry.objects.filter(action="accounts.sign_in").latest("id").after["methods"] == ["mfa", "pwd"]


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(house: House, make_user: Any) -> None:
    user, admin = make_user("wang"), browser(make_user("boss", "admin"))
    admin.post(f"/users/{user.id}/identity", {"subject": "sub-wang"}, status=201)
    api = browser()
    address = api.post("/auth/oidc/begin")["address"]
    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["code_challenge_method"], asked["prompt"], asked["response_type"]) == ("S256", "login", "code")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    brought = at_the_provider(address, "wang")
    other = browser()
    other.post("/auth/oidc/begin")
    assert other.post("/auth/oidc", brought, status=401)["code"] == "oidc_wrong_code", "login CSRF"
    api.post("/auth/oidc", brought)
    assert api.post("/auth/oidc", brought, status=401)["code"] == "oidc_wrong_code"
    late = browser()
    brought = at_the_provider(late.post("/auth/oidc/begin")["address"], "wang")
    house.clock.advance(601 * NS_PER_S)
    assert late.post("/auth/oidc", brought, status=401)["code"] == "oidc_wrong_code"
    house.clock.step(-601 * NS_PER_S)
    assert come("wang", 502, iss="https://evil.example")["code"] == "oidc_untrusted"
    api = browser()
    api.post("/auth/oidc", at_the_provider(api.post("/auth/oidc/begin")["address"], "wang", act="no"), status=401)
    assert AuditEntry.objects.filter(action="accounts.identity.refuse").latest("id").reason == "oidc_denied"


def test_who_guesses_has_to_wait(house: House, make_user: Any) -> None:
    api = browser()
    for _ in range(5):
        api.post("/auth/oidc", {"state": "guessed", "code": "guessed"}, status=401)
    assert api.post("/auth/oidc", {"state": "guessed", "code": "guessed"}, status=429)["code"] == "too_many_attempts"


def test_each_failure_says_whose_it_is(house: House, make_user: Any, clock: ManualClock) -> None:
    def told(status: int, make: Callable[[], Any]) -> tuple[str, str]:
        answer = make()
        assert answer["status"] == status, answer
        return answer["code"], answer["fault"]

    house.configure(secret="another")
    assert told(503, lambda: come("wang", 503)) == ("oidc_wrong_client", "environment")
    house.configure()
    for off_s, word in ((3600, "ahead of"), (-3600, "behind")):
        clock.step(off_s * NS_PER_S)
        answer = come("wang", 503)
        assert (answer["code"], word in answer["detail"]) == ("oidc_clock", True), answer
        clock.step(-off_s * NS_PER_S)
    house.configure(issuer=f"{house.issuer}/")
    assert told(502, lambda: browser().post("/auth/oidc/begin", status=502)) == ("oidc_untrusted", "peer")
    house.configure(issuer="http://127.0.0.1:9")
    assert told(502, lambda: browser().post("/auth/oidc/begin", status=502)) == ("oidc_unreachable", "peer")
    wiring.install(replace(wiring._wiring[0], identity_provider=None))
    assert told(404, lambda: browser().post("/auth/oidc/begin", status=404)) == ("oidc_off", "user")
    assert browser().get("/auth/oidc") == {"configured": False, "name": ""}


def test_new_keys_of_the_provider_are_asked_for(make_user: Any, house: House, clock: ManualClock) -> None:
    user, admin = make_user("wang"), browser(make_user("boss", "admin"))
    with oidc_peer("http://testserver") as issuer:
        replace(house, issuer=issuer).configure()
        admin.post(f"/users/{user.id}/identity", {"subject": "sub-wang"}, status=201)
        come("wang")
    with oidc_peer("http://testserver", port=urlsplit(issuer).port or 0):
        assert come("wang", 502)["code"] == "oidc_untrusted", "keys are not asked for at every wrong signature"
        clock.advance(31 * NS_PER_S)
        clock.step(-31 * NS_PER_S)
        assert come("wang")["name"] == "wang"
