"""Footage asked for, decided, handed over: journeys 2, 3, 9, 10 and 11, each person in a browser of his own, in Chinese."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.custody_stage import code_at
from tests.e2e.test_citizen_journey import choose, sign_in
from typer.testing import CliRunner

from mingjian.app.cli.evidence import evidence_app

pytestmark = pytest.mark.browser

PHONE = {"width": 375, "height": 740}
PDF = {
    "name": "批准.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n",
}
SEE_PROGRESS = """new MutationObserver(() => {
  window.progressSeen ||= document.querySelector("[data-test=package] .el-progress") !== null;
}).observe(document.body, { childList: true, subtree: true })"""
As = Callable[..., Page]


@pytest.fixture
def people(browser: Browser, town: dict[str, Any]) -> Iterator[As]:
    """A page of somebody, signed in; with a phone's size if asked for."""
    contexts = []

    def page_of(name: str, phone: bool = False) -> Page:
        size = PHONE if phone else {"width": 1280, "height": 800}
        contexts.append(browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        sign_in(page, town, name)
        return page

    yield page_of
    for context in contexts:
        context.close()


def code(town: dict[str, Any], name: str) -> str:
    """What his authenticator shows now."""
    return code_at(town["factors"][name]["key"], time.time())


def ask(page: Page, town: dict[str, Any], cameras: tuple[str, ...], case: str) -> str:
    """An officer's request to copy the last hour of cameras of the mall; gives its address."""
    page.goto(f"{town['address']}/retrievals/new")
    for camera in cameras:
        add_camera(page, camera)
    page.fill("[name=case]", case)
    expect(
        page.locator("[data-test=check] [data-verdict=due], [data-test=check] [data-verdict=blocked]")
    ).not_to_have_count(0)
    choose(page, "[data-test=duty]", "执法办案")
    page.fill("[name=basis]", "刑事诉讼法第五十四条")
    page.locator("[data-form=copy]").click()
    page.fill("[name=purpose]", "查找盗窃嫌疑人")
    expect(page.locator("[data-test=check]")).to_contain_text("湖心商场有限公司")
    page.click("[data-test=submit]")
    page.locator("[data-test=retrieval][data-state=submitted]").wait_for()
    return page.url


def add_camera(page: Page, name: str) -> None:
    page.locator("[data-test=find-camera] input").fill(name)
    page.locator(".el-select-dropdown__item:visible").get_by_text(name, exact=True).click()


def stands(page: Page, state: str) -> None:
    page.locator(f"[data-test=retrieval][data-state={state}]").wait_for()


def test_a_theft_from_request_to_a_package_that_passes_with_less_than_was_asked(
    people: As, town: dict[str, Any], tmp_path: Path
) -> None:
    """Journeys 2 and 3, to the officer's package checked by the page and by the program."""
    officer = people("li")
    address = ask(officer, town, ("湖滨路 1 号枪机", "湖滨路 2 号枪机"), "湖刑立〔2026〕12号")
    head = people("zhao", phone=True)
    head.goto(f"{town['address']}/retrievals")
    head.locator("[data-retrieval]").filter(has_text="湖刑立〔2026〕12号").first.click()
    expect(head.locator("[data-test=weigh]")).to_contain_text("申请 120 分钟 → 批准 120 分钟")
    assert head.evaluate("document.documentElement.scrollWidth <= innerWidth")
    head.locator("[data-test=narrow]").filter(has_text="湖滨路 2 号枪机").locator(".el-checkbox").click()
    expect(head.locator("[data-test=weigh]")).to_contain_text("批准 60 分钟")
    head.fill("[name=approve-code]", "000000")
    head.click("[data-test=approve]")
    expect(head.get_by_role("alert")).to_contain_text("验证码不正确")
    head.fill("[name=approve-code]", code(town, "zhao"))
    head.click("[data-test=approve]")
    stands(head, "approved")
    expect(head.locator("[data-test=granted]")).to_have_count(1)
    partner = people("wang")
    for page, name, number in ((officer, "li", "鲁B0001"), (partner, "wang", "鲁B0002")):
        page.goto(address)
        page.fill("[name=credential]", number)
        page.fill("[name=come-code]", code(town, name))
        page.click("[data-test=come]")
        page.locator("[data-test=come]").wait_for(state="detached")
    desk = people("chen")
    desk.goto(address)
    desk.click("[data-test=present]")
    expect(desk.get_by_role("alert")).to_contain_text("证件")
    desk.locator("[data-test=paper-credentials]").click()
    desk.locator("[data-test=paper-approval]").click()
    desk.click("[data-test=present]")
    stands(desk, "presented")
    for page in (officer, partner):
        page.reload()
        page.click("[data-test=undertake]")
        page.locator("[data-test=undertake]").wait_for(state="detached")
    desk.reload()
    desk.click("[data-test=register]")
    desk.evaluate(SEE_PROGRESS)
    desk.click("[data-test=execute]")
    stands(desk, "executed")
    desk.locator("[data-package=ready]").wait_for(timeout=30_000)
    assert desk.evaluate("window.progressSeen"), "progress was shown meanwhile"
    desk.click("[data-test=order-copies]")
    desk.locator("[data-copy]").first.wait_for()
    expect(desk.locator("[data-copy=ready]")).not_to_have_count(0, timeout=60_000)
    clip = {"name": "gate.mjev", "mimeType": "application/octet-stream", "buffer": b"abc"}
    desk.set_input_files("[data-test=handed]", clip)  # type: ignore[arg-type]
    expect(desk.get_by_text("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")).to_be_visible()
    desk.click("[data-test=seal]")
    stands(desk, "sealed")
    events = desk.locator("[data-test=history] [data-event]").evaluate_all("all => all.map(one => one.dataset.event)")
    assert events == ["submit", "approve", "present", "register", "execute", "seal"]
    expect(desk.locator("[data-document]")).to_have_count(5)
    for link in desk.locator("[data-document]").all():
        paper = desk.request.get(f"{town['address']}{link.get_attribute('href')}")
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.body().startswith(b"%PDF-")
    officer.reload()
    with officer.expect_download() as taking:
        officer.click("[data-test=take-package]")
    package = tmp_path / taking.value.suggested_filename
    taking.value.save_as(package)
    officer.reload()
    expect(officer.locator("[data-test=package] [data-custody]")).to_have_count(3)
    expect(officer.locator("[data-custody=taken]")).to_contain_text("李明")
    with officer.context.expect_page() as opening:
        officer.click("[data-test=verify-package]")
    checked_alike(opening.value, package, town["anchor"])
    redact_by_hand(officer)
    partner.goto(address)
    ask_to_publish(partner)
    derived = permit_and_take(head, address, tmp_path)
    assert "DERIVED" in checked_alike(opening.value, derived, town["anchor"])


def redact_by_hand(officer: Page) -> None:
    """A box over the left half, from the picture after the first to a few pictures later; the films are made."""
    officer.click("[data-test=begin-redaction]")
    officer.locator("[data-test=redaction][data-state=drawing]").wait_for(timeout=60_000)
    expect(officer.locator("[data-test=film]")).to_have_js_property("readyState", 4, timeout=30_000)
    first = officer.locator("[data-test=wall]").inner_text()
    officer.click("[data-test=step]")
    expect(officer.locator("[data-test=wall]")).not_to_have_text(first)
    officer.locator("[data-test=box]").click()
    area = officer.locator("[data-test=outline]").bounding_box()
    assert area is not None
    officer.mouse.move(area["x"] + area["width"] * 0.1, area["y"] + area["height"] * 0.2)
    officer.mouse.down()
    officer.mouse.move(area["x"] + area["width"] * 0.5, area["y"] + area["height"] * 0.8, steps=4)
    officer.mouse.up()
    officer.click("[data-test=keep-region]")
    whole = officer.locator("[data-test=region] .mj-num").inner_text()
    for _ in range(3):
        officer.click("[data-test=step]")
    officer.click("[data-test=to-here]")
    expect(officer.locator("[data-test=region] .mj-num")).not_to_have_text(whole)
    officer.click("[data-test=save-regions]")
    expect(officer.locator("[data-test=save-regions]")).to_be_disabled()
    officer.click("[data-test=order-films]")
    officer.locator("[data-test=redaction][data-state=filled]").wait_for(timeout=60_000)


def ask_to_publish(partner: Page) -> None:
    partner.click("[data-test=release]")
    partner.fill("[name=release-where]", "警情通报")
    partner.fill("[name=release-basis]", "公开征集线索，经分局批准")
    groups = partner.locator("[data-test=release-panel] form .el-checkbox-group")
    groups.nth(0).locator(".el-checkbox").first.click()
    groups.nth(1).locator(".el-checkbox").first.click()
    partner.locator("[data-test=redacted-here] .el-radio").first.click()
    partner.click("[data-test=release-ask]")
    partner.locator("[data-release=asked]").wait_for()


def permit_and_take(head: Page, address: str, folder: Path) -> Path:
    """The head watches the films on his phone, permits, and takes the derived package."""
    head.goto(address)
    head.fill("[name=release-note]", "逐帧看过，均已遮蔽")
    head.click("[data-test=release-permit]")
    expect(head.locator("[data-test=release-panel]").get_by_role("alert")).to_contain_text("先看完")
    head.click("[data-test=watch-film]")
    expect(head.locator("[data-test=filled-film]")).to_have_js_property("readyState", 4, timeout=30_000)
    assert head.evaluate("document.documentElement.scrollWidth <= innerWidth")
    head.click("[data-test=release-permit]")
    head.locator("[data-redaction=sealed]").wait_for(timeout=30_000)
    with head.expect_download() as taking:
        head.click("[data-test=take-derived]")
    taking.value.save_as(folder / "derived.zip")
    return folder / "derived.zip"


def checked_alike(page: Page, package: Path, anchor: str) -> str:
    """The page and the program say the same of the package: whole by itself, passed with the keys from elsewhere.

    What the program says last, in words.
    """
    keys = package.with_suffix(".anchor")
    keys.write_text(anchor)
    said = []
    for trust in ([], [keys]):
        page.locator("#anchors").set_input_files(trust)
        page.locator("#package").set_input_files([])
        page.locator("#package").set_input_files(package)
        expect(page.locator("#result")).to_be_visible(timeout=30_000)
        by_page = json.loads(page.locator("#verdict").get_attribute("data-report") or "")["verdict"]
        options = [option for path in trust for option in ("--trust", str(path))]
        told = CliRunner().invoke(evidence_app, ["verify", str(package), *options, "--json"])
        assert json.loads(told.stdout)["verdict"] == by_page
        said.append((by_page, told.exit_code))
    assert said == [("INTACT, SIGNER UNKNOWN", 3), ("PASS", 0)]
    return CliRunner().invoke(evidence_app, ["verify", str(package)]).stdout


def test_an_officer_has_the_fewest_cameras_proposed_on_the_map(people: As, town: dict[str, Any]) -> None:
    """A place, a route by mouse and keys, what each camera adds, and into the request."""
    officer = people("li")
    officer.goto(f"{town['address']}/retrievals/new")
    officer.click("[data-test=open-propose]")
    panel = officer.locator("[data-test=propose-panel]")
    panel.locator("[data-test=map][data-ready=true]").wait_for()
    ground = panel.locator(".ground")
    box = ground.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ground.focus()
    for _ in range(5):
        officer.keyboard.press("+")  # zooms, a level each
        officer.wait_for_timeout(200)
    panel.locator("[data-test=spot]").click()
    officer.keyboard.press(" ")
    expect(panel.locator("[data-test=sought]")).to_contain_text("地点 1")
    panel.locator("[data-test=route]").click()
    officer.mouse.click(x - 60, y)
    officer.mouse.click(x - 60, y - 60, delay=30)
    officer.keyboard.press("Escape")  # dropped
    for east in (-80, 0, 80, 140):
        officer.mouse.click(x + east, y - 20)
        officer.wait_for_timeout(260)  # not a double click
    officer.keyboard.press("Backspace")
    officer.keyboard.press("Enter")
    expect(panel.locator("[data-test=sought] li")).to_have_count(2)
    panel.locator("[data-test=propose]").click()
    found = panel.locator("[data-test=candidate][data-ticked=true]")
    expect(found).not_to_have_count(0)
    before = panel.locator("[data-test=sum]").inner_text()
    count = found.count()
    expect(found.first.locator("[data-test=adds]")).to_contain_text("只有它看得到")
    name = found.first.get_attribute("data-camera")
    one = panel.locator(f"[data-test=candidate][data-camera='{name}']")
    one.locator(".el-checkbox").click()
    expect(one.locator("[data-test=adds]")).to_contain_text("可多看到")
    expect(panel.locator("[data-test=sum]")).to_contain_text("看不到")
    one.locator(".el-checkbox").click()
    assert panel.locator("[data-test=sum]").inner_text() == before
    panel.locator("[data-test=take]").first.click()
    expect(panel).to_have_count(0)
    assert officer.locator("[data-test=span]").count() >= count
    expect(officer.locator("[data-test=span]", has_text=name or "-")).not_to_have_count(0)


def test_the_head_sends_back_and_refuses_with_reasons(people: As, town: dict[str, Any]) -> None:
    """Journey 3, and the way to the organ above."""
    officer, head = people("li"), people("zhao", phone=True)
    address = ask(officer, town, ("湖滨路 3 号枪机",), "湖刑立〔2026〕13号")
    head.goto(address)
    send_back(head, "return", "缺立案文书")
    stands(head, "returned")
    officer.reload()
    expect(officer.locator("[data-event=return]")).to_contain_text("缺立案文书")
    officer.click("[data-test=resubmit]")
    stands(officer, "submitted")
    head.reload()
    send_back(head, "refuse", "与案件无关")
    stands(head, "refused")
    officer.reload()
    officer.fill("[name=asker-reason]", "材料齐全，请上级机关复核")
    officer.click("[data-test=escalate]")
    stands(officer, "escalated")


def send_back(page: Page, verb: str, reason: str) -> None:
    page.click(f"[data-send={verb}]")
    page.fill("[name=reason]", reason)
    page.click("[data-test=send-back]")


@pytest.mark.more
def test_a_mother_looks_for_her_child_under_supervision(people: As, town: dict[str, Any]) -> None:
    """Journey 9: proofs, the manager's consent, supervised viewing, no copy."""
    desk = people("chen")
    desk.goto(f"{town['address']}/retrievals/new")
    add_camera(desk, "湖滨路 4 号枪机")
    desk.locator("[data-way=person_concerned]").click()
    desk.fill("[name=person-name]", "何芳")
    desk.fill("[name=person-number]", "370202198001011234")
    choose(desk, "[data-test=relation]", "近亲属")
    choose(desk, "[data-test=protects]", "生命健康")
    for part in ("identity", "relation"):
        desk.set_input_files(f"[data-part={part}] input", PDF)  # type: ignore[arg-type]
        expect(desk.locator(f"[data-part={part}] .name")).to_contain_text("批准.pdf")
    desk.fill("[name=purpose]", "查找走失的孩子")
    expect(desk.locator("[data-form]")).to_have_count(0)
    desk.click("[data-test=submit]")
    stands(desk, "submitted")
    manager = people("liu", phone=True)
    manager.goto(desk.url)
    assert "370202198001011234" not in manager.content()
    choose(manager, "[data-test=supervisor]", "刘经理")
    manager.click("[data-test=approve]")
    stands(manager, "approved")
    desk.reload()
    for step, state in (
        ("present", "presented"),
        ("register", "registered"),
        ("execute", "executed"),
        ("finish", "closed"),
    ):
        desk.click(f"[data-test={step}]")
        stands(desk, state)
    expect(desk.locator("[data-test=seal]")).to_have_count(0)


@pytest.mark.more
def test_a_flood_opens_an_area_at_once_and_a_second_person_keeps_it_open(people: As, town: dict[str, Any]) -> None:
    """Journey 10."""
    commander = people("sun")
    commander.goto(f"{town['address']}/emergencies")
    commander.click("[data-test=declare]")
    commander.locator("[data-test=map][data-ready=true]").wait_for()
    commander.click("[data-test=lasso]")
    box = commander.locator("[data-test=map] .ground").bounding_box()
    assert box is not None
    middle, reach = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), 40
    commander.mouse.move(middle[0] - reach, middle[1] - reach)
    commander.mouse.down()
    for x, y in ((reach, -reach), (reach, reach), (-reach, reach), (-reach, -reach + 4)):
        commander.mouse.move(middle[0] + x, middle[1] + y, steps=4)
    commander.mouse.up()
    expect(commander.locator("[data-test=area]")).to_contain_text("范围已圈定")
    commander.fill("[name=authority]", "区防汛指挥部Ⅱ级应急响应")
    commander.fill("[name=emergency-purpose]", "湖滨路内涝处置")
    commander.click("[data-test=declare-now]")
    card = commander.locator("[data-emergency][data-state=emergency]")
    expect(card).to_contain_text("等待第二人确认，29:")
    expect(card.locator("[data-test=confirm-emergency]")).to_have_count(0)
    guard = people("deng", phone=True)
    notice = guard.locator("[data-test=emergency-notice]")
    expect(notice).to_contain_text("自然灾害：本单位")
    expect(notice).to_contain_text("湖滨路 1 号枪机")
    assert "湖滨路内涝处置" not in guard.content(), "nothing of who declared it and why"
    second = people("zhou", phone=True)
    second.goto(f"{town['address']}/emergencies")
    second.fill("[name=confirm-code]", code(town, "zhou"))
    second.click("[data-test=confirm-emergency]")
    expect(second.locator("[data-emergency][data-state=confirmed] [data-test=countdown]")).to_contain_text("5:5")
    commander.reload()
    commander.fill("[name=end-reason]", "积水已退")
    commander.click("[data-test=end-emergency]")
    over = commander.locator("[data-emergency][data-state=lapsed]")
    over.wait_for()
    held = people("li")
    held.goto(f"{town['address']}/holds")
    expect(held.locator("[data-hold]").first).to_contain_text("由调取申请锁定")
    over.locator("[name=emergency-report]").fill("查看湖滨路积水点位，用于调度排水")
    over.locator("[data-test=report-emergency]").click()
    commander.locator("[data-emergency][data-state=closed]").wait_for()


