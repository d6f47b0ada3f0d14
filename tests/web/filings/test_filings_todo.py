"""What filings put on people's pages: to file in time, to correct, to change, to decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings.deadlines import sweep
from mingjian.web.filings.models import Filing
from mingjian.web.registry.models import System


def kinds(api: Api) -> dict[str, int]:
    return {group["kind"]: group["count"] for group in groups(api)}


def groups(api: Api) -> list[Any]:
    """What filings ask; the mall lacks a sign too, which is another slice's."""
    return [group for group in api.get("/todo")["groups"] if group["kind"].startswith("filings.")]


def test_a_system_to_file_counts_down_and_turns_overdue(system: System, city: Any, on_day: Any) -> None:
    sweep()
    manager, officer = city.browser(BoundRole.MANAGER), city.browser(BoundRole.OFFICER)
    (group,) = groups(manager)
    (item,) = group["items"]
    assert (item["due"], item["overdue"]) == ("2025-05-10", False)
    (clause,) = item["cited"]
    assert clause["key"] == "qd204.filing.acceptance"
    assert "article 16, paragraph 1" in clause["printed"]
    assert kinds(officer) == {}
    on_day("2025-05-11")
    assert groups(manager)[0]["items"][0]["overdue"]
    assert kinds(officer) == {"filings.overdue": 1}
    assert kinds(city.browser(BoundRole.MANAGER, "west")) == {}


def test_each_state_waits_for_whose_turn_it_is(system: System, city: Any) -> None:
    filing = Filing.objects.create(
        id="filing", kind="both", state="submitted", system=system, organisation_id="mall", division_id="east-street",
        organ_id="east-police", first_submitted_date="2025-04-12", correction_due_date="2025-04-20", created_ns=0,
    )  # fmt: skip
    manager, officer = city.browser(BoundRole.MANAGER), city.browser(BoundRole.OFFICER)
    for state, his, theirs in (
        ("submitted", {}, {"filings.to_decide": 1}),
        ("returned", {"filings.returned": 1}, {}),
        ("change_due", {"filings.change_due": 1}, {}),
        ("registered", {}, {}),
    ):
        filing.state = state
        filing.save()
        assert (kinds(manager), kinds(officer)) == (his, theirs)


def test_the_list_counts_down_and_finds_what_is_overdue_and_the_systems_still_to_file(
    system: System, city: Any, on_day: Any
) -> None:
    sweep()
    manager, stranger = city.browser(BoundRole.MANAGER), city.browser(BoundRole.MANAGER, "west")
    (open_one,) = manager.get("/filing-deadlines")["items"]
    assert (open_one["system_name"], open_one["due"], open_one["filing"]) == ("湖心商场视频系统", "2025-05-10", None)
    assert [clause["key"] for clause in open_one["cited"]] == ["qd204.filing.acceptance"]
    assert open_one["alerts"] == []
    sweep(dt.date(2025, 4, 26))
    (called_up,) = manager.get("/filing-deadlines")["items"][0]["alerts"]
    assert called_up["offset_days"] == -15
    assert stranger.get("/filing-deadlines")["items"] == []
    draft = manager.post("/filings", {"system": "mall-system"}, status=201)
    assert (draft["due"], draft["contents"]["verdict"]) == ("2025-05-10", "due")
    assert manager.get("/filing-deadlines")["items"][0]["filing"] == draft["id"]
    assert manager.get("/filings?overdue=true")["items"] == []
    on_day("2025-05-11")
    late = manager.get("/filings?overdue=true")
    assert (late["today"], [one["id"] for one in late["items"]]) == ("2025-05-11", [draft["id"]])
    sent = manager.post(f"/filings/{draft['id']}/submit", If_Match=f'"v{draft["version"]}"')
    assert [one["organ_name"] for one in sent["copies"]] == ["明州市公安局东湖分局"]
    assert manager.get("/filing-deadlines")["items"] == manager.get("/filings?overdue=true")["items"] == []
    officer = city.browser(BoundRole.OFFICER)
    assert len(officer.get("/filings?organ=east-police")["items"]) == 1
    assert officer.get("/filings?organ=west-police")["items"] == []
