"""Outsourcing agreements, whose end closes what hangs on them, and certificates with their expiry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import outsourcing
from mingjian.rules.day_count import end_of_day_ns, shanghai_day
from mingjian.rules.library import current_law
from mingjian.rules.outsourcing import TERMS, AgreementTerms
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor, BoundRole, local_person
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.actions.bindings import end_bindings
from mingjian.web.organisations.models import Agreement, Appointment, Organisation, Qualification, RoleBinding
from mingjian.web.organisations.policies import AGREEMENTS_CHANGE, QUALIFICATIONS_CHANGE
from mingjian.web.organisations.queries import agreements, organisation_by_id, row_by_id

MADE = register("organisations.agreement.create", "登记委托协议", "registered an agreement")
ENDED = register("organisations.agreement.end", "终止委托协议", "ended an agreement")
ADMITTED = register("organisations.agreement.admit", "按协议开通人员", "admitted a contractor's person")
CERTIFIED = register("organisations.qualification.add", "登记资质证书", "registered a certificate")

judge_agreement = applying(outsourcing.judge_agreement, by=MADE)

WORKS = ("design", "construction", "maintenance", "operation")


def make_agreement(
    actor: Actor,
    *,
    client_id: str,
    contractor_id: str,
    work: str,
    since_date: str,
    until_date: str,
    number: str = "",
    client_duties: str = "",
    contractor_duties: str = "",
    confidentiality: bool = False,
    terms: Sequence[str] = (),
) -> Agreement:
    """Register an agreement of an organisation within the right's reach with a contractor, who need not be.

    `terms`: of rules.outsourcing.TERMS, what it settles besides; what it should and does not is a finding, no bar.
    `until_date` is exclusive. Raises MingjianError not_found, invalid (field: until_date, contractor), or Refused.
    """
    check_date(since_date, "since_date", exact=True)
    check_date(until_date, "until_date", exact=True)
    if until_date <= since_date:
        raise refused("until_date", "结束日期须晚于开始日期", "the end lies before the beginning")
    if not set(terms) <= set(TERMS):
        raise refused("terms", "没有这项约定", "no such term")
    said = {
        *terms, *(["client_duties"] if client_duties.strip() else []),
        *(["contractor_duties"] if contractor_duties.strip() else []), *(["confidentiality"] if confidentiality else []),
    }  # fmt: skip
    # Whether all places of the client lie outside article 7 is not known here: it is asked as if one did not.
    today = shanghai_day(wiring.clock().now_ns())
    judgement = judge_agreement(current_law(), AgreementTerms(work, frozenset(said)), None, today)
    with transaction.atomic():
        client = organisation_by_id(actor, client_id)
        AGREEMENTS_CHANGE.require(actor, client)
        contractor = Organisation.objects.filter(pk=contractor_id, kind="contractor", dissolved_date="").first()
        if contractor is None:
            raise refused("contractor", "请选择一家设计、施工、维护单位", "choose a contractor")
        agreement = Agreement.objects.create(
            id=new_id(wiring.clock().now_ns()), client=client, contractor=contractor, work=work, number=number,
            client_duties=client_duties, contractor_duties=contractor_duties, confidentiality=confidentiality,
            terms=sorted(set(terms)), since_date=since_date, until_date=until_date, judgement=judgement.document(),
        )  # fmt: skip
        after = {
            "client": client.name, "contractor": contractor.name, "work": work, "number": number,
            "since_date": since_date, "until_date": until_date, "confidentiality": confidentiality,
            "terms": agreement.terms,
        }  # fmt: skip
        record(
            actor, MADE, kind="agreement", object_id=agreement.id, name=contractor.name, after=after,
            policy=AGREEMENTS_CHANGE, judgements=[judgement],
        )  # fmt: skip
    return agreement


def admit(actor: Actor, agreement_id: str, *, user_id: str) -> RoleBinding:
    """Bind a person of the contractor as the client's maintainer, no longer than the agreement runs (qd204 21).

    Raises MingjianError not_found (he has no post at the contractor), conflict (the agreement is over), or Refused.
    """
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        agreement = _changeable(actor, agreement_id)
        until_ns = _first_ns(agreement.until_date)
        if agreement.ended_date or until_ns <= now_ns:
            raise MingjianError("conflict", Text("协议已终止", "the agreement is over"), fault=Fault.USER)
        held = Appointment.objects.filter(
            person__user_id=user_id, person__user__is_active=True, post__organisation_id=agreement.contractor_id
        ).select_related("person__user")
        person = held.first()
        if person is None:
            raise refused("user", "此人不是该单位的人员", "he is not one of the contractor's people")
        start_ns = max(now_ns, _first_ns(agreement.since_date))
        binding = RoleBinding.objects.create(
            id=new_id(now_ns), user_id=user_id, role=BoundRole.MAINTAINER.value, organisation_id=agreement.client_id,
            since_ns=start_ns, until_ns=until_ns, reason=agreement.number,
        )  # fmt: skip
        agreement.bindings.add(binding)
        record(
            actor, ADMITTED, kind="binding", object_id=binding.id, name=person.person.name,
            after={"agreement": agreement.id, "until_ns": until_ns}, policy=AGREEMENTS_CHANGE,
        )  # fmt: skip
    return binding


def end_agreement(actor: Actor, agreement_id: str, *, on_date: str, reason: str, version: int | None) -> Agreement:
    """End it before its time; from `on_date` on (at once, when that is past) the contractor's people are out."""
    check_date(on_date, "on_date", exact=True)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        agreement = _changeable(actor, agreement_id)
        require_version(agreement.version, version)
        if agreement.ended_date:
            raise MingjianError("conflict", Text("协议已终止", "the agreement is over"), fault=Fault.USER)
        if not agreement.since_date <= on_date <= agreement.until_date:
            raise refused("on_date", "终止日期须在协议期内", "the day lies outside of the agreement")
        agreement.ended_date = on_date
        agreement.version += 1
        agreement.save(update_fields=["ended_date", "version"])
        running = agreement.bindings.filter(ended_ns__isnull=True)
        if _first_ns(on_date) <= now_ns:
            end_bindings(actor, running.select_related("user", "organisation"), AGREEMENTS_CHANGE, reason)
        else:
            running.update(until_ns=_first_ns(on_date))
        record(
            actor, ENDED, kind="agreement", object_id=agreement.id, name=agreement.contractor.name,
            after={"on_date": on_date}, policy=AGREEMENTS_CHANGE, reason=reason,
        )  # fmt: skip
    return agreement


