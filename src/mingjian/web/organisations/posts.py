"""Who holds which post on a day. Retrieval asks it for the person in charge (qd204 23.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.dates import dated_fact
from mingjian.web.http.known_query import KnownQuery
from mingjian.web.organisations.models import Appointment


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post on the day asked about. `user` is empty for a person without account."""

    person: str
    name: str
    user: str
    post: str
    kind: str
    title: str
    acting: bool
    appointment: str
    since_date: str
    until_date: str


def in_force(since: str, until: str, day: dt.date) -> bool:
    """Whether [since, until) certainly holds `day`; a date known to a month or year is read the strict way.

    An empty `until` means still; an empty `since` is unknown, so not certain.
    """
    return _certainly_begun(since, day) and not _possibly_over(until, day)


def holders(organisation_id: str, kinds: Iterable[str], day: dt.date) -> tuple[Holder, ...]:
    """Who holds a post of one of these kinds in the organisation itself on `day`, acting ones too. One query."""
    rows = Appointment.objects.filter(post__organisation_id=organisation_id, post__kind__in=list(kinds))
    rows = rows.select_related("post", "person").order_by("acting", "since_date", "id")
    found = (row for row in rows if in_force(row.since_date, row.until_date, day))
    return tuple(_holder(row) for row in found if not _possibly_over(row.post.until_date, day))


def _holder(row: Appointment) -> Holder:
    return Holder(
        person=row.person_id,
        name=row.person.name,
        user=row.person.user_id or "",
        post=row.post_id,
        kind=row.post.kind,
        title=row.post.title,
        acting=row.acting,
        appointment=row.id,
        since_date=row.since_date,
        until_date=row.until_date,
    )


def _certainly_begun(text: str, day: dt.date) -> bool:
    latest = dated_fact(text).latest
    return latest is not None and latest <= day


def _possibly_over(text: str, day: dt.date) -> bool:
    earliest = dated_fact(text).earliest
    return earliest is not None and earliest <= day


def titles_of(user_id: str) -> str:
    """Titles of the posts an account's person holds today, for the audit record. One query."""
    today = shanghai_day(wiring.clock().now_ns())
    held = (title for title, since, until in _TITLES.rows(user_id) if in_force(since, until, today))
    return "、".join(dict.fromkeys(held))


_TITLES = KnownQuery(
    lambda user_id: (
        Appointment.objects.filter(person__user_id=user_id)
        .order_by("since_date", "id")
        .values_list("post__title", "since_date", "until_date")
    ),
    str,
)
