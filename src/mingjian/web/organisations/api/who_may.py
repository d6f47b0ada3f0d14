"""GET who-may: the policies answer who has a right, in general or over one subject."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.policy import Policy, policy_named
from mingjian.web.authority.subjects import subject_of
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.problem import not_found
from mingjian.web.organisations.policies import WHO_MAY
from mingjian.web.organisations.who_may import people_who_may

router = Router(tags=["organisations"])


class EntitledOut(Schema):
    """Somebody whose binding reaches the subject."""

    user: str
    name: str
    role: str
    organisation: str
    organisation_name: str


class WhoMayOut(Schema):
    """`roles` have the right: whole roles everywhere, bound ones within their reach. `people`: about a subject only."""

    policy: str
    title: str
    anybody: bool
    roles: list[str]
    people: list[EntitledOut]


@router.get("", auth=Requires(WHO_MAY), response=WhoMayOut, operation_id="who_may")
def who_may(
    request: HttpRequest,
    policy: Annotated[str, Field(max_length=64)],
    kind: Annotated[str, Field(max_length=32)] = "",
    id: Annotated[str, Field(max_length=64)] = "",
) -> dict[str, Any]:
    """Who has the right `policy`; with `kind` and `id`, also which people over that object."""
    asked = _policy(policy)
    answer: dict[str, Any] = {
        "policy": asked.name,
        "title": asked.title.for_language(language_of(request)),
        "anybody": asked.who_may().anybody,
        "roles": sorted(asked.who_may().roles - {"local"}),
        "people": [],
    }
    if kind or id:
        subject = subject_of(kind, id)
        if subject is None or not WHO_MAY.allows(actor_of(request), subject):
            raise not_found()
        answer["people"] = people_who_may(asked, subject)
    return answer


def _policy(name: str) -> Policy:
    try:
        return policy_named(name)
    except KeyError:
        raise MingjianError(
            "invalid", Text("没有这项权限", "there is no such right"), fault=Fault.USER, field="policy"
        ) from None
