"""What the receiving organ does: enter what came on paper, return once, register with a number, close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.filing_contents import PARTS, register
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.authority.subjects import Located
from mingjian.web.dates import check_date
from mingjian.web.files.actions import require_paper
from mingjian.web.filings import judging
from mingjian.web.filings.actions import filer_of, new_filing, system_to_file
from mingjian.web.filings.facts import seat_of
from mingjian.web.filings.handing_in import hand_in, move, require_step, today
from mingjian.web.filings.models import Filing, NumberSeries
from mingjian.web.filings.names import CLOSED, ENTERED, REGISTERED, RETURNED, VERIFIED
from mingjian.web.filings.papers import issue_notice, issue_receipt
from mingjian.web.filings.policies import DECIDE, TAKE_IN, VERIFY
from mingjian.web.filings.queries import filing_by_id
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.organisations.models import Identifier, Organisation
from mingjian.web.organisations.organs import district_of
from mingjian.web.registry.models import System

PAPER_CHANNELS = ("letter", "cable", "fax", "email", "edi")


def enter_filing(
    actor: Actor, system_id: str, kind: str, organisation_id: str | None, channel: str, received: str, postmark: str,
    scan_file: str, values: Mapping[str, Any],
) -> Filing:  # fmt: skip
    """Enter a letter, cable, fax, e-mail or EDI message with its scan, and hand it in on the filer's behalf.

    Raises MingjianError naming the field: a day in the future, a postmark after the receipt, a scan that was not handed
    in for the filer or the organ.
    """
    with transaction.atomic():
        system = system_to_file(system_id)
        if not TAKE_IN.allows(actor, Located(system.organisation_id, seat_of(system))):
            TAKE_IN.require(actor)
            raise not_found("没有这个系统", "there is no such system")
        filer = filer_of(system, organisation_id)
        _check_received(channel, received, postmark)
        require_paper(actor, scan_file, "filing", _bodies(actor, system, filer), "scan")
        filing = new_filing(
            system, filer, kind,
            {
                **values, "channel": channel, "received_date": received, "postmark_date": postmark,
                "scan_file": scan_file, "entered_by": actor.name[:64],
            },
        )  # fmt: skip
        hand_in(actor, filing, "submit", ENTERED, TAKE_IN)
    return filing


def return_filing(
    actor: Actor, filing_id: str, due: str, note: str, expected: int | None, ask: Iterable[str] = ()
) -> Filing:
    """Return it, once, with everything that is missing named in one notice; `due` is the organ's own term.

    `ask` names further parts (PARTS) that the organ asks for. Raises RuledOut for one that departments share.
    """
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        DECIDE.require(actor, filing)
        require_version(filing.version, expected)
        check_date(due, "due", exact=True)
        if dt.date.fromisoformat(due) < today():
            raise refused("due", "补正期限不得早于今日", "the term cannot end before today")
        law = current_law()
        wanted = tuple(dict.fromkeys(ask))
        if unknown := [part for part in wanted if part not in PARTS]:
            raise refused("ask", f"没有这种材料：{'、'.join(unknown)}", f"no such parts: {', '.join(unknown)}")
        asking = judging.asking(law, filing, wanted, today())
        blocked = [one for one in asking if one.verdict is Verdict.BLOCKED]
        if blocked:
            raise RuledOut(
                "asked_twice", strictest(blocked), actor=actor, action=RETURNED, field="ask",
                subject=Subject("filing", filing.id, filing.system.name),
            )  # fmt: skip
        missing = tuple(dict.fromkeys((*judging.still_to_ask(law, filing, today()), *wanted)))
        judgement = move(actor, filing, "return", RETURNED, DECIDE, reason=note, said=asking)
        filing.returned_once, filing.correction_due_date = True, due
        filing.save()
        points = [*(f"{PARTS[part].zh}。" for part in missing), *([note] if note.strip() else [])]
        issue_notice(filing, due, points, [judgement])
    return filing


def register_filing(actor: Actor, filing_id: str, expected: int | None) -> Filing:
    """Register it with a number and everything the law finds. Nothing missing, late or wrong stops it."""
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        DECIDE.require(actor, filing)
        require_version(filing.version, expected)
        require_step(filing, "register")  # before anything is judged that only a filing handed in has
        law = current_law()
        on = today()
        said = judging.judged(law, filing, on)
        found = register(said).findings
        if not filing.number:
            filing.number = _next_number(filing, on)
        filing.findings = [one.document() for one in found]
        filing.registered_date = on.isoformat()
        move(actor, filing, "register", REGISTERED, DECIDE, said=said)
        filing.removals.filter(state="filed").update(state="registered", version=F("version") + 1)
        Identifier.objects.get_or_create(
            kind="filing_number", value=filing.number,
            defaults={"subject_kind": "filing", "subject_id": filing.id, "since_date": on.isoformat()},
        )  # fmt: skip
        issue_receipt(filing, found, said)
    return filing


def verify_filing(
    actor: Actor, filing_id: str, observed: Mapping[str, str], note: str, expected: int | None
) -> Judgement:
    """Hold what was filed against what somebody found; what differs is a finding and a lead. The filing stays as it is.

    Raises MingjianError conflict while nothing is handed in, invalid for a part nobody files.
    """
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        VERIFY.require(actor, filing)
        require_version(filing.version, expected)
        if not filing.first_submitted_date:
            raise MingjianError("conflict", Text("备案尚未提交", "nothing is handed in yet"), fault=Fault.USER)
        if unknown := [part for part in observed if part not in PARTS]:
            raise refused("observed", f"没有这种材料：{'、'.join(unknown)}", f"no such parts: {', '.join(unknown)}")
        said = judging.truth(current_law(), filing, observed, today())
        filing.version += 1
        if said.verdict is Verdict.FAIL:
            filing.findings = [*filing.findings, said.document()]
            open_lead(
                actor,
                NewLead(
                    origin="filing", title=f"备案信息与实际不符：{filing.system.name}"[:128],
                    division_id=filing.division_id, clauses=said.keys, detail=said.reason.zh,
                    about_id=filing.organisation_id, system_id=filing.system_id, subject_kind="filing",
                    subject_id=filing.id,
                ),
            )  # fmt: skip
        filing.save()
        record(
            actor, VERIFIED, kind="filing", object_id=filing.id, name=filing.system.name, after=dict(observed),
            policy=VERIFY, judgements=[said], reason=note[:500],
        )  # fmt: skip
    return said


def close_filing(actor: Actor, filing_id: str, reason: str, expected: int | None) -> Filing:
    """Close it after a total removal: its number stays its own for ever."""
    with transaction.atomic():
        filing = filing_by_id(actor, filing_id, lock=True)
        DECIDE.require(actor, filing)
        require_version(filing.version, expected)
        if filing.kind != "removal" and not filing.system.removed_date:
            raise MingjianError(
                "conflict",
                Text("系统未全部拆除，不能注销备案", "the system is not removed: its filing stays"),
                fault=Fault.USER,
                remedy=Text("先登记全部拆除", "register the total removal first"),
            )
        move(actor, filing, "close", CLOSED, DECIDE, reason=reason)
        Identifier.objects.filter(kind="filing_number", value=filing.number).update(until_date=today().isoformat())
    return filing


def _next_number(filing: Filing, on: dt.date) -> str:
    """District code, year, six digits: given out once, under the series' own lock."""
    code = filing.recipients.get(leading=True).division.code or district_of(filing.division_id)[:6]
    series = f"{code[:6]}{on.year}"
    NumberSeries.objects.get_or_create(series=series)
    row = NumberSeries.objects.select_for_update().get(series=series)
    row.last += 1
    row.save()
    return f"{series}{row.last:06d}"


def _bodies(actor: Actor, system: System, filer: Organisation) -> set[str]:
    """For whom a scan may have been handed in: who files, whose the system is, the organ that takes it in."""
    organ = {one.organisation for one in actor.bindings if not one.grant}
    return {system.organisation_id, filer.id, *organ}


def _check_received(channel: str, received: str, postmark: str) -> None:
    if channel not in PAPER_CHANNELS:
        raise refused("channel", "不是书面或者电子送达的方式", "no way in which papers arrive")
    check_date(received, "received", exact=True)
    if postmark:
        check_date(postmark, "postmark", exact=True)
    if dt.date.fromisoformat(received) > today():
        raise refused("received", "收到日期不得晚于今日", "it cannot have been received after today")
