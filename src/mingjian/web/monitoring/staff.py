"""Training and vetting of a unit's own people, and what they are asked for: a ticket needs them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.ids import new_id
from mingjian.rules import monitoring
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.accounts.models import User
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.monitoring.models import StaffRecord
from mingjian.web.monitoring.names import STAFF_RECORDED, STAFF_REFUSED
from mingjian.web.monitoring.policies import KEEP, READ
from mingjian.web.organisations.models import Organisation, OrganisationReach, RoleBinding
from mingjian.web.registry.judging import today
from mingjian.web.registry.keeping import governed_of
from mingjian.web.registry.models import Camera

FIELDS = ("skills_until", "confidentiality_until", "vetted_date")

judge_staff = applying(monitoring.judge_staff, by=(STAFF_RECORDED, STAFF_REFUSED))


def record_staff(
    actor: Actor, organisation: Organisation, user_id: str, values: dict[str, str], expected: int | None
) -> StaffRecord:
    """Record what is valid until when. Raises MingjianError invalid, changed_meanwhile, and Refused.

    Only of people who have a role in the organisation, or below it.
    """
    KEEP.require(actor, organisation)
    user = User.objects.filter(pk=user_id).first()
    below = OrganisationReach.objects.filter(ancestor=organisation).values("descendant_id")
    if user is None or not RoleBinding.objects.filter(user=user, organisation_id__in=below).exists():
        raise refused("user", "此人在本单位没有岗位角色", "this person has no role in the organisation")
    given = {name: check_date(values[name], name, exact=True) if values[name] else "" for name in FIELDS}
    with transaction.atomic():
        row = StaffRecord.objects.select_for_update().filter(organisation=organisation, user=user).first()
        before = dict.fromkeys(FIELDS, "") if row is None else {name: getattr(row, name) for name in FIELDS}
        if row is None:
            now_ns = wiring.clock().now_ns()
            row = StaffRecord(id=new_id(now_ns), organisation=organisation, user=user, created_ns=now_ns)
        else:
            require_version(row.version, expected)
            row.version += 1
        for name, value in given.items():
            setattr(row, name, value)
        row.save()
        old, new = changes(before, given)
        record(
            actor, STAFF_RECORDED, kind="organisation", object_id=organisation.id, name=user.name[:128], before=old,
            after={**new, "user": user.id}, policy=KEEP,
            judgements=[judge_staff(current_law(), facts(row), None, today())],
        )  # fmt: skip
    return row


def require_fit(actor: Actor, camera: Camera) -> bool:
    """Of the using unit's own people a look needs valid training and vetting. Raises RuledOut `not_trained`.

    Answers True: nothing is missing, or it is not asked of him.

    Own people: those bound to the camera's organisation, or to one above it. Others are the business of grades and
    retrievals; whole roles of the installation are not bound to a unit.
    """
    if camera.organisation_id is None or not actor.user:
        return True
    mine = {binding.organisation for binding in actor.bindings if not binding.grant}
    above = OrganisationReach.objects.filter(descendant_id=camera.organisation_id, ancestor_id__in=mine)
    units = set(above.values_list("ancestor_id", flat=True))
    if not units:
        return True
    row = StaffRecord.objects.filter(user_id=actor.user, organisation_id__in=units).order_by("-skills_until").first()
    law, on = current_law(), today()
    judgement = judge_staff(law, facts(row), governed_of(law, camera, on).listed, on)
    if judgement.verdict is Verdict.BLOCKED:
        subject = Subject("camera", camera.id, camera.name)
        raise RuledOut("not_trained", judgement, actor=actor, action=STAFF_REFUSED, subject=subject)
    return True


def facts(row: StaffRecord | None) -> monitoring.StaffRecord:
    """The record as the rules take it."""
    if row is None:
        return monitoring.StaffRecord()
    days = [dt.date.fromisoformat(value) if value else None for value in (getattr(row, name) for name in FIELDS)]
    return monitoring.StaffRecord(*days)


def standing(row: StaffRecord) -> Judgement:
    """What the law says of a record today, taking the place to be listed."""
    return judge_staff(current_law(), facts(row), None, today())


def staff_records(actor: Actor) -> QuerySet[StaffRecord]:
    """The records of the actor's reach."""
    rows = StaffRecord.objects.select_related("user")
    return READ.visible(actor, rows, "organisation_id", "organisation__division_id")
