from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.web.accounts.models import BrowserSession as Session
from mingjian.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def sign_in(api: Api, name: str, password: str = PASSWORD, status: int = 200):
    return api.post("/auth/login", {"name": name, "password": password}, status=status)


def test_signing_in_and_out(make_user) -> None:
    make_user("vera", display_name="Vera", unit="Watch")
    api = Api()
    me = sign_in(api, "VERA")
    assert (me["display_name"], me["unit"], me["role"]) == ("Vera", "Watch", "viewer")
    assert "viewing.live" in me["permissions"]
    assert "accounts.users_manage" not in me["permissions"]
    api.post("/auth/logout", status=204)
    assert api.get("/me", status=401)["code"] == "not_signed_in"
    names = list(AuditEntry.objects.order_by("id").values_list("action", "outcome", "actor_name"))
    assert names[-2:] == [("accounts.sign_in", "done", "Vera"), ("accounts.sign_out", "done", "Vera")]


def test_a_planted_session_does_not_become_the_victims(make_user) -> None:
    make_user("vera")
    make_user("mallory")
    attacker = Api()
    sign_in(attacker, "mallory")
    planted = attacker.client.cookies["mingjian"].value
    victim = Api()
    victim.client.cookies["mingjian"] = planted
    sign_in(victim, "vera")
    assert victim.client.cookies["mingjian"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert attacker.get("/me", status=401)["code"] == "not_signed_in"


def test_the_csrf_token_changes_when_somebody_signs_in(make_user) -> None:
    make_user("vera")
    api = Api()
    before = api.client.cookies["csrftoken"].value
    sign_in(api, "vera")
    assert api.client.cookies["csrftoken"].value != before
    assert api.post("/auth/logout", status=403, X_CSRFToken=before)["code"] == "csrf_failed"


def test_a_wrong_name_and_a_wrong_password_read_the_same(make_user) -> None:
    user = make_user("vera")
    user.is_active = True
    api = Api()
    wrong_name = sign_in(api, "nobody", status=401)
    wrong_password = sign_in(api, "vera", "Lantern-Harbour-43", status=401)
    user.is_active = False
    user.save()
    disabled = sign_in(api, "vera", status=401)
    for problem in (wrong_name, wrong_password, disabled):
        problem.pop("request")
    assert wrong_name == wrong_password == disabled
    kept = [str(value) for entry in AuditEntry.objects.values() for value in entry.values()]
    assert "nobody" not in kept, "a name typed wrong is often a password"


def test_a_disabled_users_session_is_over(admin, make_user) -> None:
    user = make_user("vera")
    api = Api()
    sign_in(api, "vera")
    admin.post(f"/users/{user.id}/disable", {"reason": "left the unit"})
    assert api.get("/me", status=401)["code"] == "not_signed_in"
    assert sign_in(Api(), "vera", status=401)["code"] == "wrong_credentials"
    admin.post(f"/users/{user.id}/enable")
    sign_in(Api(), "vera")


def test_changing_the_password_ends_the_other_sessions(make_user) -> None:
    make_user("vera")
    here, there = Api(), Api()
    sign_in(here, "vera")
    sign_in(there, "vera")
    new = "Another-Lantern-7"
    problem = here.post("/me/password", {"current": "wrong", "new": new}, status=422)
    assert (problem["code"], problem["field"]) == ("wrong_password", "/current")
    assert here.post("/me/password", {"current": PASSWORD, "new": "weak"}, status=422)["field"] == "/new"
    assert here.post("/me/password", {"current": PASSWORD, "new": PASSWORD}, status=422)["field"] == "/new"
    here.post("/me/password", {"current": PASSWORD, "new": new})
    here.get("/me")
    there.get("/me", status=401)
    sign_in(Api(), "vera", status=401)
    sign_in(Api(), "vera", new)


def test_a_password_given_by_another_has_to_be_changed_first(admin, make_user, camera) -> None:
    user = make_user("vera")
    admin.post(f"/users/{user.id}/password", {"password": "Given-Lantern-99"})
    api = Api()
    me = sign_in(api, "vera", "Given-Lantern-99")
    assert me["must_change_password"] is True
    assert api.get("/cameras", status=403)["code"] == "password_change_needed"
    api.post("/me/password", {"current": "Given-Lantern-99", "new": PASSWORD})
    api.get("/cameras")


def test_cookies_under_tls(configure) -> None:
    import importlib

    from mingjian.web import settings as module

    assert (module.SESSION_COOKIE_SECURE, module.SESSION_COOKIE_NAME) == (False, "mingjian")
    configure(tls=True)
    try:
        importlib.reload(module)
        assert (module.SESSION_COOKIE_SECURE, module.CSRF_COOKIE_SECURE) == (True, True)
        assert module.SESSION_COOKIE_NAME == "__Host-mingjian"
        assert (module.SESSION_COOKIE_HTTPONLY, module.SESSION_COOKIE_SAMESITE) == (True, "Strict")
    finally:
        configure(tls=False)
        importlib.reload(module)


def test_language_and_theme_are_ones_own(make_user) -> None:
    make_user("vera")
    api = Api(language="en")
    sign_in(api, "vera")
    me = api.patch("/me", {"language": "zh", "theme": "dark"})
    assert (me["language"], me["theme"]) == ("zh", "dark")
    assert api.patch("/me", {"theme": "pink"}, status=422)["detail"] == "“外观”只能是：light、dark、auto"


def test_a_session_lasts_one_shift_and_old_ones_are_cleared(make_user) -> None:
    make_user("vera")
    api = Api()
    sign_in(api, "vera")
    session = Session.objects.get()
    left_s = (session.expire_date - timezone.now()).total_seconds()
    assert 12 * 3600 - 60 < left_s <= 12 * 3600
    assert not api.client.cookies["mingjian"]["max-age"], "the browser forgets it when it closes"
    session.expire_date = timezone.now() - timedelta(seconds=1)
    session.save()
    api.get("/me", status=401)
    sign_in(Api(), "vera")
    assert Session.objects.count() == 1
