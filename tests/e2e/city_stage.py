"""The register itself as a stage: our Django over the small city of the web tests, with cameras, places, gaps and a plan.

No engine: nothing here plays. Screens of the register talk to the real API over a scratch SQLite file. Run by hand:
`PYTHONPATH=src:. python -m tests.e2e.city_stage --port 8001`; people are in `PEOPLE`, their password is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from aiohttp import ClientSession, DummyCookieJar, UnixConnector, web
from django.conf import settings
from tests.e2e.stage import UI
from tests.web import conftest as web_tests
from tests.web.city import PASSWORD, City
from tests.web.city import city as city_fixture

from mingjian.kernel.clock import SystemClock
from mingjian.kernel.ids import new_id
from mingjian.media.edge.static_files import UiFiles
from mingjian.web import configuration, prepared_database, wiring
from mingjian.web.authority.actor import BoundRole

MAP_FOLDER = web_tests.BASE.data_folder / "map"
PROOF = UI.parents[3] / "ui/src/retention/proof.example.json"  # a genuine one, of another camera
PEOPLE = (
    BoundRole.PLANNER, BoundRole.GOVERNMENT_APPROVER, BoundRole.OFFICER, BoundRole.MANAGER, BoundRole.INSPECTOR,
    BoundRole.LEGAL_REVIEWER, BoundRole.REGULATOR, BoundRole.ORGANISATION_ADMIN, BoundRole.GUARD, BoundRole.MAINTAINER,
)  # fmt: skip
WHOLE = ("admin", "operator", "viewer", "auditor")
CAMERAS = 3000
ENTRIES = 600
MIDDLE = (1_203_800_000, 360_600_000)
_PASSED_ON = (
    "content-type",
    "cookie",
    "x-csrftoken",
    "if-match",
    "accept",
    "accept-language",
    "idempotency-key",
    "x-receipt-key",
)


def fill() -> None:
    """Make the city: called in a thread, before anything is served."""
    from django.core.management import call_command

    from mingjian.web.planning.plans import draft_plan
    from mingjian.web.registry.models import Camera, Place, PlaceKind, PlacePart, PlaceSearch
    from mingjian.web.registry.searching import folded, initials, remember

    call_command("migrate", verbosity=0)
    made: City = city_fixture._get_wrapped_function()(None, wiring.clock())
    for role in PEOPLE:
        made.user(role)
    for whole in WHOLE:
        made.train(made.new_user(whole, "bureau", whole), "bureau")
    now_ns = made.now_ns

    def place(name: str, kind: str, part: str, east: int, north: int, unit: str | None = None) -> None:
        row = Place.objects.create(
            id=new_id(now_ns), name=name, division_id="east", organisation_id=unit, created_ns=now_ns,
            lon_e7=MIDDLE[0] + east, lat_e7=MIDDLE[1] + north,
        )  # fmt: skip
        remember(PlaceSearch, row.id, folded(row.name, initials(row.name)))
        PlaceKind.objects.create(place=row, kind=kind)
        PlacePart.objects.create(id=new_id(now_ns), place=row, part=part, name="")

    place("东湖大桥", "bridge", "whole", 90_000, 60_000)
    place("湖心商场", "shopping_centre", "public_area", -70_000, 30_000, "mall")
    place("湖滨隧道", "tunnel", "whole", 20_000, -90_000)
    draft_plan(made.actor(BoundRole.PLANNER), "east", "east-police", "东湖区建设规划")
    Camera.objects.bulk_create(_camera(index, now_ns) for index in range(CAMERAS))
    _record(now_ns)


def _record(now_ns: int) -> None:
    """A record whose oldest entry alone speaks of an awning; an answer looks through 200, where a server's does 100,000."""
    from mingjian.web.audit import reading_back
    from mingjian.web.audit.models import AuditEntry

    reading_back.STEP, reading_back.PATIENCE_NS = 200, 0
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at_ns=now_ns + index * 10**9, actor_name="何巡", action="registry.camera.change", object_kind="camera",
            object_name=f"湖滨路 {index + 1} 号枪机", division_id="east", outcome="done", after={"keep_days": 30},
            reason="" if index else "雨棚遮挡，已整改",
        )
        for index in range(ENTRIES)
    )  # fmt: skip


def _camera(index: int, now_ns: int) -> Any:
    """The first hangs in the middle and looks north; the others wind outwards."""
    from mingjian.web.registry.models import Camera

    away, angle = 9_000 * math.sqrt(index), 2.4 * index
    return Camera(
        id=new_id(now_ns), name=f"湖滨路 {index + 1} 号枪机", keep_days=30, planned_from_ns=now_ns, created_ns=now_ns,
        organisation_id="mall", division_id="east", lon_e7=MIDDLE[0] + int(away * math.cos(angle)),
        lat_e7=MIDDLE[1] + int(away * math.sin(angle)), azimuth_deg=index * 47 % 360, view_angle_deg=90,
        view_distance_m=80,
    )  # fmt: skip


async def serve(port: int, fill: Callable[[], object] = fill) -> None:
    """The UI's files, and everything under /api from Django on a unix socket. Prints the address and what `fill` gives."""
    wiring.install(
        wiring.Wiring(
            engine=web_tests.FakeEngine(),
            check_camera_url=web_tests.fake_check,
            probe=web_tests.FakeProbe(),
            clock=SystemClock(),
            retention_file=lambda camera, day: PROOF.read_bytes(),
        )
    )
    configuration.provide(replace(web_tests.BASE, hosts=("127.0.0.1",)))
    settings.PASSWORD_HASHERS = web_tests.FAST_HASHERS  # a score of accounts, and everybody signs in anew each time
    prepared_database.lay(Path(web_tests.BASE.sqlite_file))
    told = await asyncio.to_thread(fill) or PASSWORD
    from mingjian.web.asgi import application

    path = web_tests.BASE.data_folder / "web.sock"
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            uds=str(path),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=3600,  # the proxy below may ask again over a connection just as it would be closed
        )
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    jar = DummyCookieJar()  # cookies are the browser's alone
    async with ClientSession(connector=UnixConnector(str(path)), auto_decompress=False, cookie_jar=jar) as session:

        async def api(request: web.Request) -> web.Response:
            headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
            headers |= {"Host": request.host, "X-Forwarded-For": "127.0.0.1", "Origin": f"http://{request.host}"}
            url = f"http://{request.host}{request.rel_url}"
            async with session.request(request.method, url, headers=headers, data=await request.read()) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() in _PASSED_BACK]
                made = web.Response(status=answer.status, body=await answer.read())
                for name, value in kept:
                    made.headers.add(name, value)
                return made

        app = web.Application(client_max_size=4 << 20)
        app.router.add_route("*", "/api/{tail:.*}", api)
        app.router.add_route("*", "/{tail:.*}", UiFiles(UI, MAP_FOLDER).answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]} {told}", flush=True)
        try:
            await serving
        finally:
            await runner.cleanup()


_PASSED_BACK = frozenset(
    {"content-type", "content-disposition", "set-cookie", "etag", "content-language", "content-security-policy"}
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
