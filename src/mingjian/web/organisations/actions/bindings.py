"""Roles bound to organisations, and recorded grants: given and taken back, never above the giver's own reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.actions import sign_out_everywhere
from mingjian.web.accounts.models import User
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor, BoundRole
from mingjian.web.authority.policy import Policy
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.kinds import role_fits
from mingjian.web.organisations.models import Appointment, Grant, Organisation, RoleBinding
from mingjian.web.organisations.policies import BIND, BINDINGS_READ, GRANT
from mingjian.web.organisations.queries import bindings, division_by_id, organisation_by_id, organisations, row_by_id

BOUND = register("organisations.bind", "授予角色", "bound a role")
UNBOUND = register("organisations.unbind", "收回角色", "ended a bound role")
GRANTED = register("organisations.grant", "登记专项授权", "recorded a grant")
GRANT_ENDED = register("organisations.grant.end", "收回专项授权", "ended a grant")


def bind_role(
    actor: Actor,
    *,
    user_id: str,
    role: str,
    organisation_id: str,
    subtree: bool = True,
    until_ns: int | None = None,
    reason: str = "",
) -> RoleBinding:
    """Bind a role of a user to an organisation.

    An administrator of an organisation gives roles within what his own binding reaches, to people who have, or had, a
    post or a role there. Raises MingjianError invalid (field: role, until, subtree), conflict, not_found, or Refused.
    """
    with transaction.atomic():
        organisation = organisation_by_id(actor, organisation_id, lock=True)
        BIND.require(actor, organisation)
        _check_role(role, organisation)
        if organisation.dissolved_date:
            raise MingjianError("conflict", Text("该单位已撤销", "the organisation is dissolved"), fault=Fault.USER)
        user = _candidate(actor, user_id)
        if subtree and not _may_give_subtree(actor, organisation):
            raise refused("subtree", "您的角色不含下级单位，不能授予含下级的角色", "your own role does not reach below")
        now_ns = wiring.clock().now_ns()
        if until_ns is not None and until_ns <= now_ns:
            raise refused("until", "截止时间须在现在之后", "the end must lie ahead")
        if RoleBinding.objects.filter(_running(now_ns), user=user, role=role, organisation=organisation).exists():
            raise MingjianError("conflict", Text("该人员已有此角色", "he has this role already"), fault=Fault.USER)
        binding = RoleBinding.objects.create(
            id=new_id(now_ns), user=user, role=role, organisation=organisation, subtree=subtree, since_ns=now_ns,
            until_ns=until_ns, reason=reason,
        )  # fmt: skip
        after = {"role": role, "organisation": organisation.name, "subtree": subtree, "until_ns": until_ns}
        record(
            actor, BOUND, kind="binding", object_id=binding.id, name=user.display_name or user.name, after=after,
            policy=BIND, reason=reason,
        )  # fmt: skip
    return binding


def end_binding(actor: Actor, binding_id: str, *, reason: str, version: int | None) -> RoleBinding:
    """Take a bound role back; the sessions and tickets of its holder end."""
    with transaction.atomic():
        binding = row_by_id(bindings(actor, BINDINGS_READ), binding_id)
        BIND.require(actor, binding.organisation)
        require_version(binding.version, version)
        if binding.ended_ns is None:
            end_bindings(actor, [binding], BIND, reason)
    return binding


def end_bindings(actor: Actor, rows: Iterable[RoleBinding], policy: Policy, reason: str) -> None:
    """End them now and sign their holders out; within the caller's transaction, who has checked the right."""
    now_ns = wiring.clock().now_ns()
    for row in rows:
        row.ended_ns = now_ns
        row.version += 1
        row.save(update_fields=["ended_ns", "version"])
        before = {"role": row.role, "organisation": row.organisation.name}
        record(
            actor, UNBOUND, kind="binding", object_id=row.id, name=row.user.display_name or row.user.name,
            before=before, policy=policy, reason=reason,
        )  # fmt: skip
        sign_out_everywhere(actor, row.user)


def end_all_of(actor: Actor, organisation: Organisation, policy: Policy) -> None:
    """What is bound to an organisation ends with it."""
    rows = RoleBinding.objects.filter(organisation=organisation, ended_ns__isnull=True).select_related("user")
    end_bindings(actor, rows, policy, "")
    Grant.objects.filter(organisation=organisation, ended_ns__isnull=True).update(ended_ns=wiring.clock().now_ns())


