"""The filed facts of a system as the register has them today, part by part (rules.filing_contents.PARTS)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db.models import Min

from mingjian.rules.filing_clock import FilingEvents
from mingjian.rules.law import Law
from mingjian.rules.place_kinds import PLACE_PARTS
from mingjian.rules.places import PlacePart, listed_in_national_article_7
from mingjian.web.dates import dated_fact
from mingjian.web.registry.models import Camera, System, SystemParty
from mingjian.web.registry.places.queries import kinds_on

# What a party of the register is called in the clauses that say who files.
FILER_OF_CAPACITY = {"builder": "building_unit", "manager": "managing_unit", "user": "using_unit"}
_KINDS = {
    1: "球机",
    2: "半球",
    3: "固定枪机",
    4: "遥控枪机",
    5: "遥控半球",
    6: "多目设备的全景/拼接通道",
    7: "多目设备的分割通道",
}  # GB/T 28181-2022 PTZType


def facts_of(system: System) -> dict[str, str]:
    """Unit, location, number and kinds of devices, storage period. A part nothing is known of is left out.

    A system whose cameras are all gone has none, which is known; one that never had any may have what is not registered.
    """
    cameras = Camera.objects.filter(system=system, removed_ns__isnull=True).exclude(standing__in=("refused", "removed"))
    kinds = Counter(_KINDS.get(kind or 0, "未登记类型") for kind in cameras.values_list("archive__ptz_type", flat=True))
    none_left = "0" if not kinds and Camera.objects.filter(system=system).exists() else ""
    keep_days = system.keep_days or cameras.aggregate(least=Min("keep_days"))["least"]
    place = system.place
    location = "" if place is None else f"{place.name} {place.address}".strip()
    found = {
        "unit": system.organisation.name,
        "location": location,
        "devices_number": str(sum(kinds.values())) if kinds else none_left,
        "devices_kind": "、".join(f"{name}{count}台" for name, count in sorted(kinds.items())) or (none_left and "无"),
        "storage_period": "" if keep_days is None else f"{keep_days}日",
    }
    return {part: value for part, value in found.items() if value}


def listed_in_article_7(law: Law, system: System, on: dt.date) -> bool | None:
    """Whether sc799 7 lists the system's place; None while place or kinds are not registered."""
    if system.place is None:
        return None
    kinds = kinds_on(system.place, on)
    if not kinds:
        return None
    parts = set(system.place.parts.values_list("part", flat=True)) or set(PLACE_PARTS) - {"private_interior"}
    return any(listed_in_national_article_7(law, PlacePart(kinds, part), on) for part in sorted(parts))


def events_of(law: Law, system: System, on: dt.date) -> FilingEvents:
    """What started this system's clocks."""

    def fact(text: str) -> object:
        return dated_fact(text) if text else None

    return FilingEvents(
        accepted=fact(system.accepted_date),  # type: ignore[arg-type]
        entered_use=fact(system.in_use_date),  # type: ignore[arg-type]
        listed_in_article_7=listed_in_article_7(law, system, on),
    )


def filer_roles(system: System, organisation_id: str) -> frozenset[str]:
    """In which capacities an organisation may file for a system. The responsible one manages it."""
    capacities = SystemParty.objects.filter(system=system, organisation_id=organisation_id, until_date="")
    roles = {
        FILER_OF_CAPACITY[one] for one in capacities.values_list("capacity", flat=True) if one in FILER_OF_CAPACITY
    }
    if system.organisation_id == organisation_id:
        roles.add("managing_unit")
    return frozenset(roles)


def seat_of(system: System) -> str:
    """The division in which the system is filed: its own; of a vehicle, which has no fixed point, its operator's seat."""
    return system.organisation.division_id if _moves(system) else system.division_id


def divisions_of(system: System) -> set[str]:
    """Every division the system lies in: where it is filed, and its cameras', unless they ride along."""
    if _moves(system):
        return {seat_of(system)}
    still = Camera.objects.filter(system=system, removed_ns__isnull=True, division__isnull=False)
    fixed = still.exclude(place__movable=True).values_list("division_id", flat=True)
    return {seat_of(system), *fixed.distinct()}


def _moves(system: System) -> bool:
    return system.place is not None and system.place.movable
