"""The stage of daily work: the small city with a housing compound that has nothing yet, and a mall with filings.

Run by hand: `PYTHONPATH=src:. python -m tests.e2e.daily_stage --port 8002`; people are `wuye` (the compound's security
manager), `manager.east` (the mall's), `officer.east`, `guard.east` and `zhangsan` (whole installation).
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt

from tests.e2e.city_stage import MIDDLE, serve
from tests.web.city import PASSWORD, City
from tests.web.city import city as city_fixture

from mingjian.kernel.ids import new_id
from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.authority.actor import BoundRole, local_person

STREET = "east-street"


def fill() -> None:
    """Called in a thread, before anything is served."""
    from django.core.management import call_command

    from mingjian.web.accounts.actions import create_user
    from mingjian.web.filings.actions import draft_filing
    from mingjian.web.filings.deadlines import sweep
    from mingjian.web.organisations.models import Organisation, OrganisationName
    from mingjian.web.organisations.trees import ORGANISATIONS

    call_command("migrate", verbosity=0)
    city: City = city_fixture._get_wrapped_function()(None, wiring.clock())
    for role in (BoundRole.MANAGER, BoundRole.OFFICER, BoundRole.GUARD):
        city.user(role)
    create_user(local_person("test"), name="zhangsan", password=PASSWORD, role="admin", must_change_password=False)
    city.organisation["garden"] = Organisation.objects.create(
        id="garden", kind="managing_unit", division_id=STREET, name="湖滨花园物业服务中心", initials="hbhywyfwzx",
        created_ns=city.now_ns,
    )  # fmt: skip
    OrganisationName.objects.create(organisation_id="garden", name="湖滨花园物业服务中心", since_date="2020-01-01")
    ORGANISATIONS.rebuild()
    manager = city.new_user("wuye", "garden")
    city.appoint(manager, "garden", "security_manager")
    city.bind(manager, "garden", BoundRole.MANAGER)
    today = shanghai_day(wiring.clock().now_ns())
    _mall(city, "mall-late", "湖心商场二期视频系统", today - dt.timedelta(days=41))
    _mall(city, "mall-soon", "湖心商场停车场视频系统", today - dt.timedelta(days=24))
    _mall(city, "mall-road", "湖心商场沿街视频系统", today - dt.timedelta(days=3))
    draft_filing(city.actor(BoundRole.MANAGER), "mall-soon", "both", None, {"credit_code": "91370202MA3C00000A"})
    sweep()


def _mall(city: City, key: str, name: str, in_use: dt.date) -> None:
    """A system of the mall with two cameras at a place of its own."""
    from mingjian.web.registry.models import Camera, CameraArchive, Place, PlaceKind, PlacePart, System, SystemParty

    day = in_use.isoformat()
    place = Place.objects.create(
        id=f"{key}-place", name=name.removesuffix("视频系统"), division_id=STREET, organisation_id="mall",
        address="湖滨路1号", public_place=True, created_ns=city.now_ns, lon_e7=MIDDLE[0], lat_e7=MIDDLE[1],
    )  # fmt: skip
    PlaceKind.objects.create(place=place, kind="shopping_centre")
    PlacePart.objects.create(id=new_id(city.now_ns), place=place, part="public_area", name="")
    system = System.objects.create(
        id=key, name=name, organisation_id="mall", division_id=STREET, place=place, keep_days=30, standing="in_use",
        accepted_date=day, in_use_date=day, created_ns=city.now_ns,
    )  # fmt: skip
    for capacity in ("builder", "manager", "user"):
        SystemParty.objects.create(id=f"{key}-{capacity}", system=system, organisation_id="mall", capacity=capacity)
    for number in (1, 2):
        camera = Camera.objects.create(
            id=f"{key}-{number}", name=f"{place.name}{number}号", keep_days=30, planned_from_ns=city.now_ns,
            system=system, place=place, organisation_id="mall", division_id=STREET, created_ns=city.now_ns,
            standing="active",
        )  # fmt: skip
        CameraArchive.objects.create(camera=camera, ptz_type=3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(serve(parser.parse_args().port, fill))


if __name__ == "__main__":
    main()
