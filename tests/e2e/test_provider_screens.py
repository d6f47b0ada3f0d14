"""Signing in through a real identity provider on another site, walked once by the person and the administrator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.e2e.conftest import free_port, played, sign_in
from tests.peers.oidc_peer import oidc_peer
from tests.web.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.peer]
LOOK_AT = os.environ.get("MINGJIAN_LOOK_AT", "")
"""A folder to save pictures of the screens in, for whoever works on them."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The provider is at "localhost", we are at 127.0.0.1: two sites, so that SameSite=Strict is what it is in a city."""
    port = free_port()
    with (
        oidc_peer(f"http://127.0.0.1:{port}", host="localhost") as issuer,
        played("provider_stage", "--port", str(port), "--issuer", issuer) as told,
    ):
        yield told.split()[0]


def look(page: Page, name: str) -> None:
    if LOOK_AT:
        page.screenshot(path=Path(LOOK_AT) / f"{name}.png", full_page=True)


def there_and_back(page: Page, address: str, login: str) -> None:
    """From our sign-in screen to the provider's page, and what it sends back."""
    page.goto(f"{address}/login")
    expect(page.locator("[data-test=login-provider]")).to_have_text("用市局统一认证登录")
    look(page, "login")
    page.click("[data-test=login-provider]")
    page.wait_for_url("http://localhost:*/interaction/*")
    page.fill("input[name=login]", login)
    page.click("button[value=in]")
    page.wait_for_url(f"{address}/**")


def test_a_refused_person_is_linked_and_signs_in_and_out_at_both(browser: Browser, address: str) -> None:
    desk = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    his, hers = desk.new_page(), browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}).new_page()
    there_and_back(his, address, "wang")
    expect(his.locator(".card")).to_contain_text("本系统没有与之关联的可用账号")
    assert "code=" not in his.url, "the code is not left in the address"
    look(his, "refused")
    sign_in(hers, address, "boss", PASSWORD)
    hers.goto(f"{address}/settings")
    row = hers.locator(".people .row", has_text="王警官")
    row.locator("[data-test=identity]").click()
    stranger = hers.locator("[data-test=stranger]")
    expect(stranger).to_contain_text("sub-wang")
    look(hers, "strangers")
    stranger.locator("[data-test=identity-link]").click()
    expect(hers.locator("[data-test=identity-unlink]")).to_be_visible()
    look(hers, "linked")
    his.click("[data-test=provider-back]")
    there_and_back(his, address, "wang")
    his.wait_for_url(f"{address}/live")
    his.goto(f"{address}/settings")
    expect(his.locator("[data-test=own-identity]")).to_contain_text("sub-wang")
    look(his, "own")
    his.click("[data-test=signout]")
    his.wait_for_url("http://localhost:*/session/end?*")
    his.click("button[name=logout]")
    his.wait_for_url(f"{address}/login")
    his.goto(f"{address}/settings")
    his.wait_for_url(f"{address}/login?next=**")
    hers.context.close()
    desk.close()


def test_a_page_opened_while_web_still_started_signs_in_afterwards(page: Page, address: str) -> None:
    """Both calls that give the CSRF cookie failed when the page was opened: every sign-in was refused until a reload."""
    starting = [True]

    def away(route: Route) -> None:
        if starting[0]:
            route.fulfill(status=503, content_type="application/problem+json", body='{"code": "web_away"}')
        else:
            route.continue_()

    page.route("**/api/**", away)
    page.goto(f"{address}/live")
    page.wait_for_url(f"{address}/login?next=**")
    starting[0] = False
    assert "csrftoken" not in {cookie["name"] for cookie in page.context.cookies()}
    page.fill("[name=name]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("[data-test=login]")
    page.wait_for_url(f"{address}/live")
