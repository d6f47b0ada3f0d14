"""A project from the proposed site to a system in use; what no paper can mend is refused and opens a lead."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.web.client import Api
from tests.web.files.samples import PDF, path_of_files

from mingjian.rules.contractors import conditions_on
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings.models import FilingDeadline
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Qualification
from mingjian.web.registry.models import Camera, CameraArchive, Device, Place, PlaceKind, Room, System

GOOD: dict[str, Any] = {
    "room_interior": False, "necessary": True, "sees_prohibited_room": False, "could_see_by_moving": False,
    "audio": False,
}  # fmt: skip


@pytest.fixture
def system(city: Any) -> System:
    """A planned system of the mall with one camera in the lobby."""
    place = Place.objects.create(
        id="place", name="湖心商场", division_id="east", organisation_id="mall", public_place=True, created_ns=0
    )
    PlaceKind.objects.create(place=place, kind="shopping_centre")
    room = Room.objects.create(id="lobby", place=place, kind="lobby")
    made = System.objects.create(
        id="system", name="湖心商场视频系统", organisation_id="mall", division_id="east", place=place, created_ns=0,
        interfaces={one: {"reserved": True} for one in ("resource_sharing", "police_image", "emergency_command")},
    )  # fmt: skip
    camera = Camera.objects.create(
        id="camera", name="大厅", keep_days=30, planned_from_ns=0, system=made, place=place, room=room,
        organisation_id="mall", division_id="east", created_ns=0,
    )  # fmt: skip
    CameraArchive.objects.create(camera=camera, **GOOD)
    return made


@pytest.fixture
def manager(system: System, city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


def proposed(manager: Api) -> Any:
    return manager.post("/projects", {"system": "system", "name": "视频系统建设"}, status=201)


def step(manager: Api, project: Any, event: str, date: str = "") -> Any:
    body = {"event": event, **({"date": date} if date else {})}
    return manager.post(f"/projects/{project['id']}/step", body, If_Match=f'"v{project["version"]}"')


def change(manager: Api, project: Any, **values: Any) -> Any:
    return manager.patch(f"/projects/{project['id']}", values, If_Match=f'"v{project["version"]}"')


def handed_in(manager: Api, project: Any, part: str) -> str:
    """A paper of the project, as its file's id."""
    path = path_of_files(kind="project", subject=project["id"], part=part, name=f"{part}.pdf")
    return str(manager.upload(path, PDF, status=201)["id"])


def qualify(*, building_engineering: bool) -> None:
    """Give the contractor what the law asks of construction on the first of March 2026."""
    wanted = conditions_on(current_law(), "construction", building_engineering, dt.date(2026, 3, 1))
    for number, one in enumerate(wanted):
        Qualification.objects.create(
            id=f"q{number}", organisation_id="contractor", kind=one.credential, since_date="2025-01-01",
            until_date="2026-12-31",
        )  # fmt: skip


@pytest.mark.applies("builders.may_install", "projects.step")
@pytest.mark.applies("prohibited_rooms.judge_room", "projects.step")
@pytest.mark.applies("prohibited_rooms.judge_names", "projects.step")
@pytest.mark.applies("prohibited_rooms.judge_view", "projects.step")
@pytest.mark.applies("audio.judge_sound", "projects.step")
@pytest.mark.applies("secure_margins.judge_margin", "projects.step")
@pytest.mark.applies("privacy.judge_privacy", "projects.step")
@pytest.mark.applies("contractors.judge_contractor", "projects.step")
@pytest.mark.applies("acceptance.judge_acceptance", "projects.step")
@pytest.mark.applies("acceptance.judge_archives", "projects.step")
@pytest.mark.applies("interfaces.judge_interfaces", "projects.step")
@pytest.mark.applies("simultaneous.judge_three_simultaneous", "projects.step")
def test_from_the_site_to_a_system_in_use(manager: Api) -> None:
    project = step(manager, proposed(manager), "site")
    assert project["state"] == "sited"

    held = step(manager, project, "design")
    assert (held["state"], held["steps"][-1]["judgement"]["verdict"]) == ("sited", "undecidable")
    project = change(manager, held, assessments={"camera": {"may_infringe": True, "measures": ["limited_angle"]}})
    project = step(manager, project, "design")
    assert project["state"] == "designed"

    qualify(building_engineering=False)
    work = {"kind": "construction", "day": "2026-03-01", "building_engineering": False, "contractor": "contractor"}
    project = step(manager, change(manager, project, works=[work]), "start_construction")
    assert (project["state"], System.objects.get().standing) == ("under_construction", "building")

    body = {"event": "start_trial", "date": "2099-01-01"}
    path = f"/projects/{project['id']}/step"
    assert manager.post(path, body, status=422, If_Match=f'"v{project["version"]}"')["field"] == "/date"
    project = step(manager, project, "start_trial", "2026-05-01")
    trial = System.objects.get()
    assert (trial.standing, trial.in_use_date) == ("trial_running", "2026-05-01")
    assert FilingDeadline.objects.get().last_day == "2026-05-31"

    held = step(manager, project, "accept", "2026-06-01")
    assert (held["state"], held["steps"][-1]["moved"]) == ("trial_running", False)
    assert "inspection" in held["steps"][-1]["judgement"]["reason"]["en"]
    papers = {
        part: handed_in(manager, project, part) for part in ("statutory_inspection_report", "acceptance_certificate")
    }
    project = step(manager, change(manager, held, papers=papers), "accept", "2026-06-01")
    assert System.objects.get().accepted_date == "2026-06-01"

    dates = {"design": "2026-01-01", "construction": "2026-03-01", "commissioning": "2026-06-10"}
    project = change(manager, project, main_dates=dates, own_dates={**dates, "commissioning": "2026-06-10"})
    project = step(manager, project, "put_into_use", "2026-06-10")
    assert (project["state"], System.objects.get().standing) == ("in_use", "in_use")
    assert System.objects.get().in_use_date == "2026-05-01"


