"""Asking: what applies before it is sent, drafts, submitting, withdrawing, correcting."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.sealing import seal
from mingjian.kernel.text import Text
from mingjian.rules import retrieval as rules
from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor, BoundRole
from mingjian.web.files.actions import require_paper
from mingjian.web.files.models import StoredFile
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals import holds, names
from mingjian.web.retrievals.facts import plain, request_of
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent
from mingjian.web.retrievals.policies import ASK, COORDINATE, DECLARE, READ_OWN
from mingjian.web.retrievals.stepping import move, today

COUNTER_WAYS = frozenset({"other_organ", "person_concerned"})  # entered by the holder's custodian, at his counter
TEXTS = ("case", "legal_basis", "duty", "purpose", "form", "own_approval_file", "relation", "protects",
         "identity_file", "relation_file")  # fmt: skip
_ASKING = {"public_security": {"public_security"}, "department": {"department", "sector_regulator", "government"}}
_DONE = frozenset({"executed", "sealed", "closed", "returned_material", "destroyed"})
_FILES = ("own_approval_file", "identity_file", "relation_file")


@dataclass(frozen=True, slots=True)
class Span:
    """[from_s, to_s) of a camera, whole seconds since 1970 (UTC)."""

    camera: str
    from_s: int
    to_s: int


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is asked. `organisation`: who asks; of a person concerned the holder. `person`: his name and credential."""

    way: str
    organisation: str
    spans: tuple[Span, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    person_name: str = ""
    person_number: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What the law says of a request that was not sent, rule by rule, and who would have to hand over."""

    judgements: tuple[Judgement, ...]
    holder: Organisation | None


def bodies_of(actor: Actor) -> list[dict[str, Any]]:
    """The bodies in whose name the actor asks: id, name, kind, ways by which they ask, whether they declare emergencies."""
    asking = {one.organisation: one.role for one in ASK.bindings(actor)}
    declaring = {one.organisation for one in DECLARE.bindings(actor)}
    rows = Organisation.objects.filter(pk__in=asking).order_by("name", "pk")
    return [
        {
            "id": row.pk, "name": row.name, "kind": row.kind, "may_declare": row.pk in declaring,
            "ways": sorted(COUNTER_WAYS) if asking[row.pk] == BoundRole.CUSTODIAN.value else _ways_of(row.kind),
        }
        for row in rows
    ]  # fmt: skip


def _ways_of(kind: str) -> list[str]:
    return [way for way, kinds in _ASKING.items() if kind in kinds]


def check_request(actor: Actor, new: NewRequest) -> Check:
    """Which rules apply and what is missing, before anything is kept. Raises like `draft_request`."""
    asked_by, cameras = _fitting(actor, new)
    texts = new.texts
    person = None
    if new.way == "person_concerned":
        person = rules.PersonConcerned(
            texts.get("relation", ""), texts.get("protects", ""), texts.get("form", "view"),
            bool(texts.get("identity_file")), bool(texts.get("relation_file")), False, False,
        )  # fmt: skip
    request = rules.Request(
        way=new.way, requester=actor.user, body=asked_by.id, legal_basis=texts.get("legal_basis", ""),
        duty=texts.get("duty", ""), extents=tuple(rules.Extent(one.camera, one.from_s, one.to_s) for one in new.spans),
        form=texts.get("form", "view"), own_approval=bool(texts.get("own_approval_file")), person=person,
    )  # fmt: skip
    return Check(_applying(request, approving=True), cameras[0].organisation)


def judgements_of(row: Retrieval) -> tuple[Judgement, ...]:
    """The same of a request that is kept, as it stands now. An emergency answers to its own rule."""
    request = request_of(row)
    if row.way == "emergency":
        now_s = wiring.clock().now_ns() // NS_PER_S
        return (rules.judge_emergency(current_law(), request, today(), now_s),)
    return _applying(request, approving=row.state not in _DONE)


def _applying(request: rules.Request, *, approving: bool) -> tuple[Judgement, ...]:
    """`approving` False: the decision has done its work, and that it has expired since says nothing."""
    law, on, now_s = current_law(), today(), wiring.clock().now_ns() // NS_PER_S
    if request.way == "person_concerned":
        return (rules.judge_person_concerned(law, request, on),)
    said = [rules.judge_state_organ(law, request, on)]
    if request.way == "public_security" and approving:
        said.append(rules.judge_approval(law, request, on, now_s))
    elif request.way == "department":
        said.append(rules.judge_department(law, request, on))
    said += [
        rules.judge_two_staff(law, request, on), rules.judge_papers(law, request, on),
        rules.judge_registration(law, request, on), rules.judge_confidentiality(law, request, on),
    ]  # fmt: skip
    return tuple(said)


def draft_request(actor: Actor, new: NewRequest) -> Retrieval:
    """Keep a draft. Raises MingjianError not_found, invalid (field), and Refused."""
    asked_by, cameras = _fitting(actor, new)
    holder = cameras[0].organisation
    if holder is None:
        raise refused("spans", "该摄像机未登记管理单位", "the camera has no managing unit in the register")
    now_ns = wiring.clock().now_ns()
    row = Retrieval(
        id=new_id(now_ns), way=new.way, organisation=asked_by, holder=holder, division_id=holder.division_id,
        requester_id=actor.user, requester_name=actor.name[:64], created_ns=now_ns,
    )  # fmt: skip
    _put(actor, row, new.texts)
    if new.way == "person_concerned":
        row.person_sealed = sealed(row.id, {"name": new.person_name, "number": new.person_number})
    with transaction.atomic():
        row.save(force_insert=True)
        _set_extents(row, new.spans)
        record(
            actor, names.DRAFTED, kind="retrieval", object_id=row.id, name=row.case, after=plain(row), policy=ASK
        )  # fmt: skip
    return row


def change_request(
    actor: Actor, retrieval_id: str, texts: Mapping[str, str], spans: Sequence[Span] | None, expected: int | None
) -> Retrieval:
    """Change a draft or what was returned; later only the department's own approval can be added, while submitted."""
    with transaction.atomic():
        row = own_request(actor, retrieval_id, expected)
        late = row.state == "submitted" and set(texts) == {"own_approval_file"} and spans is None
        if row.state not in ("draft", "returned") and not late:
            raise MingjianError(
                "conflict", Text("已提交的申请不能修改", "what was submitted is not changed"), fault=Fault.USER
            )
        before = {key: getattr(row, key) for key in TEXTS}
        _put(actor, row, texts)
        if spans is not None:
            cameras = _cameras(spans)
            if {camera.organisation_id for camera in cameras} != {row.holder_id}:
                raise refused("spans", "应为同一单位的摄像机", "cameras of the same holder")
            _set_extents(row, spans)
        old, new = changes(before, {key: getattr(row, key) for key in TEXTS})
        row.version += 1
        row.save()
        record(
            actor, names.CHANGED, kind="retrieval", object_id=row.id, name=row.case, before=old, after=new, policy=ASK
        )  # fmt: skip
    return row


def submit_request(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    """Send it, or send it corrected; what it asks for is held from now on."""
    with transaction.atomic():
        row = own_request(actor, retrieval_id, expected)
        again = row.state == "returned"
        move(actor, row, "resubmit" if again else "submit", ASK)
        if again:
            holds.release_of(actor, row, "补正后重新锁定")
        holds.place_provisional(actor, row)
    return row


def withdraw_request(actor: Actor, retrieval_id: str, reason: str, expected: int | None) -> Retrieval:
    """Take a draft back."""
    with transaction.atomic():
        row = own_request(actor, retrieval_id, expected)
        move(actor, row, "withdraw", ASK, reason=reason)
    return row


def escalate_request(actor: Actor, retrieval_id: str, reason: str, expected: int | None) -> Retrieval:
    """Take the refusal of a complete request to the organ above (qd204 20.4)."""
    with transaction.atomic():
        row = own_request(actor, retrieval_id, expected)
        move(actor, row, "escalate", ASK, reason=reason)
    return row


def visible(actor: Actor) -> QuerySet[Retrieval]:
    """Retrievals that one's body asked for or holds footage of; a department's and emergencies also by division."""
    rows = Retrieval.objects.select_related("organisation", "holder", "requester")
    mine = Q(pk__in=READ_OWN.visible(actor, Retrieval.objects.all(), division="").values("pk"))
    mine |= Q(pk__in=READ_OWN.visible(actor, Retrieval.objects.all(), "holder_id", "").values("pk"))
    near = COORDINATE.visible(actor, Retrieval.objects.filter(way="department").exclude(state="draft"), "")
    mine |= Q(pk__in=near.values("pk"))
    mine |= Q(pk__in=DECLARE.visible(actor, Retrieval.objects.filter(way="emergency"), "").values("pk"))
    return rows.filter(mine)


def retrieval_by_id(actor: Actor, retrieval_id: str, *, lock: bool = False) -> Retrieval:
    """One that the actor may see. Raises MingjianError not_found."""
    rows = visible(actor).filter(pk=retrieval_id)
    row = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if row is None:
        raise not_found("没有这项调取", "there is no such retrieval")
    return row


def own_request(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    """One's own body's, locked, for changing what is asked."""
    row = retrieval_by_id(actor, retrieval_id, lock=True)
    ASK.require(actor, row.holder if row.way in COUNTER_WAYS else row.organisation)
    require_version(row.version, expected)
    return row


def require_own_paper(actor: Actor, row: Retrieval, file_id: str, name: str) -> str:
    """The SHA-256 of a file handed in for this way by the asking body or the holder, as far as the actor may read it.

    Raises MingjianError invalid with the field's name.
    """
    if file_id and file_id == row.ending_file:  # the proof that the first of the two attested by
        return StoredFile.objects.values_list("sha256", flat=True).get(pk=file_id)
    bodies = {one for one in (row.organisation_id, row.holder_id) if one}
    return require_paper(actor, file_id, "retrieval", bodies, name).sha256


def sealed(retrieval_id: str, value: Mapping[str, str]) -> str:
    """Personal data of a retrieval, sealed to it."""
    return seal(configuration.current().secret_key, f"retrieval/{retrieval_id}", json.dumps(dict(value)))


def digest_of(kind: str, number: str) -> str:
    """What tells a credential apart without showing its number: keyed, since numbers can be counted through."""
    message = f"{kind}\0{number.strip().upper()}".encode()
    return hmac.new(configuration.current().secret_key, b"retrieval-person\0" + message, hashlib.sha256).hexdigest()


def _fitting(actor: Actor, new: NewRequest) -> tuple[Organisation, list[Camera]]:
    cameras = _cameras(new.spans)
    asked_by = Organisation.objects.filter(pk=new.organisation).first()
    if asked_by is None:
        raise refused("organisation", "没有这个单位", "there is no such organisation")
    ASK.require(actor, cameras[0].organisation if new.way in COUNTER_WAYS else asked_by)
    if new.way in _ASKING and asked_by.kind not in _ASKING[new.way]:
        raise refused("way", "申请单位与途径不符", "this body does not ask on this way")
    if new.way == "person_concerned":
        if asked_by.id != cameras[0].organisation_id:
            raise refused("organisation", "应为管理单位", "the managing unit")
        if not new.person_name.strip() or not new.person_number.strip():
            raise refused("person_number", "请填写查阅人的姓名和证件号码", "name the person and his credential")
    return asked_by, cameras


def _cameras(spans: Sequence[Span]) -> list[Camera]:
    """The cameras, all of one holder: each holder registers and hands over by itself (qd204 24)."""
    if not spans:
        raise refused("spans", "请选择摄像机和时间", "name cameras and times")
    wanted = {one.camera for one in spans}
    found = list(Camera.objects.filter(pk__in=wanted).select_related("organisation").order_by("pk"))
    if len(found) < len(wanted):
        raise refused("spans", "没有这台摄像机", "there is no such camera")
    if len({camera.organisation_id for camera in found}) > 1:
        raise refused(
            "spans", "应为同一单位的摄像机，其他单位的请另行申请", "one holder a request: ask the others apart"
        )
    return found


def _put(actor: Actor, row: Retrieval, texts: Mapping[str, str]) -> None:
    for key in TEXTS:
        if key in texts:
            if key in _FILES and texts[key]:
                require_own_paper(actor, row, texts[key], key)
            setattr(row, key, texts[key])


def _set_extents(row: Retrieval, spans: Sequence[Span]) -> None:
    row.extents.filter(granted=False).delete()
    RetrievalExtent.objects.bulk_create(
        RetrievalExtent(
            retrieval=row, camera_id=one.camera, from_ns=one.from_s * NS_PER_S, to_ns=one.to_s * NS_PER_S
        )
        for one in spans
    )  # fmt: skip
