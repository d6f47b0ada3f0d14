"""Deciding: approval by the person in charge, who may narrow; return and refusal with reasons; coordination; consent.

Who decides depends on the way: the person in charge of public security; for a department its own approval with the
coordination record of the district's organ; for courts and others their own paper, which the holder checks; for a
person concerned the holder's manager. Nobody decides about what he himself asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.accounts.models import User
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.bindings import bindings_now
from mingjian.web.organisations.models import Organisation, RoleBinding
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.retrievals import names
from mingjian.web.retrievals.declining import judged_refusal
from mingjian.web.retrievals.facts import level_of_organ, plain, posts_on
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent
from mingjian.web.retrievals.policies import CONSENT, COORDINATE, DECIDE, HAND_OVER
from mingjian.web.retrievals.requests import Span, retrieval_by_id
from mingjian.web.retrievals.stepping import move, today

DECIDE_HOURS = "policy.retrieval.decide_hours"
MOST_DAYS = 90


def decide_by_ns(row: Retrieval) -> int | None:
    """Until when the policy (no law) wants an answer; None while nobody is asked."""
    if row.state not in ("submitted", "escalated"):
        return None
    last = row.steps.order_by("-number").values_list("at_ns", flat=True).first()
    return None if last is None else last + decide_within_ns()


def decide_within_ns() -> int:
    """How long after it was asked the policy wants an answer."""
    return current_law().policy_number(DECIDE_HOURS) * 3600 * NS_PER_S


def approve(
    actor: Actor,
    retrieval_id: str,
    expires_s: int,
    spans: Sequence[Span] | None,
    supervisor: str,
    expected: int | None,
    proof: str = "",
) -> Retrieval:
    """Approve, or approve less: `spans` None grants what was asked. Raises RuledOut with the clause, and Refused.

    `supervisor`: who attends when a person concerned views. `proof`: the second factor of the organ's head, without
    which nobody else's hand approves in his name.
    """
    seen = retrieval_by_id(actor, retrieval_id)
    right, subject = policy_of(seen)
    right.require(actor, subject)
    if right is DECIDE:
        confirm_second_factor(actor, proof)
    with transaction.atomic():
        row = _to_decide(actor, retrieval_id, expected)
        now_ns = wiring.clock().now_ns()
        if not now_ns < expires_s * NS_PER_S <= now_ns + MOST_DAYS * 86_400 * NS_PER_S:
            raise refused("expires_s", f"有效期应在今后{MOST_DAYS}日以内", f"it expires within {MOST_DAYS} days")
        row.approver_id, row.approver_name = actor.user, actor.name[:64]
        row.decided_date = today().isoformat()
        row.posts = posts_on(actor.user, today(), of=row.organisation_id)
        row.expires_ns = expires_s * NS_PER_S
        if row.way == "person_concerned":
            row.supervisor = _supervisor(row, supervisor)
        _grant(row, spans)
        move(actor, row, "approve", policy_of(row)[0])
    return row


def send_back(actor: Actor, retrieval_id: str, event: str, reason: str, expected: int | None) -> Retrieval:
    """`return` for missing papers, `refuse`, or `uphold` a refusal; each with its reason.

    Where the holder itself decides, refusing what is complete is a finding that goes to public security (qd204 20.4).
    """
    with transaction.atomic():
        row = _to_decide(actor, retrieval_id, expected)
        said = []
        if policy_of(row)[0] is HAND_OVER and event in ("return", "refuse"):
            said.append(judged_refusal(actor, row, event, reason, came=False))
        move(actor, row, event, policy_of(row)[0], reason=reason, said=said)
    return row


def coordinate(actor: Actor, retrieval_id: str, note: str, expected: int | None) -> Retrieval:
    """The district organ's record that a department coordinated with it (qd204 23.2): a record, not a veto.

    Once the department's own approval is there too, the request counts as approved; until then it waits for it.
    """
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        COORDINATE.require(actor, row)
        require_version(row.version, expected)
        if row.way != "department" or row.state not in ("submitted", "escalated"):
            raise MingjianError(
                "conflict", Text("该申请不需要协调", "this request is not to be coordinated"), fault=Fault.USER
            )
        _not_own(actor, row)
        row.coordinated_by, row.coordination_note = actor.name[:64], note
        row.coordinated_level = _level_of(actor)
        row.version += 1
        row.save()
        record(
            actor, names.COORDINATED, kind="retrieval", object_id=row.id, name=row.case, after=plain(row),
            policy=COORDINATE, reason=note,
        )  # fmt: skip
    return row


def policy_of(row: Retrieval) -> tuple[ScopedPolicy, Organisation | Retrieval | None]:
    """Who decides about it, asked about what."""
    if row.way == "public_security":
        return DECIDE, row.organisation
    if row.way == "department" and row.state == "escalated":
        return COORDINATE, row
    if row.way == "person_concerned":
        return CONSENT, row.holder
    return HAND_OVER, row.holder


def _to_decide(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    row = retrieval_by_id(actor, retrieval_id, lock=True)
    policy, subject = policy_of(row)
    policy.require(actor, subject)
    require_version(row.version, expected)
    _not_own(actor, row)
    refuser = row.steps.filter(event="refuse").order_by("-number").values_list("by", flat=True).first()
    if row.state == "escalated" and refuser == actor.user:
        raise Refused(
            "forbidden",
            Text("作出不予批准决定的人不得复核该决定", "who refused it does not review the refusal"),
            policy=policy.name,
            actor=actor,
        )
    return row


def _not_own(actor: Actor, row: Retrieval) -> None:
    if actor.user in {row.requester_id, *row.executors.values_list("person", flat=True)}:
        raise Refused(
            "forbidden",
            Text("不得对本人申请或者执行的调取作出决定", "nobody decides about what he asks for or executes"),
            policy=policy_of(row)[0].name,
            actor=actor,
        )


def _grant(row: Retrieval, spans: Sequence[Span] | None) -> None:
    row.extents.filter(granted=True).delete()
    if spans is None:
        given = [(one.camera_id, one.from_ns, one.to_ns) for one in row.extents.filter(granted=False)]
    else:
        given = [(one.camera, one.from_s * NS_PER_S, one.to_s * NS_PER_S) for one in spans]
        _require_narrower(row, given)
    RetrievalExtent.objects.bulk_create(
        RetrievalExtent(retrieval=row, camera_id=camera, from_ns=begins, to_ns=ends, granted=True)
        for camera, begins, ends in given
    )


def _require_narrower(row: Retrieval, given: Sequence[tuple[str, int, int]]) -> None:
    """Raises MingjianError invalid (spans). Longer times by the head of an organ are the law's to block, on record."""
    if any(begins >= ends for _, begins, ends in given):
        raise refused("spans", "结束时间应在开始时间之后", "a span ends after it begins")
    asked = [(one.camera_id, one.from_ns, one.to_ns) for one in row.extents.filter(granted=False)]
    ruled = row.way == "public_security"
    for camera, begins, ends in given:
        mine = [one for one in asked if one[0] == camera]
        if not mine or not (ruled or any(one[1] <= begins and ends <= one[2] for one in mine)):
            raise refused("spans", "批准范围超出申请范围", "an approval may narrow what was asked, never widen it")


