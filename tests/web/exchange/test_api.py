"""The way of a file through the API, with real threads: upload, progress, preview, apply, undo; templates; exports."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.web.city import City
from tests.web.client import Api
from tests.web.exchange.sheets import CAMERA, bring_in, counts, preview, table, workbook

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.exchange import sheets
from mingjian.web.registry.models import Camera

TEXT = "导入.csv"


def settle(browser: Api, made: dict[str, Any]) -> dict[str, Any]:
    """Wait until no job is at it."""
    deadline = time.monotonic() + 60
    while (found := browser.get(f"/imports/{made['id']}"))["state"] in ("reading", "applying", "undoing"):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


@pytest.fixture
def manager(committing: None, city: City) -> Api:
    return city.browser(BoundRole.MANAGER, language="zh")


def test_a_file_is_uploaded_looked_at_imported_and_taken_back(manager: Api, city: City) -> None:
    content = table("cameras", [{**CAMERA, "model": "=HYPERLINK()"}, {**CAMERA, "name": "南门"}])
    made = manager.upload(f"/imports?kind=cameras&name={TEXT}", content, status=201)
    shown = settle(manager, made)
    assert (shown["state"], shown["name"], shown["form"], shown["rows_new"]) == ("previewed", TEXT, "csv", 2)
    first, _ = manager.get(f"/imports/{made['id']}/rows?change=new")["items"]
    noted = [manager.get(f"/imports/{made['id']}/rows?change={one}")["items"] for one in ("noted", "left", "refused")]
    assert noted == [[], [], []]
    assert first["cells"][:2] == [
        {"column": "名称", "before": "", "after": "北门入口枪机"},
        {"column": "所属单位", "before": "", "after": "湖心商场有限公司"},
    ]
    path, tag = f"/imports/{made['id']}", f'"v{shown["version"]}"'
    manager.post(f"{path}/apply", status=428)
    manager.post(f"{path}/apply", If_Match=tag)
    assert manager.post(f"{path}/apply", status=412, If_Match=tag)["code"] == "changed_meanwhile"
    applied = settle(manager, made)
    assert (applied["state"], Camera.objects.count()) == ("applied", 2)
    city.browser(BoundRole.MANAGER, "west").get(path, status=404)
    manager.post(f"{path}/undo", {"reason": "导错了"}, If_Match=f'"v{applied["version"]}"')
    assert settle(manager, made)["state"] == "undone"
    assert not Camera.objects.filter(removed_ns=None).exists()
    assert [one["state"] for one in manager.get("/imports")["items"]] == ["undone"]
    broken = manager.upload("/imports?kind=cameras&name=a.xlsx", b"PK\x03\x04 but no workbook", status=201)
    failed = settle(manager, broken)
    assert (failed["state"], failed["error"]["said"]) == ("failed", "工作簿无法读取，可能已损坏或者加了密")


@pytest.mark.django_db
def test_what_is_no_sheet_is_refused_before_anything_is_read(city: City) -> None:
    browser = city.browser(BoundRole.MANAGER)
    problem = browser.upload("/imports?kind=cameras&name=a.pdf", b"%PDF-1.7 ...", status=422)
    assert problem["field"] == "/content"
    form = "multipart/form-data; boundary=x"
    browser.upload("/imports?kind=cameras&name=a.csv", b"--x--", status=422, media_type=form)
    city.browser(BoundRole.GUARD).upload("/imports?kind=cameras&name=a.csv", b"x", status=403)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbf\r\n\r\n", "文件是空的"),
        ("名称,所属单位,行政区划,颜色\r\n甲,乙,丙,丁".encode(), "第 1 行第 4 列“颜色”是不认识的列"),
        ("名称,名称\r\n".encode(), "第 1 行第 2 列“名称”是重复的列"),
        ("名称,备注栏\r\n".encode("gb18030")[:-4] + b"\xff\xff\r\n", "文件既不是 UTF-8 也不是 GB18030 编码"),
        ("名称,分组\r\n".encode(), "表头缺少必需的列：所属单位、行政区划"),
        ('名称,所属单位,行政区划\r\n"甲,乙\r\n'.encode(), "CSV 第 2 行引号不配对或者单元格过长"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(city: City, content: bytes, said: str) -> None:
    batch = preview(city.actor(BoundRole.MANAGER), content)
    assert (batch.state, batch.error["zh"]) == ("failed", said)
    assert not batch.rows.exists()


@pytest.mark.django_db
def test_a_workbook_that_unpacks_to_too_much_is_not_opened(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "UNPACKED_BYTES", 1 << 20)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(2 << 20))
    batch = preview(city.actor(BoundRole.MANAGER), file.getvalue())
    assert batch.error["en"] == "the workbook unpacks to too much"


@pytest.mark.django_db
def test_the_template_has_chinese_headers_lists_and_explanations_and_its_samples_fit(city: City) -> None:
    browser = city.browser(BoundRole.MANAGER)
    answer = browser.get("/imports/template?kind=cameras")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["摄像机", "说明", "选项"]
    header = [cell.value for cell in book["摄像机"][1]]
    assert header[:5] == ["登记标识", "国标编码", "名称", "所属单位", "行政区划"]
    rules = {str(one.sqref).partition("2:")[0]: one.formula1 for one in book["摄像机"].data_validations.dataValidation}
    lists = {cell.value: cell.column_letter for cell in book["选项"][1]}
    letter = lists["摄像机类型"]
    assert (
        rules[book["摄像机"].cell(1, header.index("摄像机类型") + 1).column_letter] == f"'选项'!${letter}$2:${letter}$8"
    )
    assert book["选项"][f"{letter}2"].value == "球机"
    samples = {row[0]: row[3] for row in book["说明"].iter_rows(min_row=2, values_only=True) if row[3]}
    rows = [{column: value for column, value in samples.items() if column not in ("所属单位", "国标编码")}]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*rows[0], "所属单位"])
    writer.writerow([*rows[0].values(), "湖心商场有限公司"])
    assert counts(preview(city.actor(BoundRole.MANAGER), text.getvalue().encode())) == (1, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_imports_again_without_a_change(city: City, form: str) -> None:
    manager = city.actor(BoundRole.MANAGER)
    row = {
        **CAMERA, "code": "37020200001321000001", "datum": "BD-09", "lon": "120.382901", "lat": "36.064402",
        "ptz_type": "球机", "audio": "否", "model": "=1+1", "record_save_days": "30", "group": "东湖/湖滨",
    }  # fmt: skip
    bring_in(manager, table("cameras", [row, {**CAMERA, "name": "南门"}]))
    west = {"organisation": "西山农贸市场有限公司", "division": "370203", "name": "市场"}
    bring_in(city.actor(BoundRole.MANAGER, "west"), workbook("cameras", [west]))
    answer = city.browser(BoundRole.MANAGER).get(f"/exports/cameras?form={form}")
    content = b"".join(answer.streaming_content)
    if form == "csv":
        text = content.decode("utf-8-sig")
        assert "'=1+1" in text
        assert "市场" not in text
    batch = preview(manager, content)
    assert counts(batch) == (0, 0, 2, 0), [(one.errors, one.values, one.before) for one in batch.rows.all()]
    assert AuditEntry.objects.get(action="exchange.export").after == {"kind": "cameras", "form": form, "rows": 2}
