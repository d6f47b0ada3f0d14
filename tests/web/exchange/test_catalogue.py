"""Catalogues of GB/T 28181 through the same preview, and out again."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.web.city import City
from tests.web.exchange.sheets import bring_in, counts, preview, problems

from mingjian.web.authority.actor import BoundRole
from mingjian.web.registry.models import Camera
from mingjian.wire.manscdp import write_catalog

pytestmark = pytest.mark.django_db
UNIT = "湖心商场有限公司"
NODES = [
    {"DeviceID": "370202", "Name": "东湖区"},
    {"DeviceID": "37020200002160000001", "Name": "地下一层", "ParentID": "37020200002160000002"},
    {"DeviceID": "37020200002160000002", "Name": "湖心商场", "ParentID": "370202"},
]
CAMERA = {
    "DeviceID": "37020200001320000001", "Name": "电梯厅", "Manufacturer": "云视", "CivilCode": "37020200",
    "Address": "湖滨路1号", "ParentID": "37020200002000000001/37020200002160000001", "Longitude": "120.382901",
    "Latitude": "36.064402", "Status": "ON",
    "Info": {"PTZType": 3, "HorizontalFieldAngle": "72.50", "InstallTime": "2024-05-01T08:00:00", "MAC": "00-1A-2B-3C-4D-5E"},
}  # fmt: skip


def test_a_catalogue_becomes_cameras_under_its_tree_and_is_written_again(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    bare = {
        "DeviceID": "37020200001310000002",
        "Name": "无位置",
        "Longitude": "0",
        "Latitude": "0.000",
        "CivilCode": "99",
    }
    nvr = {"DeviceID": "37020200001180000001", "Name": "录像机"}
    data = b"".join(write_catalog("37020200002000000001", [*NODES, CAMERA, bare, nvr], 6))
    batch = bring_in(manager, data, organisation=UNIT, division="370202", datum="GCJ-02")
    assert (batch.form, counts(batch)) == ("gb28181", (2, 0, 0, 0))
    camera = Camera.objects.get(code=CAMERA["DeviceID"])
    assert (camera.group, camera.organisation_id, camera.division_id) == ("东湖区/湖心商场/地下一层", "mall", "east")
    assert (camera.view_angle_deg, camera.archive.ptz_type, camera.archive.installed_date) == (72, 3, "2024-05-01")
    assert camera.archive.given == {"datum": "GCJ-02", "lon": "120.382901", "lat": "36.064402"}
    assert Camera.objects.get(name="无位置").lon_e7 is None
    answer = city.browser(BoundRole.MANAGER).get("/exports/cameras?form=gb28181")
    content = b"".join(answer.streaming_content)
    root = etree.fromstring(content)  # somebody else's parser
    assert [root.findtext("CmdType"), root.findtext("SumNum"), root.find("DeviceList").get("Num")] == [
        "Catalog",
        "2",
        "2",
    ]
    (item,) = [one for one in root.iterfind("DeviceList/Item") if one.findtext("DeviceID") == CAMERA["DeviceID"]]
    assert (item.findtext("CivilCode"), item.findtext("Status"), item.findtext("Info/MAC")) == (
        "370202",
        "ON",
        "00:1a:2b:3c:4d:5e",
    )
    assert float(item.findtext("Longitude")) == pytest.approx(camera.lon_e7 / 1e7)
    again = preview(manager, content, organisation=UNIT)
    assert again.rows_new == again.rows_refused == 0


def test_without_an_organisation_each_camera_says_so(city: City) -> None:
    data = b"".join(write_catalog("x", [CAMERA], 1))
    assert problems(preview(city.actor(BoundRole.MANAGER), data)) == {2: ["organisation"]}
    broken = preview(city.actor(BoundRole.MANAGER), b'<!DOCTYPE a [<!ENTITY b "c">]><Response/>')
    assert broken.error["zh"] == "国标目录无法读取：含有 DOCTYPE 声明，不予读取"
