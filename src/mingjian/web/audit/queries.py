"""Reading the audit record: filters, pages newest first, rows for export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.audit.models import AuditCitation, AuditEntry
from mingjian.web.audit.names import all_names, readable
from mingjian.web.audit.policies import EXPORT, READ, RecordPolicy
from mingjian.web.authority.actor import Actor, Role
from mingjian.web.http.paging import page

FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_unit", "actor_role", "actor_post",
    "actor_organisation", "address", "action", "title", "object_kind",
    "object_id", "object_name", "organisation_id", "division_id", "before", "after", "right", "clause", "clauses", "reason", "outcome", "request",
    "api_token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields do not limit. `action` may end with `.*`; times are [from_ns, to_ns)."""

    actor: str = ""
    action: str = ""
    actor_organisation: str = ""
    object_kind: str = ""
    object_id: str = ""
    organisation: str = ""  # whose the object is
    outcome: str = ""
    clause: str = ""
    text: str = ""
    from_ns: int | None = None
    to_ns: int | None = None


def find(actor: Actor, wanted: AuditFilter, policy: RecordPolicy = READ) -> QuerySet[AuditEntry]:
    """The entries that fit, of those the right opens to the actor."""
    rows = policy.visible(actor, AuditEntry.objects.all())
    exact = {
        "actor_id": wanted.actor, "actor_organisation": wanted.actor_organisation, "object_kind": wanted.object_kind,
        "object_id": wanted.object_id, "organisation_id": wanted.organisation,
    }  # fmt: skip
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if wanted.outcome:
        rows = rows.filter(outcome=wanted.outcome)
    if wanted.action.endswith(".*"):
        rows = rows.filter(action__startswith=wanted.action[:-1])
    elif wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.from_ns is not None:
        rows = rows.filter(at_ns__gte=wanted.from_ns)
    if wanted.to_ns is not None:
        rows = rows.filter(at_ns__lt=wanted.to_ns)
    if wanted.clause:
        rows = rows.filter(citations__clause=wanted.clause)
    if wanted.text:
        rows = rows.filter(_mentions(wanted.text))
    return rows


def _mentions(text: str) -> Q:
    """Names of people, objects and actions (as people read them), reasons."""
    titled = [name for name, title in all_names().items() if text in title.zh or text.lower() in title.en.lower()]
    condition = Q(action__in=titled)
    for field in ("actor_name", "actor_unit", "object_name", "reason"):
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def entries_page(
    actor: Actor, wanted: AuditFilter, cursor: str | None, limit: int
) -> tuple[list[AuditEntry], str | None]:
    """One page, newest first."""
    return page(find(actor, wanted).prefetch_related("citations"), ["-id"], cursor, limit)


def history_page(kind: str, object_id: str, cursor: str | None, limit: int) -> tuple[list[AuditEntry], str | None]:
    """Every entry about one object, newest first, for who may see the object: the caller has made sure of that."""
    rows = AuditEntry.objects.filter(object_kind=kind, object_id=object_id)
    return page(rows.prefetch_related("citations"), ["-id"], cursor, limit)


def history_of(kind: str, object_id: str, cursor: str | None, limit: int, language: str) -> dict[str, Any]:
    """A page of `history_page` as it is shown beside the object."""
    rows, following = history_page(kind, object_id, cursor, limit)
    kept = ("id", "at", "actor_name", "actor_unit", "action", "title", "before", "after", "reason", "outcome")
    shown = [as_row(row, language) for row in rows]
    return {"items": [{key: row[key] for key in kept} for row in shown], "next": following}


def entries_citing(actor: Actor, clause: str, cursor: str | None, limit: int) -> tuple[list[AuditEntry], str | None]:
    """The entries that rest on a clause, newest first: where it bit."""
    return entries_page(actor, AuditFilter(clause=clause), cursor, limit)


def citing_counts(actor: Actor, clause: str) -> dict[str, int]:
    """How often a clause was cited, by verdict ("" where none was given); for members, in the entries they may read."""
    rows = AuditCitation.objects.filter(clause=clause)
    if actor.role == Role.MEMBER.value:
        rows = rows.filter(entry__in=READ.visible(actor, AuditEntry.objects.all()).values("pk"))
    counted = rows.values("verdict").annotate(count=Count("id"))
    return {row["verdict"]: row["count"] for row in counted.order_by("verdict")}


def as_row(entry: AuditEntry, language: str) -> dict[str, Any]:
    """An entry as it is shown and exported, with the keys FIELDS."""
    values = {name: getattr(entry, name, None) for name in FIELDS}
    values["clauses"] = [{"clause": one.clause, "verdict": one.verdict} for one in entry.citations.all()]
    values["at"] = format_iso_ns(entry.at_ns)
    values["title"] = readable(entry.action).for_language(language)
    return values


def export_rows(actor: Actor, wanted: AuditFilter, language: str) -> Iterator[dict[str, Any]]:
    """Every entry that fits, oldest first, a thousand at a time: no cursor stays open in the database."""
    last = 0
    while entries := list(
        find(actor, wanted, EXPORT).prefetch_related("citations").filter(id__gt=last).order_by("id")[:1000]
    ):
        last = entries[-1].id
        for entry in entries:
            yield as_row(entry, language)
