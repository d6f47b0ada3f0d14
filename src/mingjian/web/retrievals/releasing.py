"""Showing retrieved footage to the public (sc799 22): asked by one person, the protection checked by another.

What is published is a redacted copy, never what was handed over itself; the entry names both digests. The decision
opens nothing and hands nothing over: it is the record without which nobody may publish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.public_release import SHOWN, Release
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import not_found
from mingjian.web.http.versions import require_version
from mingjian.web.retrievals import names
from mingjian.web.retrievals.models import PublicRelease, Retrieval
from mingjian.web.retrievals.policies import RELEASE
from mingjian.web.retrievals.redacting import checked_redaction, seal_checked
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.stepping import today


@dataclass(frozen=True, slots=True)
class NewRelease:
    """Where it is to be shown and by what right; what of public_release.SHOWN the original shows and the copy hides.

    `redacted_digest`: SHA-256 (hex) of the copy, empty when the original shows nothing that has to be protected.
    """

    where: str
    legal_basis: str
    shown: Sequence[str]
    protected: Sequence[str]
    redacted_digest: str = ""


def ask_release(actor: Actor, retrieval_id: str, new: NewRelease) -> PublicRelease:
    """Ask for it. Raises MingjianError not_found, conflict before sealing, invalid, Refused, and RuledOut
    `not_protected` when no basis is named or something shows that has to be protected.
    """
    for field in ("shown", "protected"):
        if not set(getattr(new, field)) <= set(SHOWN):
            raise _invalid(field, "没有这类受保护的内容", "not one of the kinds that are protected")
    with transaction.atomic():
        retrieval = retrieval_by_id(actor, retrieval_id, lock=True)
        _require(actor, retrieval)
        if not retrieval.handed:
            raise MingjianError(
                "conflict", Text("尚未封存交付的资料", "nothing was sealed and handed over yet"), fault=Fault.USER
            )
        if new.redacted_digest in {one["digest"] for one in retrieval.handed}:
            raise _invalid("redacted_digest", "这是未经遮蔽的原件", "this is the original itself")
        now_ns = wiring.clock().now_ns()
        row = PublicRelease(
            id=new_id(now_ns), retrieval=retrieval, where=new.where, legal_basis=new.legal_basis,
            shown=sorted(set(new.shown)), protected=sorted(set(new.protected)), redacted_digest=new.redacted_digest,
            asked_by_id=actor.user, asked_name=actor.name[:64], asked_ns=now_ns,
        )  # fmt: skip
        judgement = _judged(row, {actor.user})
        if judgement.verdict is Verdict.BLOCKED:
            raise _ruled_out(actor, row, judgement, names.RELEASE_ASKED)
        row.save(force_insert=True)
        record(
            actor, names.RELEASE_ASKED, kind="retrieval", object_id=retrieval.id, name=retrieval.case,
            after=_plain(row), policy=RELEASE, judgements=[judgement],
        )  # fmt: skip
    return row


def check_release(actor: Actor, release_id: str, permit: bool, note: str, expected: int | None) -> PublicRelease:
    """Another person has looked at the redacted copy: it may be published, or not.

    Films that were drawn here are sealed as a derived package then; who checks has watched each of them, and drew none.
    Raises MingjianError not_found, conflict when it was checked already or not watched, RuledOut `second_person` for one's own, Refused.
    """
    with transaction.atomic():
        row = release_by_id(actor, release_id, lock=True)
        _require(actor, row.retrieval)
        require_version(row.version, expected)
        if row.state != "asked":
            raise MingjianError("conflict", Text("已经核验", "it was checked already"), fault=Fault.USER)
        drawn = checked_redaction(actor, row) if permit else None
        drew = drawn is not None and drawn.redacted_by_id == actor.user
        judgement = _judged(row, {actor.user} if drew else {row.asked_by_id, actor.user})
        if judgement.verdict is not Verdict.PASS and (permit or row.asked_by_id == actor.user):
            raise _ruled_out(actor, row, judgement, names.RELEASE_CHECKED)
        row.state = "permitted" if permit else "refused"
        row.checked_by_id, row.checked_name, row.checked_ns = actor.user, actor.name[:64], wiring.clock().now_ns()
        row.note = note
        row.version += 1
        row.save()
        if drawn is not None:
            seal_checked(drawn, row)
        record(
            actor, names.RELEASE_CHECKED, kind="retrieval", object_id=row.retrieval_id, name=row.retrieval.case,
            before={"state": "asked"}, after=_plain(row), policy=RELEASE, judgements=[judgement], reason=note,
        )  # fmt: skip
    return row


def permitted_release(release_id: str, redacted_digest: str) -> PublicRelease:
    """A release that was permitted for exactly this redaction: for the machine's own command line.

    Raises MingjianError not_found, conflict while nobody else has checked it, invalid for another redaction.
    """
    row = PublicRelease.objects.filter(pk=release_id).first()
    if row is None:
        raise not_found("没有这项公开申请", "there is no such release")
    if row.state != "permitted":
        raise MingjianError(
            "conflict", Text("尚未经另一人核验同意", "no second person has permitted it"), fault=Fault.USER
        )
    if row.redacted_digest != redacted_digest:
        raise _invalid("redacted_digest", "核验的不是这份遮蔽结果", "another redaction was checked")
    return row


def record_derived(actor: Actor, row: PublicRelease, manifest_digest: str) -> None:
    """That the package to be published was sealed."""
    record(
        actor, names.DERIVED, kind="retrieval", object_id=row.retrieval_id, name=row.retrieval.case,
        after={"release": row.id, "redacted_digest": row.redacted_digest, "manifest": manifest_digest},
    )  # fmt: skip


def releases_of(actor: Actor, retrieval_id: str) -> list[PublicRelease]:
    """Those of a retrieval that the actor may see, newest first."""
    return list(retrieval_by_id(actor, retrieval_id).releases.order_by("-asked_ns", "-id"))


def release_by_id(actor: Actor, release_id: str, *, lock: bool = False) -> PublicRelease:
    """One whose retrieval the actor may see. Raises MingjianError not_found."""
    rows = PublicRelease.objects.select_for_update(of=("self",)) if lock else PublicRelease.objects.all()
    row = rows.filter(pk=release_id).first()
    if row is None:
        raise not_found("没有这项公开申请", "there is no such release")
    retrieval_by_id(actor, row.retrieval_id)
    return row


def _require(actor: Actor, retrieval: Retrieval) -> None:
    """Of the holder, or of the body that asked."""
    if not (RELEASE.allows(actor, retrieval.holder) or RELEASE.allows(actor, retrieval.organisation)):
        raise Refused(
            "forbidden",
            Text("您没有申请、核验公开传播的权限", "you do not have the right to ask for or check a public release"),
            policy=RELEASE.name,
            actor=actor,
        )


def _judged(row: PublicRelease, people: set[str]) -> Judgement:
    release = Release(
        row.legal_basis, frozenset(row.shown), frozenset(row.protected), bool(row.redacted_digest), frozenset(people)
    )
    return names.judge_release(current_law(), release, today())


def _ruled_out(actor: Actor, row: PublicRelease, judgement: Judgement, action: str) -> RuledOut:
    subject = Subject("retrieval", row.retrieval_id, row.retrieval.case)
    if judgement.verdict is Verdict.SUSPENDED:
        return RuledOut("second_person", judgement, actor=actor, action=action, subject=subject)
    field = "protected" if row.legal_basis.strip() else "legal_basis"
    return RuledOut("not_protected", judgement, actor=actor, action=action, field=field, subject=subject)


def _plain(row: PublicRelease) -> dict[str, object]:
    return {
        "release": row.id, "state": row.state, "where": row.where, "shown": row.shown, "protected": row.protected,
        "redacted_digest": row.redacted_digest, "handed": [one["digest"] for one in row.retrieval.handed],
    }  # fmt: skip


def _invalid(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh, en), fault=Fault.USER, field=field)
