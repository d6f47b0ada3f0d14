"""Executing: two people come and confirm themselves, the holder's custodian checks papers, registers, hands over.

Each of the two confirms with a second factor of his own; a visitor without account shows a credential, which the
custodian enters with the scanned approval and the signature. The custodian is none of those who ask, decide or execute
(at the counter he enters what others ask; then somebody else has decided).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy, Refused
from mingjian.web.http.problem import conflict, refused
from mingjian.web.http.versions import require_version
from mingjian.web.retrievals import names
from mingjian.web.retrievals.desk import at_the_desk
from mingjian.web.retrievals.marking import HandedFile, marked
from mingjian.web.retrievals.models import Retrieval, RetrievalAttestation, RetrievalExecutor
from mingjian.web.retrievals.packaging import COPIES, order_package, with_package
from mingjian.web.retrievals.policies import ASK, HAND_OVER
from mingjian.web.retrievals.requests import digest_of, require_own_paper, retrieval_by_id, sealed
from mingjian.web.retrievals.stepping import move

LEAST_NUMBER = 4  # characters of a credential's number


@dataclass(frozen=True, slots=True)
class Visitor:
    """One of the requesting body's staff without an account; both files are of files.StoredFile."""

    name: str
    number: str
    approval_file: str
    signature_file: str


def come(actor: Actor, retrieval_id: str, number: str, proof: str, expected: int | None) -> Retrieval:
    """One of the requesting body's staff: here is my credential, and this is I (his own second factor)."""
    seen = retrieval_by_id(actor, retrieval_id)
    _require_staff(actor, seen)
    _require_number(number)
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        require_version(row.version, expected)
        _require_open(row)
        _not_approver(row, actor)
        _add(row, person=actor.user, user=actor.user, name=actor.name, number=number)
        _note(actor, row, names.CAME, ASK)
    return row


def enter_visitor(actor: Actor, retrieval_id: str, visitor: Visitor, expected: int | None) -> Retrieval:
    """The custodian enters one who has no account here."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        _require_number(visitor.number)
        for name in ("approval_file", "signature_file"):
            require_own_paper(actor, row, getattr(visitor, name), name)
        _require_open(row)
        person = digest_of("visitor", visitor.number)
        _add(
            row, person=person, user=None, name=visitor.name, number=visitor.number,
            approval_file=visitor.approval_file, signature_file=visitor.signature_file,
        )  # fmt: skip
        _note(actor, row, names.CAME, HAND_OVER)
    return row


def undertake(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    """One's own undertaking of confidentiality (qd204 24.4)."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        require_version(row.version, expected)
        _give_undertaking(row, actor.user)
        _note(actor, row, names.UNDERTOOK, ASK)
    return row


def visitor_undertakes(actor: Actor, retrieval_id: str, number: str, file_id: str, expected: int | None) -> Retrieval:
    """A visitor's, signed on paper; the custodian enters it."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        require_own_paper(actor, row, file_id, "signature_file")
        _give_undertaking(row, digest_of("visitor", number))
        _note(actor, row, names.UNDERTOOK, HAND_OVER)
    return row


def present(actor: Actor, retrieval_id: str, papers: Sequence[str], expected: int | None) -> Retrieval:
    """The custodian has seen credentials and the document of approval."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        row.papers = sorted(set(papers))
        move(actor, row, "present", HAND_OVER)
    return row