@pytest.mark.more
def test_a_department_coordinates_and_comes_with_its_own_approval(people: As, town: dict[str, Any]) -> None:
    """Journey 11."""
    asks = people("wu")
    asks.goto(f"{town['address']}/retrievals/new")
    add_camera(asks, "湖滨路 5 号枪机")
    asks.fill("[name=case]", "城管执法〔2026〕7号")
    choose(asks, "[data-test=duty]", "执法办案")
    asks.fill("[name=basis]", "行政处罚法第五十四条")
    asks.fill("[name=purpose]", "核查占道经营")
    asks.click("[data-test=submit]")
    stands(asks, "submitted")
    desk = people("chen")
    desk.goto(asks.url)
    desk.click("[data-test=approve]")
    expect(desk.get_by_role("alert")).to_contain_text("批准")
    police = people("officer.east")
    police.goto(asks.url)
    police.fill("[name=coordination]", "已与湖滨派出所协调，范围适当")
    police.click("[data-test=coordinate]")
    expect(police.get_by_text("officer.east", exact=True).first).to_be_visible()
    asks.reload()
    asks.set_input_files("[data-part=own_approval] input", PDF)  # type: ignore[arg-type]
    asks.click("[data-test=add-approval]")
    desk.reload()
    expect(desk.get_by_role("link", name="本单位批准文件")).to_be_visible()
    desk.click("[data-test=approve]")
    stands(desk, "approved")
