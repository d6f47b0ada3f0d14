"""Catalogues of GB/T 28181: what is written reads back, what devices get wrong is read, what is hostile is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.wire.manscdp import LONGEST_TEXT, CatalogItem, read_catalog, write_catalog

CAPTURES = Path(__file__).parent / "manscdp"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=60).map(str.strip)


def read(data: bytes, size: int = 1 << 20) -> list[CatalogItem]:
    return list(read_catalog(data[at : at + size] for at in range(0, len(data), size)))


def wrapped(items: str, head: str = '<?xml version="1.0" encoding="GB2312"?>') -> bytes:
    text = f"{head}<Response><CmdType>Catalog</CmdType><DeviceList>{items}</DeviceList></Response>"
    return text.encode("gb18030")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.integers(1, 400))
def test_what_is_written_reads_back_whatever_the_pieces(rows: list[tuple[str, str]], size: int) -> None:
    items: list[Mapping[str, object]] = [
        {"DeviceID": f"3702020000132{n:07d}", "Name": name, "Address": address, "Info": {"PTZType": 3}}
        for n, (name, address) in enumerate(rows)
    ]
    data = b"".join(write_catalog("37020200002000000001", items, len(items)))
    found = read(data, size)
    assert [(one.get("Name"), one.get("address")) for one in found] == rows
    assert [one.device_id for one in found] == [str(one["DeviceID"]) for one in items]
    assert all((one.kind, one.get("PTZType")) == ("132", "3") for one in found)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for content in (data, wrapped("<Item>")[:-40] + data):
        found = refusal(content)
        assert found is None or (found.code == "bad_catalog" and found.message.zh.startswith("国标目录无法读取"))


def refusal(data: bytes) -> MingjianError | None:
    try:
        read(data)
    except MingjianError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("bare_signs.xml", [("37020200001320000001", "A&B楼<5层")]),
        ("utf8_called_gb2312.xml", [("37020200001320000001", "湖滨路1号")]),
        ("rare_characters.xml", [("37020200001320000001", "㛃㙍䶮路口")]),
        ("two_messages.xml", [("37020200001320000001", "一"), ("37020200001320000002", "二")]),
        ("lower_case.xml", [("37020200001320000001", "小写")]),
    ],
)
def test_what_devices_get_wrong_is_read(name: str, wanted: list[tuple[str, str]]) -> None:
    data = (CAPTURES / name).read_bytes()
    for size in (1 << 20, 7):
        assert [(one.device_id, one.get("Name")) for one in read(data, size)] == wanted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Response><CmdType>Catalog</CmdType></Response>', "a document type: refused"),
        (wrapped("<Item>" + "<a>" * 9), "nested too deeply"),
        (wrapped(f"<Item><Name>{'x' * (LONGEST_TEXT + 1)}</Name></Item>"), "a field that is too long"),
        (wrapped("<Item><Name>x</Item>"), "the XML is broken"),
        (wrapped("<Item/>")[:-20], "ends before the catalogue does"),
        (b"<html></html>", "neither Response nor Notify"),
        (b"<Response><CmdType>DeviceInfo</CmdType></Response>", "CmdType is not Catalog"),
        (b"", "CmdType is not Catalog"),
        (b"<Response>\xff\xff", "no text of the file's encoding"),
    ],
)
def test_what_is_no_catalogue_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(MingjianError, match=said):
        read(data)
