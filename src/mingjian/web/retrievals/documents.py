"""The papers of a retrieval as PDF, made from its row and history: the same bytes until another step is taken.

Only here are credentials opened in full: they stand on the papers. Who makes one is in the audit record.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.sealing import unseal
from mingjian.kernel.text import Text
from mingjian.rules import retrieval as rules
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Citation, Judgement
from mingjian.rules.library import current_law
from mingjian.web import configuration
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.documents.render import render
from mingjian.web.documents.schemas import (
    ConfidentialityUndertaking,
    Document,
    Extent,
    Handed,
    HandoverReceipt,
    RetrievalApproval,
    RetrievalNotice,
    RetrievalRegister,
    Signer,
)
from mingjian.web.http.problem import not_found
from mingjian.web.retrievals.models import Retrieval, RetrievalStep
from mingjian.web.retrievals.names import PRINTED
from mingjian.web.retrievals.policies import READ_OWN
from mingjian.web.retrievals.requests import retrieval_by_id

_SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_FORMS = {"view": "查看", "copy": "复制", "take": "提取"}
_MARKS = {"state_secret": "国家秘密", "trade_secret": "商业秘密", "privacy": "个人隐私"}
_ENDINGS = {"returned_material": "已归还", "destroyed": "已销毁"}
_CITED = (
    rules.PUBLIC_SECURITY, rules.DEPARTMENTS, rules.EMERGENCY, rules.CONDITIONS, rules.STATE_ORGANS,
    rules.PERSONS_CONCERNED,
)  # fmt: skip
_OF_WAY = {
    "public_security": {rules.PUBLIC_SECURITY, rules.CONDITIONS, rules.STATE_ORGANS},
    "department": {rules.DEPARTMENTS, rules.CONDITIONS, rules.STATE_ORGANS},
    "other_organ": {rules.CONDITIONS, rules.STATE_ORGANS},
    "emergency": {rules.EMERGENCY, rules.CONDITIONS},
    "person_concerned": {rules.PERSONS_CONCERNED},
}


def document_pdf(actor: Actor, retrieval_id: str, kind: str) -> bytes:
    """One paper: approval, notice, register, undertaking or receipt.

    Raises MingjianError not_found, conflict when the step it states was not taken yet, and what rendering raises.
    """
    row = retrieval_by_id(actor, retrieval_id)
    if kind not in _MAKERS:
        raise not_found("没有这种文书", "there is no such document")
    event, maker = _MAKERS[kind]
    step = row.steps.filter(event=event).order_by("-number").first()
    if step is None:
        raise MingjianError(
            "conflict", Text("尚未到出具该文书的环节", "the step of this document was not taken yet"), fault=Fault.USER
        )
    made = render(maker(row, step))
    with transaction.atomic():
        record(
            actor, PRINTED, kind="retrieval", object_id=row.id, name=row.case, after={"document": kind},
            policy=READ_OWN,
        )  # fmt: skip
    return made


def papers_of(row: Retrieval) -> list[tuple[str, str, bytes]]:
    """(kind, title, PDF) of each paper whose step was taken, for a package; of the receipt, which can name a package
    only once there is one, what is handed over to whom."""
    made = []
    for kind, (event, maker) in _MAKERS.items():
        step = row.steps.filter(event="execute" if kind == "receipt" else event).order_by("-number").first()
        if step is not None:
            document = maker(row, step)
            made.append((kind, document.title, render(document)))
    return made


def _approval(row: Retrieval, step: RetrievalStep) -> Document:
    asked, granted = _spans(row, granted=False), _spans(row, granted=True)
    narrowed = "" if asked == granted else "；".join(f"{one.camera} {one.begins}至{one.ends}" for one in granted)
    return RetrievalApproval(
        **_shared(row, step), requester=Signer(row.requester_name, row.organisation.name, ""),
        approver=Signer(row.approver_name, step.by_unit, "", _time(step.at_ns)),
        approver_post="、".join(post[0] for post in _posts(row)), decision="同意，范围缩小" if narrowed else "同意",
        narrowed=narrowed, valid_until=_valid_until(row),
    )  # fmt: skip


def _notice(row: Retrieval, step: RetrievalStep) -> Document:
    return RetrievalNotice(**_shared(row, step), valid_until=_valid_until(row), files=_files(row))


def _register(row: Retrieval, step: RetrievalStep) -> Document:
    return RetrievalRegister(
        **_shared(row, step), approval_number=row.id, form=_FORMS[row.form], custodian=_custodian(row, step),
        files=_files(row),
    )  # fmt: skip


def _undertaking(row: Retrieval, step: RetrievalStep) -> Document:
    return ConfidentialityUndertaking(**_shared(row, step))


def _receipt(row: Retrieval, step: RetrievalStep) -> Document:
    ending = ""
    if row.state in _ENDINGS:
        last = row.steps.order_by("-number").first()
        day = shanghai_day((last or step).at_ns)
        ending = f"{_ENDINGS[row.state]}（{day.year}年{day.month}月{day.day}日）"
    return HandoverReceipt(
        **_shared(row, step), custodian=_custodian(row, step), files=_files(row), ending=ending
    )  # fmt: skip


_MAKERS: dict[str, tuple[str, Callable[[Retrieval, RetrievalStep], Document]]] = {
    "approval": ("approve", _approval),
    "notice": ("approve", _notice),
    "register": ("register", _register),
    "undertaking": ("register", _undertaking),
    "receipt": ("seal", _receipt),
}


def _shared(row: Retrieval, step: RetrievalStep) -> dict[str, Any]:
    return {
        "organ": row.organisation.name,
        "number": row.id,
        "dated": shanghai_day(step.at_ns),
        "made_at_s": step.at_ns // NS_PER_S,
        "case": row.case,
        "purpose": row.purpose,
        "holder": "" if row.holder is None else row.holder.name,
        "extents": _spans(row, granted=False) if step.event == "submit" else _spans(row, granted=True),
        "executors": tuple(
            Signer(one.name, one.organisation.name, _number(row, one.number_sealed), _time(one.confirmed_ns))
            for one in row.executors.select_related("organisation").order_by("pk")
        ),
        "basis": _basis(row, shanghai_day(step.at_ns)),
    }


def _basis(row: Retrieval, day: dt.date) -> tuple[Citation, ...]:
    asked = (current_law().ask(key, day) for key in _CITED if key in _OF_WAY[row.way])
    return tuple(one.cite() for one in asked if not isinstance(one, Judgement))


def _spans(row: Retrieval, *, granted: bool) -> tuple[Extent, ...]:
    rows = row.extents.filter(granted=granted).select_related("camera").order_by("camera_id", "from_ns")
    return tuple(Extent(one.camera.name, one.camera.code, _time(one.from_ns), _time(one.to_ns)) for one in rows)


def _files(row: Retrieval) -> tuple[Handed, ...]:
    return tuple(
        Handed(one["name"], one["size_bytes"], one["algorithm"], one["digest"], _MARKS.get(one.get("flag", ""), ""))
        for one in row.handed
    )


def _custodian(row: Retrieval, step: RetrievalStep) -> Signer:
    return Signer(step.by_name, "" if row.holder is None else row.holder.name, "", _time(step.at_ns))


def _posts(row: Retrieval) -> list[list[str]]:
    titles = {"head": "公安机关主要负责人", "deputy_in_charge": "公安机关分管负责人", "station_chief": "派出所所长"}
    return [[titles.get(post[0], post[0])] for post in row.posts]


def _valid_until(row: Retrieval) -> dt.date:
    return shanghai_day(row.expires_ns or row.created_ns)


def _number(row: Retrieval, text: str) -> str:
    found: dict[str, str] = json.loads(unseal(configuration.current().secret_key, f"retrieval/{row.id}", text))
    return found["number"]


def _time(ns: int) -> str:
    return dt.datetime.fromtimestamp(ns // NS_PER_S, _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S+08:00")
