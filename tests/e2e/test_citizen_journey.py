"""Journey 8: a citizen finds a camera in a fitting room; no account, a receipt, and what came of it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def sign_in(page: Page, town: dict[str, Any], name: str) -> None:
    page.goto(f"{town['address']}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", town["password"])
    page.click("[data-test=login]")
    if name in town["factors"]:
        page.fill("[name=code]", town["factors"][name]["recovery"].pop())
        page.click("[data-test=login]")
    page.locator("[data-test=login]").wait_for(state="detached")


def choose(page: Page, box: str, option: str) -> None:
    """One of an Element Plus select's options."""
    page.locator(box).click()
    page.locator(".el-select-dropdown__item:visible").filter(has_text=option).click()


def photo() -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"  # Make
    Image.effect_noise((3000, 1500), 40).convert("RGB").save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_from_the_report_to_the_answer_without_an_account(page: Page, browser: Browser, town: dict[str, Any]) -> None:
    phone = browser.new_context(viewport={"width": 375, "height": 700}, locale="zh-CN", has_touch=True).new_page()
    phone.goto(f"{town['address']}/report?sign={town['sign']}")
    expect(phone.locator("[data-test=sign]")).to_contain_text("湖心商场")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click("[data-test=send]")
    expect(phone.get_by_text("请先选一下是什么问题")).to_be_visible()
    phone.locator("label.kind").first.click()
    phone.fill("[name=where]", "三楼试衣间")
    phone.fill("[name=text]", "天花板角落里有一个摄像头，红灯亮着。")
    files = [
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()},
        {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"},
    ]
    phone.set_input_files("[name=pictures]", files)  # type: ignore[arg-type]
    expect(phone.locator("[data-test=picture]")).to_have_count(1)
    expect(phone.get_by_text("“notes.jpg”不是能识别的照片")).to_be_visible()
    phone.click("[data-test=send]")
    expect(phone.locator("[data-test=pictures-sent]")).to_have_text("照片已收到 1 张。")
    number = phone.inner_text("[data-test=receipt-number]")
    key = phone.inner_text("[data-test=receipt-key]")
    assert re.fullmatch(r"JB[0-9A-Z]{10}", number)
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", key)

    sign_in(page, town, "officer.east")
    page.goto(f"{town['address']}/leads")
    row = page.locator("[data-lead]").filter(has_text="三楼试衣间")
    expect(row).to_contain_text("紧急")
    row.click()
    expect(page.locator("[data-test=lead-picture] img")).to_have_js_property("naturalWidth", 2560)
    page.click("[data-test=take]")
    expect(page.locator("[data-test=lead-status]")).to_contain_text("核查中")
    page.click("[data-test=begin-judging]")
    page.click("[data-test=judge]")
    penalties = page.locator("[data-test=penalties]")
    expect(penalties.locator("[data-clause^='qd204']")).not_to_have_count(0)
    expect(penalties.locator("[data-clause^='sc799'].prevails")).to_contain_text("10,000 至 20,000")
    expect(penalties).to_contain_text("不是处罚决定")
    page.click("[data-test=begin-closing]")
    choose(page, "[data-test=outcome]", "转案件办理")
    page.fill("[name=note]", "已立案，内部编号 7")
    page.fill("[name=answer]", "摄像头已当场拆除，感谢您的举报。")
    page.click("[data-test=close-lead]")
    expect(page.locator("[data-test=lead-status]")).to_contain_text("已办结")

    other = browser.new_context(viewport={"width": 375, "height": 700}, locale="zh-CN").new_page()
    other.goto(f"{town['address']}/report?ask")
    other.fill("[name=receipt]", number.lower())
    other.fill("[name=key]", "0000 0000 0000")
    other.click("[data-test=look-up]")
    expect(other.get_by_role("alert")).to_contain_text("回执编号或者查询码不正确")
    other.fill("[name=key]", key)
    other.click("[data-test=look-up]")
    standing = other.locator("[data-test=standing][data-status=closed]")
    expect(standing).to_contain_text("摄像头已当场拆除，感谢您的举报。")
    expect(standing).to_contain_text("转案件办理")
    assert "内部编号" not in other.content()
    phone.context.close()
    other.context.close()
