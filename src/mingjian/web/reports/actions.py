"""Taking a report in, and telling how it stands.

Anonymous means that nothing leads back: the audit entry has no address, the counter of the address no report.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import public_report
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import nobody
from mingjian.web.authority.applying import applying
from mingjian.web.authority.subjects import Located
from mingjian.web.files.actions import About, PictureLimits, receive_picture
from mingjian.web.files.models import StoredFile
from mingjian.web.files.store import Readable
from mingjian.web.http.problem import not_found
from mingjian.web.inspections.leads import OUTCOMES, NewLead, open_lead
from mingjian.web.organisations.models import Division
from mingjian.web.reports.models import PublicReport, ReportCount
from mingjian.web.reports.policies import REPORT
from mingjian.web.signs.models import Sign

RECEIVED = register("reports.receive", "收到群众举报", "received a report of the public")
judge_report = applying(public_report.judge_report, by=RECEIVED)

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
PICTURES = 6
"""Of one report."""
PICTURE_BYTES = 10 << 20
"""As sent: a phone's photo."""
DAILY_PICTURE_BYTES = 2 << 30
"""Of all reports within a day, as stored: nobody without an account fills the disk."""
_DAY_NS = 24 * _HOUR_NS
_PART = "report"
_KEY_DIGITS = 12
"""40 bits, typed on a phone's number pad; guessing is slowed down to some hundred tries a day for each receipt."""
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


@dataclass(frozen=True, slots=True)
class NewReport:
    """What is wrong, and where: a division with words, or the sign that the reporter stands before."""

    kind: str
    where: str
    text: str = ""
    division_id: str = ""
    sign_id: str = ""


def receive_report(new: NewReport, address: str) -> Receipt:
    """Take a report in as a lead of the district's organ. `address` is counted, never kept.

    Raises MingjianError invalid for an unknown division or sign, too_many_attempts with the seconds to wait.
    """
    actor = nobody()
    REPORT.require(actor)
    sign = standing_sign(new.sign_id) if new.sign_id else None
    division = sign.division if sign else Division.objects.filter(pk=new.division_id, until_date="").first()
    if division is None:
        raise MingjianError("invalid", Text("没有这个区划", "no such division"), fault=Fault.USER, field="division")
    _count(address)
    now_ns = wiring.clock().now_ns()
    receipt = Receipt(f"JB{_random(_ALPHABET, 10)}", _random(string.digits, _KEY_DIGITS))
    report_id = new_id(now_ns)
    with transaction.atomic():
        lead = open_lead(
            actor,
            NewLead(
                origin="report", title=KINDS[new.kind].zh, division_id=division.id, clauses=_CLAUSES.get(new.kind, ()),
                detail=f"{new.where}\n{new.text}", urgent=new.kind in _URGENT, subject_kind="report",
                subject_id=report_id, place_id=sign.place_id if sign else None,
            ),
        )  # fmt: skip
        PublicReport.objects.create(
            id=report_id, receipt=receipt.number, secret_digest=_digest(receipt), kind=new.kind, where=new.where,
            text=new.text, division=division, lead=lead, created_ns=now_ns,
        )  # fmt: skip
        said = judge_report(current_law(), new.kind, shanghai_day(now_ns))
        record(
            actor, RECEIVED, kind="report", object_id=report_id, name=KINDS[new.kind].zh,
            after={"kind": new.kind, "sign": new.sign_id}, policy=REPORT, judgements=[said],
        )  # fmt: skip
    return receipt


def standing_sign(sign_id: str) -> Sign:
    """The sign with this number, as anybody may read it on the wall. Raises MingjianError not_found."""
    sign = Sign.objects.select_related("place", "division").filter(pk=sign_id, removed_ns__isnull=True).first()
    if sign is None:
        raise not_found("没有这个编号的提示标识", "there is no sign with this number")
    return sign


def add_picture(receipt: Receipt, body: Readable, address: str) -> int:
    """A picture to a report that is not closed: encoded anew, nothing of phone, place or author stays. Gives how many.

    Raises MingjianError not_found as standing_of does, invalid for what is no picture, body_too_large, conflict.
    """
    report = _known(receipt, address)
    lead = report.lead
    if lead.status == "closed":
        raise MingjianError("conflict", Text("该举报已办结", "the report is closed already"), fault=Fault.USER)
    if _pictures(report).count() >= PICTURES:
        said = Text(f"一次举报最多上传{PICTURES}张图片", f"a report takes {PICTURES} pictures at most")
        raise MingjianError("conflict", said, fault=Fault.USER, field="content")
    limits = PictureLimits(PICTURE_BYTES, DAILY_PICTURE_BYTES, wiring.clock().now_ns() - _DAY_NS)
    where = Located(lead.organ_id or "", lead.division_id)
    receive_picture(nobody(), REPORT, About("lead", lead.id, part=_PART), where, body, limits)
    return _pictures(report).count()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a report stands: the lead's status with its word, what came of it, what the organ answers."""

    status: str
    said: Text
    outcome: Text | None
    answer: str
    pictures: int
    created_ns: int
    closed_ns: int | None


def standing_of(receipt: Receipt, address: str) -> Standing:
    """How it stands. Raises MingjianError not_found for a wrong number or key alike; guessing is slowed down."""
    report = _known(receipt, address)
    lead = report.lead
    return Standing(
        lead.status, _WORDS[lead.status], OUTCOMES.get(lead.outcome), lead.answer, _pictures(report).count(),
        report.created_ns, lead.closed_ns,
    )  # fmt: skip


def _known(receipt: Receipt, address: str) -> PublicReport:
    """The report of who has number and key. Raises MingjianError not_found, too_many_attempts."""
    now_ns = wiring.clock().now_ns()
    scope = f"report {receipt.number}"[:64]
    count_attempt(scope, address, now_ns)
    report = PublicReport.objects.select_related("lead").filter(receipt=receipt.number).first()
    if report is None or not constant_time_compare(report.secret_digest, _digest(receipt)):
        raise not_found("回执编号或者查询码不正确", "the receipt number or its key is wrong")
    forgive(scope, address, now_ns)
    return report


def _pictures(report: PublicReport) -> QuerySet[StoredFile]:
    """What its sender added; pictures that the organ takes itself are of another part."""
    return StoredFile.objects.filter(subject_kind="lead", subject_id=report.lead_id, part=_PART, created_by="")


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


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
