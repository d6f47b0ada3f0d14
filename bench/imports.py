"""Imports a city's cameras and measures it: `python -m bench.imports --out FILE [--form csv] [--scale 1.0]`.

100,000 cameras with 25 columns each, in places and systems of a register, on SQLite or with `--postgresql`. From the
file to the preview, from the preview to the register, back again, and the export; the largest resident memory of the
process that did it all. Prints JSON. With `--kind memberships` the same of a sheet that moves 100,000 cameras of the
register to another system each, which ends a membership that lasts.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.web_database import parser, scratch, tell


def main() -> None:
    arguments = parser(__doc__, "100,000 cameras")
    arguments.add_argument("--form", choices=("xlsx", "csv"), default="xlsx")
    arguments.add_argument("--kind", choices=sorted(ROWS), default="cameras")
    chosen = arguments.parse_args()
    with scratch(chosen) as folder:
        result = measure(folder, int(100_000 * chosen.scale), chosen.form, chosen.kind)
    tell(chosen, result)


def measure(folder: Path, number: int, form: str, kind: str) -> dict[str, Any]:
    from mingjian.web.authority.actor import local_person
    from mingjian.web.exchange.batches import apply_batch, undo_batch, upload
    from mingjian.web.exchange.export import export

    fill(number)
    if kind == "memberships":
        put_up(number)
    file = folder / f"{kind}.{form}"
    written_s = timed(lambda: write(file, kind, number, form))
    actor = local_person("bench")
    taken: dict[str, Any] = {kind: number, "form": form, "bytes": file.stat().st_size, "written_s": written_s}
    start_mb = resident_mb()
    start, start_cpu = time.perf_counter(), time.process_time()
    with file.open("rb") as body:
        batch = upload(actor, kind, file.name, body, {}, wait=True)
    taken["preview_s"] = round(time.perf_counter() - start, 1)
    assert batch.rows_new == number, (batch.error, batch.rows_refused)
    begun = time.perf_counter()
    batch = apply_batch(actor, batch.id, None, wait=True)
    taken["apply_s"] = round(time.perf_counter() - begun, 1)
    taken["import_s"] = round(time.perf_counter() - start, 1)
    taken["import_cpu_s"] = round(time.process_time() - start_cpu, 1)
    taken["resident_before_mb"], taken["resident_peak_mb"] = start_mb, resident_mb()
    assert batch.state == "applied", batch.error
    pieces, _ = export(actor, kind, "csv", {})
    taken["export_csv_s"] = timed(lambda: sum(len(piece) for piece in pieces))
    begun = time.perf_counter()
    assert undo_batch(actor, batch.id, "bench", None, wait=True).rows_left == 0
    taken["undo_s"] = round(time.perf_counter() - begun, 1)
    return taken


def timed(do: Any) -> float:
    start = time.perf_counter()
    do()
    return round(time.perf_counter() - start, 1)


def resident_mb() -> int:
    """The largest so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fill(number: int) -> None:
    from tests.web.fakes import FakeEngine

    from mingjian.web import wiring
    from mingjian.web.organisations.models import Division, Organisation
    from mingjian.web.organisations.trees import DIVISIONS, ORGANISATIONS
    from mingjian.web.registry.models import Place, PlaceKind, PlacePart, System

    wiring.install(wiring.Wiring(engine=FakeEngine(away=True)))
    Division.objects.create(id="d", level="district", code="370202", name="东湖区")
    organisations = [
        Organisation(id=f"o{n}", kind="managing_unit", name=f"东湖第{n}物业有限公司", division_id="d", created_ns=0)
        for n in range(400)
    ]
    Organisation.objects.bulk_create(organisations)
    DIVISIONS.rebuild()
    ORGANISATIONS.rebuild()
    places = [
        Place(id=f"p{n}", name=f"锦和苑{n}区", division_id="d", organisation_id=f"o{n % 400}", created_ns=0)
        for n in range(max(1, number // 33))
    ]
    Place.objects.bulk_create(places)
    PlaceKind.objects.bulk_create(PlaceKind(place=place, kind="residential_compound") for place in places)
    PlacePart.objects.bulk_create(PlacePart(id=f"t{place.id}", place=place, part="entrance") for place in places)
    System.objects.bulk_create(
        System(id=f"s{n}", name=f"锦和苑{n}区视频系统", organisation_id=f"o{n % 400}", division_id="d", created_ns=0)
        for n in range(len(places))
    )


def put_up(number: int) -> None:
    """The cameras, each in a system of the register since 2024."""
    from mingjian.web.http.bulk import insert_rows
    from mingjian.web.registry.models import Camera, Membership

    places = max(1, number // 33)
    plain = {"keep_days": 30, "planned_from_ns": 0, "created_ns": 0, "division_id": "d"}
    names = ("id", "name", "code", "organisation_id", "system_id")
    rows = (
        (f"c{n}", f"锦和苑{n % places}区{n // places + 1}号门枪机", code(n), f"o{n % places % 400}", f"s{n % places}")
        for n in range(number)
    )
    insert_rows(Camera, names, rows, plain)
    belong = ((f"c{n}", f"s{n % places}", True, "2024-05-01", "") for n in range(number))
    insert_rows(Membership, ("camera_id", "system_id", "owning", "since_date", "until_date"), belong)


def code(n: int) -> str:
    return f"37020200001320{n:06d}"


def moves(number: int) -> Iterator[dict[str, str]]:
    """Each camera goes to the next system."""
    places = max(1, number // 33)
    for n in range(number):
        to = (n + 1) % places
        yield {"camera": code(n), "system": f"锦和苑{to}区视频系统", "owning": "是", "since_date": "2026-01-01"}


def rows(number: int) -> Iterator[dict[str, str]]:
    chance = random.Random(1)
    places = max(1, number // 33)
    for n in range(number):
        at = n % places
        yield {
            "code": code(n), "name": f"锦和苑{at}区{n // places + 1}号门枪机",
            "organisation": f"东湖第{at % 400}物业有限公司", "division": "370202", "group": f"东湖区/街道{at % 60}",
            "place": f"锦和苑{at}区", "part": "出入口", "system": f"锦和苑{at}区视频系统", "datum": "GCJ-02",
            "lon": f"{chance.gauss(120.4, 0.15):.6f}", "lat": f"{chance.gauss(36.1, 0.15):.6f}",
            "azimuth_deg": str(n % 360), "view_angle_deg": "80", "view_distance_m": "50", "manufacturer": "云视",
            "model": f"YS-{n % 40}", "address": f"锦和路{at}号{n // places + 1}门", "ptz_type": "固定枪机",
            "room_type": "室外", "installed_date": "2024-05", "mac": f"02:00:{n >> 24 & 255:02x}:{n >> 16 & 255:02x}:"
            f"{n >> 8 & 255:02x}:{n & 255:02x}", "purpose": "治安防范", "legal_basis": "第七条", "audio": "否",
            "sharing_grade": "2级",
        }  # fmt: skip


ROWS = {"cameras": rows, "memberships": moves}


def write(file: Path, kind: str, number: int, form: str) -> None:
    from mingjian.web.exchange.batches import KINDS
    from mingjian.web.exchange.books import csv_pieces, xlsx_pieces

    made = ROWS[kind]
    used: Mapping[str, str] = next(made(1))
    columns = [column for column in KINDS[kind].columns if column.key in used]
    title = KINDS[kind].title
    pieces = csv_pieces(columns, made(number)) if form == "csv" else xlsx_pieces(columns, title, made(number))
    with file.open("wb") as out:
        for piece in pieces:
            out.write(piece)


if __name__ == "__main__":
    main()
