"""What is done with filings by those who file: draft, fill in, submit, correct, change, withdraw.

Nothing that is missing or late stops any of it; what the law finds is registered beside the filing (intake.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules.filing_contents import PARTS
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.filings.facts import facts_of, filer_roles, seat_of
from mingjian.web.filings.handing_in import hand_in, move
from mingjian.web.filings.models import Filing
from mingjian.web.filings.names import CHANGE_SUBMITTED, CHANGED, CORRECTED, DRAFTED, SUBMITTED, WITHDRAWN
from mingjian.web.filings.policies import FILE, Whose
from mingjian.web.filings.queries import filing_by_id
from mingjian.web.http.problem import not_found
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.models import System

KINDS = ("acceptance", "entry_into_use", "both")
FORM = ("given", "shared", "credit_code", "person_handling", "telephone", "seal", "note")
_EDITABLE = ("draft", "returned", "change_due")


def draft_filing(
    actor: Actor,
    system_id: str,
    kind: str,
    organisation_id: str | None,
    values: Mapping[str, Any],
    channel: str = "web",
) -> Filing:
    """Begin a filing of a system by its responsible organisation, or by `organisation_id`, one of its parties.

    Raises MingjianError not_found for a system out of reach, conflict when one of that kind is under way.
    """
    FILE.require(actor)
    with transaction.atomic():
        system = system_to_file(system_id)
        filer = filer_of(system, organisation_id)
        if not FILE.allows(actor, Whose(filer.id)):
            raise not_found("没有这个系统", "there is no such system")
        filing = new_filing(system, filer, kind, {**values, "channel": channel})
        record(
            actor, DRAFTED, kind="filing", object_id=filing.id, name=system.name,
            after={"kind": kind, **_form(filing)}, policy=FILE,
        )  # fmt: skip
    return filing


def change_filing(actor: Actor, filing_id: str, values: Mapping[str, Any], expected: int | None) -> Filing:
    """Fill the form in further, while it lies with the filer. Raises MingjianError conflict afterwards."""
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        FILE.require(actor, filing)
        require_version(filing.version, expected)
        if filing.state not in _EDITABLE:
            raise MingjianError(
                "conflict",
                Text("备案已提交，不能修改填报内容", "the filing is handed in: its form cannot be changed"),
                fault=Fault.USER,
            )
        before = _form(filing)
        fill(filing, values)
        old, new = changes(before, _form(filing))
        if new:
            filing.version += 1
            filing.save()
            record(
                actor, CHANGED, kind="filing", object_id=filing.id, name=filing.system.name, before=old, after=new,
                policy=FILE,
            )  # fmt: skip
    return filing


def submit_filing(actor: Actor, filing_id: str, expected: int | None) -> Filing:
    """Hand it in: the first time, corrected, or as a change; an acceptance slip is issued each time."""
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        FILE.require(actor, filing)
        require_version(filing.version, expected)
        event = {"returned": "resubmit", "change_due": "submit_change"}.get(filing.state, "submit")
        name = {"resubmit": CORRECTED, "submit_change": CHANGE_SUBMITTED}.get(event, SUBMITTED)
        hand_in(actor, filing, event, name, FILE)
    return filing


def withdraw_filing(actor: Actor, filing_id: str, reason: str, expected: int | None) -> Filing:
    """Give up a draft."""
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        FILE.require(actor, filing)
        require_version(filing.version, expected)
        move(actor, filing, "withdraw", WITHDRAWN, FILE, reason=reason)
    return filing


def new_filing(system: System, filer: Organisation, kind: str, values: Mapping[str, Any]) -> Filing:
    """A draft. Raises MingjianError conflict when a filing of the kind is under way or in force for the system."""
    if kind != "removal":
        under_way = Filing.objects.filter(system=system, kind__in=(kind, "both")).exclude(
            state__in=("closed", "withdrawn")
        )
        if under_way.exists():
            raise MingjianError(
                "conflict",
                Text(
                    "该系统已有同类备案，请在其上补正或者变更", "the system has a filing of this kind: change that one"
                ),
                fault=Fault.USER,
                field="system",
            )
    now_ns = wiring.clock().now_ns()
    filing = Filing(
        id=new_id(now_ns), kind=kind, system=system, organisation=filer, division_id=seat_of(system),
        filer_roles=sorted(filer_roles(system, filer.id)), facts=facts_of(system), created_ns=now_ns,
    )  # fmt: skip
    for key in ("channel", "entered_by", "received_date", "postmark_date", "scan_file"):
        if key in values:
            setattr(filing, key, values[key])
    fill(filing, values)
    filing.save(force_insert=True)
    return filing


def fill(filing: Filing, values: Mapping[str, Any]) -> None:
    """Put the form's fields in. Raises MingjianError for a part nobody asks for."""
    for key in FORM:
        if key not in values:
            continue
        value = values[key]
        if key in ("given", "shared"):
            unknown = sorted(set(value) - set(PARTS))
            if unknown:
                raise MingjianError(
                    "invalid",
                    Text(f"没有这种材料：{'、'.join(unknown)}", f"no such parts: {', '.join(unknown)}"),
                    fault=Fault.USER,
                    field=key,
                )
            value = sorted(set(value))
        setattr(filing, key, value.strip() if isinstance(value, str) else value)
    filing.given = sorted({*filing.given, *_given_by_fields(filing)})


def _given_by_fields(filing: Filing) -> set[str]:
    """Parts that are given by filling a field in."""
    fields = {
        "unified_social_credit_code": filing.credit_code,
        "person_handling": filing.person_handling,
        "seal": filing.seal,
    }
    return {part for part, value in fields.items() if value}


def system_to_file(system_id: str) -> System:
    """The system. Raises MingjianError not_found."""
    system = (
        System.objects.select_related("organisation", "place").filter(pk=system_id, removed_ns__isnull=True).first()
    )
    if system is None:
        raise not_found("没有这个系统", "there is no such system")
    return system


def filer_of(system: System, organisation_id: str | None) -> Organisation:
    """Who files: the responsible organisation, or a party of the system. Raises MingjianError invalid."""
    if organisation_id is None or organisation_id == system.organisation_id:
        return system.organisation
    if not system.parties.filter(organisation_id=organisation_id, until_date="").exists():
        raise MingjianError(
            "invalid",
            Text("该单位不是本系统的建设、管理或者使用单位", "that organisation is no party of this system"),
            fault=Fault.USER,
            field="organisation",
        )
    return Organisation.objects.get(pk=organisation_id)


def _form(filing: Filing) -> dict[str, Any]:
    return {key: getattr(filing, key) for key in FORM if key != "seal"} | {"stamped": filing.seal}
