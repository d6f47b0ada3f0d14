"""Every place that a role has, walked as that role: nothing refused, nothing wrong in the console, no words left out, nothing
wider than the window at three widths; and each says so when the server is gone, rather than that it goes on reading."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Request
from tests.e2e.conftest import sign_in, until

pytestmark = [pytest.mark.browser, pytest.mark.more]
BACK_PX, *NARROW_PX = WIDTHS_PX = (1280, 640, 390)  # a desk, the same at 200 %, a phone
WALKS = (
    ("manager.east", "en", "dark"), ("officer.east", "zh", "light"), ("admin", "en", "light"),
)  # fmt: skip
FURTHER = (
    ("planner.east", "en", "light"), ("government_approver.east", "zh", "dark"), ("regulator.east", "en", "light"),
    ("inspector.east", "zh", "light"), ("legal_reviewer.east", "en", "dark"), ("organisation_admin.east", "zh", "light"),
    ("guard.east", "en", "light"), ("maintainer.east", "zh", "dark"), ("auditor", "zh", "light"),
)  # fmt: skip
"""A walk takes a quarter of a minute: these are `make e2e-long`'s."""
QUIET = {
    "/live",
    "/playback",
    "/settings",
    "/map",
}  # they show what they have; a tile or a form says it when it is used
UNSAID = re.compile(
    r"undefined|\bNaN\b|\[object |Invalid Date|\{\w+[:}]|\b(?![a-z_]+\.(?:east|west)\b)[a-z_]{3,}(?:\.[a-z_]{2,}){1,4}(?![\w./@:-])"
)
"""What a sentence shows when a word of it is missing: JavaScript's words, a blank not filled, a key of the dictionary."""

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let one = element.parentElement; one && !one.matches(".room"); one = one.parentElement)
      if (getComputedStyle(one).overflowX !== "visible") return true;
    return false;
  };
  return [...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1 && one.getBoundingClientRect().width > 0 && !scrolls(one))
    .map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 30)}`).slice(0, 3);
}"""


class Watch:
    """What went wrong on a page, and which requests are under way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.asked: set[Request] = set()
        page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.asked.add(request))
        page.on("requestfinished", lambda request: self.asked.discard(request))
        page.on("requestfailed", lambda request: self.asked.discard(request))

    def go(self, place: str) -> None:
        """To a place of the navigation, until it has read all it needs."""
        self.page.click(f"nav a[href='{place}']")
        self.page.wait_for_url(f"**{place}")
        self.settle(place)

    def settle(self, what: str) -> None:
        """Until nothing is asked any more."""
        self.page.evaluate(FRAMES)  # what was just shown begins to ask
        until(self.page, lambda: not self.asked, f"{what} has read all it needs")

    def unsaid(self) -> list[str]:
        """Words of the page that are none."""
        return [found[0] for found in UNSAID.finditer(self.page.inner_text("body"))]


@pytest.mark.parametrize(
    ("name", "language", "theme"), [*WALKS, *(pytest.param(*walk, marks=pytest.mark.long) for walk in FURTHER)]
)
def test_every_place_of_a_role(
    browser: Browser, city_stage: tuple[str, str], name: str, language: str, theme: str
) -> None:
    address, password = city_stage
    context = browser.new_context(viewport={"width": BACK_PX, "height": 800}, locale="zh-CN")
    page = context.new_page()
    sign_in(page, address, name, password)
    _speak(page, address, language)
    page.locator(f"[data-test=theme] input[value={theme}]").check(force=True)
    watch = Watch(page)
    places = page.eval_on_selector_all("nav a", "all => all.map((one) => one.getAttribute('href'))")
    assert len(places) > 5
    found: dict[str, list[str]] = {}
    for place in places:
        watch.go(place)
        _note(found, place, watch.unsaid())
        for width in (*NARROW_PX, BACK_PX):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(FRAMES)
            _note(found, f"{place} at {width}", page.evaluate(TOO_WIDE))
        row = page.locator("main [data-row]").first
        if row.count():
            row.click()
            watch.settle(f"a row of {place}")
            _note(found, f"a row of {place}", watch.unsaid())
            page.keyboard.press("Escape")
    _speak(page, address, "zh")  # the account's next guest reads Chinese
    assert (found, watch.wrong) == ({}, [])
    watch.settle("settings")
    context.route("**/api/**", lambda route: route.abort())
    silent = []
    for place in places:
        watch.go(place)
        if place not in QUIET and page.get_by_role("alert").count() == 0:
            silent.append(place)
    assert silent == []
    context.close()


def _speak(page: Page, address: str, language: str) -> None:
    """The account's language: kept by the server, so that whoever changes it changes it for all its pages."""
    page.goto(f"{address}/settings")
    chosen = page.locator(f"[data-test=language] input[value={language}]")
    page.locator("main dl").first.wait_for()  # whose account it is has been read, and its language with it
    if chosen.is_checked():
        return
    with page.expect_response(lambda answer: answer.request.method in ("PATCH", "PUT", "POST") and answer.ok):
        page.locator("[data-test=language]").get_by_text({"zh": "中文", "en": "English"}[language]).click()


def _note(found: dict[str, list[str]], where: str, what: list[str]) -> None:
    if what:
        found[where] = what