def record_grant(
    actor: Actor,
    *,
    kind: str,
    organisation_id: str,
    basis: str,
    user_id: str | None = None,
    division_id: str | None = None,
    scope: Mapping[str, Any] | None = None,
    until_ns: int | None = None,
) -> Grant:
    """Record a grant beyond the subtree. By division: sector (`scope.sector`) and emergency, the latter with an end.

    Slices that open grants of their own (retrieval, emergency) call this as the actor of their decision. Raises
    MingjianError invalid (field: until, division, scope), not_found, or Refused.
    """
    GRANT.require(actor)
    now_ns = wiring.clock().now_ns()
    if until_ns is None and kind in ("emergency", "retrieval"):
        raise refused("until", "此类授权必须有截止时间", "a grant of this kind needs an end")
    if until_ns is not None and until_ns <= now_ns:
        raise refused("until", "截止时间须在现在之后", "the end must lie ahead")
    if kind in ("sector", "emergency") and division_id is None:
        raise refused("division", "请指明适用的行政区划", "name the division it is for")
    if kind == "sector" and not (scope or {}).get("sector"):
        raise refused("scope", "请指明行业", "name the sector")
    with transaction.atomic():
        organisation = organisation_by_id(actor, organisation_id)
        if user_id is not None:
            _candidate(actor, user_id)
        if division_id is not None:
            division_by_id(division_id)
        grant = Grant.objects.create(
            id=new_id(now_ns), kind=kind, organisation=organisation, user_id=user_id, division_id=division_id,
            scope=dict(scope or {}), basis=basis, since_ns=now_ns, until_ns=until_ns,
        )  # fmt: skip
        after = {"kind": kind, "division": division_id, "scope": dict(scope or {}), "until_ns": until_ns}
        record(
            actor, GRANTED, kind="grant", object_id=grant.id, name=organisation.name, after=after, policy=GRANT,
            reason=basis,
        )  # fmt: skip
    return grant


def end_grant(actor: Actor, grant_id: str, *, reason: str, version: int | None) -> Grant:
    """End a grant now."""
    GRANT.require(actor)
    with transaction.atomic():
        grant = row_by_id(Grant.objects.all(), grant_id)
        require_version(grant.version, version)
        if grant.ended_ns is None:
            grant.ended_ns = wiring.clock().now_ns()
            grant.version += 1
            grant.save(update_fields=["ended_ns", "version"])
            record(
                actor, GRANT_ENDED, kind="grant", object_id=grant.id, name=grant.organisation.name, policy=GRANT,
                reason=reason,
            )  # fmt: skip
    return grant


def _running(now_ns: int) -> Q:
    return Q(ended_ns__isnull=True) & (Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns))


def _check_role(role: str, organisation: Organisation) -> None:
    if role not in set(BoundRole):
        raise refused("role", "没有这个角色", "there is no such role")
    if not role_fits(BoundRole(role), organisation.kind):
        raise refused("role", "此类单位不能设置这个角色", "an organisation of this kind cannot have this role")


def _may_give_subtree(actor: Actor, organisation: Organisation) -> bool:
    if BIND.everywhere(actor):
        return True
    reaching = (one for one in BIND.bindings(actor) if one.subtree)
    return any(organisations_below(one.organisation).filter(pk=organisation.pk).exists() for one in reaching)


def organisations_below(organisation_id: str) -> QuerySet[Organisation]:
    """The organisation and its tree."""
    return Organisation.objects.filter(reached_from__ancestor_id=organisation_id)


def _candidate(actor: Actor, user_id: str) -> User:
    """The user, if the actor may know of him: by a post or a role within his reach, or of his contractors."""
    rows = User.objects.filter(is_active=True)
    if not BIND.everywhere(actor):
        reached = organisations(actor, BIND).values("id")
        contractors = Organisation.objects.filter(
            agreements_as_contractor__client__in=reached, agreements_as_contractor__ended_date=""
        ).values("id")
        post = Appointment.objects.filter(person__user_id=OuterRef("pk")).filter(
            Q(post__organisation__in=reached) | Q(post__organisation__in=contractors)
        )
        role = RoleBinding.objects.filter(user_id=OuterRef("pk"), organisation__in=reached)
        rows = rows.filter(Exists(post) | Exists(role))
    user = rows.filter(pk=user_id).first()
    if user is None:
        raise not_found("没有这个用户", "there is no such user")
    return user
