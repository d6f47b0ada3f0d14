"""Fills the register of the demo, in the background, step by step; each step is done once and tells how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from mingjian.app.demo_city import sheets
from mingjian.app.demo_city.contracts import add_contracts
from mingjian.app.demo_city.devices import add_devices
from mingjian.app.demo_city.papers import add_papers
from mingjian.app.demo_city.people import add_people, add_watchers
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor

log = logging.getLogger("mingjian.demo")
Say = Callable[[Text, int, int], None]


def fill_city(actor: Actor, passwords: Mapping[str, str], say: Say, on_people: Callable[[], None]) -> None:
    """Everything that is not there yet. `say`: which step, done, of how many. `on_people`: accounts can sign in."""
    from mingjian.web.organisations.actions.divisions import load_divisions
    from mingjian.web.organisations.models import Organisation
    from mingjian.web.registry.models import Camera, Place, System

    load_divisions(actor, sheets.division_table())
    _load(actor, "organisations", Text("单位", "organisations"), sheets.organisation_rows(), Organisation, say)
    add_people(actor, passwords)
    add_watchers(actor)
    on_people()
    _load(actor, "places", Text("场所", "places"), sheets.place_rows(), Place, say)
    _load(actor, "systems", Text("系统", "systems"), sheets.system_rows(), System, say)
    live = Camera.objects.filter(streams__isnull=False).distinct().count()
    _place_live(actor)
    _load(actor, "cameras", Text("摄像机", "cameras"), sheets.camera_rows(live), Camera, say, already=live)
    add_papers(
        actor, lambda done, total: say(Text("备案、拆除和建设项目", "filings, removals and projects"), done, total)
    )
    add_contracts(actor)
    add_devices(actor)


def _load(
    actor: Actor, kind: str, title: Text, rows: Iterator[sheets.Row], model: type, say: Say, already: int = 0
) -> None:  # fmt: skip
    """Rows go in in the order of the sheet, a chunk at a time: what is there already is skipped by its number."""
    from mingjian.web.exchange.loading import load_rows

    there = model._default_manager.count() - already  # type: ignore[attr-defined]
    total = {"organisations": sheets.ORGANISATIONS, "places": sheets.PLACES, "systems": sheets.SYSTEMS}
    whole = total.get(kind, sheets.CAMERAS - already)
    if there >= whole:
        return
    for done in load_rows(actor, kind, islice(rows, there, None), "演示数据"):
        say(title, there + done, whole)


def _place_live(actor: Actor) -> None:
    """The cameras that are filmed belong to the first district: place, direction, what they see."""
    from mingjian.web.organisations.models import Division, Organisation
    from mingjian.web.registry.archive.actions import change_archive
    from mingjian.web.registry.models import Camera, Place

    government = Organisation.objects.get(name=f"{sheets.CITY[1]}{sheets.DISTRICTS[0]}人民政府")
    division = Division.objects.get(code=sheets.code_of(0))
    places = Place.objects.filter(organisation=government).order_by("id")
    bare = Camera.objects.filter(streams__isnull=False, organisation=None).distinct().order_by("id")
    for camera, place in zip(bare, places, strict=False):
        assert place.lon_e7 is not None
        assert place.lat_e7 is not None
        position = {"datum": "WGS-84", "lon": f"{place.lon_e7 / 1e7:.7f}", "lat": f"{place.lat_e7 / 1e7:.7f}"}
        values = {
            "organisation": government.id, "division": division.id, "place": place.id, "position": position,
            "azimuth_deg": 45, "view_angle_deg": 80, "view_distance_m": 60, "purpose": "交通和治安管理",
            "legal_basis": "第七条", "manufacturer": "演示",
        }  # fmt: skip
        change_archive(actor, camera.id, values, None, "演示数据")
