"""What no index finds is looked for part by part: no answer takes long, none of the entries is missed."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S, ManualClock
from mingjian.kernel.isotime import format_iso_ns
from mingjian.web import wiring
from mingjian.web.audit import queries, reading_back
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, BoundRole
from mingjian.web.registry.actions import ADDED, CHANGED

pytestmark = pytest.mark.django_db

VERA = Actor("v" * 26, "Vera", "Watch", "viewer")
COUNT = 40


class Hasty(ManualClock):
    """A clock on which 35 ms pass between two looks: time is up at the second step's end."""

    def mono_ns(self) -> int:
        self.advance(35 * NS_PER_MS)
        return super().mono_ns()


@pytest.fixture
def entries(admin: Api, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Api:
    """40 entries of gates, every tenth with a reason, looked through five at a time, ten an answer."""
    monkeypatch.setattr(reading_back, "STEP", 5)
    for number in range(COUNT):
        clock.advance(NS_PER_S)
        reason = "遮挡 50%" if number % 10 == 0 else ""
        action = CHANGED if number % 2 else ADDED
        record(VERA, action, kind="camera", object_id=f"c{number % 4}", name=f"路口 {number}", reason=reason)
    return admin


@pytest.fixture
def hasty(entries: Api, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Api:
    ticking = Hasty(clock.now_ns())
    monkeypatch.setattr(wiring, "clock", lambda: ticking)
    return entries


def pages(browser: Api, query: str) -> list[dict[str, Any]]:
    """All answers to the question, one after the other."""
    found = [browser.get(f"/audit?{query}")]
    while found[-1]["next"] is not None:
        found.append(browser.get(f"/audit?{query}&cursor={found[-1]['next']}"))
    return found


def names(answers: list[dict[str, Any]]) -> list[str]:
    return [item["object_name"] for answer in answers for item in answer["items"]]


def test_an_answer_whose_time_is_up_says_how_far_it_came_and_goes_on_from_there(hasty: Api) -> None:
    first, *later = pages(hasty, "text=遮挡")
    tenth = AuditEntry.objects.get(object_name=f"路口 {COUNT - 10}")
    assert names([first]) == ["路口 30"]
    assert first["searched_to"] == format_iso_ns(tenth.at_ns)
    assert names([first, *later]) == ["路口 30", "路口 20", "路口 10", "路口 0"]
    assert all(answer["searched_to"] for answer in later[:-1])
    assert later[-1]["searched_to"] is None


def test_an_answer_without_a_find_goes_on_too(hasty: Api) -> None:
    answers = pages(hasty, "text=没有这样的字")
    assert names(answers) == []
    assert len(answers) >= COUNT // 10
    assert [answer["next"] is None for answer in answers] == [answer["searched_to"] is None for answer in answers]


def test_a_full_page_says_nothing_of_searching(hasty: Api) -> None:
    first = hasty.get("/audit?text=路口&limit=3")
    assert (names([first]), first["searched_to"]) == (["路口 39", "路口 38", "路口 37"], None)
    assert names(pages(hasty, "text=路口&limit=3")) == [f"路口 {number}" for number in reversed(range(COUNT))]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("text=50%25", range(0, COUNT, 10)),  # a sign of the database's patterns is a character like any
        ("text=遮挡&action=registry.camera.change", ()),
        ("text=遮挡&object_kind=camera&object_id=c2", (10, 30)),
        ("object_kind=camera&action=registry.camera.add", range(0, COUNT, 2)),
        ("object_id=c3", range(3, COUNT, 4)),
        ("action=registry.*&outcome=done", range(COUNT)),
        ("object_kind=camera&outcome=denied", ()),
        ("text=遮挡&actor=" + "v" * 26, range(0, COUNT, 10)),
        ("text=遮挡&from=2027-01-15T08:00:12Z&to=2027-01-15T08:00:31Z", (20,)),
    ],
)
def test_all_filters_find_across_answers_what_they_find_at_once(hasty: Api, query: str, numbers: Any) -> None:
    assert names(pages(hasty, query)) == [f"路口 {number}" for number in sorted(numbers, reverse=True)]


@pytest.mark.parametrize("few", [2000, 3])
def test_times_hold_for_few_entries_and_for_many(hasty: Api, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the machine's clock was set back, and a later entry has an earlier time."""
    monkeypatch.setattr(queries, "FEW", few)
    tenth = AuditEntry.objects.get(object_name="路口 10")
    AuditEntry.objects.create(at_ns=tenth.at_ns, action=ADDED, outcome="done", object_name="改钟")
    between = "from=2027-01-15T08:00:10Z&to=2027-01-15T08:00:15Z"
    assert names(pages(hasty, between)) == ["改钟", "路口 13", "路口 12", "路口 11", "路口 10", "路口 9"]


def test_nothing_of_anothers_reach_is_looked_through(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_back, "STEP", 1)
    for side, unit in (("east", "mall"), ("west", "market")):
        change = {"telephone": f"0532-{side}"}
        city.browser(BoundRole.ORGANISATION_ADMIN, side).patch(f"/organisations/{unit}", change, If_Match='"v1"')
    inspector = city.browser(BoundRole.INSPECTOR, "west")
    assert {item["object_id"] for page in pages(inspector, "object_kind=organisation") for item in page["items"]} == {"market"}  # fmt: skip
