"""The first district's contractor: its certificates, one about to run out, and its agreement with the manager's unit."""

from __future__ import annotations

import datetime as dt

from mingjian.app.demo_city import sheets
from mingjian.app.demo_city.days import days_from_now, today
from mingjian.web.authority.actor import Actor


def contractor_of_first_district(actor: Actor) -> str:
    """The id of a contractor with the certificates that construction asks for; made when they are not there."""
    from mingjian.rules.contractors import conditions_on
    from mingjian.rules.library import current_law
    from mingjian.web.organisations.actions.agreements import add_qualification
    from mingjian.web.organisations.models import Organisation

    code = sheets.code_of(0)
    row = Organisation.objects.filter(kind="contractor", division__code=code).order_by("id")[0]
    if not row.qualifications.exists():
        on = dt.date.fromisoformat(today())
        wanted = [one.credential for one in conditions_on(current_law(), "construction", False, on)]
        for number, kind in enumerate(dict.fromkeys(wanted)):
            add_qualification(
                actor, organisation_id=row.id, kind=kind, number=f"演示-{number + 1:03d}", issuer="演示发证机关",
                since_date="2024-01-01", until_date=days_from_now(1500),
            )  # fmt: skip
    return row.id


def add_contracts(actor: Actor) -> None:
    """Maintenance of the manager's unit, and a permit that ends soon. Nothing happens when there are agreements already."""
    from mingjian.web.organisations.actions.agreements import add_qualification, make_agreement
    from mingjian.web.organisations.models import Agreement, Organisation

    if Agreement.objects.exists():
        return
    contractor = contractor_of_first_district(actor)
    client = Organisation.objects.get(name=sheets.units()[0].name)
    make_agreement(
        actor, client_id=client.id, contractor_id=contractor, work="maintenance", since_date=days_from_now(-340),
        until_date=days_from_now(25), number="维保 2026-018", client_duties="提供机房和作业条件",
        contractor_duties="每月巡检，故障 24 小时内到场", confidentiality=True,
    )  # fmt: skip
    add_qualification(
        actor, organisation_id=contractor, kind="guard_permit", number="演示-101", issuer="演示发证机关",
        since_date="2024-01-01", until_date=days_from_now(18),
    )  # fmt: skip
