"""Fills a register of the size the issue asks for and measures it: `python -m bench.register --out FILE [--scale 1.0]`.

On SQLite in a scratch folder, or with `--postgresql` on a server started for it. Through the API as it is served to a
browser, without the network: lists, searches, map, coverage gaps, the audit record with 1,000,000 entries, and the
judging of all systems. Prints JSON: {question: {p95_ms, own_ms, queries}} as `bench.web_database.asked`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from bench.web_database import asked, parser, scratch, tell


def main() -> None:
    chosen = parser(__doc__, "100,000 cameras, 30,000 places, 12,000 systems").parse_args()
    with scratch(chosen):
        result = measure(chosen.scale)
    tell(chosen, result)


def measure(scale: float) -> dict[str, Any]:
    from django.db import connection

    from mingjian.app.settled import YOUNG, settle

    sizes = {
        "cameras": int(100_000 * scale), "places": int(30_000 * scale), "systems": int(12_000 * scale),
        "audit": int(1_000_000 * scale),
    }  # fmt: skip
    start = time.perf_counter()
    browser = fill(sizes)
    filled_s = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    settle(YOUNG)  # as the web process does before it serves
    questions = {
        "list": "/cameras?limit=200",
        "search_name": "/cameras?text=路口 4",
        "search_rare": "/cameras?text=路口 77777",
        "search_initials": "/cameras?text=xglk",
        "search_code": "/cameras?text=1320012",
        "places_search": "/places?text=商场 12",
        "systems_search": "/systems?text=xt 7",
        "places": "/places?limit=200",
        "systems": "/systems?limit=200",
        "organisations": "/organisations?limit=200",
        "map_city": "/map/cameras?bbox=120.0,35.5,121.0,36.5&zoom=10",
        "map_district": "/map/cameras?bbox=120.2,35.9,120.5,36.2&zoom=13",
        "map_street": "/map/cameras?bbox=120.30,36.00,120.31,36.01&zoom=17",
        "map_places": "/map/places?bbox=120.0,35.5,121.0,36.5&zoom=10",
        "gaps": "/planning/gaps?limit=200",
        "gaps_later": "/planning/gaps?limit=200&cursor=tp2",
        "gaps_summary": "/planning/gaps/summary",
        "audit": "/audit?limit=200",
        "audit_action": "/audit?action=registry.camera.update",
        "audit_object": "/audit?object_kind=camera&object_id=c77",
        "audit_text": "/audit?text=路口 4",
        "audit_rare": "/audit?text=路口 77777",
        "audit_none": "/audit?text=没有这样的字",
        "audit_unit": "/audit?organisation=o7",
        "audit_denied": "/audit?outcome=denied",
        "audit_kind": "/audit?object_kind=place",
        "audit_week": "/audit?from=2024-06-01T00:00:00Z&to=2024-06-03T00:00:00Z",
        "audit_month": "/audit?from=2024-06-01T00:00:00Z&to=2024-07-01T00:00:00Z",
    }
    taken = {name: asked(lambda path=path: browser.get(path)) for name, path in questions.items()}  # type: ignore[misc]
    return {**sizes, "fill_s": round(filled_s, 1), "answers": taken, "judge_systems_s": judge_systems()}


def judge_systems() -> float:
    from mingjian.web.registry.judging import today
    from mingjian.web.registry.models import System
    from mingjian.web.registry.systems.judging import judge_all

    rows = System.objects.select_related("division").prefetch_related("conformances", "notices", "costs")
    start = time.perf_counter()
    for _ in judge_all(rows.iterator(chunk_size=2000), today()):
        pass
    return round(time.perf_counter() - start, 1)


def fill(sizes: dict[str, int]) -> Any:
    from django.db import transaction
    from tests.web.client import Api
    from tests.web.fakes import FakeEngine

    from mingjian.web import wiring
    from mingjian.web.accounts.actions import create_user
    from mingjian.web.authority.actor import local_person
    from mingjian.web.http.bulk import many_changes
    from mingjian.web.organisations.models import Division, Organisation
    from mingjian.web.registry.models import (
        Camera,
        CameraSearch,
        Place,
        PlaceSearch,
        System,
        SystemSearch,
    )  # fmt: skip
    from mingjian.web.registry.searching import camera_text, folded, initials

    wiring.install(wiring.Wiring(engine=FakeEngine(away=True)))  # no engine here: the list says so
    chance = random.Random(1)
    Division.objects.create(id="d", level="district", code="370202", name="东湖区")
    Organisation.objects.bulk_create(
        Organisation(id=f"o{n}", kind="managing_unit", name=f"单位 {n}", division_id="d", created_ns=0)
        for n in range(400)
    )

    def where() -> dict[str, int]:
        return {
            "lon_e7": round(chance.gauss(120.4, 0.15) * 1e7),
            "lat_e7": round(chance.gauss(36.1, 0.15) * 1e7),
        }

    def load(model: Any, search: Any, number: int, make: Callable[[int], Any], text: Callable[[Any], str]) -> None:
        for start in range(0, number, 5000):
            rows = [make(n) for n in range(start, min(start + 5000, number))]
            for row in rows:
                row.initials = initials(row.name)
            model.objects.bulk_create(rows)
            search.objects.bulk_create(search(subject_id=row.id, text=text(row)) for row in rows)

    def owned(n: int) -> dict[str, Any]:
        return {"organisation_id": f"o{n % 400}", "division_id": "d", "created_ns": 0}

    load(Place, PlaceSearch, sizes["places"], lambda n: Place(id=f"p{n}", name=f"商场 {n}", **owned(n), **where()),
         lambda row: folded(row.name, row.initials))  # fmt: skip
    load(System, SystemSearch, sizes["systems"], lambda n: System(
        id=f"s{n}", name=f"系统 {n}", functions=["collect", "store"], concerns_public_safety=True, **owned(n)),
        lambda row: folded(row.name, row.initials))  # fmt: skip
    load(Camera, CameraSearch, sizes["cameras"], lambda n: Camera(
        id=f"c{n}", name=f"香港中路路口 {n}", group=f"东湖区/街道 {n % 60}", code=f"370202000113200{n:05d}"[:20].ljust(20, "0"),
        keep_days=30, planned_from_ns=0, azimuth_deg=n % 360, view_angle_deg=90, view_distance_m=40, **owned(n),
        **where()), lambda row: camera_text(row, (), None))  # fmt: skip
    with transaction.atomic():
        parts(sizes["places"])
    with many_changes(), transaction.atomic():
        audit(sizes["audit"], sizes["cameras"])
    user = create_user(
        local_person("bench"), name="root", password="Lantern-Harbour-42", role="admin", must_change_password=False
    )
    return Api(user)


def parts(places: int) -> None:
    """Two parts of each place, a third of them with a camera of a running system."""
    from mingjian.web.http.bulk import insert_rows
    from mingjian.web.registry.models import Camera, PlaceKind, PlacePart, System

    insert_rows(PlaceKind, ("place_id", "kind"), ((f"p{n}", "shopping_centre") for n in range(places)))
    ids = [f"t{part[0]}p{n}" for n in range(places) for part in ("entrance", "public_area")]
    rows = ((one, one[2:], "entrance" if one[1] == "e" else "public_area") for one in ids)
    insert_rows(PlacePart, ("id", "place_id", "part"), rows)
    System.objects.update(standing="in_use")
    systems = System.objects.count()
    covering = [
        Camera(id=f"c{n}", place_id=f"p{n}", part_id=f"tep{n}", system_id=f"s{n % systems}")
        for n in range(0, places, 3)
    ]
    Camera.objects.bulk_update(covering, ["place_id", "part_id", "system_id"], batch_size=500)


def audit(number: int, cameras: int) -> None:
    """Entries over three years, of a camera each."""
    from mingjian.web.audit.models import AuditEntry
    from mingjian.web.http.bulk import insert_rows

    names = ("at_ns", "actor_id", "actor_name", "action", "object_id", "object_name", "organisation_id", "after")
    actions = ("registry.camera.update", "archive.enrol", "live.view", "playback.view", "registry.camera.add")
    always = {"object_kind": "camera", "division_id": "d", "outcome": "done"}
    for start in range(0, number, 10_000):
        rows = (
            (1_700_000_000 * 10**9 + n * 10**11, f"u{n % 300}", f"民警 {n % 300}", actions[n % 5], f"c{n % cameras}",
             f"香港中路路口 {n % cameras}", f"o{n % 400}", {"keep_days": 30})
            for n in range(start, min(start + 10_000, number))
        )  # fmt: skip
        insert_rows(AuditEntry, names, rows, always)


if __name__ == "__main__":
    main()
