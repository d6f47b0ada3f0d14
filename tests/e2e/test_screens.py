"""Signing in, adding a camera, language, theme, shortcuts and a phone, in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from tests.e2e.conftest import until
from tests.e2e.stage_api import PASSWORD

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_told_with_what_to_do_and_the_page_asked_for_comes_after_signing_in(
    page: Page, stage: str
) -> None:
    page.goto(f"{stage}/system")
    page.wait_for_url("**/login?next=/system")
    page.click("[data-test=login]")
    page.get_by_text("请填写用户名").wait_for()
    page.fill("[name=name]", "zhangsan")
    page.fill("[name=password]", "not-this-one")
    page.click("[data-test=login]")
    alert = page.get_by_role("alert").filter(has_text="用户名或密码不对")
    alert.wait_for()
    assert "请核对大小写后再试" in alert.inner_text()
    page.fill("[name=password]", PASSWORD)
    page.click("[data-test=login]")
    page.wait_for_url("**/system")
    assert "2 台摄像机没有画面" in page.locator("[data-test=verdict]").inner_text()


def test_who_has_a_second_factor_is_asked_for_the_code_and_keeps_what_he_typed(page: Page, stage: str) -> None:
    page.goto(f"{stage}/login")
    page.fill("[name=name]", "lisi")
    page.fill("[name=password]", PASSWORD)
    page.click("[data-test=login]")
    page.get_by_text("请输入验证器当前显示的 6 位数字").wait_for()
    page.fill("[name=code]", "000000")
    page.click("[data-test=login]")
    page.get_by_role("alert").filter(has_text="验证码不正确或已用过").wait_for()
    assert page.input_value("[name=password]") == PASSWORD
    page.fill("[name=code]", "123456")
    page.click("[data-test=login]")
    page.wait_for_url("**/live")


def test_enrolling_shows_a_qr_code_and_the_recovery_codes_once(signed_in: Page, stage: str) -> None:
    signed_in.goto(f"{stage}/settings")
    panel = signed_in.locator("[data-test=second-factor]")
    panel.get_by_text("未启用").wait_for()
    signed_in.fill("[name=factor-password]", PASSWORD)
    signed_in.click("[data-test=factor-begin]")
    signed_in.locator("[data-test=qr] path").wait_for()
    signed_in.fill("[name=factor-code]", "000000")
    signed_in.click("[data-test=factor-confirm]")
    panel.get_by_role("alert").filter(has_text="验证码不正确或已用过").wait_for()  # and nobody is signed out
    signed_in.fill("[name=factor-code]", "123456")
    signed_in.click("[data-test=factor-confirm]")
    signed_in.get_by_text("aaaa-bbbb-cccc-dddd").wait_for()
    signed_in.click("[data-test=recovery-kept]")
    panel.get_by_text("已启用，还有 2 个恢复码可用").wait_for()
    assert signed_in.get_by_text("aaaa-bbbb-cccc-dddd").count() == 0


def test_adding_a_camera_explains_which_step_failed(signed_in: Page, stage: str) -> None:
    signed_in.goto(f"{stage}/cameras")
    signed_in.click("[data-test=add-camera]")
    signed_in.click("[data-test=save-camera]")
    signed_in.get_by_text("请给摄像机起个名字").wait_for()
    signed_in.get_by_text("请填写网址").wait_for()
    signed_in.fill("[name=camera-name]", "北门")
    signed_in.fill("[name=camera-url]", "rtsp://10.0.9.9/stream")
    signed_in.click("[data-test=test-camera]")
    steps = signed_in.locator("[data-test=test-steps] li")
    until(signed_in, lambda: steps.nth(1).get_attribute("data-state") == "failed", "the failed step")
    assert [steps.nth(n).get_attribute("data-state") for n in range(5)] == [
        "ok",
        "failed",
        "skipped",
        "skipped",
        "skipped",
    ]
    assert "请检查摄像机的电源和网线" in steps.nth(1).inner_text()
    signed_in.click("[data-test=save-camera]")
    signed_in.get_by_text("已保存“北门”").wait_for()
    until(signed_in, lambda: signed_in.locator("[data-row]").filter(has_text="北门").count() == 1, "it is in the list")


def test_removing_a_camera_needs_a_reason(signed_in: Page, stage: str) -> None:
    signed_in.goto(f"{stage}/cameras")
    signed_in.locator("[data-row]").filter(has_text="李村河").locator("[data-test=remove]").click()
    box = signed_in.locator(".el-message-box")
    box.locator(".el-button--danger").click()
    assert "请写明原因" in box.inner_text()
    box.locator("input").fill("改造拆除")
    box.locator(".el-button--danger").click()
    signed_in.get_by_text("已撤掉“李村河 水位尺”").wait_for()


def test_language_and_theme_change_at_once_and_stay(signed_in: Page, stage: str) -> None:
    signed_in.goto(f"{stage}/settings")
    signed_in.locator("[data-test=language]").get_by_text("English").click()
    signed_in.get_by_role("heading", name="My settings").wait_for()
    signed_in.locator("[data-test=theme]").get_by_text("Dark").click()
    dark = "() => [document.documentElement.classList.contains('dark'), document.documentElement.lang]"
    until(signed_in, lambda: signed_in.evaluate(dark) == [True, "en"], "dark and English")
    signed_in.reload()
    signed_in.get_by_role("heading", name="My settings").wait_for()
    assert signed_in.evaluate(dark) == [True, "en"]
    signed_in.locator("[data-test=language]").get_by_text("中文").click()
    signed_in.locator("[data-test=theme]").get_by_text("浅色").click()
    signed_in.get_by_role("heading", name="我的设置").wait_for()


def test_question_mark_shows_the_shortcuts_and_slash_finds_a_camera(signed_in: Page) -> None:
    signed_in.keyboard.press("?")
    signed_in.get_by_role("dialog").filter(has_text="快捷键").wait_for()
    signed_in.keyboard.press("Escape")
    signed_in.get_by_role("dialog").filter(has_text="快捷键").wait_for(state="hidden")
    signed_in.keyboard.press("/")
    signed_in.keyboard.type("轮渡")
    until(signed_in, lambda: signed_in.locator("[data-tree-camera]").count() == 1, "one camera is left")


@pytest.mark.parametrize("path", ["live", "playback", "cameras", "system", "audit", "settings"])
def test_a_phone_sees_every_screen_without_scrolling_sideways(browser: Browser, stage: str, path: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(f"{stage}/login?next=/{path}")
    page.fill("[name=name]", "zhangsan")
    page.fill("[name=password]", PASSWORD)
    page.click("[data-test=login]")
    page.wait_for_url(f"**/{path}*")
    page.locator("nav .router-link-active").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    context.close()
