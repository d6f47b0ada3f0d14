"""Imports of devices and of the channels that serve cameras: compared, refused by row and column, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.exchange.sheets import bring_in, counts, preview, problems, table, workbook
from tests.web.registry.test_archive import enrol

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.exchange.batches import apply_batch, undo_batch
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.devices.actions import add_device, change_device
from mingjian.web.registry.models import Camera, CameraArchive, Device, DeviceChannel, DeviceSearch

pytestmark = pytest.mark.django_db
UNIT = "湖心商场有限公司"
RECORDER = {"name": "一号录像机", "kind": "录像机", "organisation": UNIT, "code": "37020200001185000001",
            "manufacturer": "云视", "serial": "SN-1", "mac": "AA-BB-CC-00-11-22", "installed_date": "2024-05"}  # fmt: skip
BODY = {
    "name": "新机身",
    "kind": "摄像机机身",
    "organisation": UNIT,
    "manufacturer": "大华",
    "model": "B",
    "serial": "SN-2",
}
WEST = {"name": "市场录像机", "kind": "recorder", "organisation": "market", "manufacturer": "云视", "serial": "SN-9"}


def exported(city: City, kind: str) -> bytes:
    return b"".join(city.browser(BoundRole.MANAGER).get(f"/exports/{kind}?form=csv").streaming_content)


def test_devices_are_registered_compared_changed_and_taken_back_and_come_again_under_their_id(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    batch = bring_in(manager, workbook("devices", [RECORDER, BODY]), "devices")
    device = Device.objects.get(name="一号录像机")
    assert (device.mac, device.kind, device.organisation_id) == ("aa:bb:cc:00:11:22", "recorder", "mall")
    assert Identifier.objects.get(value=RECORDER["code"]).subject_id == device.id
    assert "sn-1" in DeviceSearch.objects.get(pk=device.pk).text
    entry = AuditEntry.objects.get(action="registry.device.add", object_id=device.id)
    assert (entry.organisation_id, entry.division_id, entry.reason) == ("mall", "east", "批量导入:devices.xlsx")
    assert counts(preview(manager, exported(city, "devices"), "devices")) == (0, 0, 2, 0)
    changed = bring_in(manager, table("devices", [{**RECORDER, "firmware": "V2.1"}]), "devices")  # meant by its code
    assert [(row.values, row.before) for row in changed.rows.all()] == [({"firmware": "V2.1"}, {"firmware": ""})]
    assert undo_batch(manager, changed.id, "导错了", None, wait=True).rows_left == 0
    device.refresh_from_db()
    assert (device.firmware, device.version) == ("", 3)
    done = undo_batch(manager, batch.id, "导错了", None, wait=True)
    assert (done.rows_left, done.rows.exclude(left=None).get().number) == (1, 2)  # the recorder was touched since
    assert Device.objects.get(name="新机身").scrapped_date
    second = bring_in(manager, workbook("devices", [{**RECORDER, "name": "二号", "code": "37020200001185000002",
                                                     "serial": "SN-3", "mac": ""}]), "devices")  # fmt: skip
    undo_batch(manager, second.id, "导错了", None, wait=True)
    gone = Device.objects.get(name="二号")
    again = bring_in(manager, workbook("devices", [{**RECORDER, "name": "二号机", "code": "37020200001185000002",
                                                    "serial": "SN-3", "mac": ""}]), "devices")  # fmt: skip
    assert counts(again) == (0, 1, 0, 0)
    gone.refresh_from_db()
    assert (gone.name, gone.scrapped_date, Identifier.objects.get(value=gone.code).until_date) == ("二号机", "", "")


def test_what_is_wrong_with_devices_is_told_by_column_and_other_subtrees_tell_only_whom_to_ask(city: City) -> None:
    manager, west = city.actor(BoundRole.MANAGER), city.actor(BoundRole.MANAGER, "west")
    add_device(west, {**WEST, "code": "37020300001185000009"})
    bring_in(manager, workbook("devices", [RECORDER]), "devices")
    plain = {key: RECORDER[key] for key in ("name", "kind", "organisation")}
    rows: list[dict[str, Any]] = [
        {**plain, "name": None, "kind": "冰箱"},
        {**plain, "name": "二", "mac": "AABB"},
        {**plain, "name": "三", "manufacturer": "云视", "serial": "SN-9"},
        {**plain, "name": "四", "code": "37020300001185000009"},
        {**plain, "name": "五", "code": "37020200001325000001"},
        {**plain, "name": "六", "organisation": "西山农贸市场有限公司"},
        {**plain, "name": "七", "serial": "SN-7"},
        {**plain, "name": "八", "serial": "SN-7"},
        {**RECORDER, "kind": "编码器", "code": ""},
        {**plain, "name": "九", "installed_date": "去年"},
    ]
    batch = preview(manager, workbook("devices", rows), "devices")
    assert problems(batch) == {
        2: ["kind", "name", "kind"], 3: ["mac"], 4: ["serial"], 5: ["code"], 6: ["code"], 7: ["organisation"],
        9: ["name", "serial"], 10: ["kind"], 11: ["installed_date"],
    }  # fmt: skip
    assert "请联系西山农贸市场有限公司" in batch.rows.get(number=4).errors[0]["zh"]
    assert "市场录像机" not in str(list(batch.rows.values()))
    assert Device.objects.count() == 2


def channel(device: str, camera: str, **more: Any) -> dict[str, Any]:
    return {"device": device, "camera": camera, **more}


def test_channels_serve_cameras_by_day_end_what_they_replace_and_are_taken_back_whole(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    north = enrol(city, host="10.0.0.9")
    enrol(city, name="南门")
    bring_in(
        manager,
        workbook("devices", [RECORDER, BODY, {**BODY, "name": "旧机身", "serial": "SN-0", "model": "A"}]),
        "devices",
    )
    first = bring_in(manager, workbook("channels", [
        channel("SN-0", north["name"], since_date="2026-01-01"),
        channel("SN-1", north["name"], channel="7", since_date="2026-01-01"),
        channel("一号录像机", "南门", channel="8", since_date="2025-01-01", until_date="2025-06-01"),
    ]), "channels")  # fmt: skip
    assert (counts(first), DeviceChannel.objects.count()) == ((3, 0, 0, 0), 3)
    camera = Camera.objects.get(pk=north["id"])
    assert (camera.archive.model, camera.archive.host) == ("A", "10.0.0.9")
    assert counts(preview(manager, exported(city, "channels"), "channels")) == (0, 0, 3, 0)
    rows = [
        channel("新机身", north["name"], since_date="2026-11-02"),
        channel("SN-1", north["name"], channel="7", until_date="2026-12-01"),
        channel("SN-1", "南门", channel="7", since_date="2026-12-01"),  # the row before has freed it
    ]
    second = bring_in(manager, workbook("channels", rows), "channels")
    assert counts(second) == (2, 1, 0, 0)
    assert second.rows.get(number=2).notes[0]["zh"] == "同时断开“旧机身”通道 1"
    served = DeviceChannel.objects.filter(camera=camera).order_by("id").values_list("device__name", "until_date")
    assert list(served) == [("旧机身", "2026-11-02"), ("一号录像机", "2026-12-01"), ("新机身", "")]
    file = city.browser(BoundRole.MANAGER).get(f"/cameras/{camera.id}/file")
    assert (file["fields"]["manufacturer"], file["fields"]["model"], file["version"]) == ("大华", "B", 3)
    actions = [entry.action for entry in AuditEntry.objects.filter(object_id=camera.id).order_by("id")]
    assert actions == ["registry.archive.enrol", *["registry.camera.device"] * 4]
    recorder = Device.objects.get(serial="SN-1")
    said = list(AuditEntry.objects.filter(object_id=recorder.id).order_by("id").values_list("action", flat=True))
    assert said == ["registry.device.add", *["registry.device.connect"] * 3, "registry.device.disconnect"]
    assert undo_batch(manager, second.id, "导错了", None, wait=True).rows_left == 0
    assert list(served.all()) == [("旧机身", ""), ("一号录像机", "")]
    archive = CameraArchive.objects.get(pk=camera.pk)
    assert (archive.manufacturer, archive.model, archive.host) == ("大华", "A", "10.0.0.9")
    assert undo_batch(manager, first.id, "导错了", None, wait=True).rows_left == 0
    assert not DeviceChannel.objects.exists()
    assert CameraArchive.objects.get(pk=camera.pk).model == ""


def test_what_is_wrong_with_channels_is_told_by_column_and_a_later_change_is_left_alone(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    enrol(city, name="北门")
    enrol(city, name="南门")
    enrol(city, side="west", organisation="market", division="west", name="市场北门")
    bring_in(manager, workbook("devices", [RECORDER, {**BODY, "kind": "录像机"}]), "devices")
    first = bring_in(
        manager, workbook("channels", [channel("SN-1", "北门", channel="7", since_date="2026-01-01")]), "channels"
    )
    rows = [
        channel("SN-1", "市场北门"),
        channel("没有的", "南门"),
        channel("SN-1", "南门", channel="7", since_date="2026-03-01"),  # serves the north
        channel("SN-1", "南门", channel="2", since_date="2024-04-30"),  # before it was there
        channel("SN-1", "南门", channel="2", since_date="2099-01-01"),
        channel("SN-1", "南门", channel="2", since_date="2026-03-01", until_date="2026-02-01"),
        channel("SN-1", "南门", channel="9999"),
        channel("SN-1", "北门", channel="7", since_date="2025-01-01"),
        channel("SN-2", "北门", channel="1", since_date="2025-01-01"),  # overlaps the recorder of now
        channel("SN-1", "南门", channel="3", since_date="2026-03-01"),
        channel(
            "SN-2", "南门", channel="3", since_date="2026-03-02", until_date="2026-03-03"
        ),  # overlaps the row before
    ]
    batch = preview(manager, workbook("channels", rows), "channels")
    assert problems(batch) == {
        2: ["camera"], 3: ["device"], 4: ["channel"], 5: ["since_date"], 6: ["since_date"], 7: ["until_date"],
        8: ["channel"], 9: ["since_date"], 10: ["since_date"], 12: ["since_date"],
    }  # fmt: skip
    DeviceChannel.objects.update(until_date="2026-05-01")  # by somebody else, since
    done = undo_batch(manager, first.id, "导错了", None, wait=True)
    assert (done.rows_left, DeviceChannel.objects.count()) == (1, 1)
    stale = preview(manager, workbook("devices", [{**RECORDER, "firmware": "V3"}]), "devices")
    change_device(manager, Device.objects.get(serial="SN-1").id, {"host": "10.0.0.3"}, None)
    assert apply_batch(manager, stale.id, None, wait=True).error["code"] == "import_outdated"
