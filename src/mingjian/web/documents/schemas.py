"""What each document says, as frozen values. Text is text: nothing in it is ever read as markup.

Dates are civil days of the place; `made_at_s` (seconds since 1970, UTC) comes from the record and not from a clock, so
that a document made again is the same to the byte. Citations print their mark where the number is not certain.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from mingjian.rules.judgement import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every document has: who issues it, under which number, on which day; `demo` prints that it has no force."""

    template: ClassVar[str] = ""
    title: ClassVar[str] = ""

    organ: str
    number: str
    dated: dt.date
    made_at_s: int
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceSlip(Document):
    """收件凭证: that a filing was handed in, when, how and with which papers."""

    template: ClassVar[str] = "acceptance_slip"
    title: ClassVar[str] = "视频图像信息系统备案收件凭证"

    filer: str
    system: str
    matter: str  # 备案事项
    channel: str
    received_on: dt.date
    papers: tuple[str, ...]
    received_by: str
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNotice(Document):
    """一次性补正告知书: everything that is missing, told once, and until when."""

    template: ClassVar[str] = "correction_notice"
    title: ClassVar[str] = "一次性补正告知书"

    filer: str
    system: str
    received_on: dt.date
    missing: tuple[str, ...]
    due: dt.date
    contact: str
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingReceipt(Document):
    """备案回执: that a filing is registered, what was filed, and the findings if any. A filing is no approval."""

    template: ClassVar[str] = "filing_receipt"
    title: ClassVar[str] = "视频图像信息系统备案回执"

    filer: str
    system: str
    matter: str  # 备案事项
    facts: tuple[tuple[str, str], ...]  # what is filed: its name and what was declared
    filed_on: dt.date
    findings: tuple[str, ...] = ()
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintableSign(Document):
    """公共视频监控提示标识: for the wall, one A4 page. `address` is the public entry (https), drawn as a QR code."""

    template: ClassVar[str] = "sign"
    title: ClassVar[str] = "公共视频监控提示标识"

    place: str
    purpose: str
    telephone: str
    address: str


@dataclass(frozen=True, slots=True)
class Extent:
    """One camera and the time asked for or handed over; times as people read them, with their zone."""

    camera: str
    code: str
    begins: str
    ends: str


@dataclass(frozen=True, slots=True)
class Handed:
    """One file handed over: its name, size and digest in hexadecimal; `mark` of secrecy in words, "" for none."""

    name: str
    size_bytes: int
    algorithm: str
    digest: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who takes part: name, unit, number of the credential, and when he confirmed ("" for not yet)."""

    name: str
    unit: str
    credential: str
    confirmed_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalDocument(Document):
    """What the papers of a retrieval share."""

    case: str
    purpose: str
    holder: str
    extents: tuple[Extent, ...]
    executors: tuple[Signer, ...]
    basis: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalApproval(RetrievalDocument):
    """调取审批表: who asks for what, and what the person in charge decided, who may have narrowed it."""

    template: ClassVar[str] = "retrieval_approval"
    title: ClassVar[str] = "视频图像信息调取审批表"

    requester: Signer
    approver: Signer
    approver_post: str
    decision: str
    narrowed: str = ""
    valid_until: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalNotice(RetrievalDocument):
    """调取证据通知书 with its list; hashes stand in it once the footage is sealed."""

    template: ClassVar[str] = "retrieval_notice"
    title: ClassVar[str] = "调取证据通知书"

    valid_until: dt.date
    files: tuple[Handed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalRegister(RetrievalDocument):
    """调取登记表: the holder's register of a retrieval: two staff, papers, form and what was handed over."""

    template: ClassVar[str] = "retrieval_register"
    title: ClassVar[str] = "视频图像信息调取登记表"

    approval_number: str
    form: str  # 查看, 复制 or 提取
    custodian: Signer
    files: tuple[Handed, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidentialityUndertaking(RetrievalDocument):
    """保密承诺书 of those who see or receive the footage."""

    template: ClassVar[str] = "confidentiality"
    title: ClassVar[str] = "保密承诺书"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverReceipt(RetrievalDocument):
    """交接回执: what changed hands, with digests, and its return or destruction when that has come."""

    template: ClassVar[str] = "handover"
    title: ClassVar[str] = "视频图像信息交接回执"

    custodian: Signer
    files: tuple[Handed, ...] = ()
    ending: str = ""  # 已归还 or 已销毁, with its day


DOCUMENTS: tuple[type[Document], ...] = (
    AcceptanceSlip, CorrectionNotice, FilingReceipt, PrintableSign, RetrievalApproval, RetrievalNotice,
    RetrievalRegister, ConfidentialityUndertaking, HandoverReceipt,
)  # fmt: skip
