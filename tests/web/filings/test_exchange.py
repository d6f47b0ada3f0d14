"""The basic information table goes out and comes back with the national platform's numbers, in three forms."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings.models import Filing


@pytest.fixture
def officer(system: Any, city: Any) -> Api:
    Filing.objects.create(
        id="filing", kind="both", state="registered", system=system, organisation_id="mall", division_id="east-street",
        organ_id="east-police", number="3702022025000001", registered_date="2025-04-12", created_ns=0,
        facts={"unit": "=cmd()", "location": "湖滨路1号", "devices_number": "2"},
    )  # fmt: skip
    return city.browser(BoundRole.OFFICER)


def exported(api: Api, form: str) -> bytes:
    answer = api.client.get(f"/api/v1/filings/exchange?format={form}")
    assert answer.status_code == 200
    return answer.content


def national_number() -> str:
    return Filing.objects.get(pk="filing").national_number


def test_csv_goes_out_and_comes_back(officer: Api) -> None:
    text = exported(officer, "csv").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0][:3] == ["备案标识", "备案号", "全国平台编号"]
    assert lines[1][:2] == ["filing", "3702022025000001"]
    assert "'=cmd()" in lines[1]
    lines[1][2] = "QG-0001"
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    body = {"format": "csv", "content": out.getvalue()}
    assert officer.post("/filings/exchange", body) == {"changed": 1}
    assert national_number() == "QG-0001"
    assert officer.post("/filings/exchange", body) == {"changed": 0}


def test_excel_goes_out_and_comes_back(officer: Api) -> None:
    sheet = load_workbook(io.BytesIO(exported(officer, "xlsx"))).worksheets[0]
    rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    rows[1][2] = "QG-0002"
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    body = {"format": "xlsx", "content": base64.b64encode(out.getvalue()).decode()}
    assert officer.post("/filings/exchange", body) == {"changed": 1}
    assert national_number() == "QG-0002"


def test_json_goes_out_and_comes_back(officer: Api) -> None:
    table = json.loads(exported(officer, "json"))
    table["rows"][0]["national_number"] = "QG-0003"
    body = {"format": "json", "content": json.dumps(table)}
    assert officer.post("/filings/exchange", body) == {"changed": 1}
    assert national_number() == "QG-0003"


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([{"filing": "filing", "national_number": "A"}, {"filing": "other", "national_number": "B"}], "/rows/1/filing"),
        ([{"filing": "filing", "number": "9", "national_number": "A"}], "/rows/0/filing"),
        ([{"filing": "filing", "national_number": "A" * 65}], "/rows/0/national_number"),
    ],
)
def test_one_wrong_row_changes_nothing_and_is_named(officer: Api, rows: list[dict[str, str]], field: str) -> None:
    body = {"format": "json", "content": json.dumps({"rows": rows})}
    assert officer.post("/filings/exchange", body, status=422)["field"] == field
    assert national_number() == ""


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rows": 1}'])
def test_what_is_no_table_is_refused(officer: Api, content: str) -> None:
    for form in ("csv", "json", "xlsx"):
        officer.post("/filings/exchange", {"format": form, "content": content}, status=422)


def test_another_districts_officer_neither_gets_nor_numbers_it(officer: Api, city: Any) -> None:
    west = city.browser(BoundRole.OFFICER, "west")
    assert json.loads(exported(west, "json")) == {"rows": []}
    body = {"format": "json", "content": json.dumps({"rows": [{"filing": "filing", "national_number": "A"}]})}
    west.post("/filings/exchange", body, status=422)
