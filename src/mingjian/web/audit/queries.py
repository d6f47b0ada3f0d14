"""Reading the audit record: filters, pages newest first, rows for export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.audit.models import AuditEntry, AuditQuerySet
from mingjian.web.audit.names import all_names, readable
from mingjian.web.http.paging import page

FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_unit", "actor_role", "address", "action", "title", "object_kind",
    "object_id", "object_name", "before", "after", "right", "clause", "reason", "outcome", "request",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to look for; empty fields do not limit. `action` may end with `.*`; times are [from_ns, to_ns)."""

    actor: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    outcome: str = ""
    text: str = ""
    from_ns: int | None = None
    to_ns: int | None = None


def find(wanted: AuditFilter) -> AuditQuerySet:
    """The entries that fit."""
    rows = AuditEntry.objects.all()
    exact = {"actor_id": wanted.actor, "object_kind": wanted.object_kind, "object_id": wanted.object_id}
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


def entries_page(wanted: AuditFilter, cursor: str | None, limit: int) -> tuple[list[AuditEntry], str | None]:
    """One page, newest first."""
    return page(find(wanted), ["-id"], cursor, limit)


def as_row(entry: AuditEntry, language: str) -> dict[str, Any]:
    """An entry as it is shown and exported, with the keys FIELDS."""
    values = {name: getattr(entry, name, None) for name in FIELDS}
    values["at"] = format_iso_ns(entry.at_ns)
    values["title"] = readable(entry.action).for_language(language)
    return values


def export_rows(wanted: AuditFilter, language: str) -> Iterator[dict[str, Any]]:
    """Every entry that fits, oldest first, a thousand at a time: no cursor stays open in the database."""
    last = 0
    while entries := list(find(wanted).filter(id__gt=last).order_by("id")[:1000]):
        last = entries[-1].id
        for entry in entries:
            yield as_row(entry, language)