def test_a_paper_is_one_that_was_handed_in_for_this_project(manager: Api) -> None:
    project, other = proposed(manager), proposed(manager)
    path = f"/projects/{project['id']}"
    for file in ("nothing", handed_in(manager, other, "acceptance_certificate")):
        body = {"papers": {"acceptance_certificate": file}}
        refused = manager.patch(path, body, status=422, If_Match='"v1"')
        assert refused["field"] == "/papers/acceptance_certificate"
        body = {"reply": {"positive": True, "file": file, "day": "2026-03-01"}}
        assert manager.patch(path, body, status=422, If_Match='"v1"')["field"] == "/reply/file"
    reply = {"positive": True, "file": handed_in(manager, project, "reply"), "day": "2026-03-01"}
    assert change(manager, project, reply=reply)["reply"]["file"] == reply["file"]


def test_building_engineering_needs_its_papers_of_the_day_of_the_work(manager: Api) -> None:
    project = step(manager, proposed(manager), "site")
    project = change(manager, project, assessments={"camera": {"may_infringe": False}})
    work = {"kind": "construction", "day": "2026-03-01", "building_engineering": True, "contractor": "contractor"}
    project = change(manager, step(manager, project, "design"), works=[work])
    held = step(manager, project, "start_construction")
    assert (held["state"], held["steps"][-1]["judgement"]["verdict"]) == ("designed", "fail")
    qualify(building_engineering=True)
    assert step(manager, held, "start_construction")["state"] == "under_construction"


def test_a_camera_in_a_fitting_room_is_refused_and_opens_a_lead(manager: Api, city: Any) -> None:
    Room.objects.filter(pk="lobby").update(kind="fitting_room")
    CameraArchive.objects.update(room_interior=True)
    refused = step(manager, proposed(manager), "site")
    assert (refused["state"], refused["events"]) == ("refused", [])
    assert Camera.objects.get().standing == "refused"
    lead = InspectionLead.objects.get()
    assert (lead.organ_id, lead.camera_id, lead.about_id) == ("east-police", "camera", "mall")
    assert "qd204.prohibited.rooms" in lead.clauses
    assert [row["id"] for row in city.browser(BoundRole.OFFICER).get("/leads")["items"]] == [lead.id]


def test_what_is_not_known_yet_holds_a_site_and_refuses_nothing(manager: Api) -> None:
    CameraArchive.objects.update(necessary=None)
    held = step(manager, proposed(manager), "site")
    assert (held["state"], held["steps"][-1]["moved"]) == ("proposed", False)
    assert not InspectionLead.objects.exists()


@pytest.mark.applies("brand_mandate.judge_template", "projects.check_template")
def test_a_text_that_mandates_a_brand_is_found_out(manager: Api) -> None:
    Device.objects.create(id="d", kind="camera", manufacturer="甲牌", organisation_id="mall", created_ns=0)
    found = manager.post("/projects/templates/check", {"text": "摄像机必须采用甲牌产品。"})
    assert found["verdict"] == "fail"
    assert manager.post("/projects/templates/check", {"text": "分辨率不低于 1080P。"})["verdict"] == "pass"


@pytest.mark.applies("contractors.may_demand", "projects.check_template")
def test_a_form_demands_only_what_a_statute_demands(manager: Api) -> None:
    def demanding(*papers: str) -> str:
        body = {"text": "分辨率不低于 1080P。", "demands": list(papers)}
        return str(manager.post("/projects/templates/check", body)["verdict"])

    assert demanding("business_licence") == "pass"
    assert demanding("business_licence", "association_capability_certificate") == "blocked"
    assert demanding("system_integration_qualification") == "blocked"  # abolished


def test_another_unit_neither_sees_nor_steps_it(manager: Api, city: Any) -> None:
    project = proposed(manager)
    other = city.browser(BoundRole.MANAGER, "west")
    assert other.get("/projects")["items"] == []
    other.get(f"/projects/{project['id']}", status=404)
    other.post(f"/projects/{project['id']}/step", {"event": "site"}, status=404, If_Match='"v1"')


def test_what_a_named_person_saw_decides_a_project_as_it_decides_an_enrolment(manager: Api) -> None:
    Camera.objects.update(name="女更衣室")
    project = proposed(manager)
    held = step(manager, project, "site")
    assert (held["state"], held["steps"][-1]["judgement"]["verdict"]) == ("proposed", "suspended")
    CameraArchive.objects.update(confirmed_by="vera", confirmed_file="picture", confirmed_prohibited=True)
    assert step(manager, held, "site")["state"] == "refused"
