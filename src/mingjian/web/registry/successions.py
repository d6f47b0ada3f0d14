"""Duties and capacities in a merger or split: those of the one that ends are dated, and begin anew for its heir."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from mingjian.kernel.ids import new_id
from mingjian.web import wiring
from mingjian.web.audit.actions import About, record_many
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.organisations.holdings import organisation_succeeded
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.models import Duty, Place, System, SystemParty


@receiver(organisation_succeeded)
def _on_succession(
    sender: type[Organisation], actor: Actor, action: str, policy: Policy, old: Organisation, heir: Organisation,
    on_date: str, **kwargs: Any,
) -> None:  # fmt: skip
    lasting = {"organisation": old, "until_date": ""}
    duties = list(Duty.objects.filter(**lasting).select_related("part__place").order_by("id"))
    parties = list(SystemParty.objects.filter(**lasting).select_related("system").order_by("id"))
    dated: list[Duty | SystemParty] = [*duties, *parties]
    for row in dated:
        row.until_date = max(on_date, row.since_date)
        row.save(update_fields=["until_date"])
        row.pk, row._state.adding = new_id(wiring.clock().now_ns()), True
        row.organisation, row.since_date, row.until_date = heir, row.until_date, ""
        row.save(force_insert=True)
    Place.objects.filter(pk__in={row.part.place_id for row in duties}).update(version=F("version") + 1)
    System.objects.filter(pk__in={row.system_id for row in parties}).update(version=F("version") + 1)
    of_places = [_about(row.part.place, "duty", row.role, old, heir, on_date) for row in duties]
    of_systems = [_about(row.system, "capacity", row.capacity, old, heir, on_date) for row in parties]
    reason = f"{old.name} → {heir.name}"
    record_many(actor, action, "place", of_places, policy=policy, reason=reason)
    record_many(actor, action, "system", of_systems, policy=policy, reason=reason)


def _about(row: Place | System, what: str, which: str, old: Organisation, heir: Organisation, on_date: str) -> About:
    before = {what: which, "organisation": old.name}
    after = {what: which, "organisation": heir.name, "on_date": on_date}
    return About(row.id, row.name, row.organisation_id or "", row.division_id, before, after)
