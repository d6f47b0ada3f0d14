"""Daily work walked in a real Chromium over the real API, in Chinese, as the different people.

Journey 1: a housing compound's security manager registers place, system and camera, builds, files, and gets the
receipt. Journey 13: road works take a camera down for a time. And a letter that comes to the organ.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import played, sign_in
from tests.web.files.samples import PDF

pytestmark = [pytest.mark.browser, pytest.mark.more]

Person = Callable[[str], Page]
PAPER = {"name": "资料.pdf", "mimeType": "application/pdf", "buffer": PDF}
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()


@pytest.fixture(scope="module")
def daily_stage() -> Iterator[tuple[str, str]]:
    """The address, and the password of everybody."""
    with played("daily_stage") as told:
        address, password = told.split()
        yield address, password


@pytest.fixture
def person(browser: Browser, daily_stage: tuple[str, str]) -> Iterator[Person]:
    """The page of whoever is asked for, signed in, in a browser of his own."""
    address, password = daily_stage
    wrong: list[str] = []
    contexts = []

    def of(name: str) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": 1360, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        sign_in(page, address, name, password)
        return page

    yield of
    for context in contexts:
        context.close()
    assert wrong == []


def choose(page: Page, field: str, text: str) -> None:
    """Pick an option of a field of a form. Each field has a list of its own: another one may still be closing."""
    select = page.locator(f"[data-field={field}] .el-select")
    select.click()
    options = select.locator("input").first.get_attribute("aria-controls")
    page.locator(f"[id='{options}'] [role=option]").filter(has_text=text).first.click()
    if select.locator(".el-tag").count():  # several may be picked: the list stays open
        page.keyboard.press("Escape")


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"[data-field={name}] input, [data-field={name}] textarea", value)


def save(page: Page) -> None:
    page.click("[data-test=save]")
    expect(page.locator("[data-test=resource-form]")).to_be_hidden()


def state(page: Page, words: str) -> None:
    expect(page.locator("[data-test=state]")).to_have_text(words)


def pdf(page: Page, link: str) -> None:
    address = page.locator(link).get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")


def test_a_compound_is_registered_built_filed_and_gets_its_receipt(person: Person) -> None:
    manager = person("wuye")
    expect(manager.locator("[data-test=empty]")).to_contain_text("没有待办事项")
    register(manager)
    build(manager)
    file(manager)
    decide(person("officer.east"))
    manager.reload()
    state(manager, "已备案")
    pdf(manager, "[data-paper=receipt] a")
    put_up_the_sign(manager)


def register(page: Page) -> None:
    """Place, system and camera on the generic page, and a change of one; a camera that looks into a room is refused."""
    page.goto("/places")
    page.locator("[data-test=empty]").wait_for()
    page.keyboard.press("n")
    page.click("[data-test=save]")
    expect(page.locator("[data-field=name]")).to_contain_text("必须填写")
    fill(page, name="湖滨花园小区", address="湖滨路二号")
    choose(page, "division", "湖滨街道")
    choose(page, "organisation", "湖滨花园物业服务中心")
    choose(page, "kinds", "住宅小区")
    choose(page, "public_place", "是")
    save(page)
    page.click("[data-test=edit]")
    fill(page, address="湖滨路2号", reason="门牌写错")
    save(page)
    expect(page.locator("[data-test=drawer]")).to_contain_text("湖滨路2号")
    page.goto("/systems?new=1")
    fill(page, name="湖滨花园视频系统", purpose="治安防范", keep_days="30")
    choose(page, "organisation", "湖滨花园物业服务中心")
    choose(page, "division", "湖滨街道")
    choose(page, "place", "湖滨花园小区")
    save(page)
    page.goto("/archive?new=1")
    fill(page, name="东门枪机", purpose="治安防范", azimuth_deg="90", view_angle_deg="80", view_distance_m="30")
    for field, text in (
        ("organisation", "湖滨花园物业服务中心"), ("division", "湖滨街道"), ("place", "湖滨花园小区"),
        ("system", "湖滨花园视频系统"), ("builder", "湖滨花园物业服务中心"), ("ptz_type", "固定枪机"), ("room_type", "室外"), ("necessary", "是"),
        ("could_see_by_moving", "否"), ("audio", "否"), ("may_infringe_privacy", "否"), ("sees_prohibited_room", "是"),
    ):  # fmt: skip
        choose(page, field, text)
    page.click("[data-test=save]")
    expect(page.locator("[data-test=resource-form] [role=alert]")).to_be_visible()
    choose(page, "sees_prohibited_room", "否")
    save(page)
    expect(page.locator("[data-test=drawer]")).to_contain_text("湖滨花园视频系统")


def build(page: Page) -> None:
    """A project from the site to use: what is held says why."""
    page.goto("/projects?new=1")
    fill(page, name="湖滨花园视频系统工程")
    choose(page, "system", "湖滨花园视频系统")
    page.click("[data-test=save]")
    state(page, "拟建")
    page.click("[data-step=site]")
    state(page, "点位已核")
    page.click("[data-step=design]")
    expect(page.locator("[data-test=held]")).to_contain_text("未作视场隐私评估")
    page.locator("[data-test=privacy] .el-select").click()
    page.locator(".el-select-dropdown__item:visible").filter(has_text="不会侵犯").click()
    expect(page.locator("[data-test=privacy]")).to_contain_text("不会侵犯")
    page.click("[data-step=design]")
    state(page, "已设计")
    page.click("[data-step=start_construction]")
    state(page, "施工中")
    for kind in ("design", "construction", "commissioning"):
        page.fill(f"[name=main-{kind}]", "2026-03")
        page.fill(f"[name=own-{kind}]", "2026-03")
    page.click("[data-test=save-dates]")
    for paper in ("statutory_inspection_report", "acceptance_certificate"):
        page.locator(f"[data-paper={paper}] [data-test=file]").set_input_files(PAPER)
        page.locator(f"[data-paper={paper}]").get_by_text("下载").wait_for()
    page.fill("[name=step-date]", (TODAY - dt.timedelta(days=20)).isoformat())
    page.click("[data-step=accept]")
    state(page, "竣工验收合格")
    expect(page.locator("[data-test=state-diagram]")).to_have_attribute("data-state", "accepted")


def file(page: Page) -> None:
    """From the to-do page through one form; what is missing stops nothing."""
    page.goto("/todo")
    item = page.locator("[data-group='filings.due'] li")
    expect(item).to_contain_text("还剩 10 天")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.click("[data-test=begin]")
    state(page, "填报中")
    expect(page.locator("[data-fact=devices_number]")).to_have_text("1")
    page.fill("[name=person_handling]", "赵一")
    page.fill("[name=credit_code]", "91370202MA3C00000A")
    page.locator("[data-seal=electronic]").click()
    page.locator("[data-part=drawings] [data-test=file]").set_input_files(PAPER)
    page.locator("[data-part=drawings] .is-checked").first.wait_for()
    page.click("[data-step=submit]")
    expect(page.locator("[data-test=step-dialog]")).to_contain_text("还缺：授权委托书")
    page.click("[data-test=do-step]")
    state(page, "已收件")
    pdf(page, "[data-paper=slip] a")
    expect(page.locator("[data-test=filing-actions]")).to_contain_text("目前没有您可以办理的步骤")


def decide(page: Page) -> None:
    """The organ registers with what is still wrong as a finding."""
    page.locator("[data-group='filings.to_decide'] a[data-todo]").filter(has_text="湖滨花园").click()
    page.click("[data-step=register]")
    page.click("[data-test=do-step]")
    state(page, "已备案")
    expect(page.locator("[data-test=number]")).to_contain_text("3702022026000001")
    expect(page.locator("[data-test=findings]")).to_contain_text("授权委托书")
    expect(page.locator("[data-test=findings]")).not_to_contain_text("@")


def put_up_the_sign(page: Page) -> None:
    page.goto("/signs")
    page.locator("[data-test=signs-due]").get_by_role("button", name="登记标识").click()
    expect(page.locator("[data-field=place]")).to_contain_text("湖滨花园小区")
    fill(
        page,
        position="东门岗亭",
        text="您已进入公共视频采集区域",
        telephone="0532-88880000",
        last_seen=TODAY.isoformat(),
    )
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(picture, "PNG")
    page.locator("[data-field=photo] [data-test=file]").set_input_files(
        {"name": "标识.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.locator("[data-field=photo]").get_by_text("已上传").wait_for()
    save(page)
    page.locator("[data-test=signs-due]").wait_for(state="hidden")
    pdf(page, "[data-test=link]")


def test_road_works_take_a_camera_down_with_its_footage_kept_and_it_comes_back(person: Person) -> None:
    manager = person("manager.east")
    manager.goto("/removals")
    manager.click("[data-test=plan-removal]")
    choose(manager, "system", "湖心商场沿街视频系统")
    manager.locator("[data-scope=temporary]").click()
    choose(manager, "cameras", "1号")
    manager.fill("[name=reason]", "湖滨路道路施工")
    manager.click("[data-test=plan]")
    state(manager, "拟拆除")
    manager.fill("[name=authority]", "东湖区城市管理局占道施工批复 2026 年第 12 号")
    manager.click("[data-step=authorise]")
    state(manager, "已有依据")
    manager.fill("[name=notice]", "已函告东湖分局和湖滨派出所")
    manager.click("[data-step=notify]")
    state(manager, "已通知")
    manager.click("[data-step=remove]")
    manager.get_by_role("alert").filter(has_text="拆除前须留存录像").wait_for()
    for kept in ("footage", "holds"):
        manager.locator(f"[data-keep={kept}]").click()
    manager.fill("[name=substitute]", "移动布控球一台")
    manager.fill("[name=return_date]", (TODAY + dt.timedelta(days=60)).isoformat())
    manager.click("[data-step=remove]")
    state(manager, "已拆除")
    manager.goto("/todo")
    waiting = manager.locator("[data-group='filings.removals'] li")
    expect(waiting).to_contain_text("还剩 30 天")
    waiting.locator("a[data-todo]").click()
    manager.click("[data-step=file]")
    state(manager, "已提交备案")
    removal = manager.url
    manager.click("[data-test=filing-link]")
    state(manager, "已收件")
    filing = manager.url
    officer = person("officer.east")
    officer.goto(filing)
    officer.click("[data-step=register]")
    officer.click("[data-test=do-step]")
    state(officer, "已备案")
    manager.goto(removal)
    state(manager, "已备案")
    manager.click("[data-step=restore]")
    state(manager, "已恢复")


def test_a_letter_is_entered_with_its_scan_returned_once_with_everything_named_and_corrected(person: Person) -> None:
    officer = person("officer.east")
    expect(officer.locator("[data-group='filings.overdue']")).to_contain_text("湖心商场二期视频系统")
    officer.goto("/filings")
    officer.click("[data-test=enter-filing]")
    choose(officer, "system", "湖心商场二期视频系统")
    officer.fill("[name=received]", TODAY.isoformat())
    officer.fill("[name=postmark]", (TODAY - dt.timedelta(days=3)).isoformat())
    officer.locator("[data-test=new-filing] [data-test=file]").set_input_files(PAPER)
    expect(officer.locator("[data-test=scan-name]")).to_contain_text("已上传")
    officer.click("[data-test=begin]")
    state(officer, "已收件")
    expect(officer.locator("[data-test=filing]")).to_contain_text("邮戳日期")
    officer.click("[data-step=return]")
    officer.fill("[name=return-due]", (TODAY + dt.timedelta(days=10)).isoformat())
    officer.fill("[name=return-note]", "请一并补正")
    officer.click("[data-test=do-step]")
    state(officer, "待补正")
    pdf(officer, "[data-paper=notice] a")
    manager = person("manager.east")
    manager.locator("[data-group='filings.returned'] a[data-todo]").click()
    manager.fill("[name=person_handling]", "钱二")
    manager.click("[data-step=submit]")
    manager.click("[data-test=do-step]")
    state(manager, "已收件")
    expect(manager.locator("[data-test=versions]")).to_contain_text("补正")
