"""Every endpoint with the objects of another subtree: not read, not listed, not counted, not told from what is not there.

The objects lie in the east and belong to its school. Who asks has a role in the west. A new endpoint is tried as soon as
it exists; one whose address names a kind of object that is not here has to be added, or named in ELSEWHERE.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.test_every_endpoint import MAY

from mingjian.web.authority.actor import BoundRole
from mingjian.web.files import store
from mingjian.web.files.models import StoredFile
from mingjian.web.filings.models import Filing, Removal
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.masks.models import LiftedCamera, Mask, MaskLift, PositionStatement
from mingjian.web.organisations.models import Agreement, Appointment, Grant, Person, Post, Qualification
from mingjian.web.planning.models import Plan, PlannedPoint
from mingjian.web.projects.models import Project
from mingjian.web.registry.models import Camera, CameraArchive, Device, Duty, Place, PlacePart, Room, System
from mingjian.web.retention.models import ProvedDay

MARK = "quoll"  # in no text of ours
JUDGED = {"verdict": "pass", "reason": {"zh": "甲", "en": "a"}, "remedy": None, "clauses": []}
OBJECTS = {
    "organisation_id": "school", "place_id": "quoll-place", "system_id": "quoll-system", "camera_id": "quoll-camera",
    "filing_id": "quoll-filing", "removal_id": "quoll-removal", "project_id": "quoll-project",
    "plan_id": "quoll-plan", "point_id": "quoll-point", "lead_id": "quoll-lead", "person_id": "quoll-person",
    "post_id": "quoll-post", "appointment_id": "quoll-appointment", "binding_id": "quoll-binding",
    "agreement_id": "quoll-agreement", "duty_id": "quoll-duty", "file_id": "quoll-file",
    "device_id": "quoll-device", "mask_id": "quoll-mask", "lift_id": "quoll-lift",
    "position_id": "quoll-position",
}  # fmt: skip
FIXED = {"platform": "resource_sharing", "kind": "register", "day": "2027-01-14"}  # no object's name
# Public knowledge, what only whole roles may ask, and what belongs to its maker: tried by the tests of their slices.
ELSEWHERE = {
    "division_id", "key", "table", "receipt", "user_id", "layout_id", "grant_id", "zone_id", "search_id", "paper_id", "works_id", "case_id",
    "notice_id", "task_id", "token_id", "passkey_id", "row_id", "sign_id", "batch_id", "retrieval_id", "hold_id", "import_id", "objects",
    "redaction_id", "name",
    "package_id", "copy_id", "release_id", "part", "order_id", "room_id", "access_id", "entry_id", "change_id", "channel_id", "membership_id",
}  # fmt: skip
QUERIES = ("", "?organisation=school", f"?text={MARK}")


@pytest.fixture
def hidden(city: City) -> City:
    """One object of each kind, in the east."""
    lies: dict[str, Any] = {"organisation_id": "school", "division_id": "east", "created_ns": 0}
    manager = city.new_user("quoll.manager", "school")
    city.bind(manager, "school", BoundRole.MANAGER, id="quoll-binding")
    place = Place.objects.create(id="quoll-place", name="quoll place", **lies)
    part = PlacePart.objects.create(id="quoll-part", place=place, part="hall", name="quoll hall")
    Room.objects.create(id="quoll-room", place=place, kind="lobby")
    Duty.objects.create(id="quoll-duty", part=part, organisation_id="school", role="managing_unit")
    system = System.objects.create(id="quoll-system", name="quoll system", place=place, standing="in_use", **lies)
    camera = Camera.objects.create(
        id="quoll-camera", name="quoll camera", keep_days=30, planned_from_ns=0, system=system, place=place,
        lon_e7=1_203_800_000, lat_e7=360_670_000, **lies,
    )  # fmt: skip
    CameraArchive.objects.create(camera=camera)
    Device.objects.create(
        id="quoll-device", name="quoll device", kind="recorder", organisation_id="school", created_ns=0
    )
    ProvedDay.objects.create(
        id="quoll-proof", camera=camera, day=FIXED["day"], window_days=30, made_ns=0, digest="ab" * 32, met=True,
        recorded_ms=0, owed_ms=0, altered=0, missing=0, volumes_absent=0, sound=True,
    )  # fmt: skip
    Mask.objects.create(
        id="quoll-mask", camera=camera, points=[[0, 0], [1, 0], [1, 1]], reason="quoll", drawn_by=manager,
        drawn_name="quoll", from_ns=0, confirmed_ns=0, confirmed_name="quoll",
    )  # fmt: skip
    PositionStatement.objects.create(
        id="quoll-position", camera=camera, preset="quoll", stated_by=manager, stated_name="quoll", stated_ns=0
    )
    lift = MaskLift.objects.create(
        id="quoll-lift",
        purpose="quoll",
        live=True,
        expires_ns=1 << 62,
        asked_by=manager,
        asked_name="quoll",
        asked_ns=0,
    )
    LiftedCamera.objects.create(lift=lift, camera=camera)
    path = store.path_of("ab" * 32)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    StoredFile.objects.create(
        id="quoll-file", name="quoll.pdf", media_type="application/pdf", bytes=8, sha256="ab" * 32, subject_kind="camera",
        subject_id="quoll-camera", **lies,
    )  # fmt: skip
    Filing.objects.create(id="quoll-filing", kind="both", system=system, organ_id="east-police", **lies)
    Removal.objects.create(id="quoll-removal", system=system, scope="total", reason="quoll reason", **lies)
    Project.objects.create(id="quoll-project", name="quoll project", kind="new", system=system, **lies)
    plan = Plan.objects.create(id="quoll-plan", title="quoll plan", **{**lies, "organisation_id": "east-department"})
    PlannedPoint.objects.create(
        id="quoll-point",
        plan=plan,
        name="quoll point",
        lon_e7=1_203_800_000,
        lat_e7=360_670_000,
        judged_ns=0,
        judgement=JUDGED,
    )
    InspectionLead.objects.create(
        id="quoll-lead", origin="report", title="quoll lead", division_id="east", organ_id="east-police",
        about_id="school", created_ns=0,
    )  # fmt: skip
    person = Person.objects.create(id="quoll-person", name="quoll person", user=manager, created_ns=0)
    post = Post.objects.create(id="quoll-post", organisation_id="school", kind="security_manager", title="quoll post")
    Appointment.objects.create(id="quoll-appointment", post=post, person=person, since_date="2020-01-01")
    Agreement.objects.create(
        id="quoll-agreement", client_id="school", contractor_id="mall", work="maintenance", since_date="2020-01-01",
        until_date="2030-01-01",
    )  # fmt: skip
    Qualification.objects.create(id="quoll-qualification", organisation_id="school", kind="guard_permit")
    Grant.objects.create(id="quoll-grant", kind="grade", organisation_id="school", basis="quoll basis", since_ns=0)
    return city


def parameters(endpoint: str) -> list[str]:
    return re.findall(r"{(\w+)}", endpoint)


def addressed() -> list[str]:
    """Endpoints whose address names an object that is here."""
    return [one for one in MAY if parameters(one) and set(parameters(one)) <= {*OBJECTS, *FIXED}]


def filled(endpoint: str, ids: dict[str, str]) -> tuple[str, str]:
    method, _, path = endpoint.partition(" ")
    return method, path.removeprefix("/v1").format(**ids, **FIXED)


def test_every_parameter_is_an_object_here_or_tried_elsewhere() -> None:
    named = {name for endpoint in MAY for name in parameters(endpoint)}
    assert named <= {*OBJECTS, *FIXED, *ELSEWHERE}


@pytest.mark.parametrize("role", BoundRole)
def test_lists_and_counts_do_not_tell(role: BoundRole, hidden: City) -> None:
    browser = hidden.browser(role, "west")
    for endpoint in (one for one in MAY if one.startswith("GET") and not parameters(one)):
        if "export" in endpoint:
            continue  # streams: their rows are those of the lists
        for query in QUERIES:
            browser.send("GET", endpoint.removeprefix("GET /v1") + query)
            if "json" not in browser.last["Content-Type"]:
                continue  # a file: the tests of its slice read it
            said = browser.last.content.decode().replace(f"text={MARK}", "")
            assert MARK not in said, (endpoint, query)
            assert hidden.organisation["school"].name not in said, (endpoint, query)


@pytest.mark.parametrize("role", BoundRole)
def test_an_object_out_of_reach_answers_like_one_that_is_not_there(role: BoundRole, hidden: City) -> None:
    browser = hidden.browser(role, "west")
    nowhere = {name: "nowhere" for name in OBJECTS}
    for endpoint in addressed():
        answers = []
        for ids in (OBJECTS, nowhere):
            method, path = filled(endpoint, ids)
            body = None if method == "GET" else {"reason": "because"}
            browser.send(method, path, body, If_Match='"v1"')
            said = browser.last.json()
            answers.append(
                (browser.last.status_code, {key: said[key] for key in ("code", "detail", "field") if key in said})
            )
        assert answers[0] == answers[1], endpoint
        assert answers[0][0] in (403, 404, 422), (endpoint, answers[0])


def test_those_within_reach_read_each_of_them(hidden: City, admin: Api) -> None:
    roles = (BoundRole.OFFICER, BoundRole.PLANNER)
    insiders = [admin, Api(hidden.new_user("clerk", "school")), *(hidden.browser(role) for role in roles)]
    keeper = hidden.new_user("keeper", "school")
    for role in (BoundRole.MANAGER, BoundRole.ORGANISATION_ADMIN):
        hidden.bind(keeper, "school", role)
    insiders.append(Api(keeper))
    for endpoint in (one for one in addressed() if one.startswith("GET")):
        statuses = set()
        for browser in insiders:
            browser.send(*filled(endpoint, OBJECTS))
            statuses.add(browser.last.status_code)
        assert 200 in statuses, endpoint
