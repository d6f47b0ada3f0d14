"""Reading the audit record: filters, pages newest first, rows for export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Func, Prefetch, Q, QuerySet, prefetch_related_objects

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.audit.models import AuditCitation, AuditEntry
from mingjian.web.audit.names import all_names, readable
from mingjian.web.audit.policies import EXPORT, READ, RecordPolicy
from mingjian.web.audit.reading_back import Entries, read_back
from mingjian.web.authority.actor import Actor, Role
from mingjian.web.http.paging import page

FIELDS = (
    "id", "at", "actor_id", "actor_name", "actor_unit", "actor_role", "actor_post",
    "actor_organisation", "address", "action", "title", "object_kind",
    "object_id", "object_name", "organisation_id", "division_id", "before", "after", "right", "clause", "clauses", "reason", "outcome", "request",
    "api_token",
)  # fmt: skip


CITED: Any = Prefetch("citations", to_attr="cited")  # Any: mypy would take the attribute as defined once more

FEW = 2000
"""So many entries of a time are read by their ids."""


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


class _Question(NamedTuple):
    """A filter in two: `rows` an index finds, `rest` has to be looked for among them (an empty Q: nothing has)."""

    rows: QuerySet[AuditEntry]
    rest: Q


def _question(actor: Actor, wanted: AuditFilter, policy: RecordPolicy) -> _Question:
    rows, rest = policy.visible(actor, AuditEntry.objects.all()), Q()
    exact = {
        "actor_id": wanted.actor, "actor_organisation": wanted.actor_organisation,
        "organisation_id": wanted.organisation, "citations__clause": wanted.clause,
    }  # fmt: skip
    seen = {"outcome": wanted.outcome}
    of_object = {"object_kind": wanted.object_kind, "object_id": wanted.object_id}
    (exact if all(of_object.values()) else seen).update(of_object)  # the index is of both
    if wanted.action.endswith(".*"):
        rest &= Q(action__startswith=wanted.action[:-1])
    else:
        exact["action"] = wanted.action
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    for field, value in seen.items():
        if value:
            rows = rows.alias(**{f"{field}_seen": _Seen(field)})
            rest &= Q(**{f"{field}_seen": value})
    if wanted.text:
        rest &= _mentions(wanted.text)
    return _between(_Question(rows, rest), wanted.from_ns, wanted.to_ns)


class _Seen(Func):
    """A column as it is seen in each row: with SQLite's unary plus no index of it is taken instead of the id's."""

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def _between(asked: _Question, from_ns: int | None, to_ns: int | None) -> _Question:
    """The question limited to [from_ns, to_ns): to the few ids of that time, or to be looked for when they are many.

    Ids run with time, but for clocks that were set and transactions that overlapped: they cannot stand for it.
    """
    bounds = {"gte": from_ns, "lt": to_ns}
    given = {bound: value for bound, value in bounds.items() if value is not None}
    if not given:
        return asked
    within = AuditEntry.objects.filter(**{f"at_ns__{bound}": value for bound, value in given.items()})
    ids = list(within.values_list("id", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return asked._replace(rows=asked.rows.filter(pk__in=ids))
    seen = Q(**{f"at_seen__{bound}": value for bound, value in given.items()})
    return _Question(asked.rows.alias(at_seen=_Seen("at_ns")), asked.rest & seen)


def find(actor: Actor, wanted: AuditFilter, policy: RecordPolicy = READ) -> QuerySet[AuditEntry]:
    """The entries that fit, of those the right opens to the actor."""
    asked = _question(actor, wanted, policy)
    return asked.rows.filter(asked.rest)


def _mentions(text: str) -> Q:
    """Names of people, objects and actions (as people read them), reasons."""
    titled = [name for name, title in all_names().items() if text in title.zh or text.lower() in title.en.lower()]
    condition = Q(action__in=titled)
    for field in ("actor_name", "actor_unit", "object_name", "reason"):
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def entries_page(actor: Actor, wanted: AuditFilter, cursor: str | None, limit: int) -> Entries:
    """One page, newest first; what no index finds is looked for as `reading_back` does."""
    asked = _question(actor, wanted, READ)
    known = not asked.rest
    found = Entries(*page(asked.rows, ["-id"], cursor, limit)) if known else read_back(*asked, cursor, limit)
    prefetch_related_objects(found.rows, CITED)
    return found


def history_page(kind: str, object_id: str, cursor: str | None, limit: int) -> tuple[list[AuditEntry], str | None]:
    """Every entry about one object, newest first, for who may see the object: the caller has made sure of that."""
    rows = AuditEntry.objects.filter(object_kind=kind, object_id=object_id)
    return page(rows.prefetch_related(CITED), ["-id"], cursor, limit)


def history_of(kind: str, object_id: str, cursor: str | None, limit: int, language: str) -> dict[str, Any]:
    """A page of `history_page` as it is shown beside the object."""
    rows, following = history_page(kind, object_id, cursor, limit)
    kept = ("id", "at", "actor_name", "actor_unit", "action", "title", "before", "after", "reason", "outcome")
    shown = [as_row(row, language) for row in rows]
    return {"items": [{key: row[key] for key in kept} for row in shown], "next": following}


def entries_citing(actor: Actor, clause: str, limit: int) -> list[AuditEntry]:
    """The latest entries that rest on a clause, newest first: where it bit."""
    return entries_page(actor, AuditFilter(clause=clause), None, limit).rows


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
    values["clauses"] = [{"clause": one.clause, "verdict": one.verdict} for one in entry.cited]
    values["at"] = format_iso_ns(entry.at_ns)
    values["title"] = readable(entry.action).for_language(language)
    return values


def export_rows(actor: Actor, wanted: AuditFilter, language: str) -> Iterator[dict[str, Any]]:
    """Every entry that fits, oldest first, a thousand at a time: no cursor stays open in the database."""
    last = 0
    while entries := list(
        find(actor, wanted, EXPORT).prefetch_related(CITED).filter(id__gt=last).order_by("id")[:1000]
    ):
        last = entries[-1].id
        for entry in entries:
            yield as_row(entry, language)
