"""Writing the audit record: inside the transaction of what it records, so that neither is there without the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement
from mingjian.web import wiring
from mingjian.web.audit.models import AuditCitation, AuditEntry, Outcome
from mingjian.web.audit.names import register, title_of
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, note_recorded
from mingjian.web.authority.policy import Policy, Refused
from mingjian.web.authority.sources import post_of
from mingjian.web.authority.subjects import subject_of
from mingjian.web.http.bulk import insert_rows

REFUSED = register("authority.refused", "越权操作被拒绝", "something not allowed was refused")
EXPORTED = register("audit.export", "导出审计记录", "exported the audit record")

_OWN = ("object_id", "object_name", "organisation_id", "division_id", "before", "after")
_PLAIN = frozenset({str, int, float, bool, type(None)})
_SECRET_WORDS = ("password", "url", "sealed", "secret", "credential", "csrf", "session", "cookie", "token", "signature")

Values = Mapping[str, Any]


def record(
    actor: Actor,
    action: str,
    *,
    kind: str = "",
    object_id: str = "",
    name: str = "",
    before: Values | None = None,
    after: Values | None = None,
    policy: Policy | None = None,
    judgements: Iterable[Judgement] = (),
    clauses: Iterable[str] = (),
    reason: str = "",
    outcome: Outcome = Outcome.DONE,
) -> AuditEntry:
    """Add an entry. `before` and `after` are what changed, as plain JSON values.

    `judgements` are what the law said when it was asked: each clause is kept with its verdict (the strictest, where
    several judgements cite it). `clauses` are cited without a verdict. Call it inside a transaction when either is
    given: the entry and its citations are several rows.

    Raises MingjianError (fault: ours) `unknown_audit_name`, or `secret_in_audit` when a value's key names a secret.
    """
    title_of(action)
    for values in (before, after):
        _refuse_secrets(values)
    cited = _citations(judgements, clauses)
    entry = AuditEntry.objects.create(
        **_of(actor),
        **_where(kind, object_id),
        action=action,
        object_kind=kind,
        object_id=object_id,
        object_name=name[:128],
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        right="" if policy is None else policy.name,
        clause=next(iter(cited), None),
        reason=reason[:500],
        outcome=outcome,
    )
    AuditCitation.objects.bulk_create(
        AuditCitation(entry=entry, clause=clause, verdict=verdict) for clause, verdict in cited.items()
    )
    note_recorded(action, cited)
    return entry


@dataclass(frozen=True, slots=True)
class About:
    """One of many objects to which the same was done; where it lies is told by whoever changed it."""

    object_id: str
    name: str
    organisation_id: str
    division_id: str
    before: Values | None
    after: Values | None
    judgements: tuple[Judgement, ...] = ()
    clauses: tuple[str, ...] = ()


def record_many(
    actor: Actor, action: str, kind: str, objects: Sequence[About], *, policy: Policy, reason: str = ""
) -> None:
    """An entry for each object, as `record` would add them one by one; inside a transaction. Raises as `record`."""
    title_of(action)
    common = {**_of(actor), "action": action, "object_kind": kind, "right": policy.name, "reason": reason[:500]}
    common["outcome"] = Outcome.DONE.value
    cited: list[tuple[AuditEntry, dict[str, str]]] = []
    plain: list[tuple[Any, ...]] = []
    for one in objects:
        _refuse_secrets(one.before)
        _refuse_secrets(one.after)
        own = (one.object_id, one.name[:128], one.organisation_id, one.division_id, one.before, one.after)
        if not (one.judgements or one.clauses):
            plain.append(own)
            continue
        clauses = _citations(one.judgements, one.clauses)
        entry = AuditEntry(**common, **dict(zip(_OWN, own, strict=True)), clause=next(iter(clauses), None))
        cited.append((entry, clauses))
    insert_rows(AuditEntry, _OWN, plain, common)
    AuditEntry.objects.bulk_create([entry for entry, _ in cited])
    AuditCitation.objects.bulk_create(
        AuditCitation(entry=entry, clause=clause, verdict=verdict)
        for entry, clauses in cited
        for clause, verdict in clauses.items()
    )
    note_recorded(action, {clause for _, clauses in cited for clause in clauses})


def _of(actor: Actor) -> dict[str, Any]:
    """When and by whom. Name and post are copied: the entry outlives both."""
    home = next((binding.organisation for binding in actor.bindings if not binding.grant), "")
    return {
        "at_ns": wiring.clock().now_ns(),
        "actor_id": actor.user,
        "actor_name": actor.name[:64],
        "actor_unit": actor.unit[:128],
        "actor_role": actor.role,
        "actor_post": post_of(actor.user)[:128] if home else "",
        "actor_organisation": home,
        "address": actor.address,
        "request": actor.request,
        "api_token": actor.token or None,
    }


def _where(kind: str, object_id: str) -> Values:
    """Where the object lies, for whom only a part of the record is open."""
    found = subject_of(kind, object_id)
    return {} if found is None else {"organisation_id": found.organisation_id, "division_id": found.division_id}


def _citations(judgements: Iterable[Judgement], clauses: Iterable[str]) -> dict[str, str]:
    """Clause -> verdict, those of the strictest judgement first; then clauses cited without a verdict."""
    strictest_first = sorted(judgements, key=lambda judgement: -judgement.verdict.strictness)
    found: dict[str, str] = {}
    for judgement in strictest_first:
        for key in judgement.keys:
            found.setdefault(key, judgement.verdict.value)
    for key in clauses:
        found.setdefault(key, "")
    return found


def record_ruled_out(error: RuledOut) -> AuditEntry:
    """Add the entry of what the law refused, with its clauses; called outside the transaction that was rolled back."""
    subject = error.subject
    with transaction.atomic():
        return record(
            error.actor, error.action, kind=subject.kind, object_id=subject.id, name=subject.name,
            judgements=[error.judgement], reason=error.judgement.reason.zh, outcome=Outcome.DENIED,
        )  # fmt: skip


def record_refusal(refused: Refused, path: str) -> AuditEntry:
    """Add the entry of an attempt that a policy refused; called outside the transaction that was rolled back."""
    return AuditEntry.objects.create(
        **_of(refused.actor),
        action=REFUSED,
        object_kind="path",
        object_name=path[:128],
        right=refused.policy,
        outcome=Outcome.DENIED,
    )


def changes(before: Values, after: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as the two halves of an entry."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def _refuse_secrets(value: object, key: str = "") -> None:
    if _names_secret(key) and not isinstance(value, bool):
        raise MingjianError(
            "secret_in_audit",
            Text(zh=f"审计内容含敏感字段 {key}", en=f"an audit entry would hold a secret: {key}"),
            fault=Fault.OURS,
        )
    if type(value) in _PLAIN:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if type(inner) not in _PLAIN or _names_secret(str(name)):
                _refuse_secrets(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_secrets(inner)


@lru_cache(maxsize=4096)
def _names_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_WORDS)
