"""Whatever is sent to whichever endpoint, the answer is never a crash, and every refusal is a problem."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.client import Api
from tests.web.write_openapi import FILE

pytestmark = pytest.mark.django_db

NASTY = st.sampled_from(
    ["", " ", "\x00", "a\x00b", "\ud800", "'; DROP TABLE x; --", "0" * 26, "../..", "%", "\u202e", "𠮷" * 200, "=1+1"]
)  # fmt: skip
TEXT = NASTY | st.text(max_size=40)
LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
ANY = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
KEPT = {
    "/api/v1/auth/logout",
    "/api/v1/me/password",
    "/api/v1/users/{user_id}/disable",
}  # would end the session under test


def operations() -> list[tuple[str, str, list[str], list[str]]]:
    """Method, path, names of body fields, names of query parameters."""
    schema = json.loads(FILE.read_text(encoding="utf-8"))  # test_openapi: it is what the code says
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = body.get("$ref", "").rpartition("/")[2]
            fields = list(schema["components"]["schemas"].get(name, {}).get("properties", {}))
            queries = [each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query"]
            if path not in KEPT:
                found.append((method.upper(), path.removeprefix("/api/v1"), fields, queries))
    return found


OPERATIONS = operations()


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, Any, dict[str, str]]:
    method, path, fields, queries = draw(st.sampled_from(OPERATIONS))
    while "{" in path:
        path = (
            path[: path.index("{")]
            + quote(draw(TEXT).encode("utf-8", "replace"), safe="")
            + path[path.index("}") + 1 :]
        )
    if queries:
        chosen = draw(st.dictionaries(st.sampled_from(queries), TEXT | st.integers().map(str), max_size=4))
        path += "?" + "&".join(f"{key}={quote(value.encode('utf-8', 'replace'))}" for key, value in chosen.items())
    body = draw(ANY)
    if fields:
        body = draw(st.dictionaries(st.sampled_from(fields), ANY, max_size=6)) if draw(st.booleans()) else body
    headers = draw(st.fixed_dictionaries({}, optional={
        "If-Match": st.sampled_from(['"v1"', "*", '"v99999999999"', "W/x"]),
        "Idempotency-Key": st.sampled_from(["k1", "k2", "", "x" * 200]),
    }))  # fmt: skip
    return method, path, body, headers


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(request=requests())
def test_no_input_is_a_crash(admin: Api, camera: Any, request: tuple[str, str, Any, dict[str, str]]) -> None:
    method, path, body, headers = request
    browser = Api(admin_user(), language="en")
    browser.send(method, path, body, **headers)
    status = browser.last.status_code
    assert status < 500, f"{request}: {browser.last.content.decode()}"
    if status >= 400:
        assert browser.last["Content-Type"] == "application/problem+json"
        assert browser.last.json()["detail"]


def admin_user() -> Any:
    from mingjian.web.accounts.models import User

    return User.objects.get(name="root")


def test_every_operation_is_tried() -> None:
    assert len(OPERATIONS) > 30
