"""Filings and to-do pages at the size the issue asks for: `python -m bench.filings --out FILE [--scale 1.0]`.

12,000 systems with a filing each in twelve districts, on SQLite in a scratch folder or with `--postgresql`; asked
through the API as it is served, without the network, by an officer of a district, one of the city, and a manager of one
unit. Prints JSON: p95 in ms, this process' own time, and the number of queries.
"""

from __future__ import annotations

import random
from typing import Any

from bench.web_database import asked, parser, scratch, tell

DISTRICTS = 12
STATES = ("registered", "registered", "registered", "submitted", "returned", "change_due", "draft")
PATHS = {
    "filings": "/filings",
    "filings_submitted": "/filings?state=submitted",
    "filings_text": "/filings?text=00012",
    "todo": "/todo",
    "leads": "/leads",
}


def main() -> None:
    chosen = parser(__doc__, "12,000 systems and filings").parse_args()
    with scratch(chosen):
        result = {"systems": int(12_000 * chosen.scale), **measure(int(12_000 * chosen.scale))}
    tell(chosen, result)


def measure(number: int) -> dict[str, Any]:
    """{who: {page: {p95_ms, own_ms, queries}}}."""
    from django.db import connection

    from mingjian.app.settled import YOUNG, settle

    browsers = fill(number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    settle(YOUNG)  # as the web process does before it serves
    found: dict[str, Any] = {}
    for who, browser in browsers.items():
        found[who] = {}
        for name, path in PATHS.items():
            if who == "manager" and name == "leads":
                continue
            found[who][name] = asked(lambda browser=browser, path=path: browser.get(path))  # type: ignore[misc]
    return found


def fill(number: int) -> dict[str, Any]:
    """The city, and the browsers of an officer of a district, one of the city, and a manager."""
    from mingjian.web.filings.models import Filing, FilingDeadline, FilingRecipient
    from mingjian.web.inspections.models import InspectionLead
    from mingjian.web.organisations.models import Division, Organisation
    from mingjian.web.organisations.trees import DIVISIONS, ORGANISATIONS
    from mingjian.web.registry.models import System

    chance = random.Random(2)
    Division.objects.create(id="city", level="city", code="370200", name="明州市")
    Organisation.objects.create(id="bureau", kind="public_security", name="市局", division_id="city", created_ns=0)
    for one in range(DISTRICTS):
        Division.objects.create(
            id=f"d{one}", parent_id="city", level="district", code=f"3702{one:02d}", name=f"第{one}区"
        )
        Organisation.objects.create(
            id=f"p{one}", kind="public_security", parent_id="bureau", name=f"分局{one}", division_id=f"d{one}",
            created_ns=0,
        )  # fmt: skip
    units = [(f"u{one}", f"d{one % DISTRICTS}") for one in range(400)]
    Organisation.objects.bulk_create(
        Organisation(id=unit, kind="managing_unit", name=f"单位{unit}", division_id=division, created_ns=0)
        for unit, division in units
    )
    DIVISIONS.rebuild()
    ORGANISATIONS.rebuild()
    systems, filings, recipients, deadlines, leads = [], [], [], [], []
    for one in range(number):
        unit, division = units[one % len(units)]
        state = chance.choice(STATES)
        organ = f"p{division[1:]}"
        systems.append(
            System(id=f"s{one}", name=f"系统{one}", organisation_id=unit, division_id=division, created_ns=one)
        )
        filings.append(
            Filing(
                id=f"f{one}", kind="both", state=state, system_id=f"s{one}", organisation_id=unit,
                division_id=division, organ_id=organ, number=f"3702{one:012d}" if state == "registered" else "",
                first_submitted_date="" if state == "draft" else "2025-04-12", given=["drawings"], created_ns=one,
                facts={"unit": f"单位{unit}", "location": f"第{division}区", "devices_number": "12"},
            )
        )  # fmt: skip
        if state != "draft":
            recipients.append(
                FilingRecipient(filing_id=f"f{one}", division_id=division, organisation_id=organ, leading=True)
            )
        deadlines.append(
            FilingDeadline(
                system_id=f"s{one}", organisation_id=unit, division_id=division, clause="qd204.filing.acceptance",
                last_day="2025-05-10", latest_last_day="2025-05-10",
                filed_date="" if state == "draft" else "2025-04-12",
            )
        )  # fmt: skip
        leads.append(
            InspectionLead(
                id=f"l{one}", origin="filing", title=f"线索{one}", division_id=division, organ_id=organ, created_ns=one
            )
        )
    for rows in (systems, filings, recipients, deadlines, leads):
        type(rows[0]).objects.bulk_create(rows, batch_size=1000)  # type: ignore[attr-defined]
    return {
        "officer_district": browser_of("oda", "p0", "officer"),
        "officer_city": browser_of("oci", "bureau", "officer"),
        "manager": browser_of("man", "u0", "manager"),
    }


def browser_of(name: str, organisation: str, role: str) -> Any:
    """Somebody with one bound role, signed in."""
    from tests.web.client import Api

    from mingjian.web.accounts.actions import create_user
    from mingjian.web.authority.actor import local_person
    from mingjian.web.organisations.models import RoleBinding

    user = create_user(
        local_person("bench"), name=name, password="Lantern-Harbour-42", role="member", must_change_password=False
    )
    RoleBinding.objects.create(id=name, user=user, organisation_id=organisation, role=role, since_ns=0)
    return Api(user)


if __name__ == "__main__":
    main()