def register(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    """It stands in the holder's register."""
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        row.registered_ns, row.custodian_id = wiring.clock().now_ns(), actor.user
        move(actor, row, "register", HAND_OVER)
    return row


def execute(actor: Actor, retrieval_id: str, event: str, expected: int | None) -> Retrieval:
    """`execute`: footage may be seen or handed over from now on; of a copy the package is ordered at once.

    `finish_view`: they have seen it.
    """
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        move(actor, row, event, HAND_OVER)
        if event == "execute" and row.form in COPIES:
            order_package(actor, row)
    return row


def seal_material(actor: Actor, retrieval_id: str, files: Sequence[HandedFile], expected: int | None) -> Retrieval:
    """What was copied or taken, with its digests; each file carries the strictest mark of its sources (qd204 5).

    The package, if one was made, is always among them; one still being made while other files are named is called off.
    """
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        files = with_package(row, files)
        row.handed, inherited = marked(actor, row, files) if files else ([], None)
        document = files[0].digest if len(files) == 1 and len(files[0].digest) == 64 else None
        move(actor, row, "seal", HAND_OVER, document=document, said=[] if inherited is None else [inherited])
    return row


def attest_ending(actor: Actor, retrieval_id: str, event: str, file_id: str, expected: int | None) -> Retrieval:
    """Attest that the material was given back or destroyed. The second of two different people ends it.

    One of them is the holder's custodian or one who executed; the proof is a stored file.
    """
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        require_version(row.version, expected)
        if not (HAND_OVER.allows(actor, row.holder) or row.executors.filter(person=actor.user).exists()):
            HAND_OVER.require(actor, row.holder)
        if row.state != "sealed":
            raise conflict("尚未封存", "it is not sealed")
        digest = require_own_paper(actor, row, file_id, "file")
        RetrievalAttestation.objects.filter(retrieval=row).exclude(event=event).delete()
        RetrievalAttestation.objects.get_or_create(
            retrieval=row, user_id=actor.user, event=event, defaults={"at_ns": wiring.clock().now_ns()}
        )
        row.ending_file = file_id
        if row.attestations.count() >= 2:
            move(actor, row, event, HAND_OVER, document=digest)
        else:
            _note(actor, row, names.ATTESTED, HAND_OVER)
    return row


def _require_staff(actor: Actor, row: Retrieval) -> None:
    """Of the requesting body itself: somebody of the organ above is not its staff."""
    ASK.require(actor, row.organisation)
    if not any(one.organisation == row.organisation_id for one in ASK.bindings(actor)):
        raise Refused(
            "forbidden",
            Text("调取人员应为申请单位的工作人员", "those who execute are staff of the requesting body"),
            policy=ASK.name,
            actor=actor,
        )


def _require_number(number: str) -> None:
    """Its digest stands for the credential in the law's eyes (24(1), 24(2)), and nothing has a digest, too."""
    if len(number.strip()) < LEAST_NUMBER:
        raise refused("number", "请填写工作证件号码", "give the number of the credential")


def _not_approver(row: Retrieval, actor: Actor) -> None:
    if actor.user == row.approver_id:
        raise Refused(
            "forbidden",
            Text("批准人不得是申请人或者调取人员", "the approver neither asks nor executes"),
            policy=ASK.name,
            actor=actor,
        )


def _require_open(row: Retrieval) -> None:
    if row.state not in ("approved", "confirmed"):
        raise conflict("尚未批准，或者已经到场查验", "it is not approved, or the papers were checked already")


def _add(row: Retrieval, *, person: str, user: str | None, name: str, number: str, **files: str) -> None:
    try:
        with transaction.atomic():
            RetrievalExecutor.objects.create(
                retrieval=row, person=person, user_id=user, name=name[:64], organisation_id=row.organisation_id,
                number_sealed=sealed(row.id, {"number": number}), number_end=number.strip()[-4:],
                number_digest=digest_of("credential", number), confirmed_ns=wiring.clock().now_ns(), **files,
            )  # fmt: skip
    except IntegrityError as error:
        raise MingjianError(
            "conflict",
            Text("该人员或者证件已登记", "this person or credential is entered already"),
            fault=Fault.USER,
            field="number",
        ) from error


def _give_undertaking(row: Retrieval, person: str) -> None:
    done = row.executors.filter(person=person, undertaken_ns__isnull=True).update(
        undertaken_ns=wiring.clock().now_ns()
    )  # fmt: skip
    if not done:
        raise conflict("不是本次调取人员，或者已作承诺", "not one who executes, or he gave it already")


def _note(actor: Actor, row: Retrieval, action: str, policy: Policy) -> None:
    row.version += 1
    row.save()
    record(actor, action, kind="retrieval", object_id=row.id, name=row.case, policy=policy)
