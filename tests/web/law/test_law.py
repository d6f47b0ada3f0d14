"""The law for the screens: clauses with their standing, where they bit, state tables, coverage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.web.client import Api

from mingjian.rules.library import current_law
from mingjian.rules.states.tables import STATE_TABLES

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[3]


def test_every_clause_is_listed_with_its_standing_and_an_uncertain_number_keeps_its_mark(viewer: Api) -> None:
    viewer.patch("/me", {"language": "zh"})
    rows = {row["key"]: row for row in viewer.get("/law/clauses")}
    assert list(rows) == [clause.key for clause in current_law().clauses]
    assert rows["qd204.retention.thirty_days"]["status"] == "bound"
    assert rows["qd204.purpose"]["status"] == "out_of_scope"
    filing = rows["qd204.filing.acceptance"]
    assert (filing["pack"], filing["address"], filing["confidence"]) == ("qd204@2020", "16.1", "likely")
    assert "条号待核" in filing["printed"]


@pytest.mark.parametrize("name", ["qd204.retention.thirty_days", "qd204:19.1.7"])
def test_a_clause_says_text_rule_examples_actions_and_where_it_bit(name: str, admin: Api) -> None:
    admin.post("/cameras", {"name": "B", "url": "rtsp://10.0.0.2/m", "keep_days": 29}, status=422)
    shown = admin.get(f"/law/clauses/{name}")
    assert shown["text"] == current_law().clause("qd204.retention.thirty_days").text
    assert {"name": "days", "value": "30"} in shown["parameters"]
    assert "retention.judge_setting" in shown["rules"]
    assert {"registry.camera.add", "registry.camera.change"} <= {one["name"] for one in shown["actions"]}
    assert {one["kind"] for one in shown["examples"]} == {"passing", "failing", "boundary"}
    assert {one["verdict"]: one["count"] for one in shown["cited"]} == {"blocked": 1}
    assert [(one["outcome"], one["verdict"]) for one in shown["entries"]] == [("denied", "blocked")]
    assert [one["id"] for one in admin.get("/audit?clause=qd204.retention.thirty_days")["items"]] == [
        one["id"] for one in shown["entries"]
    ]


def test_who_may_not_read_the_audit_record_sees_how_often_but_not_who(viewer: Api, operator: Api) -> None:
    operator.post("/cameras", {"name": "B", "url": "rtsp://10.0.0.2/m", "keep_days": 29}, status=422)
    shown = viewer.get("/law/clauses/qd204.retention.thirty_days")
    assert shown["entries"] is None
    assert shown["cited"] == [{"verdict": "blocked", "label": "forbidden", "count": 1}]


@pytest.mark.parametrize("path", ["/law/clauses/nothing", "/law/clauses/qd204:99", "/law/states/nothing"])
def test_what_is_not_there_is_not_found(path: str, viewer: Api) -> None:
    assert viewer.get(path, status=404)["code"] == "not_found"


@pytest.mark.parametrize("name", sorted(STATE_TABLES))
def test_a_state_table_is_the_rules_own(name: str, viewer: Api) -> None:
    shown, table = viewer.get(f"/law/states/{name}"), STATE_TABLES[name]
    assert [one["name"] for one in shown["states"]] == [state.name for state in table.states]
    assert [(one["source"], one["event"], one["target"], one["guard"]) for one in shown["transitions"]] == [
        (move.source, move.event, move.target, move.guard) for move in table.transitions
    ]
    assert shown["initial"] == table.initial


def test_the_command_line_without_a_folder_says_the_same_coverage(viewer: Api) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MINGJIAN", "DJANGO"))}
    run = subprocess.run(
        [sys.executable, "-m", "mingjian.app.cli", "law", "coverage", "--json"],
        env={**environment, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(run.stdout)
    assert told == viewer.get("/law/coverage")
    assert told["bound"] >= 2
    assert told["clauses"] == told["bound"] + len(told["out_of_scope"]) + len(told["unbound"])
