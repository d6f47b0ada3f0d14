"""Bound roles, recorded grants, agreements, certificates."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.organisations import policies, queries
from mingjian.web.organisations.actions import agreements, bindings
from mingjian.web.organisations.api import made
from mingjian.web.organisations.models import Agreement, Grant, RoleBinding
from mingjian.web.organisations.schemas import (
    AdmitIn,
    AgreementIn,
    AgreementOut,
    AgreementPage,
    BindingIn,
    BindingOut,
    BindingPage,
    EndIn,
    GrantIn,
    GrantOut,
    GrantPage,
    MadeOut,
    QualificationIn,
    QualificationPage,
)

bindings_router = Router(tags=["rights"])
grants_router = Router(tags=["rights"])
agreements_router = Router(tags=["contractors"])
qualifications_router = Router(tags=["contractors"])
Short = Annotated[str, Field(max_length=64)]


@bindings_router.get("", auth=Requires(policies.BINDINGS_READ), response=BindingPage, operation_id="bindings_list")
def list_bindings(
    request: HttpRequest,
    organisation: Short = "",
    user: Short = "",
    ended: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Bound roles within one's reach, newest first."""
    rows, following = queries.bindings_page(actor_of(request), organisation, user, ended, cursor, limit)
    return {"items": rows, "next": following}


@bindings_router.post("", auth=Requires(policies.BIND), response={201: MadeOut}, operation_id="bindings_create")
def create_binding(request: HttpRequest, response: HttpResponse, data: BindingIn) -> Status[dict[str, Any]]:
    """Bind a role."""
    actor = actor_of(request)
    values = data.dict(exclude={"user", "organisation"})

    def create() -> dict[str, Any]:
        return made(bindings.bind_role(actor, user_id=data.user, organisation_id=data.organisation, **values))

    return Status(*create_once(request, response, actor.user, create))


@bindings_router.post(
    "/{binding_id}/end", auth=Requires(policies.BIND), response=BindingOut, operation_id="bindings_end"
)
def end_binding(request: HttpRequest, response: HttpResponse, binding_id: str, data: Reason) -> RoleBinding:
    """Take a role back; its holder is signed out. Needs If-Match."""
    binding = bindings.end_binding(actor_of(request), binding_id, reason=data.reason, version=expected_version(request))
    set_etag(response, binding.version)
    return binding


@grants_router.get("", auth=Requires(policies.GRANTS_READ), response=GrantPage, operation_id="grants_list")
def list_grants(request: HttpRequest, kind: Short = "", cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Recorded grants, newest first."""
    rows, following = queries.grants_page(kind, cursor, limit)
    return {"items": rows, "next": following}


@grants_router.post("", auth=Requires(policies.GRANT), response={201: MadeOut}, operation_id="grants_create")
def create_grant(request: HttpRequest, response: HttpResponse, data: GrantIn) -> Status[dict[str, Any]]:
    """Record a grant with its basis."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        grant = bindings.record_grant(
            actor, kind=data.kind, organisation_id=data.organisation, basis=data.basis, user_id=data.user,
            division_id=data.division, scope=data.scope.given() if data.scope else None, until_ns=data.until_ns,
        )  # fmt: skip
        return made(grant)

    return Status(*create_once(request, response, actor.user, create))


@grants_router.post("/{grant_id}/end", auth=Requires(policies.GRANT), response=GrantOut, operation_id="grants_end")
def end_grant(request: HttpRequest, response: HttpResponse, grant_id: str, data: Reason) -> Grant:
    """End a grant now; needs If-Match."""
    grant = bindings.end_grant(actor_of(request), grant_id, reason=data.reason, version=expected_version(request))
    set_etag(response, grant.version)
    return grant


@agreements_router.get(
    "", auth=Requires(policies.AGREEMENTS_READ), response=AgreementPage, operation_id="agreements_list"
)
def list_agreements(
    request: HttpRequest, organisation: Short = "", cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Agreements with a party within one's reach, newest first."""
    rows, following = queries.agreements_page(actor_of(request), organisation, cursor, limit)
    return {"items": rows, "next": following}


@agreements_router.post(
    "", auth=Requires(policies.AGREEMENTS_CHANGE), response={201: MadeOut}, operation_id="agreements_create"
)
def create_agreement(request: HttpRequest, response: HttpResponse, data: AgreementIn) -> Status[dict[str, Any]]:
    """Register an agreement."""
    actor = actor_of(request)
    values = data.dict(exclude={"client", "contractor"})

    def create() -> dict[str, Any]:
        return made(agreements.make_agreement(actor, client_id=data.client, contractor_id=data.contractor, **values))

    return Status(*create_once(request, response, actor.user, create))


@agreements_router.post(
    "/{agreement_id}/people", auth=Requires(policies.AGREEMENTS_CHANGE), response={201: MadeOut},
    operation_id="agreements_admit",
)  # fmt: skip
def admit(request: HttpRequest, response: HttpResponse, agreement_id: str, data: AdmitIn) -> Status[dict[str, Any]]:
    """Let one of the contractor's people in as maintainer, no longer than the agreement runs."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return made(agreements.admit(actor, agreement_id, user_id=data.user))

    return Status(*create_once(request, response, actor.user, create))


@agreements_router.post(
    "/{agreement_id}/end", auth=Requires(policies.AGREEMENTS_CHANGE), response=AgreementOut,
    operation_id="agreements_end",
)  # fmt: skip
def end_agreement(request: HttpRequest, response: HttpResponse, agreement_id: str, data: EndIn) -> Agreement:
    """End it before its time, and what hangs on it; needs If-Match."""
    agreement = agreements.end_agreement(
        actor_of(request), agreement_id, on_date=data.on_date, reason=data.reason, version=expected_version(request)
    )
    set_etag(response, agreement.version)
    return agreement


@qualifications_router.get(
    "", auth=Requires(policies.READ), response=QualificationPage, operation_id="qualifications_list"
)
def list_qualifications(
    request: HttpRequest, organisation: Short = "", cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Certificates of the organisations within one's reach."""
    rows, following = queries.qualifications_page(actor_of(request), organisation, cursor, limit)
    return {"items": rows, "next": following}


@qualifications_router.post(
    "", auth=Requires(policies.QUALIFICATIONS_CHANGE), response={201: MadeOut}, operation_id="qualifications_create"
)
def create_qualification(request: HttpRequest, response: HttpResponse, data: QualificationIn) -> Status[dict[str, Any]]:
    """Register a certificate."""
    actor = actor_of(request)
    values = data.dict(exclude={"organisation"})

    def create() -> dict[str, Any]:
        return made(agreements.add_qualification(actor, organisation_id=data.organisation, **values))

    return Status(*create_once(request, response, actor.user, create))
