"""Privacy masks in Chromium: drawn with mouse and keys, taken off by a second person, seen through by one who was let."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.test_custody_journeys import As, code
from tests.e2e.test_custody_journeys import people as people  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.more]

ASK = """async (wish) => {
  const token = document.cookie.split('; ').find((one) => one.startsWith('csrftoken=')).split('=')[1];
  const answer = await fetch('/api/v1/mask-lifts', {method: 'POST', body: JSON.stringify(wish),
    headers: {'Content-Type': 'application/json', 'X-CSRFToken': token}});
  return answer.status;
}"""


def draw(page: Page, reason: str, preset: str = "") -> None:
    page.locator("[data-test=draw]").click()
    outline = page.locator("[data-test=outline]")
    box = outline.bounding_box()
    assert box is not None
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.5)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    for key in (*["ArrowLeft"] * 10, "Space"):  # the last corner by keys, from where the last one was set
        outline.press(key)
    page.fill("[name=mask-reason]", reason)
    page.fill("[name=mask-preset]", preset)
    page.locator("[data-test=save-mask]").click()
    expect(page.locator("[data-test=mask]", has_text=reason)).to_be_visible()


def test_a_mask_is_drawn_by_one_and_taken_off_and_lifted_by_two(people: As, town: dict[str, Any]) -> None:
    manager = people("liu")
    camera = manager.evaluate("async () => (await (await fetch('/api/v1/cameras?limit=1')).json()).items[0].id")
    manager.goto(f"{town['address']}/masks/{camera}")
    draw(manager, "对面住宅窗户")
    draw(manager, "公厕入口")
    points = manager.evaluate(f"async () => (await (await fetch('/api/v1/masks?camera={camera}')).json())[0].points")
    assert [[round(x, 1), round(y, 1)] for x, y in points] == [[0.2, 0.2], [0.6, 0.2], [0.6, 0.5], [0.4, 0.5]]
    window = manager.locator("[data-test=mask]", has_text="对面住宅窗户")
    window.click()
    manager.fill("[name=mask-word]", "窗户已封")
    manager.locator("[data-test=ask-off]").click()
    expect(window).to_contain_text("刘经理 申请撤除")
    expect(manager.locator("[data-test=take-off]")).to_have_count(0)
    wish = {"cameras": [camera], "purpose": "核实高空抛物", "live": True, "expires_at": "2099-01-01T00:00:00Z"}
    assert manager.evaluate(ASK, wish) == 422  # for no longer than a day
    soon = manager.evaluate("() => new Date(Date.now() + 3600000).toISOString()")
    assert manager.evaluate(ASK, {**wish, "expires_at": soon}) == 201

    second = people("he", phone=True)
    second.goto(f"{town['address']}/")
    second.locator("a", has_text="刘经理").first.click()
    lift = second.locator("[data-test=lift]")
    expect(lift).to_contain_text("核实高空抛物")
    second.fill("[name=lift-code]", code(town, "he"))
    second.locator("[data-test=grant-lift]").click()
    expect(lift).to_have_attribute("data-state", "granted")
    second.goto(f"{town['address']}/masks/{camera}")
    second.locator("[data-test=mask]", has_text="对面住宅窗户").click()
    second.fill("[name=mask-code]", town["factors"]["he"]["recovery"][0])
    second.locator("[data-test=take-off]").click()
    expect(second.locator("[data-test=mask]")).to_have_count(1)
    assert second.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")

    # at which preset it stands: stated by one, confirmed by another, taken back by either
    manager.goto(f"{town['address']}/masks/{camera}")
    position = manager.locator("[data-test=position]")
    expect(manager.locator("[data-test=mask]", has_text="公厕入口")).to_be_visible()
    expect(position).to_have_count(0)  # no mask depends on it
    draw(manager, "后院住户", "后院")
    draw(manager, "大门对面", "大门")
    expect(position).to_have_attribute("data-state", "unknown")
    position.locator("button", has_text="大门").click()
    position.locator("[data-test=state-position]").click()
    expect(position).to_have_attribute("data-state", "stated")
    expect(position.locator("[data-test=confirm-position]")).to_have_count(0)
    second.reload()
    theirs = second.locator("[data-test=position]")
    second.fill("[name=position-code]", town["factors"]["he"]["recovery"][1])
    theirs.locator("[data-test=confirm-position]").click()
    expect(theirs).to_have_attribute("data-state", "in_force")
    expect(theirs).to_contain_text("刘经理")
    expect(second.locator("[data-test=mask]", has_text="后院住户").locator("[data-test=resting]")).to_be_visible(
        timeout=20_000
    )
    expect(second.locator("[data-test=resting]")).to_have_count(1)
    assert second.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    second.fill("[name=position-word]", "要转动云台")
    theirs.locator("[data-test=unsay]").click()
    expect(theirs).to_have_attribute("data-state", "unknown")
    expect(second.locator("[data-test=resting]")).to_have_count(0)
    theirs.locator("[data-test=position-history]").click()
    expect(theirs).to_contain_text("何副经理 撤回")

    manager.goto(f"{town['address']}/mask-lifts")
    manager.fill("[name=lift-word]", "已看完")
    manager.locator("[data-test=end-lift]").click()
    expect(manager.locator("[data-test=lift]")).to_have_attribute("data-state", "ended")