def supervisors_of(actor: Actor, retrieval_id: str) -> list[dict[str, str]]:
    """Staff of the holder who may attend, by name; for whoever consents. Raises MingjianError not_found, Refused."""
    row = retrieval_by_id(actor, retrieval_id)
    CONSENT.require(actor, row.holder)
    staff = RoleBinding.objects.filter(organisation_id=row.holder_id, user__is_active=True).values("user")
    rows = User.objects.filter(pk__in=staff).exclude(pk=row.requester_id).order_by("display_name", "name")
    return [
        {"user": user.pk, "name": user.display_name or user.name}
        for user in rows
        if any(one.organisation == row.holder_id for one in bindings_now(user.pk))
    ]


def _supervisor(row: Retrieval, user_id: str) -> User:
    """One of the holder's own staff, other than who entered the request and hands over; who consents may attend."""
    if user_id == row.requester_id:
        raise refused("supervisor", "陪同人不得是录入申请的资料管理员", "who entered the request does not attend")
    held = {binding.organisation for binding in bindings_now(user_id)}
    found = User.objects.filter(pk=user_id).first()
    if found is None or row.holder_id not in held:
        raise refused("supervisor", "陪同人应为管理单位的人员", "one of the managing unit's staff attends")
    return found


def _level_of(actor: Actor) -> str:
    ids = [one.organisation for one in COORDINATE.bindings(actor)]
    organs = Organisation.objects.filter(pk__in=ids).select_related("division").order_by("pk")
    levels = {level_of_organ(organ) for organ in organs}
    return next((level for level in ("district", "municipal", "station") if level in levels), "none")
