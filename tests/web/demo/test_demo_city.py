"""The demo's city, small: filled by its own way, with filings, projects and removals in every state."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.app.demo_city import devices, papers, sheets
from mingjian.app.demo_city.filling import fill_city
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Verdict
from mingjian.rules.states.filing import FILING
from mingjian.rules.states.project import PROJECT
from mingjian.rules.states.removal import REMOVAL_TABLE
from mingjian.web.authority.actor import local_person
from mingjian.web.filings.models import Filing, FilingDeadline, Removal
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Organisation
from mingjian.web.projects.models import Project
from mingjian.web.registry.actions import NewCamera, add_camera
from mingjian.web.registry.models import Camera, Device, DeviceChannel, System

pytestmark = [pytest.mark.django_db, pytest.mark.more]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two districts, a camera a system, one of each kind of paper."""
    sizes = {
        "ORGANISATIONS": 35,
        "ROADS": 1,
        "PLACES": 40,
        "SYSTEMS": 37,
        "CAMERAS": 74,
        "DISTRICTS": sheets.DISTRICTS[:2],
    }
    for name, value in sizes.items():
        monkeypatch.setattr(sheets, name, value)
    monkeypatch.setattr(papers, "_FILED", tuple((1, *rest) for _, *rest in papers._FILED))
    monkeypatch.setattr(papers, "OVERDUE", 1)
    monkeypatch.setattr(devices, "SYSTEMS", 3)


@pytest.mark.usefixtures("small")
def test_papers_are_there_in_every_state_and_a_second_filling_adds_nothing(make_user: Any) -> None:
    passwords: dict[str, str] = defaultdict(lambda: PASSWORD)
    said: list[Any] = []

    def say(what: Text, done: int, total: int) -> None:
        said.append((what.en, done, total))

    filmed = add_camera(local_person("demo"), NewCamera("Crossing", "rtsp://10.0.0.1/cam1/main"))
    make_user("guard")  # the installation's own; "watch" is made with the city, of a unit
    fill_city(local_person("demo"), passwords, say, lambda: None)
    filmed.refresh_from_db()
    assert filmed.organisation is not None
    look = {"camera": filmed.id, "streams": ["main"], "rights": ["live"], "purpose": "watch"}
    for name in ("guard", "watch"):
        watcher = Api()
        watcher.post("/auth/login", {"name": name, "password": PASSWORD})
        watcher.post("/tickets", look, status=201)
    counted = (Filing.objects.count(), Removal.objects.count(), Project.objects.count(), DeviceChannel.objects.count())
    states = {
        table.name: {one.name for one in table.states} - set(model.objects.values_list("state", flat=True))
        for table, model in ((FILING, Filing), (PROJECT, Project), (REMOVAL_TABLE, Removal))
    }
    assert states == {"filing": set(), "project": set(), "removal": set()}
    assert said[-1][1] == said[-1][2]
    overdue = FilingDeadline.objects.filter(filed_date="", latest_last_day__lt="2027-01-01")
    assert overdue.exists()
    wrong = [one for filing in Filing.objects.all() for one in filing.findings or []]
    assert Verdict.FAIL.value in {one["verdict"] for one in wrong}
    leads = set(InspectionLead.objects.values_list("origin", flat=True))
    assert leads >= {"enrolment", "project", "filing"}
    refused = "三楼试衣区监控"  # proposed in a changing room of a mall
    assert InspectionLead.objects.get(title=refused).origin == "enrolment"
    assert not Camera.objects.filter(name=refused).exists()
    assert not System.objects.filter(place__name=sheets.MALL_WITHOUT_SYSTEM).exists()
    scrapped = Device.objects.exclude(scrapped_date="")
    assert not DeviceChannel.objects.filter(device__in=scrapped, until_date="").exists()
    assert DeviceChannel.objects.filter(until_date="").exists()
    assert System.objects.filter(standing="in_use").count() > System.objects.filter(standing="planned").count() > 0
    home = Organisation.objects.get(name=sheets.units()[0].name)
    assert len(set(Filing.objects.filter(organisation=home).values_list("state", flat=True))) > 1  # the manager's own
    fill_city(local_person("demo"), passwords, say, lambda: None)
    again = (Filing.objects.count(), Removal.objects.count(), Project.objects.count(), DeviceChannel.objects.count())
    assert again == counted
