"""Retention, deletion by two, the monitoring room, tokens: walked by the people whose work it is, in Chinese."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.test_citizen_journey import choose
from tests.e2e.test_custody_journeys import As, people  # noqa: F401 - the fixture

pytestmark = [pytest.mark.browser, pytest.mark.more]


def save(page: Page) -> None:
    page.locator("[data-test=form-dialog] [data-test=save]").click()
    page.locator("[data-test=form-dialog]").wait_for(state="detached")


def test_a_manager_reads_what_is_kept_and_says_why_it_is_kept_on(people: As, town: dict[str, Any]) -> None:  # noqa: F811
    manager = people("liu")
    manager.goto(f"{town['address']}/retention")
    expect(manager.locator("[data-test=figures]")).to_contain_text("99.79 %")
    expect(manager.locator("[data-test=proof-row]")).to_have_count(4)
    manager.locator("[data-test=findings]").click()
    expect(manager.locator("[data-test=proof-row]")).to_have_count(2)
    manager.locator("[data-test=proof-row][data-met=false]").click()
    proof = manager.locator("[data-test=proof]")
    expect(proof.locator("[data-test=genuine][data-signed=true]")).to_contain_text("已入账本")
    expect(proof).to_contain_text("留存 30 日未达标")
    expect(proof.locator("[data-test=judged]")).to_have_count(4)
    manager.keyboard.press("Escape")
    manager.get_by_role("tab", name="到期应删").click()
    due = manager.locator("[data-test=due-row]")
    expect(due).to_have_count(1)
    due.locator("[data-test=state-purpose]").click()
    manager.fill("[name=purpose]", "案件侦办，湖刑立〔2026〕12号")
    manager.fill("[name=review_date]", "2099-01-01")
    save(manager)
    expect(due).to_have_count(0)


def test_two_officers_order_a_deletion(people: As, town: dict[str, Any]) -> None:  # noqa: F811
    first, second = people("li"), people("wang", phone=True)
    first.goto(f"{town['address']}/retention?tab=orders")
    enter = first.locator("[data-test=enter-order]")
    enter.press("Enter")
    expect(first.locator("[data-test=order-form]")).to_be_visible()
    first.keyboard.press("Escape")
    expect(enter).to_be_focused()  # where one came from
    enter.press("Enter")
    choose(first, "[data-test=order-camera]", "湖滨路 7 号枪机")
    times = first.locator(".el-dialog .el-range-input")
    times.nth(0).fill("2026-11-20 08:00:00")
    times.nth(1).fill("2026-11-20 09:00:00")
    times.nth(1).press("Enter")
    choose(first, "[data-test=ground]", "第二十六条")
    first.fill("[name=order-number]", "湖公删〔2026〕1号")
    first.fill("[name=decided-date]", "2026-11-25")
    first.click("[data-test=enter-now]")
    order = first.locator("[data-test=order][data-state=entered]")
    order.locator("[data-test=confirm-order]").click()
    package = {"name": "a.mjev", "mimeType": "application/octet-stream", "buffer": b"abc"}
    for page in (first, second):
        if page is second:
            second.goto(f"{town['address']}/retention?tab=orders")
            assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
            second.locator("[data-test=confirm-order]").click()
        page.set_input_files("[data-test=evidence-file]", package)  # type: ignore[arg-type]
        expect(page.locator("[name=evidence]")).to_have_value(hashlib.sha256(b"abc").hexdigest())
        page.click("[data-test=confirm-now]")
        if page is first:
            expect(first.locator(".el-dialog").get_by_role("alert")).to_be_visible()  # not the same person
    expect(second.locator("[data-test=order][data-state=confirmed]")).to_contain_text("李明，复核：王强")


def test_a_room_its_list_and_who_goes_in_and_out(people: As, town: dict[str, Any]) -> None:  # noqa: F811
    manager = people("liu")
    manager.goto(f"{town['address']}/monitoring")
    manager.click("[data-test=add-staff]")
    choose(manager, "[data-field=organisation]", "湖心商场有限公司")
    choose(manager, "[data-field=user]", "陈静")
    manager.fill("[name=skills_until]", "2099-12-31")
    save(manager)
    expect(manager.locator("[data-test=staff]").filter(has_text="陈静")).to_contain_text("保密培训")
    manager.get_by_role("tab", name="监看场所").click()
    manager.click("[data-test=add-room]")
    choose(manager, "[data-field=organisation]", "湖心商场有限公司")
    manager.fill("[name=name]", "一楼监控室")
    save(manager)
    manager.click("[data-test=give-access]")
    manager.fill("[name=person_name]", "王明")
    manager.fill("[name=reason]", "值班")
    save(manager)
    manager.click("[data-test=open-log]")
    manager.click("[data-person=王明]")
    manager.fill("[name=entry-reason]", "早班值守")
    manager.click("[data-test=enter]")
    expect(manager.locator("[data-test=inside]")).to_have_text("在内 1 人")
    manager.click("[data-test=visitor]")
    manager.fill("[name=visitor-name]", "李四")
    manager.fill("[name=entry-reason]", "设备检修")
    manager.click("[data-test=enter]")
    expect(manager.locator(".problem")).to_contain_text("陪同")
    choose(manager, "[data-test=escort]", "王明")
    manager.click("[data-test=enter]")
    expect(manager.locator("[data-test=inside]")).to_have_text("在内 2 人")
    manager.locator("[data-test=entry]").filter(has_text="李四").locator("[data-test=leave]").click()
    expect(manager.locator("[data-test=entry][data-inside=false]")).to_contain_text("由王明陪同")
    manager.goto(f"{town['address']}/monitoring?tab=changes")
    manager.click("[data-test=ask-change]")
    choose(manager, "[data-field=camera]", "湖滨路 1 号枪机")
    choose(manager, "[data-field=kind]", "调整朝向")
    manager.fill("[name=change]", "转向北门")
    manager.fill("[name=reason]", "消除盲区")
    save(manager)
    expect(manager.locator("[data-test=change]")).to_have_attribute("data-state", "asked")


def test_a_token_is_shown_once_and_revoked(people: As, town: dict[str, Any]) -> None:  # noqa: F811
    manager = people("liu")
    manager.goto(f"{town['address']}/settings")
    manager.click("[data-test=token-new]")
    manager.fill("[name=token-name]", "对账程序")
    choose(manager, "[data-test=token-scopes]", "retention:read")
    manager.keyboard.press("Escape")
    manager.fill("[name=token-password]", town["password"])
    manager.click("[data-test=token-make]")
    text = manager.locator("[data-test=token-text]").inner_text()
    assert text.startswith("mjt_")
    manager.click("[data-test=token-kept]")
    assert text not in manager.content()
    manager.click("[data-test=token-revoke]")
    manager.locator(".el-message-box .el-button--primary").click()
    expect(manager.locator("[data-test=token][data-standing=revoked]")).to_have_count(1)
