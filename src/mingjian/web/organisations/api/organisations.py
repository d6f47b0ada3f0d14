"""Organisations."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.organisations import policies, queries
from mingjian.web.organisations.actions import organisations as actions
from mingjian.web.organisations.api import made
from mingjian.web.organisations.models import Identifier, Organisation, Succession
from mingjian.web.organisations.schemas import (
    EndIn,
    MadeOut,
    MoveIn,
    OrganisationChangeIn,
    OrganisationDetail,
    OrganisationIn,
    OrganisationOut,
    OrganisationPage,
    RenameIn,
    SuccessionIn,
    SuccessionOut,
)

router = Router(tags=["organisations"])
Short = Annotated[str, Field(max_length=64)]


class OrganisationQuery(Schema):
    """What to look for: `text` in names, initials or the credit code; `division` and `below` with all under them."""

    text: Short = ""
    kind: Short = ""
    division: Short = ""
    below: Short = ""
    dissolved: bool = False


@router.get("", auth=Requires(policies.READ), response=OrganisationPage, operation_id="organisations_list")
def list_organisations(
    request: HttpRequest, query: Query[OrganisationQuery], cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Organisations within one's reach, by name."""
    rows, following = queries.organisations_page(actor_of(request), cursor=cursor, limit=limit, **query.dict())
    return {"items": rows, "next": following}


@router.post("", auth=Requires(policies.CHANGE), response={201: MadeOut}, operation_id="organisations_create")
def create_organisation(request: HttpRequest, response: HttpResponse, data: OrganisationIn) -> Status[dict[str, Any]]:
    """Make an organisation; an organisation's administrator makes branches below his own."""
    actor = actor_of(request)
    values = data.dict(exclude={"division", "parent"})

    def create() -> dict[str, Any]:
        return made(actions.make_organisation(actor, division_id=data.division, parent_id=data.parent, **values))

    return Status(*create_once(request, response, actor.user, create))


@router.post(
    "/succession", auth=Requires(policies.STRUCTURE), response={201: list[SuccessionOut]},
    operation_id="organisations_succeed",
)  # fmt: skip
def post_succession(request: HttpRequest, data: SuccessionIn) -> Status[list[Succession]]:
    """Merge or split organisations."""
    return Status(201, actions.succeed(actor_of(request), **data.dict()))


@router.get(
    "/{organisation_id}", auth=Requires(policies.READ), response=OrganisationDetail, operation_id="organisations_get"
)
def get_organisation(request: HttpRequest, response: HttpResponse, organisation_id: str) -> dict[str, Any]:
    """One organisation with what it was called, with ETag."""
    organisation = queries.organisation_by_id(actor_of(request), organisation_id)
    set_etag(response, organisation.version)
    code = Identifier.objects.filter(kind="credit_code", subject_kind="organisation", subject_id=organisation.id).last()
    particulars = {key: getattr(organisation, key) for key in ("address", "contact", "telephone", "note")}
    return {
        **OrganisationOut.from_orm(organisation).dict(),
        **particulars,
        "credit_code": "" if code is None else code.value,
        "names": list(organisation.names.order_by("since_date", "id").values("name", "since_date", "until_date")),
    }


@router.patch(
    "/{organisation_id}", auth=Requires(policies.CHANGE), response=OrganisationOut, operation_id="organisations_change"
)
def change_organisation(
    request: HttpRequest, response: HttpResponse, organisation_id: str, data: OrganisationChangeIn
) -> Organisation:
    """Change an organisation's particulars; needs If-Match."""
    actor, version = actor_of(request), expected_version(request)
    return _tagged(response, actions.change_organisation(actor, organisation_id, data.given(), version))


@router.post(
    "/{organisation_id}/rename", auth=Requires(policies.CHANGE), response=OrganisationOut,
    operation_id="organisations_rename",
)  # fmt: skip
def rename_organisation(
    request: HttpRequest, response: HttpResponse, organisation_id: str, data: RenameIn
) -> Organisation:
    """A new name from a day on; needs If-Match."""
    actor, version = actor_of(request), expected_version(request)
    return _tagged(response, actions.rename_organisation(actor, organisation_id, version=version, **data.dict()))


@router.post(
    "/{organisation_id}/move", auth=Requires(policies.STRUCTURE), response=OrganisationOut,
    operation_id="organisations_move",
)  # fmt: skip
def move_organisation(request: HttpRequest, response: HttpResponse, organisation_id: str, data: MoveIn) -> Organisation:
    """Hang it elsewhere; needs If-Match."""
    organisation = actions.move_organisation(
        actor_of(request), organisation_id, parent_id=data.parent, division_id=data.division,
        version=expected_version(request),
    )  # fmt: skip
    return _tagged(response, organisation)


@router.post(
    "/{organisation_id}/dissolve", auth=Requires(policies.STRUCTURE), response=OrganisationOut,
    operation_id="organisations_dissolve",
)  # fmt: skip
def dissolve_organisation(
    request: HttpRequest, response: HttpResponse, organisation_id: str, data: EndIn
) -> Organisation:
    """It ends, and what is bound to it; needs If-Match."""
    actor, version = actor_of(request), expected_version(request)
    return _tagged(response, actions.dissolve_organisation(actor, organisation_id, version=version, **data.dict()))


def _tagged(response: HttpResponse, organisation: Organisation) -> Organisation:
    set_etag(response, organisation.version)
    return organisation
