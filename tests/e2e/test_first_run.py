"""The first minutes on an empty machine: the administrator is made on the screen, and every empty screen says what to do."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.e2e.conftest import ROOT, free_port

pytestmark = pytest.mark.browser
PASSWORD = "three staplers and a tram"
START_S = 120


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A system just initialised: nobody, no camera."""
    data = tmp_path_factory.mktemp("empty") / "data"
    environment = {"PYTHONPATH": f"{ROOT}/src", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "mingjian.app.cli"]
    subprocess.run(
        [*command, "init", "--data", str(data), "--demo"], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    port = free_port()
    told = data.parent / "told.txt"
    with told.open("w") as output:
        process = subprocess.Popen(
            [*command, "run", "--data", str(data), "--port", str(port)],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + START_S
        while not _answers(address):
            assert process.poll() is None, told.read_text()
            assert time.monotonic() < end, told.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v1/setup", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_the_administrator_is_made_and_empty_screens_say_what_to_do(page: Page, empty: str) -> None:
    page.goto(f"{empty}/live")
    page.wait_for_url("**/setup")
    page.fill("[name=name]", "laowang")
    page.fill("[name=password]", "short")
    page.fill("[name=again]", "shorter")
    page.click("[data-test=setup]")
    page.get_by_text("两遍密码不一样").wait_for()
    page.fill("[name=again]", "short")
    page.click("[data-test=setup]")
    page.locator(".problem").filter(
        has_text="至少 10 个字符"
    ).wait_for()  # the server's own words about short passwords
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("[data-test=setup]")
    page.wait_for_url("**/cameras")
    page.get_by_text("准备好摄像机的网址").wait_for()
    page.goto(f"{empty}/live")
    page.get_by_text("还没有摄像机，所以这里没有画面").wait_for()
    page.get_by_role("button", name="去添加摄像机").click()
    page.locator("[name=camera-url]").wait_for()
    page.goto(f"{empty}/playback")
    page.get_by_text("先从摄像机列表里选要看的摄像机").wait_for()
    page.goto(f"{empty}/settings")
    page.click("[data-test=signout]")
    page.wait_for_url("**/login")
    page.goto(f"{empty}/setup")
    page.wait_for_url("**/login")  # an administrator is made once
