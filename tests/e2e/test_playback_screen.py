"""Playback in a real Chromium: what the pixels say is compared with what the screen says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page
from tests.e2e.conftest import until
from tests.e2e.numbered import FPS, READ_NUMBER, READ_NUMBERS
from tests.e2e.overlay import see_watermark
from tests.e2e.stage_api import WHO, camera_id

pytestmark = pytest.mark.browser
FRAME_MS = 1000 / FPS
STRETCH_MS = 1600


def open_playback(page: Page, stage: str, began_ms: int, cameras: int = 1, minutes_ago: float = 25.5) -> Locator:
    chosen = ",".join(camera_id(index) for index in range(cameras))
    at_ms = int(began_ms - minutes_ago * 60_000)
    page.goto(f"{stage}/playback?camera={chosen}&at={at_ms}")
    found = page.locator("[data-test=playback-tile]")
    until(page, lambda: found.count() == cameras, "the tiles")
    for index in range(cameras):
        until(
            page, lambda index=index: found.nth(index).get_attribute("data-state") == "ready", f"tile {index} is ready"
        )
    return found


def number(tile: Locator) -> int | None:
    return tile.locator("video").evaluate(READ_NUMBER)


def clock(page: Page) -> float:
    return float(page.locator("[data-test=time]").get_attribute("data-wall") or "nan")


def paused(page: Page, tile: Locator) -> int:
    """Stand still and give the number on the screen once it no longer changes."""
    page.locator("[data-test=play]").filter(has_text="暂停").click()
    page.locator("[data-test=play]").filter(has_text="播放").wait_for()
    return settled(page, tile)


def settled(page: Page, tile: Locator) -> int:
    def same() -> int | None:
        if tile.get_attribute("data-state") != "ready" or tile.locator("video").evaluate("(v) => v.seeking"):
            return None
        first = number(tile)
        page.wait_for_timeout(120)
        return first if first is not None and first == number(tile) and first > 0 else None

    return until(page, same, "the picture stands still")


def test_it_plays_on_and_the_clock_agrees_with_the_pixels(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    first_wall, first = clock(signed_in), until(signed_in, lambda: number(tile), "a picture")
    until(signed_in, lambda: (number(tile) or 0) > first + 2 * FPS, "two seconds later")
    moved_ms = clock(signed_in) - first_wall
    assert moved_ms == pytest.approx(((number(tile) or 0) - first) * FRAME_MS, abs=400)


def test_frame_steps_go_exactly_one_picture(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    at = paused(signed_in, tile)
    for button, change in (("step-on", 1), ("step-on", 1), ("step-back", -1), ("step-on", 1), ("step-back", -1)):
        signed_in.click(f"[data-test={button}]")
        at += change
        until(signed_in, lambda at=at: number(tile) == at, f"picture {at} after {button}")


@pytest.mark.parametrize("speed", ["1/8 倍", "4 倍", "8 倍", "32 倍", "倒放 1 倍", "倒放 32 倍"])
def test_every_speed_moves_pictures_and_clock_alike(signed_in: Page, stage: str, began_ms: int, speed: str) -> None:
    tile = open_playback(signed_in, stage, began_ms, minutes_ago=18.5)
    factor = -1 if "倒放" in speed else 1
    size = speed.removeprefix("倒放 ").removesuffix(" 倍")
    factor *= 1 / int(size[2:]) if size.startswith("1/") else int(size)
    signed_in.click("[data-test=speed]")
    signed_in.get_by_role("option", name=speed, exact=True).click()
    both = f"(t) => [performance.now(), Number(t.dataset.wall), t.dataset.state, ({READ_NUMBER})(t.querySelector('video'))]"
    # The footage repeats each minute: a picture's number says where in the minute it is, to its group of pictures in trick play.
    loose_ms = 200 * abs(factor) + (2_100 if factor < 0 or factor > 4 else 80)
    seen: list[tuple[float, float, int]] = []
    told: list[tuple[float, float]] = []

    def moving_alike() -> bool:
        """A stretch of 1.6 s in which both move so: a busy machine may show a picture late, but not for ever."""
        now_ms, wall_ms, state, shown = tile.evaluate(both)
        if state != "ready" or shown is None or wall_ms <= 0:
            seen.clear()  # measure a stretch that was shown without a pause to load
            return False
        seen.append((now_ms, wall_ms, shown))
        while len(seen) > 1 and seen[-1][0] - seen[1][0] > STRETCH_MS:
            del seen[0]
        (from_ms, first_wall_ms, _), (to_ms, last_wall_ms, _) = seen[0], seen[-1]
        if len(seen) < 4 or to_ms - from_ms < STRETCH_MS:
            return False
        origins = [(wall - number * FRAME_MS) % 60_000 for _, wall, number in seen]
        spread = [(origin - origins[0] + 30_000) % 60_000 - 30_000 for origin in origins]
        told.append(((last_wall_ms - first_wall_ms) / (to_ms - from_ms), max(spread) - min(spread)))
        return told[-1][0] == pytest.approx(factor, rel=0.35) and told[-1][1] <= loose_ms

    until(signed_in, moving_alike, f"pictures and clock move alike at {factor} times: (speed, spread in ms) {told}", 20)


@pytest.mark.parametrize("cameras", [4, 16])
def test_all_cameras_agree_within_100_ms(signed_in: Page, stage: str, began_ms: int, cameras: int) -> None:
    found = open_playback(signed_in, stage, began_ms, cameras=cameras, minutes_ago=25.8)
    apart: list[float] = []

    def agree() -> bool:
        """The last twenty measures, one may be outside: how far the pictures are apart, less what reading them took."""
        seen = signed_in.evaluate(READ_NUMBERS, "[data-test=playback-tile] video")
        assert len(seen["numbers"]) == cameras
        if None in seen["numbers"]:
            apart.clear()  # measure a stretch in which every tile showed pictures
            return False
        apart.append((max(seen["numbers"]) - min(seen["numbers"])) * FRAME_MS - seen["took"])
        return len(apart) >= 20 and sorted(apart[-20:])[18] <= 100

    until(signed_in, agree, "all tiles within 100 ms for twenty measures")
    assert found.count() == cameras


def test_a_gap_is_skipped_with_its_reason_and_shown_on_the_timeline(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms, minutes_ago=11.08)
    until(signed_in, lambda: tile.get_attribute("data-state") == "ready", "before the gap")
    notice = signed_in.locator("[data-test=notice]")
    notice.wait_for(timeout=40_000)
    assert "缺录像：连不上摄像机" in notice.inner_text()
    until(signed_in, lambda: tile.get_attribute("data-state") == "ready", "after the gap")
    box = signed_in.locator("[data-test=timeline]").bounding_box()
    assert box is not None
    tip = signed_in.locator("[data-test=timeline-tip]")
    words = set()
    for part in range(1, 60):
        signed_in.mouse.move(box["x"] + box["width"] * part / 60, box["y"] + 38)
        words.add(tip.inner_text().split("\n")[1] if "\n" in tip.inner_text() else "")
    assert {"有录像", "缺录像：连不上摄像机"} <= words


def test_jump_to_a_time_and_what_is_no_time(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    see_watermark(signed_in, tile, WHO)
    paused(signed_in, tile)
    target_ms = (began_ms // 1000 - 15 * 60) * 1000
    text = signed_in.evaluate("(ms) => new Date(ms).toTimeString().slice(0, 8)", target_ms)
    signed_in.locator("[data-test=jump] input, input[data-test=jump]").first.fill("天亮前")
    signed_in.click("[data-test=jump-go]")
    signed_in.get_by_text("看不懂这个时间").wait_for()
    signed_in.locator("[data-test=jump] input, input[data-test=jump]").first.fill(text)
    signed_in.click("[data-test=jump-go]")
    until(signed_in, lambda: abs(clock(signed_in) - target_ms) < 1, "the clock is there")
    settled(signed_in, tile)
    until(
        signed_in,
        lambda: abs(float(tile.get_attribute("data-wall") or "nan") - target_ms) <= FRAME_MS,
        "the tile is there, too",
    )


def test_snapshot_of_the_instant_comes_from_the_server(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    paused(signed_in, tile)
    with signed_in.expect_download() as download:
        signed_in.click("[data-test=snapshot]")
    assert download.value.path().read_bytes()[:3] == b"\xff\xd8\xff"
    assert download.value.suggested_filename.startswith("人民路口_东-")


def test_calendar_marks_days_with_recordings_and_shows_one(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    paused(signed_in, tile)
    signed_in.click("[data-test=calendar-button]")
    day = signed_in.locator("[data-test=calendar] .day.has.now")
    day.wait_for()
    before = clock(signed_in)
    day.click()
    until(
        signed_in, lambda: clock(signed_in) != before and tile.get_attribute("data-state") == "ready", "the day's first"
    )


def test_a_marked_span_goes_into_the_evidence_cart_and_stays_there(signed_in: Page, stage: str, began_ms: int) -> None:
    tile = open_playback(signed_in, stage, began_ms)
    paused(signed_in, tile)
    begin = clock(signed_in)
    signed_in.keyboard.press("[")
    signed_in.keyboard.press("Shift+ArrowRight")
    until(signed_in, lambda: clock(signed_in) > begin + 50_000, "a minute on")
    end = clock(signed_in)
    signed_in.keyboard.press("]")
    signed_in.keyboard.press("e")
    signed_in.locator("[data-test=cart]").get_by_text("证据篮 1").wait_for()
    signed_in.goto(f"{stage}/live")
    signed_in.locator("[data-test=cart]").get_by_text("证据篮 1").wait_for()
    (item,) = signed_in.evaluate("JSON.parse(localStorage.getItem('mingjian.cart.u'))")
    assert (item["camera"], item["from_ms"], item["to_ms"]) == (camera_id(0), begin, end)
