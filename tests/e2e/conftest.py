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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright
from tests.chromium import ARGUMENTS, PATH
from tests.e2e.stage_api import PASSWORD

from mingjian.kernel.isotime import parse_iso_ns

expect.set_options(timeout=30_000)  # as every other wait of Playwright: five seconds are few on a busy machine

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DESKS = {
    "test_citizen_journey", "test_custody_journeys", "test_custody_screens", "test_daily_work", "test_every_screen",
    "test_imports_screen", "test_masks_screen", "test_planning_screens", "test_provider_screens", "test_register_screens", "test_verify_page",
}  # fmt: skip
"""Journeys without live video. scripts/test.sh runs them beside the others, each lot in one process."""
LAST = ("test_product", "test_find_cameras")
"""These share one product, which costs as long as it runs; the wall is seen before cameras are added to it."""
PRODUCT_START_S = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever shows live video shares one stage and one process: nine cameras twice would be too much for two cores."""
    ours = [item for item in items if item.path.parent == HERE]
    for item in ours:
        item.add_marker(pytest.mark.desk if item.path.stem in DESKS else pytest.mark.live)
    rank = {id(item): 1 + LAST.index(item.path.stem) for item in ours if item.path.stem in LAST}
    items.sort(key=lambda item: rank.get(id(item), 0))


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
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="session")
def running_stage() -> Iterator[tuple[str, int]]:
    """The address of a running stage, and when it began (UTC ms): its footage ends there."""
    index = ROOT / "src/mingjian/web/ui_dist/index.html"
    assert index.is_file(), "the UI is not built: run `make ui`"
    with played("stage", "--port", "0") as told:
        address, _, began = told.split()
        yield address, parse_iso_ns(began, "began") // 1_000_000


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


@pytest.fixture
def city_stage(town: dict[str, Any]) -> tuple[str, str]:
    """The same city for the screens of its register: the address, and the password of everybody."""
    return town["address"], town["password"]


@dataclass(frozen=True)
class Product:
    address: str
    passwords: dict[str, str]
    control_port: int

    def order(self, command: str) -> str:
        """Tell the camera farm to do something to a camera."""
        with socket.create_connection(("127.0.0.1", self.control_port), timeout=30) as control:
            control.sendall(f"{command}\n".encode())
            return control.recv(200).decode()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A demo without its register, for all who need one: the last files of the session, as nine encoders work beside it."""
    data = tmp_path_factory.mktemp("demo") / "data"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    told = data.parent / "told.txt"
    with told.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "mingjian.app.cli", "demo", "--data", str(data), "--port", str(port), "--no-city"],
            cwd=ROOT, env={"PYTHONPATH": f"{ROOT}/src", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        _wait_until_ready(process, address, told)
        facts = json.loads((data / "demo.json").read_text(encoding="utf-8"))
        yield Product(address, facts["passwords"], facts["control_port"])
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, told: Path) -> None:
    """The address is printed once everything answers (the demo: once pictures come)."""
    end = time.monotonic() + PRODUCT_START_S
    while time.monotonic() < end:
        assert process.poll() is None, told.read_text()
        if address.rpartition(":")[2] in told.read_text() and _answers(address):
            return
        time.sleep(0.1)
    raise AssertionError(f"not ready within {PRODUCT_START_S} s: {told.read_text()}")


def _answers(address: str) -> bool:
    """Engine and web both."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["web"])
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all; while it is open no test here may be `async def`: Playwright keeps the thread's event loop."""
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


@pytest.fixture
def guard(page: Page, product: Product) -> Page:
    """Signed in as the administrator, at the live wall with nine tiles."""
    page.goto(f"{product.address}/live")
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", product.passwords["admin"])
    page.click("[data-test=login]")
    page.wait_for_selector("[data-test=wall]")
    return page


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(page: Page, ask: Callable[[], Any], what: str, seconds: float = 60) -> Any:
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
