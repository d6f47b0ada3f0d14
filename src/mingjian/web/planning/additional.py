"""Additional places (qd204 7.2): proposed by a department, obliged only from the municipal government's approval on."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import additional_places
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying, cited_reason
from mingjian.web.dates import check_date
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Organisation
from mingjian.web.planning.gaps import approval_of
from mingjian.web.planning.models import AdditionalPlace
from mingjian.web.planning.policies import APPROVE, DRAFT
from mingjian.web.registry.models import Place

PROPOSED = register("planning.additional.propose", "提出增列场所", "proposed an additional place")
APPROVED = register("planning.additional.approve", "批准增列场所", "approved an additional place")

judge_additional = applying(additional_places.judge_additional, by=APPROVED)


def propose_place(actor: Actor, place_id: str, proposer_id: str, reason: str) -> AdditionalPlace:
    """Propose that a place be obliged. Raises MingjianError not_found, invalid (reason), conflict when proposed before."""
    place = DRAFT.visible(actor, Place.objects.filter(removed_ns__isnull=True)).filter(pk=place_id).first()
    proposer = Organisation.objects.filter(pk=proposer_id).first()
    if place is None or proposer is None:
        DRAFT.require(actor)
        raise not_found("没有这个场所或者单位", "there is no such place or organisation")
    DRAFT.require(actor, proposer)
    if len(reason.strip()) < 2:
        raise refused("reason", "请说明需要", "say why it is needed")
    now_ns = wiring.clock().now_ns()
    row = AdditionalPlace(
        id=new_id(now_ns), place=place, proposer=proposer, reason=reason.strip()[:500], created_ns=now_ns
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(
                actor, PROPOSED, kind="additional_place", object_id=row.id, name=place.name, policy=DRAFT, reason=reason
            )
    except IntegrityError as error:
        raise MingjianError(
            "conflict", Text(zh="该场所已提出增列", en="this place was proposed before"), fault=Fault.USER
        ) from error
    return row


def approve_place(
    actor: Actor, row_id: str, approver_id: str, number: str, given_date: str, expected_version: int | None
) -> AdditionalPlace:
    """Register the municipal government's approval. Raises MingjianError conflict with the rule's reason."""
    approver = Organisation.objects.select_related("division").filter(pk=approver_id).first()
    APPROVE.require(actor, approver)
    with transaction.atomic():
        row = AdditionalPlace.objects.select_for_update().select_related("place").filter(pk=row_id).first()
        if row is None or approver is None or not APPROVE.allows(actor, row.place):
            raise not_found("没有这项增列", "there is no such proposal")
        require_version(row.version, expected_version)
        row.approver, row.number = approver, number.strip()[:64]
        row.given_date = check_date(given_date, "given_date", exact=True)
        today = shanghai_day(wiring.clock().now_ns())
        judgement = judge_additional(current_law(), approval_of(row), today)
        if judgement.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            raise MingjianError("conflict", cited_reason(judgement), fault=Fault.USER, remedy=judgement.remedy)
        row.version += 1
        row.save()
        record(
            actor, APPROVED, kind="additional_place", object_id=row.id, name=row.place.name, policy=APPROVE,
            after={"number": row.number, "given_date": row.given_date}, judgements=[judgement],
        )  # fmt: skip
    return row
