"""Filings and projects in their states, some overdue, some wrong; a camera in a changing room, refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from mingjian.app.demo_city.sheets import CHANGING_ROOM_PLACE
from mingjian.web.authority.actor import Actor

_GIVEN = ["location", "devices_number", "devices_kind", "storage_period"]
_STEPS = ("site", "design", "start_construction", "start_trial", "accept", "put_into_use")
# days since the system went into use, and what is done with its filing after it was drafted
_FILED: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (10, 20, ("submit", "register")),  # number of systems, days, steps
    (6, 12, ("submit",)),
    (5, 15, ("submit", "return")),
    (3, 15, ("submit", "return", "submit")),
    (4, 8, ()),
    (2, 9, ("withdraw",)),
    (4, 80, ("submit", "register")),  # late: registered with findings
    (3, 25, ("submit", "register", "verify")),  # wrong: what was found differs
)
OVERDUE = 8


def add_papers(actor: Actor, say: Callable[[int], None]) -> None:
    """Projects of systems still being built, filings of those in use. Nothing happens when there are filings already."""
    from mingjian.web.filings.models import Filing
    from mingjian.web.registry.models import System

    refuse_camera(actor)
    if Filing.objects.exists():
        return
    of_units = System.objects.filter(removed_ns=None, organisation__kind="managing_unit").select_related("place")
    systems = list(of_units.order_by("id")[:100])
    done = 0
    for number, days, steps in _FILED:
        for _ in range(number):
            _file(actor, systems.pop(), days, steps)
            done += 1
            say(done)
    for _ in range(OVERDUE):
        _in_use(actor, systems.pop(), 75)
    for number in range(12):
        _build(actor, systems.pop(), number % (len(_STEPS) + 1))
        say(done + number + 1)


def refuse_camera(actor: Actor) -> None:
    """Somebody proposes a camera in a changing room: refused, with a lead for the district's organ."""
    from mingjian.web.audit.actions import record_ruled_out
    from mingjian.web.authority.applying import RuledOut
    from mingjian.web.inspections.models import InspectionLead
    from mingjian.web.registry.archive.actions import enrol_camera
    from mingjian.web.registry.models import Place
    from mingjian.web.registry.places.actions import add_room

    name = "三楼试衣区监控"
    if InspectionLead.objects.filter(title=name).exists():
        return
    place = Place.objects.get(name=CHANGING_ROOM_PLACE)
    room = place.rooms.first() or add_room(actor, place.id, {"kind": "changing_room", "name": "三楼更衣室"}, None)
    values = {
        "name": name, "organisation": place.organisation_id, "division": place.division_id, "place": place.id,
        "room": room.id, "room_interior": True, "purpose": "防盗",
    }  # fmt: skip
    try:
        enrol_camera(actor, values)
    except RuledOut as error:
        record_ruled_out(error)  # as the API does


def _in_use(actor: Actor, system: Any, days: int) -> None:
    """It went into use so many days ago, through its project."""
    from mingjian.web.filings.deadlines import refresh_deadline
    from mingjian.web.registry.models import System

    day = _days_from_now(-days)
    System.objects.filter(pk=system.pk).update(standing="in_use", accepted_date=day, in_use_date=day)
    refresh_deadline(System.objects.get(pk=system.pk))


def _file(actor: Actor, system: Any, days: int, steps: tuple[str, ...]) -> None:
    from mingjian.web.filings.actions import draft_filing, submit_filing, withdraw_filing
    from mingjian.web.filings.intake import register_filing, return_filing, verify_filing

    _in_use(actor, system, days)
    values = {"given": _GIVEN, "person_handling": "陈刚", "telephone": "0532-80000000"}
    filing = draft_filing(actor, system.id, "both", None, values)
    due = _days_from_now(15)
    for step in steps:
        if step == "submit":
            submit_filing(actor, filing.id, None)
        elif step == "register":
            register_filing(actor, filing.id, None)
        elif step == "return":
            return_filing(actor, filing.id, due, "请补充建设位置示意图", None)
        elif step == "verify":
            verify_filing(actor, filing.id, {"storage_period": "7"}, "现场检查发现只保存 7 天", None)
        else:
            withdraw_filing(actor, filing.id, "系统改由上级单位统一备案", None)


def _build(actor: Actor, system: Any, steps: int) -> None:
    """A project as far as it comes: a step that the law holds stays where it is, and says why."""
    from mingjian.web.projects.actions import change_project, propose, take_step

    _survey(actor, system)
    project = propose(actor, system.id, None, {"name": f"{system.name}建设"})
    assessed = {
        one.camera_id: {"may_infringe": False} for one in project.cameras.all()
    }  # fmt: skip
    change_project(actor, project.id, {"assessments": assessed}, None)
    day = today()
    for event in _STEPS[:steps]:
        if event == "start_construction":
            work = {"kind": "construction", "day": day, "building_engineering": False, "contractor": _contractor(actor)}
            change_project(actor, project.id, {"works": [work]}, None)
        elif event == "accept":
            papers = {"statutory_inspection_report": "检验报告 2026-031", "acceptance_certificate": "验收证明 2026-031"}
            change_project(actor, project.id, {"papers": papers}, None)
        take_step(actor, project.id, event, day, None)


def _survey(actor: Actor, system: Any) -> None:
    """What a site survey says of the cameras: outdoors, no prohibited room in sight."""
    from mingjian.web.registry.archive.actions import change_archive
    from mingjian.web.registry.places.actions import add_room

    room = system.place.rooms.filter(kind="outdoors").first()
    room = room or add_room(actor, system.place_id, {"kind": "outdoors", "name": "室外"}, None)
    seen = {
        "place": system.place_id, "room": room.id, "room_interior": False, "necessary": True, "audio": False,
        "sees_prohibited_room": False, "could_see_by_moving": False, "may_infringe_privacy": False,
    }  # fmt: skip
    for camera in system.cameras.order_by("id"):
        change_archive(actor, camera.id, seen, None, "现场踏勘")


def _contractor(actor: Actor) -> str:
    """A contractor with the certificates that construction asks for; its id."""
    from mingjian.rules.contractors import conditions_on
    from mingjian.rules.library import current_law
    from mingjian.web.organisations.actions.agreements import add_qualification
    from mingjian.web.organisations.models import Organisation

    row = Organisation.objects.filter(kind="contractor").order_by("id")[0]
    if not row.qualifications.exists():
        for one in conditions_on(current_law(), "construction", False, dt.date.fromisoformat(today())):
            add_qualification(
                actor, organisation_id=row.id, kind=one.credential, number="演示-001", issuer="演示发证机关", since_date="2024-01-01",
                until_date="2030-12-31",
            )  # fmt: skip
    return row.id


def _days_from_now(days: int) -> str:
    return (dt.date.fromisoformat(today()) + dt.timedelta(days=days)).isoformat()


def today() -> str:
    """The civil day in Shanghai."""
    from mingjian.web.registry.judging import today as shanghai

    return shanghai().isoformat()
