"""Taking a report in, and telling how it stands.

Anonymous means that nothing leads back: the audit entry has no address, the counter of the address no report.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import nobody
from mingjian.web.http.problem import not_found
from mingjian.web.inspections.leads import OUTCOMES, NewLead, open_lead
from mingjian.web.organisations.models import Division
from mingjian.web.reports.models import PublicReport, ReportCount
from mingjian.web.reports.policies import REPORT

RECEIVED = register("reports.receive", "收到群众举报", "received a report of the public")

KINDS = {
    "private_room": Text("私密场所装有摄像机", "a camera in a room of privacy"),
    "no_sign": Text("公共场所摄像机未设标识", "no sign"),
    "obstruction": Text("摄像机被遮挡、损坏", "a camera is covered or damaged"),
    "unlawful": Text("擅自安装摄像机", "a camera without authority"),
    "leak": Text("视频图像泄露", "footage has leaked"),
    "other": Text("其他", "other"),
}
_CLAUSES = {
    "private_room": ("qd204.prohibited.rooms", "sc799.prohibited.regions"),
    "no_sign": ("qd204.sign.conspicuous", "sc799.sign.position_and_sign"),
    "obstruction": ("qd204.obstruction.no_covering", "sc799.obstruction.no_altering_or_covering"),
    "unlawful": ("qd204.builder.no_other", "sc799.builder.necessary_and_no_other"),
}
_URGENT = frozenset({"private_room", "leak"})
_WORDS = {
    "open": Text("已受理，待核查", "received, to be looked into"),
    "taken": Text("核查中", "being looked into"),
    "closed": Text("已办结", "closed"),
}
AN_HOUR = 5
_HOUR_NS = 3600 * NS_PER_S
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class TooManyReports(MingjianError):
    """Wait before the next one."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "too_many_attempts",
            Text("本网络一小时内提交的举报过多，请稍后再试", "too many reports from this network within an hour"),
            fault=Fault.USER,
            remedy=Text("情况紧急请拨打 110", "in an emergency call 110"),
        )
        self.retry_after_s = wait_s


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter keeps: with both he can ask how it stands. The secret is told once."""

    number: str
    key: str


def receive_report(kind: str, division_id: str, where: str, text: str, address: str) -> Receipt:
    """Take a report in as a lead of the district's organ. `address` is counted, never kept.

    Raises MingjianError invalid for an unknown division, too_many_attempts with the seconds to wait.
    """
    actor = nobody()
    REPORT.require(actor)
    division = Division.objects.filter(pk=division_id, until_date="").first()
    if division is None:
        raise MingjianError("invalid", Text("没有这个区划", "no such division"), fault=Fault.USER, field="division")
    _count(address)
    now_ns = wiring.clock().now_ns()
    receipt = Receipt(f"JB{''.join(secrets.choice(_ALPHABET) for _ in range(10))}", secrets.token_urlsafe(12))
    report_id = new_id(now_ns)
    with transaction.atomic():
        lead = open_lead(
            actor,
            NewLead(
                origin="report", title=KINDS[kind].zh, division_id=division.id, clauses=_CLAUSES.get(kind, ()),
                detail=f"{where}\n{text}", urgent=kind in _URGENT, subject_kind="report", subject_id=report_id,
            ),
        )  # fmt: skip
        PublicReport.objects.create(
            id=report_id, receipt=receipt.number, secret_digest=_digest(receipt), kind=kind, where=where, text=text,
            division=division, lead=lead, created_ns=now_ns,
        )  # fmt: skip
        record(
            actor, RECEIVED, kind="report", object_id=report_id, name=KINDS[kind].zh, after={"kind": kind},
            policy=REPORT,
        )  # fmt: skip
    return receipt


@dataclass(frozen=True, slots=True)
class Standing:
    """How a report stands: the lead's status with its word, and what came of it."""

    status: str
    said: Text
    outcome: Text | None
    created_ns: int
    closed_ns: int | None


def standing_of(receipt: Receipt, address: str) -> Standing:
    """How it stands. Raises MingjianError not_found for a wrong number or key alike; guessing is slowed down."""
    now_ns = wiring.clock().now_ns()
    scope = f"report {receipt.number}"[:64]
    count_attempt(scope, address, now_ns)
    report = PublicReport.objects.select_related("lead").filter(receipt=receipt.number).first()
    if report is None or not constant_time_compare(report.secret_digest, _digest(receipt)):
        raise not_found("回执编号或者查询码不正确", "the receipt number or its key is wrong")
    forgive(scope, address, now_ns)
    lead = report.lead
    outcome = OUTCOMES.get(lead.outcome)
    return Standing(lead.status, _WORDS[lead.status], outcome, report.created_ns, lead.closed_ns)


def _count(address: str) -> None:
    now_ns = wiring.clock().now_ns()
    scope = salted_hmac("mingjian.reports", address, algorithm="sha256").hexdigest()
    with transaction.atomic():
        ReportCount.objects.filter(since_ns__lte=now_ns - _HOUR_NS).delete()
        row, _ = ReportCount.objects.select_for_update().get_or_create(scope=scope, defaults={"since_ns": now_ns})
        if row.number >= AN_HOUR:
            raise TooManyReports(-(-(row.since_ns + _HOUR_NS - now_ns) // NS_PER_S))
        row.number += 1
        row.save()


def _digest(receipt: Receipt) -> str:
    return salted_hmac("mingjian.report_key", f"{receipt.number}\n{receipt.key}", algorithm="sha256").hexdigest()
