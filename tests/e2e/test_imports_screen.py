"""A file of cameras on the screen: what is wrong by row and column, the diff, imported as a whole, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.more]
HEADER = "名称,所属单位,行政区划,朝向(度),型号\r\n"
UNIT = "湖心商场有限公司,370202"


def sheet(folder: Path, *rows: str) -> Path:
    """A CSV as a Chinese Excel writes it."""
    path = folder / "摄像机.csv"
    path.write_bytes((HEADER + "\r\n".join(rows)).encode("gb18030"))
    return path


def test_a_file_is_corrected_imported_and_taken_back(
    page: Page,
    city_stage: tuple[str, str],
    tmp_path: Path,
) -> None:
    sign_in(page, city_stage[0], "manager.east", city_stage[1])
    page.goto(f"{city_stage[0]}/imports")
    expect(page.get_by_role("link", name="下载模板")).to_have_attribute(
        "href", "/api/v1/imports/template?kind=cameras&form=xlsx"
    )
    page.set_input_files("[data-test=file]", sheet(tmp_path, f"北门枪机,{UNIT},400,A1", f"南门枪机,{UNIT},90,A1"))
    preview = page.locator("[data-test=preview]")
    expect(preview).to_have_attribute("data-state", "previewed")
    expect(page.locator("[data-test=hindrance]")).to_contain_text("有 1 行有错")
    expect(page.locator("[data-test=row]")).to_contain_text("朝向(度) 应在 0 到 359 之间")
    expect(page.locator("[data-test=apply]")).to_have_count(0)
    page.get_by_role("button", name="放弃").click()
    page.set_input_files("[data-test=file]", sheet(tmp_path, f"北门枪机,{UNIT},40,A1", f"女更衣室,{UNIT},90,A1"))
    expect(page.locator("[data-test=row]")).to_have_count(2)
    page.locator("button[data-change=noted]").click()
    expect(page.locator("[data-test=row]")).to_have_count(1)
    expect(page.locator("[data-test=row]")).to_contain_text("暂缓登记")
    page.locator("button[data-change='']").click()
    expect(page.locator("[data-test=row]")).to_have_count(2)
    page.locator("[data-test=apply]").click()
    expect(preview).to_have_attribute("data-state", "applied")
    page.locator("[data-test=undo]").click()
    page.locator(".el-message-box input").fill("导错了文件")
    page.locator(".el-message-box").get_by_role("button", name="撤销导入").click()
    expect(preview).to_have_attribute("data-state", "undone")
    page.get_by_role("button", name="返回").click()
    expect(page.locator(".recent")).to_contain_text("已撤销")
