"""A browser, and the stage that the screens play on. The UI must have been built: an absent one fails, it never skips."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright
from tests.chromium import ARGUMENTS, PATH
from tests.e2e.stage_api import PASSWORD

from mingjian.kernel.isotime import parse_iso_ns

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DESKS = {
    "test_citizen_journey", "test_custody_journeys", "test_custody_screens", "test_daily_work", "test_imports_screen",
    "test_masks_screen", "test_planning_screens", "test_register_screens", "test_verify_page", "test_verify_served",
}  # fmt: skip
"""Journeys without live video. scripts/test.sh runs them beside the others, each lot in one process."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever shows live video shares one stage and one process: nine cameras twice would be too much for two cores."""
    for item in items:
        if item.path.parent == HERE and item.path.stem in DESKS:
            item.add_marker(pytest.mark.desk)


@contextmanager
def played(module: str, *arguments: str) -> Iterator[str]:
    """What the stage `tests.e2e.MODULE` said when it was ready; it is over afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.e2e.{module}", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": f"{ROOT}/src:{ROOT}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def running_stage() -> Iterator[tuple[str, int]]:
    """The address of a running stage, and when it began (UTC ms): its footage ends there."""
    index = ROOT / "src/mingjian/web/ui_dist/index.html"
    assert index.is_file(), "the UI is not built: run `make ui`"
    with played("stage", "--port", "0") as told:
        address, _, began = told.split()
        yield address, parse_iso_ns(began, "began") // 1_000_000


@pytest.fixture(scope="module")
def city_stage() -> Iterator[tuple[str, str]]:
    """The city with its register: the address, and the password of everybody."""
    with played("city_stage") as told:
        address, password = told.split()
        yield address, password


@pytest.fixture(scope="session")
def stage(running_stage: tuple[str, int]) -> str:
    return running_stage[0]


@pytest.fixture(scope="session")
def began_ms(running_stage: tuple[str, int]) -> int:
    return running_stage[1]


@pytest.fixture(scope="session")
def town() -> Iterator[dict[str, Any]]:
    """The city with its people and a sign, for the journeys: `address` and what the stage told (custody_stage)."""
    with played("custody_stage") as said:
        address, told = said.split(maxsplit=1)
        urllib.request.urlopen(f"{address}/api/v1/setup", timeout=60).close()  # the first request loads every slice
        yield {"address": address, **json.loads(told)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own; anything against the content security policy and any uncaught error fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
    )
    opened = context.new_page()
    wrong: list[str] = []

    def told(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    opened.on("console", told)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Through the sign-in screen, until the page one lands on is there."""
    page.goto(f"{address}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("[data-test=login]")
    page.wait_for_url(re.compile(r"/(todo|live)$"))


@pytest.fixture
def signed_in(page: Page, stage: str) -> Page:
    """The page, signed in at the live wall."""
    sign_in(page, stage, "zhangsan", PASSWORD)
    page.wait_for_selector("[data-test=wall]")
    return page


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(page: Page, ask: Callable[[], Any], what: str, seconds: float = 15) -> Any:
    """Ask again and again until the answer is true; fails with `what` when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        page.wait_for_timeout(40)
    raise AssertionError(f"never came true: {what}")


def tiles(page: Page, state: str) -> Locator:
    return page.locator(f"[data-test=tile][data-state={state}]")
