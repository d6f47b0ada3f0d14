"""The second factor, judged with another program's codes: oathtool's algorithm by itself, from RFC 6238."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.web.accounts.models import RecoveryCode, SecondFactor
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, BoundRole


def code_of(key: str, at_s: int) -> str:
    """RFC 6238 written out, so that the library is not judged by itself."""
    digest = hmac.new(base64.b32decode(key), struct.pack(">Q", at_s // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_codes_are_those_of_rfc_6238() -> None:
    key = base64.b32encode(b"12345678901234567890").decode()
    assert [code_of(key, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


@pytest.fixture
def enrolled(viewer: Api, clock: Any) -> tuple[Api, str, list[str]]:
    key = viewer.post("/me/second-factor", {"password": PASSWORD})["key"]
    viewer.post("/me/second-factor/confirm", {"code": "000000"}, status=401)
    assert viewer.get("/me/second-factor") == {"enrolled": False, "recovery_codes_left": 0}
    codes = viewer.post("/me/second-factor/confirm", {"code": code_of(key, clock.now_ns() // NS_PER_S)})
    return viewer, key, codes["recovery_codes"]


def sign_in(clock: Any, code: str | None, status: int = 200) -> Any:
    given = {"name": "vera", "password": PASSWORD} | ({} if code is None else {"code": code})
    return Api(language="en").post("/auth/login", given, status=status)


def test_enrolling_needs_the_password(viewer: Api) -> None:
    assert viewer.post("/me/second-factor", {"password": "wrong"}, status=422)["code"] == "wrong_password"
    assert not SecondFactor.objects.exists()


def test_signing_in_asks_for_the_code_and_takes_it_once(enrolled: Any, clock: Any) -> None:
    _, key, _ = enrolled
    assert sign_in(clock, None, 401)["code"] == "second_factor_needed"
    now_s = clock.now_ns() // NS_PER_S
    assert sign_in(clock, code_of(key, now_s), 401)["code"] == "wrong_second_factor"  # enrolling took it
    clock.advance(30 * NS_PER_S)
    code = code_of(key, now_s + 30)
    assert sign_in(clock, code)["name"] == "vera"
    assert sign_in(clock, code, 401)["code"] == "wrong_second_factor"


def test_a_code_is_good_one_step_early_or_late_and_no_more(enrolled: Any, clock: Any) -> None:
    _, key, _ = enrolled
    clock.advance(600 * NS_PER_S)
    now_s = clock.now_ns() // NS_PER_S
    assert sign_in(clock, code_of(key, now_s - 60), 401)
    assert sign_in(clock, code_of(key, now_s + 60), 401)
    assert sign_in(clock, code_of(key, now_s - 30))
    assert sign_in(clock, code_of(key, now_s + 30))


def test_a_wrong_password_says_nothing_about_the_factor(enrolled: Any) -> None:
    given = {"name": "vera", "password": "wrong", "code": "123456"}
    assert Api(language="en").post("/auth/login", given, status=401)["code"] == "wrong_credentials"


def test_guessing_codes_is_slowed_down_whatever_the_address(enrolled: Any, clock: Any) -> None:
    statuses = []
    for number in range(8):
        browser = Api(address=f"10.0.0.{number}", language="en")
        browser.send("POST", "/auth/login", {"name": "vera", "password": PASSWORD, "code": "000001"})
        statuses.append(browser.last.status_code)
        browser.send("POST", "/auth/login", {"name": "vera", "password": PASSWORD})
    assert statuses.count(401) <= 6
    assert statuses[-1] == 429


def test_each_recovery_code_works_once(enrolled: Any, clock: Any) -> None:
    viewer, _, codes = enrolled
    assert len(set(codes)) == 10
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    assert sign_in(clock, codes[0].upper())
    assert sign_in(clock, codes[0], 401)
    assert viewer.get("/me/second-factor") == {"enrolled": True, "recovery_codes_left": 9}


def test_the_key_is_sealed_in_the_database(enrolled: Any) -> None:
    _, key, _ = enrolled
    kept = SecondFactor.objects.get().key_sealed
    assert key not in kept
    assert base64.b64encode(base64.b32decode(key)).decode() not in kept


def test_others_confirm_with_the_function(enrolled: Any, clock: Any) -> None:
    _, key, _ = enrolled
    user = SecondFactor.objects.get().user
    clock.advance(60 * NS_PER_S)
    actor = Actor(user.id, "Vera", "Watch", "viewer")
    code = code_of(key, clock.now_ns() // NS_PER_S)
    confirm_second_factor(actor, code)
    with pytest.raises(MingjianError, match="used already"):
        confirm_second_factor(actor, code)
    outcomes = AuditEntry.objects.filter(action="accounts.second_factor.confirm").values_list("outcome", flat=True)
    assert list(outcomes.order_by("id")) == ["done", "failed"]


def test_without_a_factor_nothing_is_confirmed(viewer: Api, make_user: Any) -> None:
    user = make_user("other")
    with pytest.raises(MingjianError, match="no second factor"):
        confirm_second_factor(Actor(user.id, "Other", "", "viewer"), "123456")


def test_it_is_given_up_by_a_code_and_reset_by_the_administrator(enrolled: Any, admin: Api, clock: Any) -> None:
    viewer, _, codes = enrolled
    viewer.post("/me/second-factor/remove", {"code": "000000"}, status=401)
    viewer.post("/me/second-factor/remove", {"code": codes[1]}, status=204)
    assert sign_in(clock, None)
    again = viewer.post("/me/second-factor", {"password": PASSWORD})["key"]
    viewer.post("/me/second-factor/confirm", {"code": code_of(again, clock.now_ns() // NS_PER_S)})
    user = SecondFactor.objects.get().user_id
    admin.post(f"/users/{user}/second-factor/reset", {"reason": "lost phone"}, status=204)
    viewer.get("/me", status=401)
    assert sign_in(clock, None)


def test_a_role_that_needs_it_enrols_before_anything_else_and_cannot_give_it_up(
    city: City, clock: Any, configure: Any
) -> None:
    configure(second_factor_roles=frozenset({"approver"}))
    approver, officer = city.browser(BoundRole.APPROVER), city.browser(BoundRole.OFFICER)
    assert officer.get("/me")["must_enrol_second_factor"] is False
    assert approver.get("/me")["must_enrol_second_factor"] is True
    officer.get("/filings")
    refused = approver.get("/filings", status=403)
    assert refused["code"] == "second_factor_enrolment_needed"
    key = approver.post("/me/second-factor", {"password": PASSWORD})["key"]
    now_s = clock.now_ns() // NS_PER_S
    approver.post("/me/second-factor/confirm", {"code": code_of(key, now_s)})
    assert approver.get("/me")["must_enrol_second_factor"] is False
    approver.get("/filings")
    clock.advance(30 * NS_PER_S)
    assert approver.post("/me/second-factor/remove", {"code": code_of(key, now_s + 30)}, status=409)
    assert approver.get("/me/second-factor")["enrolled"] is True


def test_an_account_role_can_be_one_that_needs_it(viewer: Api, configure: Any) -> None:
    configure(second_factor_roles=frozenset({"viewer"}))
    assert viewer.get("/cameras", status=403)["code"] == "second_factor_enrolment_needed"
    configure(second_factor_roles=frozenset({"admin"}))
    viewer.get("/cameras")