def close_ended_agreements() -> int:
    """Sign out whose agreement ran out; the worker calls it each minute. Answers how many roles were ended.

    The rights themselves end with the binding's `until_ns`, whether the worker runs or not.
    """
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        due = RoleBinding.objects.filter(agreements__isnull=False, ended_ns__isnull=True, until_ns__lte=now_ns)
        rows: Sequence[RoleBinding] = list(due.select_related("user", "organisation").distinct())
        end_bindings(local_person("worker"), rows, AGREEMENTS_CHANGE, "协议期满")
    return len(rows)


def add_qualification(
    actor: Actor,
    *,
    organisation_id: str,
    kind: str,
    number: str = "",
    issuer: str = "",
    since_date: str = "",
    until_date: str = "",
) -> Qualification:
    """Register a certificate; `until_date` is exclusive, empty when it does not expire."""
    check_date(since_date, "since_date")
    check_date(until_date, "until_date")
    with transaction.atomic():
        organisation = organisation_by_id(actor, organisation_id)
        QUALIFICATIONS_CHANGE.require(actor, organisation)
        row = Qualification.objects.create(
            id=new_id(wiring.clock().now_ns()), organisation=organisation, kind=kind, number=number, issuer=issuer,
            since_date=since_date, until_date=until_date,
        )  # fmt: skip
        after = {"kind": kind, "number": number, "issuer": issuer, "since_date": since_date, "until_date": until_date}
        record(
            actor, CERTIFIED, kind="qualification", object_id=row.id, name=organisation.name, after=after,
            policy=QUALIFICATIONS_CHANGE,
        )  # fmt: skip
    return row


def expiring(organisation_ids: Sequence[str], within_days: int) -> list[Qualification]:
    """Certificates of these organisations that are over, or will be within so many days; dated to the day or not."""
    last = shanghai_day(wiring.clock().now_ns()) + dt.timedelta(days=within_days)
    rows = Qualification.objects.filter(organisation_id__in=organisation_ids).exclude(until_date="")
    return list(rows.filter(until_date__lte=last.isoformat()).order_by("until_date", "id"))


def _changeable(actor: Actor, agreement_id: str) -> Agreement:
    agreement = row_by_id(agreements(actor), agreement_id)
    AGREEMENTS_CHANGE.require(actor, agreement.client)
    return agreement


def _first_ns(date: str) -> int:
    """The day's first instant in Shanghai."""
    return end_of_day_ns(dt.date.fromisoformat(date) - dt.timedelta(days=1))
