"""The map and the planner's screens in a real Chromium, over the real API with 3,000 cameras in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import sign_in
from tests.e2e.map_archive import archive_of_one_colour

pytestmark = [pytest.mark.browser, pytest.mark.more]


@pytest.fixture
def planner(page: Page, city_stage: tuple[str, str]) -> Page:
    sign_in(page, city_stage[0], "planner.east", city_stage[1])
    return page


def test_the_map_shows_every_camera_of_the_view(planner: Page, city_stage: tuple[str, str]) -> None:
    planner.goto(f"{city_stage[0]}/map")
    planner.locator("[data-test=map][data-ready=true]").wait_for()
    planner.get_by_text("当前范围内有 3000 台摄像机").wait_for()


MAGENTA = (255, 0, 255)
MOSTLY_MAGENTA = """() => {
  const canvas = document.querySelector("[data-test=map][data-ready=true] canvas");
  if (canvas === null || canvas.width === 0) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) found += data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 255;
  return found > data.length / 4 / 2;
}"""


def test_the_customers_own_map_is_an_archive_in_the_data_folder(planner: Page, town: dict[str, Any]) -> None:
    """Taken up with the next page; what it says wrong is told, and the map that comes along is shown."""
    folder = Path(town["map_folder"])
    folder.mkdir()
    own = folder / "map.json"
    try:
        (folder / "city.pmtiles").write_bytes(archive_of_one_colour(MAGENTA))
        own.write_text(json.dumps({"kind": "pmtiles", "url": "/tiles/city.pmtiles", "datum": "GCJ-02"}))
        planner.goto(f"{town['address']}/map")
        planner.wait_for_function(MOSTLY_MAGENTA)
        planner.get_by_text("当前范围内有 3000 台摄像机").wait_for()
        own.write_text(json.dumps({"kind": "pmtiles", "url": "/tiles/none.pmtiles"}))
        planner.goto(f"{town['address']}/map")
        planner.get_by_text("当前范围内有 3000 台摄像机").wait_for()
        assert not planner.evaluate(MOSTLY_MAGENTA)
        expect(planner.get_by_role("alert")).to_contain_text("自有底图无法显示")
    finally:
        own.unlink()


def test_the_planner_sees_each_gap_with_its_clause_and_may_send_a_task_only_where_it_follows(
    planner: Page, city_stage: tuple[str, str]
) -> None:
    planner.goto(f"{city_stage[0]}/planning")
    planner.get_by_text("覆盖率 = 已建系统的部位 0 ÷ 应建部位 3").wait_for()
    bridge = planner.locator("[data-gap]").filter(has_text="东湖大桥")
    bridge.locator(".name").click()
    judgement = bridge.locator("[data-test=judgement][data-verdict=due]")
    expect(judgement).to_contain_text("公共安全视频图像信息系统管理")
    expect(judgement).not_to_contain_text("@")
    bridge.locator("[data-test=send-task]").wait_for()
    mall = planner.locator("[data-gap]").filter(has_text="湖心商场")
    mall.locator(".name").click()
    mall.locator("[data-test=judgement]").first.wait_for()
    assert mall.locator("[data-test=send-task]").count() == 0


def test_a_view_that_is_covered_already_is_told_before_the_point_is_drawn_up(
    planner: Page, city_stage: tuple[str, str]
) -> None:
    open_plan(planner, city_stage[0])
    planner.click("[data-test=new-point]")
    planner.locator(".form").get_by_text("该处已有覆盖，请联系湖心商场有限公司").wait_for()


def test_a_plan_goes_from_its_points_to_the_governments_approval(
    planner: Page, city_stage: tuple[str, str], browser: Browser
) -> None:
    """Journey 12: what a point closes, what the rule still holds, approval by the district's government."""
    address, password = city_stage
    open_plan(planner, address)
    planner.click("[data-test=new-point]")
    planner.fill("[name=point-name]", "大桥东")
    planner.locator("label").filter(has_text="所覆盖的部位").locator(".el-select").click()
    planner.locator(".el-select-dropdown__item").filter(has_text="东湖大桥").click()
    planner.locator("label").filter(has_text="费用").locator("input").fill("3000")
    planner.click("[data-test=keep-point]")
    planner.locator("[data-test=cost]").get_by_text("3,000").first.wait_for()
    planner.click("[data-step=submit]")
    planner.get_by_text("编制单位缺少").wait_for()
    for body in ("development_reform", "big_data", "emergency_management"):
        planner.locator(f"[data-body={body}]").click()
    planner.click("[data-test=save-drafters]")
    planner.get_by_text("编制单位缺少").wait_for(state="hidden")
    planner.click("[data-step=submit]")
    planner.locator("[data-test=state]").get_by_text("报批").wait_for()
    leader = browser.new_context(locale="zh-CN").new_page()
    sign_in(leader, address, "government_approver.east", password)
    open_plan(leader, address)
    leader.click("[data-step=approve]")
    leader.locator("label").filter(has_text="批准").locator(".el-select").click()
    leader.locator(".el-select-dropdown__item").filter(has_text="东湖区人民政府").click()
    leader.fill("[name=approval-number]", "东政〔2026〕8号")
    leader.fill("[name=approved-date]", "2026-11-20")
    leader.click("[data-test=approve]")
    leader.locator("[data-test=state]").get_by_text("已批准").wait_for()
    leader.context.close()


def open_plan(page: Page, address: str) -> None:
    page.goto(f"{address}/planning")
    page.get_by_role("tab", name="规划与点位").click()
    page.locator("[data-plan]").filter(has_text="东湖区建设规划").click()
