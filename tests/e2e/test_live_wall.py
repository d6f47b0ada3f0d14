"""The live wall in a real Chromium: pixels that were decoded, dragging, the large picture, saved layouts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.conftest import tiles, until
from tests.e2e.numbered import READ_NUMBER
from tests.e2e.overlay import see_watermark
from tests.e2e.stage_api import WHO, camera_id

pytestmark = pytest.mark.browser


def number(tile: Locator) -> int | None:
    return tile.locator("video").evaluate(READ_NUMBER)


def test_tiles_show_pictures_that_move_and_say_how_late_they_are(signed_in: Page) -> None:
    playing = tiles(signed_in, "playing")
    until(signed_in, lambda: playing.count() == 8, "eight tiles play, the ninth is switched off")
    for index in range(8):
        tile = playing.nth(index)
        first = until(signed_in, lambda tile=tile: number(tile), "a picture with its number")
        until(signed_in, lambda tile=tile, first=first: (number(tile) or 0) > first, "the next picture")
    see_watermark(signed_in, playing.nth(0), WHO)
    latency = playing.nth(0).locator("[data-test=latency]")
    until(signed_in, lambda: 0 <= int(latency.get_attribute("data-ms") or -1) < 1500, "a latency of less than 1.5 s")


def test_a_dead_tile_says_why_and_what_to_do(signed_in: Page) -> None:
    dead = signed_in.locator(f"[data-test=tile][data-camera='{camera_id(8)}'] [data-test=dead]")
    dead.wait_for()
    assert "这台摄像机已停用" in dead.inner_text()
    dead.get_by_role("button", name="去启用").click()
    signed_in.wait_for_url("**/cameras?why=*")
    assert "已停用" in signed_in.locator("[data-test=why]").inner_text()


def test_double_click_shows_one_large_with_the_main_stream_and_escape_goes_back(signed_in: Page) -> None:
    tile = signed_in.locator(f"[data-test=tile][data-camera='{camera_id(1)}']")
    until(signed_in, lambda: tile.get_attribute("data-state") == "playing", "it plays")
    small = tile.bounding_box()
    tile.dblclick()
    until(signed_in, lambda: (tile.bounding_box() or small)["width"] > 2 * small["width"], "it grew")
    expect(tile.locator("[data-test=stream]")).to_have_text("高清")
    expect(signed_in.locator("[data-cell]:visible")).to_have_count(1)
    signed_in.keyboard.press("Escape")
    until(signed_in, lambda: signed_in.locator("[data-cell]:visible").count() == 9, "the wall is back")


def test_dragging_from_the_tree_and_between_tiles(signed_in: Page) -> None:
    signed_in.click("[data-test=clear]")
    signed_in.click("[data-test=layout-4]")
    cells = signed_in.locator("[data-cell]")
    tree = signed_in.locator("[data-tree-camera]")
    tree.nth(2).drag_to(cells.nth(0))
    tree.nth(0).drag_to(cells.nth(3))
    shown = [cells.nth(n).locator("[data-test=tile]") for n in range(4)]
    until(signed_in, lambda: [one.count() for one in shown] == [1, 0, 0, 1], "both were dropped")
    until(signed_in, lambda: shown[3].get_attribute("data-state") == "playing", "the dragged camera plays")
    cells.nth(3).drag_to(cells.nth(0))
    expect(shown[0]).to_have_attribute("data-camera", camera_id(0))
    expect(shown[3]).to_have_attribute("data-camera", camera_id(2))


def test_a_layout_is_saved_and_shown_again(signed_in: Page) -> None:
    signed_in.click("[data-test=clear]")
    signed_in.click("[data-test=layout-4]")
    signed_in.locator("[data-tree-camera]").nth(4).drag_to(signed_in.locator("[data-cell]").nth(1))
    signed_in.click("[data-test=saved-layouts]")
    signed_in.click("[data-test=save-layout]")
    signed_in.locator(".el-message-box input").fill("夜班")
    signed_in.locator(".el-message-box .el-button--primary").click()
    signed_in.get_by_text("已保存布局“夜班”").wait_for()
    signed_in.click("[data-test=layout-9]")
    signed_in.click("[data-test=fill]")
    signed_in.click("[data-test=saved-layouts]")
    signed_in.click("[data-saved=夜班]")
    until(signed_in, lambda: signed_in.locator("[data-cell]").count() == 4, "four tiles again")
    expect(signed_in.locator("[data-cell='1'] [data-test=tile]")).to_have_attribute("data-camera", camera_id(4))


def test_keys_change_the_layout_and_take_a_camera_off(signed_in: Page) -> None:
    signed_in.locator("[data-cell='0']").click()
    signed_in.keyboard.press("2")
    until(signed_in, lambda: signed_in.locator("[data-cell]").count() == 4, "four tiles")
    signed_in.keyboard.press("ArrowRight")
    signed_in.keyboard.press("Delete")
    expect(signed_in.locator("[data-cell='1'] [data-test=tile]")).to_have_count(0)
    expect(signed_in.locator("[data-cell='0'] [data-test=tile]")).to_have_count(1)


def test_a_snapshot_of_a_tile_is_a_picture_with_its_time_in_the_name(signed_in: Page) -> None:
    tile = tiles(signed_in, "playing").first
    tile.wait_for()
    tile.hover()
    with signed_in.expect_download() as download:
        tile.locator("[data-test=snapshot]").click()
    assert download.value.suggested_filename.endswith("Z.jpg")
    assert download.value.path().read_bytes()[:3] == b"\xff\xd8\xff"
