"""Filings and projects in every state, some overdue, some wrong; a camera in a changing room, refused."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PIL import Image

from mingjian.app.demo_city import sheets
from mingjian.app.demo_city.contracts import contractor_of_first_district
from mingjian.app.demo_city.days import days_from_now, today
from mingjian.app.demo_city.people import PEOPLE
from mingjian.app.demo_city.removals import removal_jobs
from mingjian.app.demo_city.sheets import CHANGING_ROOM_PLACE
from mingjian.web.authority.actor import Actor, BoundRole

_GIVEN = ["location", "devices_number", "devices_kind", "storage_period"]
_STEPS = ("site", "design", "start_construction", "start_trial", "accept", "put_into_use")
# number of systems, days since they went into use, and what is done with the filing after it was drafted
_FILED: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (4, 8, ()),  # the first ones lie with the unit of the manager: there is something for him to do
    (5, 15, ("submit", "return")),
    (10, 20, ("submit", "register")),
    (6, 12, ("submit",)),
    (3, 15, ("submit", "return", "submit")),
    (2, 9, ("withdraw",)),
    (4, 80, ("submit", "register")),  # late: registered with findings
    (3, 25, ("submit", "register", "verify")),  # wrong: what was found differs
    (3, 28, ("submit", "register", "change")),  # what was filed has changed since
    (2, 28, ("submit", "register", "change", "submit")),
    (2, 29, ("submit", "register", "change", "submit", "register")),
)
OVERDUE = 8
_ONLY_LISTED = frozenset({"change", "verify"})
"""What the law asks of a filing only where sc799 7 lists the place."""


_BUILT: tuple[tuple[str, ...], ...] = (
    *(_STEPS[:number] for number in range(len(_STEPS) + 1)),
    ("abandon",),
    ("site", "abandon"),
)
Job = partial[Any]  # what is done with one system


def add_papers(actor: Actor, say: Callable[[int, int], None]) -> None:
    """Filings of systems in use, removals, projects. Nothing happens when there are filings already.

    Systems of the first district come first, where everybody of the demo has his account, and of them the manager's.
    """
    from mingjian.web.filings.models import Filing

    refuse_camera(actor)
    if Filing.objects.exists():
        return
    systems = _systems()
    refuse_project(actor, systems.pop(0))
    filed = [partial(_file, actor, days=days, steps=steps) for number, days, steps in _FILED for _ in range(number)]
    built = [partial(_build, actor, steps=steps) for steps in _BUILT]
    overdue = [partial(_in_use, actor, days=75) for _ in range(OVERDUE)]
    jobs = _mixed(filed, removal_jobs(actor, _file_registered), built, overdue)
    for number, job in enumerate(jobs):
        job(_taken(systems, listed=not _ONLY_LISTED.isdisjoint(job.keywords.get("steps", ()))))
        say(number + 1, len(jobs))
    _run()


def _run() -> None:
    """The other systems have long been in use, since nobody knows when; every tenth is still being planned."""
    from mingjian.web.registry.models import System

    left = System.objects.filter(standing="planned", removed_ns=None, projects=None).order_by("id")
    ids = list(left.values_list("id", flat=True))
    kept = set(ids[::10])
    System.objects.filter(pk__in=[one for one in ids if one not in kept]).update(standing="in_use")


def _taken(systems: list[Any], *, listed: bool) -> Any:
    """The next system; `listed`: the next whose place sc799 7 lists."""
    from mingjian.rules.library import current_law
    from mingjian.web.filings.facts import listed_in_article_7
    from mingjian.web.registry.judging import today as on

    for number, system in enumerate(systems):
        if not listed or listed_in_article_7(current_law(), system, on()):
            return systems.pop(number)
    raise ValueError("the city has too few systems for its papers")


def _systems() -> list[Any]:
    """Of units: those of the manager's unit, those of the first district, the others."""
    from mingjian.web.registry.models import System

    rows = System.objects.filter(removed_ns=None, organisation__kind="managing_unit")
    first = (sheets.units()[0].name, sheets.code_of(0))

    def rank(system: Any) -> tuple[bool, bool, str]:
        return system.organisation.name != first[0], system.division.code != first[1], system.id

    return sorted(rows.select_related("place", "division", "organisation"), key=rank)[:120]


def _mixed(*kinds: Sequence[Job]) -> list[Job]:
    """One of each in turn, evenly spread: whoever sees only a part of the city sees some of everything."""
    placed = [((number + 0.5) / len(jobs), job) for jobs in kinds for number, job in enumerate(_spread(jobs))]
    return [job for _, job in sorted(placed, key=lambda one: one[0])]


