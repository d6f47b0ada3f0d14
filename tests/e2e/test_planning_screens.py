"""The map and the planner's screens in a real Chromium, over the real API with 3,000 cameras in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city_stage() -> Iterator[tuple[str, str]]:
    """The address, and the password of everybody."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.city_stage"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": f"{ROOT}/src:{ROOT}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address, password = process.stdout.readline().split()
        yield address, password
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def planner(page: Page, city_stage: tuple[str, str]) -> Page:
    page.goto(f"{city_stage[0]}/login")
    page.fill("[name=name]", "planner.east")
    page.fill("[name=password]", city_stage[1])
    page.click("[data-test=login]")
    page.wait_for_url("**/live")
    return page


def test_the_map_shows_every_camera_of_the_view(planner: Page, city_stage: tuple[str, str]) -> None:
    planner.goto(f"{city_stage[0]}/map")
    planner.locator("[data-test=map][data-ready=true]").wait_for()
    planner.get_by_text("当前范围内有 3000 台摄像机").wait_for()


def test_the_planner_sees_each_gap_with_its_clause_and_may_send_a_task_only_where_it_follows(
    planner: Page, city_stage: tuple[str, str]
) -> None:
    planner.goto(f"{city_stage[0]}/planning")
    planner.get_by_text("覆盖率 = 已建系统的部位 0 ÷ 应建部位 3").wait_for()
    bridge = planner.locator("[data-gap]").filter(has_text="东湖大桥")
    bridge.locator(".name").click()
    bridge.locator("[data-test=judgement][data-verdict=due]").wait_for()
    bridge.locator("[data-test=send-task]").wait_for()
    mall = planner.locator("[data-gap]").filter(has_text="湖心商场")
    mall.locator(".name").click()
    mall.locator("[data-test=judgement]").first.wait_for()
    assert mall.locator("[data-test=send-task]").count() == 0


def test_a_view_that_is_covered_already_is_told_before_the_point_is_drawn_up(
    planner: Page, city_stage: tuple[str, str]
) -> None:
    planner.goto(f"{city_stage[0]}/planning")
    planner.get_by_role("tab", name="规划与点位").click()
    planner.locator("[data-plan]").filter(has_text="东湖区建设规划").click()
    planner.click("[data-test=new-point]")
    planner.locator(".form").get_by_text("该处已有覆盖,请联系湖心商场有限公司").wait_for()
