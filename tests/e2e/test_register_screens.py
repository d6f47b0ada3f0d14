"""Lists of the register, a judgement and the clause behind it, over the real API in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import sign_in
from tests.web.files.samples import picture

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(page: Page, city_stage: tuple[str, str]) -> Page:
    sign_in(page, city_stage[0], "officer.east", city_stage[1])
    return page


def test_a_place_is_found_and_opened_by_keyboard_and_its_judgement_leads_to_the_clause(
    officer: Page,
    city_stage: tuple[str, str],
) -> None:
    officer.goto(f"{city_stage[0]}/places")
    expect(officer.locator("[data-row]")).to_have_count(3)
    officer.keyboard.press("/")
    officer.keyboard.type("大桥")
    officer.keyboard.press("Enter")
    expect(officer.locator("[data-row]")).to_have_count(1)
    officer.keyboard.press("ArrowDown")
    officer.keyboard.press("Enter")
    officer.get_by_role("tab", name="法规判定").click()
    judged = officer.locator("[data-test=judged][data-verdict=fail]")
    expect(judged).to_contain_text("应当建设视频图像信息系统而未建设")
    officer.keyboard.press("Escape")
    expect(officer.locator("[data-test=judged]")).to_have_count(0)
    officer.locator("[data-row]").click()
    officer.get_by_role("tab", name="法规判定").click()
    judged.get_by_role("link").first.click()
    officer.wait_for_url("**/law?clause=*")
    expect(officer.locator("[data-test=clause-text]")).not_to_be_empty()


def test_the_list_of_cameras_goes_on_page_by_page_and_says_what_a_file_lacks(
    officer: Page,
    city_stage: tuple[str, str],
) -> None:
    officer.goto(f"{city_stage[0]}/archive")
    expect(officer.locator("[data-row]")).to_have_count(50)
    officer.click("[data-test=more]")
    expect(officer.locator("[data-row]")).to_have_count(100)
    officer.locator("[data-row]").first.click()
    expect(officer.locator("[data-test=score]")).to_contain_text("国标编码")


def test_a_rare_text_is_looked_for_back_through_the_record_with_progress_and_can_be_stopped(
    page: Page,
    city_stage: tuple[str, str],
) -> None:
    sign_in(page, city_stage[0], "inspector.east", city_stage[1])
    page.goto(f"{city_stage[0]}/audit")
    entries, searched = page.locator("[data-test=audit-entry]"), page.locator("[data-test=audit-searched]")
    expect(entries).to_have_count(50)
    page.route("**/api/v1/audit?*cursor=*", lambda _: None)  # the second part is on its way, and does not come
    page.fill("[role=search] input", "雨棚")
    page.keyboard.press("Enter")
    expect(searched).to_contain_text("正在往前查找，已查到")
    expect(entries).to_have_count(0)
    page.click("[data-test=audit-pause]")
    expect(searched).to_contain_text("更早的记录还没有查")
    page.unroute("**/api/v1/audit?*cursor=*")
    page.click("[data-test=audit-go-on]")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("雨棚遮挡，已整改")
    expect(searched).to_have_count(0)


def choose(page: Page, field: str, text: str, label: str = "") -> None:
    """Pick an option of a field of the open form, searched for as one types."""
    page.click(f"[data-field={field}] .el-select")
    page.keyboard.type(text)
    page.get_by_role("option", name=label or text).first.click()


def test_a_camera_keeps_its_page_while_its_recorder_is_replaced_and_shows_its_photo(
    page: Page,
    city_stage: tuple[str, str],
    tmp_path: Path,
) -> None:
    address = city_stage[0]
    sign_in(page, address, "manager.east", city_stage[1])
    for name in ("一号录像机", "二号录像机"):
        page.goto(f"{address}/devices?new=1")
        page.fill("[data-field=name] input", name)
        choose(page, "kind", "录像机")
        choose(page, "organisation", "湖心商场", "湖心商场有限公司")
        page.click("[data-test=save]")
        expect(page.locator("[data-row]").filter(has_text=name)).to_have_count(1)
    page.goto(f"{address}/devices")
    page.locator("[data-row]").filter(has_text="一号").click()
    page.click("[data-action=connect]")
    choose(page, "camera", "", "湖滨路 1 号枪机")
    page.fill("[data-field=channel] input", "4")
    page.click("[data-test=save]")
    drawer = page.locator("[data-test=drawer]")
    expect(drawer).to_contain_text("起")  # connected: only then is the form gone that the next one replaces
    page.click("[data-action=replace]")
    choose(page, "by", "二号")
    page.fill("[data-field=reason] input", "雷击损坏")
    page.click("[data-test=save]")
    expect(drawer).not_to_contain_text("起")  # nothing lasts on the old one
    drawer.get_by_role("link", name="湖滨路 1 号枪机").click()
    page.wait_for_url("**/archive?id=*")
    served = page.locator("[data-test=drawer] .line")
    expect(served.filter(has_text="一号录像机")).to_have_count(1)
    expect(served.filter(has_text="二号录像机 · 录像机 · 通道 4")).to_contain_text("起")
    score = page.locator("[data-test=score]")
    expect(score).to_contain_text("现场照片")
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture("JPEG"))
    page.set_input_files("[data-test=photos] [data-test=file]", photo)
    expect(page.locator("[data-test=photos] img")).to_have_js_property("naturalWidth", 40)
    expect(score).not_to_contain_text("现场照片")


def test_a_passkey_is_added_on_the_settings_screen_and_signs_in_alone(
    page: Page,
    city_stage: tuple[str, str],
) -> None:
    address, password = city_stage[0].replace("127.0.0.1", "localhost"), city_stage[1]  # passkeys need a name
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    authenticator = devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]
    sign_in(page, address, "officer.east", password)
    page.goto(f"{address}/settings")
    page.click("[data-test=passkey-add]")
    page.fill("[name=passkey-name]", "值班室电脑")
    page.fill("[name=passkey-password]", password)
    page.click("[data-test=passkey-confirm]")
    expect(page.locator("[data-test=passkey]")).to_contain_text("值班室电脑")
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    page.context.clear_cookies()
    page.goto(f"{address}/login?next=/settings")
    page.click("[data-test=login-passkey]")
    expect(page.locator("[data-test=passkey]")).to_contain_text("最近使用")


def test_what_was_typed_outlasts_a_lost_server_a_refusal_a_faster_person_and_the_end_of_the_session(
    page: Page,
    city_stage: tuple[str, str],
) -> None:
    address, password = city_stage
    sign_in(page, address, "manager.east", password)
    page.goto(f"{address}/systems?new=1")
    form = page.locator("[data-test=resource-form]")
    name, days = page.locator("[data-field=name] input"), page.locator("[data-field=keep_days] input")
    name.fill("湖心商场视频系统")
    choose(page, "organisation", "湖心商场", "湖心商场有限公司")
    choose(page, "division", "东湖区")
    days.fill("三十")
    page.context.set_offline(True)
    page.click("[data-test=save]")
    expect(form.get_by_role("alert")).to_contain_text("服务器")
    page.context.set_offline(False)
    page.click("[data-test=save]")
    expect(page.locator("[data-field=keep_days] .el-form-item__error")).to_be_visible()
    expect(days).to_be_focused()
    expect(form.locator(".problem")).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="继续填写").click()
    days.fill("45")
    page.context.clear_cookies()
    page.click("[data-test=save]")
    again = page.locator("[data-test=session-over]")
    expect(again).to_contain_text("刚才填写的内容还在")
    expect(name).to_have_count(0)  # nothing of it is there to be read by whoever comes
    again.locator("[name=password]").fill(password)
    again.locator("[data-test=login]").click()
    expect(again).to_have_count(0)
    page.click("[data-test=save]")
    page.click("[data-test=edit]")
    expect(days).to_have_value("45")
    days.fill("60")
    page.evaluate(
        """async () => {
          const [system] = (await (await fetch("/api/v1/systems")).json()).items;
          const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
          const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "If-Match": `"v${system.version}"` };
          await fetch(`/api/v1/systems/${system.id}`, { method: "PATCH", headers, body: '{"keep_days": 90, "purpose": "治安防范"}' });
        }"""
    )
    page.click("[data-test=save]")
    page.locator("[data-test=changed-meanwhile]").get_by_role("button").click()
    expect(page.locator("[data-field=purpose] input")).to_have_value("治安防范")
    expect(days).to_have_value("60")
    expect(page.locator("[data-test=registered-now]")).to_have_text("现登记为：90")
    page.click("[data-test=save]")
    expect(page.locator("[data-test=drawer]")).to_contain_text("60")