def _spread(jobs: Sequence[Job]) -> list[Job]:
    """Neighbours of a list apart: every fifth, beginning anew."""
    return [job for start in range(5) for job in jobs[start::5]]


def refuse_project(actor: Actor, system: Any) -> None:
    """The name of a point speaks of a changing room; the unit's manager looks, and it is one: the project is refused."""
    from mingjian.web.accounts.models import User
    from mingjian.web.organisations.bindings import bindings_now
    from mingjian.web.projects.actions import propose, take_step
    from mingjian.web.registry.archive.actions import change_archive, confirm_place

    user = User.objects.get(name=PEOPLE[BoundRole.MANAGER][0])
    manager = Actor(user.id, user.display_name or user.name, user.unit, user.role, bindings=bindings_now(user.id))
    camera = system.cameras.order_by("id")[0]
    change_archive(actor, camera.id, {"name": "二层员工更衣室"}, None, "演示数据")
    project = propose(actor, system.id, None, {"name": f"{system.name}扩建"})
    picture = _picture(manager, "camera", camera.id, "photo", "现场核实.jpg")
    confirm_place(manager, camera.id, picture, prohibited=True, expected=None)
    take_step(actor, project.id, "site", today(), None)


def _picture(actor: Actor, kind: str, subject_id: str, part: str, name: str) -> str:
    """Hand in a grey picture for an object: the id of its file."""
    from mingjian.web.files.actions import About, upload_file

    drawn = io.BytesIO()
    Image.new("RGB", (640, 360), "#8a8f98").save(drawn, "JPEG")
    drawn.seek(0)
    row, _ = upload_file(actor, About(kind, subject_id, part=part), name, drawn)
    return row.id


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


def _in_use(actor: Actor, system: Any, *, days: int) -> None:
    """It went into use so many days ago, through its project."""
    from mingjian.web.filings.deadlines import refresh_deadline
    from mingjian.web.registry.models import System

    day = days_from_now(-days)
    System.objects.filter(pk=system.pk).update(standing="in_use", accepted_date=day, in_use_date=day)
    refresh_deadline(System.objects.get(pk=system.pk))


def _file_registered(actor: Actor, system: Any) -> str:
    """A system whose filing is registered; the filing's id."""
    return _file(actor, system, days=40, steps=("submit", "register"))


def _file(actor: Actor, system: Any, *, days: int, steps: tuple[str, ...]) -> str:
    from mingjian.web.filings.actions import draft_filing, submit_filing, withdraw_filing
    from mingjian.web.filings.changes import check_changes
    from mingjian.web.filings.intake import register_filing, return_filing, verify_filing
    from mingjian.web.registry.systems.actions import change_system

    _in_use(actor, system, days=days)
    values = {"given": _GIVEN, "person_handling": "陈刚", "telephone": "0532-80000000"}
    filing = draft_filing(actor, system.id, "both", None, values)
    for step in steps:
        if step == "submit":
            submit_filing(actor, filing.id, None)
        elif step == "register":
            register_filing(actor, filing.id, None)
        elif step == "return":
            return_filing(actor, filing.id, days_from_now(15), "请补充建设位置示意图", None)
        elif step == "verify":
            verify_filing(actor, filing.id, {"storage_period": "7"}, "现场检查发现只保存 7 天", None)
        elif step == "change":
            change_system(actor, system.id, {"keep_days": 60}, None, "存储扩容")
            check_changes(system.id)
        else:
            withdraw_filing(actor, filing.id, "系统改由上级单位统一备案", None)
    return filing.id


def _build(actor: Actor, system: Any, *, steps: tuple[str, ...]) -> None:
    """A project as far as it comes: a step that the law holds stays where it is, and says why."""
    from mingjian.web.projects.actions import change_project, propose, take_step

    _survey(actor, system)
    project = propose(actor, system.id, None, {"name": f"{system.name}建设"})
    assessed = {
        one.camera_id: {"may_infringe": False} for one in project.cameras.all()
    }  # fmt: skip
    change_project(actor, project.id, {"assessments": assessed}, None)
    day = today()
    for event in steps:
        if event == "start_construction":
            work = {
                "kind": "construction",
                "day": day,
                "building_engineering": False,
                "contractor": contractor_of_first_district(actor),
            }
            change_project(actor, project.id, {"works": [work]}, None)
        elif event == "accept":
            papers = {"statutory_inspection_report": "检验报告.jpg", "acceptance_certificate": "验收证明.jpg"}
            handed_in = {part: _picture(actor, "project", project.id, part, name) for part, name in papers.items()}
            change_project(actor, project.id, {"papers": handed_in}, None)
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
