"""Finding cameras on the screen: real RTSP servers on loopback, in a demo folder, several added at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Page
from tests.e2e.conftest import ROOT, Product, free_port, until

pytestmark = [pytest.mark.browser, pytest.mark.peer]
USER, PASSWORD = "admin", "gate@7:west"
FIRST, SECOND, LOCKED = "127.0.7.21", "127.0.7.22", "127.0.7.23"
DEVICE = "127.0.7.31"


@pytest.fixture(scope="module")
def cameras() -> Iterator[int]:
    """GStreamer's RTSP server at three addresses of one port; the third has another password. Yields the port."""
    port = free_port()
    with ExitStack() as stack:
        for address in (FIRST, SECOND, LOCKED):
            password = "another" if address == LOCKED else PASSWORD
            process = stack.enter_context(
                subprocess.Popen(
                    ["/usr/bin/python3", str(ROOT / "tests/peers/gst_rtsp_server.py"), "-", USER, password, address, str(port)],
                    stdout=subprocess.PIPE, text=True,
                )
            )  # fmt: skip
            stack.callback(process.kill)
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["port"] == port
        yield port


def open_search(page: Page, product: Product, address_range: str, port: int) -> None:
    page.goto(f"{product.address}/cameras")
    page.click("[data-test=find-cameras]")
    page.click("[data-test=find-range]")
    page.fill("[name=find-range]", address_range)
    page.fill("[name=find-port]", str(port))


def test_three_are_found_and_two_added_at_once(guard: Page, product: Product, cameras: int) -> None:
    open_search(guard, product, "127.0.7.1-60", cameras)
    guard.keyboard.press("Enter")
    status = guard.locator("[data-test=find-status]")
    until(guard, lambda: status.get_attribute("data-state") == "done", "the search ends")
    rows = guard.locator("[data-found]")
    assert {row.get_attribute("data-found") for row in rows.all()} == {
        f"{address}:{cameras}" for address in (FIRST, SECOND, LOCKED)
    }
    assert "取流路径待填" in rows.first.inner_text()
    first_box = rows.first.locator("input")
    first_box.focus()
    guard.keyboard.press("Space")
    assert first_box.is_checked()
    guard.keyboard.press("ArrowDown")
    guard.keyboard.press("Space")
    assert rows.nth(1).locator("input").is_checked(), "arrow and space pick a row"
    guard.check("[data-test=pick-all]")
    guard.click("[data-test=find-next]")

    guard.fill("[name=find-user]", USER)
    guard.fill("[name=find-password]", PASSWORD)
    guard.fill("[name=find-path]", "/h264aac")
    guard.click("[data-test=test-and-add]")
    states = {address: guard.locator(f"[data-adding='{address}:{cameras}']") for address in (FIRST, SECOND, LOCKED)}
    for address, wanted in ((FIRST, "added"), (SECOND, "added"), (LOCKED, "failed")):
        row = states[address]
        until(
            guard, lambda row=row, wanted=wanted: row.get_attribute("data-state") == wanted, f"{address} {wanted}", 60
        )
    failed = states[LOCKED].locator("[data-step=authenticate][data-state=failed] .words")
    assert failed.inner_text().strip() != ""
    assert "已添加 2 台，未添加 1 台" in guard.locator("[data-test=add-summary]").inner_text()

    guard.keyboard.press("Escape")
    for address in (FIRST, SECOND):
        row = guard.locator("[data-row]", has_text=f"{address}:{cameras}")
        until(guard, lambda row=row: row.locator(".mj-dot.streaming").count() == 1, f"{address} is recorded")
    assert guard.locator("[data-row]", has_text=LOCKED).count() == 0
    open_search(guard, product, f"{FIRST}-23", cameras)
    guard.click("[data-test=find-start]")
    until(guard, lambda: status.get_attribute("data-state") == "done", "the search ends")
    assert guard.locator("[data-found]", has_text="已添加").count() == 2, "what is registered is marked"


@contextmanager
def onvif_device(port: int) -> Iterator[int]:
    """A device of others that announces itself; its streams are those of the second server. Yields its own port."""
    streams = [f"rtsp://{SECOND}:{port}/pcma", f"rtsp://{SECOND}:{port}/pcmu"]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.peers.onvif_device", DEVICE, *streams],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate()


def test_a_device_that_announces_itself_is_found_and_added_with_both_streams(
    guard: Page, product: Product, cameras: int
) -> None:
    guard.goto(f"{product.address}/cameras")
    guard.click("[data-test=find-cameras]")
    guard.click("[data-test=find-onvif]")
    status = guard.locator("[data-test=find-status]")
    for _ in range(5):  # the device's library dies of a probe that reaches it by IPv6 first: it is switched on again
        with onvif_device(cameras) as own_port:
            guard.click("[data-test=find-start]")
            until(guard, lambda: status.get_attribute("data-state") == "done", "the search ends")
            row = guard.locator(f"[data-found='{DEVICE}:{own_port}']")
            if not row.count():
                continue
            assert "Gate 7" in row.inner_text()
            row.locator("input").check()
            guard.click("[data-test=find-next]")
            _add(guard, f"{DEVICE}:{own_port}")
            break
    guard.keyboard.press("Escape")
    camera = guard.locator("[data-row]", has_text="Gate 7")
    until(guard, lambda: camera.locator(".mj-dot.streaming").count() == 1, "it is recorded")


def _add(guard: Page, device: str) -> None:
    """With another's account it says so; with its own it is asked for its streams, tried and added."""
    row = guard.locator(f"[data-adding='{device}']")
    guard.fill("[name=find-user]", "guest")
    guard.fill("[name=find-password]", PASSWORD)
    guard.click("[data-test=test-and-add]")
    until(guard, lambda: row.get_attribute("data-state") == "failed", "another account is refused")
    assert "设备拒绝了 ONVIF 用户名或密码" in row.inner_text()
    guard.fill("[name=find-user]", USER)
    guard.click("[data-test=test-and-add]")
    until(guard, lambda: row.get_attribute("data-state") == "added", "it is added", 60)


def test_a_long_search_shows_how_far_it_is_and_stops(guard: Page, product: Product) -> None:
    open_search(guard, product, "127.0.8.0/22", free_port())
    guard.click("[data-test=find-start]")
    status = guard.locator("[data-test=find-status]")
    until(guard, lambda: "1022 个地址" in status.inner_text(), "the progress says how many")
    began = time.monotonic()
    guard.click("[data-test=find-stop]")
    until(guard, lambda: status.get_attribute("data-state") == "cancelled", "it stops")
    assert time.monotonic() - began < 10
    assert guard.locator("[data-test=find-next]").is_disabled()


def test_nothing_found_and_a_bad_range_say_what_to_do(guard: Page, product: Product) -> None:
    open_search(guard, product, "127.0.9.1-3", free_port())
    guard.click("[data-test=find-start]")
    nothing = guard.locator("[data-test=find-nothing]")
    nothing.wait_for(timeout=60_000)
    assert "请核对地址范围和端口" in nothing.inner_text()
    guard.fill("[name=find-range]", "")
    guard.click("[data-test=find-start]")
    form = guard.locator("[data-test=find-form]")
    until(guard, lambda: "请填写地址范围" in form.inner_text(), "the missing range is named beside its field")
    guard.fill("[name=find-range]", "10.0.0.0/8")
    guard.click("[data-test=find-start]")
    refused = guard.locator("[data-test=find-dialog] [role=alert]", has_text="地址范围无效")
    refused.wait_for(timeout=60_000)
    assert "最多 1024 个地址" in refused.inner_text()
