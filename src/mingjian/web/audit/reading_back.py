"""Looking for what no index finds: back through the entries in steps, until the page is full or the time is up.

A text may stand in any entry, and a rare one would take a look at all of them. So an answer looks through as many as
it can in its time, says how far it came, and its cursor goes on from there: nothing is missed, no answer is slow, and
an entry costs nothing more to write (decision 0070).
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q, QuerySet

from mingjian.kernel.clock import NS_PER_MS
from mingjian.web import wiring
from mingjian.web.audit.models import AuditEntry
from mingjian.web.http.paging import cursor_at, key_of

STEP = 10_000
"""Entries that one query looks through: some milliseconds."""

PATIENCE_NS = 60 * NS_PER_MS
"""For how long an answer begins further steps."""


class Entries(NamedTuple):
    """A page, newest first. `searched_ns`: the time was up, and this is the entry's time up to which was looked."""

    rows: list[AuditEntry]
    following: str | None
    searched_ns: int | None = None


def read_back(entries: QuerySet[AuditEntry], wanted: Q, cursor: str | None, limit: int) -> Entries:
    """At most `limit` of `entries` that are `wanted`, newest first, from behind `cursor`.

    With `searched_ns` there may be fewer, even none, and more are found from `following` on. Raises MingjianError
    `invalid` (field: cursor) for a cursor not of ours.
    """
    rest = entries.filter(id__lt=key_of(cursor, [int])[0]) if cursor else entries
    found: list[AuditEntry] = []
    until = wiring.clock().mono_ns() + PATIENCE_NS
    while True:
        last = rest.order_by("-id").values_list("id", flat=True)[STEP - 1 : STEP].first()
        step = rest if last is None else rest.filter(id__gte=last)
        found += step.filter(wanted).order_by("-id")[: limit + 1 - len(found)]
        if len(found) > limit:
            return Entries(found[:limit], cursor_at((found[limit - 1].id,)))
        if last is None:
            return Entries(found, None)
        if wiring.clock().mono_ns() >= until:
            return Entries(found, cursor_at((last,)), AuditEntry.objects.values_list("at_ns", flat=True).get(pk=last))
        rest = entries.filter(id__lt=last)
