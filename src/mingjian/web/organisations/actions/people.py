"""People, posts and appointments: made, changed, held from one day to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.models import User
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.http.problem import conflict, not_found
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.initials import initials
from mingjian.web.organisations.models import Appointment, Organisation, Person, Post
from mingjian.web.organisations.policies import PEOPLE_CHANGE, PEOPLE_READ
from mingjian.web.organisations.queries import appointment_by_id, organisation_by_id, people, post_by_id, row_by_id

PERSON_MADE = register("organisations.person.create", "登记人员", "registered a person")
PERSON_CHANGED = register("organisations.person.change", "修改人员", "changed a person")
POST_MADE = register("organisations.post.create", "设立职务", "made a post")
POST_ENDED = register("organisations.post.end", "撤销职务", "abolished a post")
APPOINTED = register("organisations.appoint", "任命", "appointed a person to a post")
APPOINTMENT_ENDED = register("organisations.appointment.end", "免职", "ended an appointment")


def make_person(
    actor: Actor,
    *,
    name: str,
    post_id: str,
    since_date: str,
    acting: bool = False,
    document: str = "",
    telephone: str = "",
    user_id: str | None = None,
) -> Person:
    """Register a person with a first post. An account is joined by the installation's administrator only.

    Raises MingjianError not_found (post, user), conflict (the account is another's), invalid, or Refused.
    """
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        post = _post(actor, post_id)
        user = _account(actor, user_id)
        try:
            with transaction.atomic():
                person = Person.objects.create(
                    id=new_id(now_ns), name=name, initials=initials(name), telephone=telephone, user=user,
                    created_ns=now_ns,
                )  # fmt: skip
        except IntegrityError as error:
            raise conflict("该账号已属于他人", "the account belongs to somebody else") from error
        after = {"name": name, "telephone": telephone, "user": user_id}
        record(
            actor, PERSON_MADE, kind="person", object_id=person.id, name=name, after=after, policy=PEOPLE_CHANGE
        )  # fmt: skip
        _appoint(actor, person, post, since_date, "", acting, document)
    return person


def change_person(actor: Actor, person_id: str, values: Mapping[str, Any], version: int) -> Person:
    """Change name or telephone."""
    with transaction.atomic():
        person = row_by_id(people(actor, PEOPLE_READ), person_id)
        if not people(actor, PEOPLE_CHANGE).filter(pk=person.pk).exists():
            PEOPLE_CHANGE.require(actor, _NOT_YOURS)
        require_version(person.version, version)
        before, after = changes({"name": person.name, "telephone": person.telephone}, values)
        if after:
            for key, value in after.items():
                setattr(person, key, value)
            person.initials = initials(person.name)
            person.version += 1
            person.save(update_fields=[*after, "initials", "version"])
            record(
                actor, PERSON_CHANGED, kind="person", object_id=person.id, name=person.name, before=before,
                after=after, policy=PEOPLE_CHANGE,
            )  # fmt: skip
    return person


def make_post(actor: Actor, *, organisation_id: str, kind: str, title: str) -> Post:
    """Make a post of an organisation."""
    with transaction.atomic():
        organisation = organisation_by_id(actor, organisation_id)
        PEOPLE_CHANGE.require(actor, organisation)
        post = Post.objects.create(
            id=new_id(wiring.clock().now_ns()), organisation=organisation, kind=kind, title=title
        )  # fmt: skip
        after = {"organisation": organisation.name, "kind": kind, "title": title}
        record(actor, POST_MADE, kind="post", object_id=post.id, name=title, after=after, policy=PEOPLE_CHANGE)
    return post


def end_post(actor: Actor, post_id: str, *, on_date: str, version: int | None) -> Post:
    """Abolish a post: nobody holds it from `on_date` on."""
    check_date(on_date, "on_date", exact=True)
    with transaction.atomic():
        post = _post(actor, post_id)
        require_version(post.version, version)
        post.until_date = on_date
        post.version += 1
        post.save(update_fields=["until_date", "version"])
        record(
            actor, POST_ENDED, kind="post", object_id=post.id, name=post.title, after={"on_date": on_date},
            policy=PEOPLE_CHANGE,
        )  # fmt: skip
    return post


def appoint(
    actor: Actor,
    post_id: str,
    *,
    person_id: str,
    since_date: str,
    until_date: str = "",
    acting: bool = False,
    document: str = "",
) -> Appointment:
    """Give a post to a person from a day on, acting or in full. Both must be within the right's reach."""
    with transaction.atomic():
        post = _post(actor, post_id)
        person = row_by_id(people(actor, PEOPLE_READ), person_id)
        return _appoint(actor, person, post, since_date, until_date, acting, document)


def end_appointment(actor: Actor, appointment_id: str, *, on_date: str, version: int | None) -> Appointment:
    """He holds the post until `on_date`, exclusive. Raises MingjianError invalid before its beginning."""
    check_date(on_date, "on_date", exact=True)
    with transaction.atomic():
        held = appointment_by_id(actor, appointment_id, PEOPLE_READ)
        PEOPLE_CHANGE.require(actor, held.post.organisation)
        require_version(held.version, version)
        if on_date < held.since_date:
            raise _before_beginning("on_date")
        held.until_date = on_date
        held.version += 1
        held.save(update_fields=["until_date", "version"])
        record(
            actor, APPOINTMENT_ENDED, kind="appointment", object_id=held.id, name=held.person.name,
            after={"post": held.post.title, "on_date": on_date}, policy=PEOPLE_CHANGE,
        )  # fmt: skip
    return held


def _appoint(
    actor: Actor, person: Person, post: Post, since_date: str, until_date: str, acting: bool, document: str
) -> Appointment:
    check_date(since_date, "since_date", exact=True)
    if until_date:
        check_date(until_date, "until_date", exact=True)
        if until_date <= since_date:
            raise _before_beginning("until_date")
    held = Appointment.objects.create(
        id=new_id(wiring.clock().now_ns()), post=post, person=person, acting=acting, since_date=since_date,
        until_date=until_date, document=document,
    )  # fmt: skip
    after = {
        "post": post.title, "kind": post.kind, "organisation": post.organisation.name, "acting": acting,
        "since_date": since_date, "until_date": until_date, "document": document,
    }  # fmt: skip
    record(actor, APPOINTED, kind="appointment", object_id=held.id, name=person.name, after=after, policy=PEOPLE_CHANGE)
    return held


def _post(actor: Actor, post_id: str) -> Post:
    """The post: not_found when it cannot be seen, Refused when it cannot be changed."""
    post = post_by_id(actor, post_id, PEOPLE_READ)
    PEOPLE_CHANGE.require(actor, post.organisation)
    return post


def _account(actor: Actor, user_id: str | None) -> User | None:
    if user_id is None:
        return None
    if not PEOPLE_CHANGE.everywhere(actor):
        PEOPLE_CHANGE.require(actor, _NOT_YOURS)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise not_found("没有这个用户", "there is no such user")
    return user


_NOT_YOURS = Organisation(id="")  # a subject that no binding reaches


def _before_beginning(field: str) -> MingjianError:
    return MingjianError(
        "invalid", Text("结束日期须晚于开始日期", "the end lies before the beginning"), fault=Fault.USER, field=field
    )
