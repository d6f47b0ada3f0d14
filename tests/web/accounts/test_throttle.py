"""Guessing is slowed; being guessed at is not."""

from __future__ import annotations

import contextlib

import pytest
from tests.web.client import Api
from tests.web.conftest import NOW_NS, PASSWORD

from mingjian.kernel.clock import NS_PER_S
from mingjian.web.accounts.models import AttemptCount
from mingjian.web.accounts.throttle import TooManyAttempts, count_attempt, forgive

pytestmark = pytest.mark.django_db


def guess(api: Api, name: str = "vera", password: str = "Wrong-Lantern-1") -> int:
    api.send("POST", "/auth/login", {"name": name, "password": password})
    return int(api.last.status_code)


def test_the_sixth_wrong_password_waits_and_the_right_one_too(make_user, clock) -> None:
    make_user("vera")
    api = Api()
    assert [guess(api) for _ in range(6)] == [401] * 5 + [429]
    assert api.last["Retry-After"] == "30"
    assert api.last.json()["detail"] == "too many failed attempts: wait 30 seconds"
    assert guess(api, password=PASSWORD) == 429
    clock.advance(30 * NS_PER_S)
    assert guess(api, password=PASSWORD) == 200


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(clock) -> None:
    waits = []
    for _ in range(12):
        count_attempt("vera", "10.0.0.1", clock.now_ns())
        with_wait = max(AttemptCount.objects.values_list("blocked_until_ns", flat=True)) - clock.now_ns()
        waits.append(max(with_wait, 0) // NS_PER_S)
        clock.advance(max(with_wait, 0))
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_others_guessing_does_not_lock_the_owner_out(make_user, clock) -> None:
    make_user("vera")
    owner = Api(address="10.1.1.1")
    assert guess(owner, password=PASSWORD) == 200
    owner.post("/auth/logout", status=204)
    neighbour = Api(address="10.1.1.1")
    assert [guess(neighbour) for _ in range(6)][-1] == 429, "the same address, another browser"
    for machine in range(50):
        with contextlib.suppress(TooManyAttempts):
            count_attempt("vera", f"10.2.0.{machine}", clock.now_ns())
    assert guess(Api(address="10.3.3.3"), password=PASSWORD) == 429, "fifty machines guessing one name are slowed"
    assert guess(owner, password=PASSWORD) == 200
    assert [guess(owner) for _ in range(6)] == [401] * 5 + [429], "a known browser may not guess for ever either"


def test_a_known_browser_is_known_under_its_own_name_only(make_user) -> None:
    make_user("vera")
    make_user("anna")
    browser = Api(address="10.1.1.1")
    guess(browser, password=PASSWORD)
    stranger = Api(address="10.1.1.1")
    assert [guess(stranger, "anna") for _ in range(6)][-1] == 429
    browser.post("/auth/logout", status=204)
    assert guess(browser, "anna", PASSWORD) == 429
    browser.client.cookies["mingjian_device"] = "f" * 32 + "." + "0" * 64
    assert guess(browser, "anna", PASSWORD) == 429


def test_one_machine_trying_many_names_is_stopped(clock) -> None:
    for number in range(30):
        count_attempt(f"name{number}", "10.4.4.4", clock.now_ns())
    with pytest.raises(TooManyAttempts):
        count_attempt("another", "10.4.4.4", clock.now_ns())
    count_attempt("another", "10.4.4.5", clock.now_ns())


def test_signing_in_every_minute_never_waits(clock) -> None:
    for _ in range(100):
        count_attempt("vera", "10.5.5.5", clock.now_ns())
        forgive("vera", "10.5.5.5", clock.now_ns())


def test_counts_are_forgotten_after_an_hour_and_hold_no_names(clock) -> None:
    count_attempt("my-secret-typed-as-name", "10.6.6.6", NOW_NS)
    assert not any("secret" in scope for scope in AttemptCount.objects.values_list("scope", flat=True))
    clock.advance(3601 * NS_PER_S)
    count_attempt("vera", "10.6.6.7", clock.now_ns())
    assert AttemptCount.objects.count() == 3


def test_the_setup_code_cannot_be_guessed_at_leisure(configure) -> None:
    configure(setup_code="4711-0815")
    far = Api(address="10.7.7.7")
    body = {"name": "root", "password": PASSWORD, "code": "0000-0000"}
    for _ in range(5):
        far.post("/setup", body, status=403)
    assert far.post("/setup", {**body, "code": "4711-0815"}, status=429)["code"] == "too_many_attempts"


def test_an_open_session_is_no_place_to_guess_the_password(viewer: Api) -> None:
    body = {"current": "Wrong-Lantern-1", "new": "Another-Lantern-7"}
    for _ in range(5):
        viewer.post("/me/password", body, status=422)
    viewer.post("/me/password", {**body, "current": PASSWORD}, status=429)
