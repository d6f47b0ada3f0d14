"""People, posts and appointments."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Status

from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.dates import check_date
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.organisations import policies, posts, queries
from mingjian.web.organisations.actions import people as actions
from mingjian.web.organisations.api import made
from mingjian.web.organisations.models import Appointment, Person, Post
from mingjian.web.organisations.schemas import (
    AppointmentIn,
    AppointmentOut,
    Date,
    DayIn,
    HolderOut,
    MadeOut,
    PersonChangeIn,
    PersonIn,
    PersonOut,
    PersonPage,
    PostIn,
    PostKind,
    PostOut,
    PostPage,
)

people_router = Router(tags=["people"])
posts_router = Router(tags=["people"])
appointments_router = Router(tags=["people"])
Short = Annotated[str, Field(max_length=64)]


@people_router.get("", auth=Requires(policies.PEOPLE_READ), response=PersonPage, operation_id="people_list")
def list_people(
    request: HttpRequest, text: Short = "", organisation: Short = "", cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """People with a post within one's reach; `text` in name or initials."""
    rows, following = queries.people_page(actor_of(request), text, organisation, cursor, limit)
    return {"items": rows, "next": following}


@people_router.post("", auth=Requires(policies.PEOPLE_CHANGE), response={201: MadeOut}, operation_id="people_create")
def create_person(request: HttpRequest, response: HttpResponse, data: PersonIn) -> Status[dict[str, Any]]:
    """Register a person with a first post."""
    actor = actor_of(request)
    values = data.dict(exclude={"post", "user"})

    def create() -> dict[str, Any]:
        return made(actions.make_person(actor, post_id=data.post, user_id=data.user, **values))

    return Status(*create_once(request, response, actor.user, create))


@people_router.get("/{person_id}", auth=Requires(policies.PEOPLE_READ), response=PersonOut, operation_id="people_get")
def get_person(request: HttpRequest, response: HttpResponse, person_id: str) -> Person:
    """One person, with ETag."""
    person = queries.person_by_id(actor_of(request), person_id)
    set_etag(response, person.version)
    return person


@people_router.patch(
    "/{person_id}", auth=Requires(policies.PEOPLE_CHANGE), response=PersonOut, operation_id="people_change"
)
def change_person(request: HttpRequest, response: HttpResponse, person_id: str, data: PersonChangeIn) -> Person:
    """Change name or telephone; needs If-Match."""
    person = actions.change_person(actor_of(request), person_id, data.given(), expected_version(request))
    set_etag(response, person.version)
    return person


@posts_router.get("", auth=Requires(policies.PEOPLE_READ), response=PostPage, operation_id="posts_list")
def list_posts(
    request: HttpRequest, organisation: Short = "", cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Posts within one's reach with everybody who holds or held them."""
    rows, following = queries.posts_page(actor_of(request), organisation, cursor, limit)
    return {"items": rows, "next": following}


@posts_router.post("", auth=Requires(policies.PEOPLE_CHANGE), response={201: MadeOut}, operation_id="posts_create")
def create_post(request: HttpRequest, response: HttpResponse, data: PostIn) -> Status[dict[str, Any]]:
    """Make a post."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return made(actions.make_post(actor, organisation_id=data.organisation, kind=data.kind, title=data.title))

    return Status(*create_once(request, response, actor.user, create))


@posts_router.get("/holders", auth=Requires(policies.READ), response=list[HolderOut], operation_id="posts_holders")
def list_holders(request: HttpRequest, organisation: Short, kind: PostKind, day: Date = "") -> tuple[posts.Holder, ...]:
    """Who holds a post of this kind on a day (today), acting ones too."""
    found = queries.organisation_by_id(actor_of(request), organisation)
    check_date(day, "day", exact=bool(day))
    on = dt.date.fromisoformat(day) if day else shanghai_day(wiring.clock().now_ns())
    return posts.holders(found.id, [kind], on)


@posts_router.post("/{post_id}/end", auth=Requires(policies.PEOPLE_CHANGE), response=PostOut, operation_id="posts_end")
def end_post(request: HttpRequest, response: HttpResponse, post_id: str, data: DayIn) -> Post:
    """Abolish a post; needs If-Match."""
    post = actions.end_post(actor_of(request), post_id, on_date=data.on_date, version=expected_version(request))
    set_etag(response, post.version)
    return post


@posts_router.post(
    "/{post_id}/appointments", auth=Requires(policies.PEOPLE_CHANGE), response={201: MadeOut},
    operation_id="posts_appoint",
)  # fmt: skip
def appoint(request: HttpRequest, response: HttpResponse, post_id: str, data: AppointmentIn) -> Status[dict[str, Any]]:
    """Give the post to a person."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return made(actions.appoint(actor, post_id, person_id=data.person, **data.dict(exclude={"person"})))

    return Status(*create_once(request, response, actor.user, create))


@appointments_router.post(
    "/{appointment_id}/end", auth=Requires(policies.PEOPLE_CHANGE), response=AppointmentOut,
    operation_id="appointments_end",
)  # fmt: skip
def end_appointment(request: HttpRequest, response: HttpResponse, appointment_id: str, data: DayIn) -> Appointment:
    """He holds the post no longer; needs If-Match."""
    held = actions.end_appointment(
        actor_of(request), appointment_id, on_date=data.on_date, version=expected_version(request)
    )
    set_etag(response, held.version)
    return held
