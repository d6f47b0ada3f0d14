"""Which public security organ a matter goes to: that of the district in which it lies (qd204 16; sc799 14)."""

from __future__ import annotations

from collections.abc import Iterable

from mingjian.web.organisations.models import Division, DivisionReach, Organisation


def district_of(division_id: str) -> str:
    """The district that holds the division; the division itself when it lies in none (a city's own matter).

    A district that was merged is held by the one it was merged into.
    """
    above = DivisionReach.objects.filter(descendant_id=division_id, ancestor__level="district", ancestor__until_date="")
    found = above.values_list("ancestor_id", flat=True).order_by("ancestor_id").first()
    return found or division_id


def organ_of(division_id: str) -> Organisation | None:
    """The district's public security organ, not a station; None while the register holds none."""
    rows = Organisation.objects.filter(
        kind="public_security", division_id=district_of(division_id), dissolved_date=""
    ).order_by("created_ns", "id")
    return rows.first()


def districts_of(division_ids: Iterable[str]) -> tuple[str, ...]:
    """The districts of many divisions, each once, sorted."""
    return tuple(sorted({district_of(division) for division in set(division_ids)}))


def level_of(division_id: str) -> str:
    """The level of a division: province, city, district, street, community or functional_zone."""
    return Division.objects.values_list("level", flat=True).get(pk=division_id)
