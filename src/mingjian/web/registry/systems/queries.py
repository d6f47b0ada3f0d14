"""Reading systems."""

from __future__ import annotations

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.models import System, SystemSearch
from mingjian.web.registry.rights import READ_SYSTEMS
from mingjian.web.registry.searching import matching


def system_by_id(system_id: str, *, lock: bool = False) -> System:
    """The system, removed ones too. Raises MingjianError not_found."""
    rows = System.objects.select_for_update() if lock else System.objects.all()
    system = rows.filter(pk=system_id).first()
    if system is None:
        raise not_found("没有这个系统", "there is no such system")
    return system


def visible_system(actor: Actor, system_id: str, *, lock: bool = False) -> System:
    """The system when the actor may see it; one he may not see does not exist for him."""
    system = system_by_id(system_id, lock=lock)
    if not READ_SYSTEMS.allows(actor, system):
        raise not_found("没有这个系统", "there is no such system")
    return system


def systems_page(
    actor: Actor,
    *,
    text: str = "",
    standing: str = "",
    division: str = "",
    organisation: str = "",
    place: str = "",
    cursor: str | None = None,
    limit: int = 200,
) -> tuple[list[System], str | None]:
    """Systems by name within the actor's reach; `division` includes those below."""
    rows = READ_SYSTEMS.visible(actor, System.objects.filter(removed_ns__isnull=True))
    exact = {"standing": standing, "organisation_id": organisation, "place_id": place}
    rows = rows.filter(**{key: value for key, value in exact.items() if value})
    if division:
        rows = rows.filter(division__reached_from__ancestor_id=division)
    rows = matching(rows, SystemSearch, text)
    return page(rows.select_related("organisation", "division"), ["name", "id"], cursor, limit)
