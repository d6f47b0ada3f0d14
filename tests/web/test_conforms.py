"""The application against its own OpenAPI document, by schemathesis: it makes requests from the schemas and holds every
answer against what the document says of it. On the small city, as somebody who has most of its roles.

Bounded: one request to each endpoint that reads and two to each that changes, at objects that exist wherever there are
any, the same in every run.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.city import City
from tests.web.client import Api
from tests.web.test_nothing_leaks import FIXED, OBJECTS, hidden  # noqa: F401 - the fixture `hidden`
from tests.web.write_openapi import FILE

from mingjian.web.authority.actor import BoundRole

pytestmark = [pytest.mark.django_db, pytest.mark.more]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# What would end or lock the session under test; and what works on in a thread, which sees only what is committed.
LEFT_OUT = {"auth_login", "auth_lock", "auth_logout", "auth_oidc_logout", "me_password", "setup_post", "imports_upload"}
HOMES = {
    "school": (BoundRole.MANAGER, BoundRole.ORGANISATION_ADMIN, BoundRole.CUSTODIAN, BoundRole.GUARD),
    "east-police": (BoundRole.OFFICER, BoundRole.INSPECTOR, BoundRole.APPROVER),
    "east-department": (BoundRole.PLANNER, BoundRole.DEPARTMENT_OFFICER),
    "east-government": (BoundRole.GOVERNMENT_APPROVER, BoundRole.EMERGENCY_COMMANDER),
}


@pytest.fixture
def browser(hidden: City) -> Client:  # noqa: F811
    """The browser of an administrator who has the roles of the east, too."""
    user = hidden.new_user("everybody", "school", "admin")
    for organisation, roles in HOMES.items():
        for role in roles:
            hidden.bind(user, organisation, role)
    return Api(user).client


def test_every_answer_is_what_the_document_says(browser: Client) -> None:
    schema = schemathesis.openapi.from_path(str(FILE))
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            names = {one.name for one in operation.path_parameters}
            here = {name: value for name, value in {**OBJECTS, **FIXED}.items() if name in names}
            _try(operation, here, 1 if operation.method == "get" else 2, browser, wrong, statuses)
    assert not wrong, "\n\n".join([str(statuses), *wrong])
    assert statuses[200] + statuses[201] + statuses[204] > 100, "much of what is sent has to come through"


def _try(
    operation: Any, here: dict[str, str], times: int, browser: Client, wrong: list[str], statuses: Counter[int]
) -> None:
    @settings(
        max_examples=times, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(path_parameters=here or None))
    def run(case: Any) -> None:
        answer = _send(browser, case)
        statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseException as error:  # noqa: BLE001 - all that is wrong is wanted at once
            wrong.append(f"{operation.method} {operation.path} {answer.status_code}\n{error}"[:1500])

    run()


def _send(browser: Client, case: Any) -> schemathesis.Response:
    """By Django's own client, whose requests share the test's transaction."""
    token = browser.cookies["csrftoken"].value
    given = {"X-CSRFToken": token, "If-Match": '"v1"'}
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=given)).prepare()
    body = prepared.body or b""
    kind = prepared.headers.pop("Content-Type", "application/json")
    for known in ("Cookie", "Authorization"):  # whose request it is stays the same
        prepared.headers.pop(known, None)
    answer = browser.generic(
        prepared.method or "GET", prepared.path_url, body, kind, headers=dict(prepared.headers)
    )  # fmt: skip
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    headers = {name: [value] for name, value in answer.headers.items()}
    return schemathesis.Response(answer.status_code, headers, content, prepared, 0.0, False)
