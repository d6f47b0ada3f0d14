"""Devices and their channels: a camera keeps its file and history while what serves it is replaced."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.registry.test_archive import enrol

from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.models import Device, DeviceChannel

pytestmark = pytest.mark.django_db
TODAY = "2027-01-15"
RECORDER = {"name": "一号录像机", "kind": "recorder", "organisation": "mall", "installed_date": "2024-05"}


@pytest.fixture
def manager(city: City) -> Api:
    return city.browser(BoundRole.MANAGER)


def device(browser: Api, **values: Any) -> Any:
    return browser.post("/devices", {**RECORDER, **values}, status=201)


def connect(browser: Api, device: Any, camera: Any, status: int = 201, **values: Any) -> Any:
    body = {"camera": camera["id"], **values}
    version = browser.get(f"/devices/{device['id']}")["version"]
    return browser.post(f"/devices/{device['id']}/channels", body, status=status, If_Match=f'"v{version}"')


def file_of(browser: Api, camera: Any) -> Any:
    return browser.get(f"/cameras/{camera['id']}/file")


def test_a_device_is_registered_found_and_changed(manager: Api) -> None:
    made = device(manager, manufacturer="海康", model="DS-7804", serial="SN-1", mac="AA-BB-CC-00-11-22")
    assert (made["mac"], made["serving"], made["version"]) == ("aa:bb:cc:00:11:22", 0, 1)
    for text in ("yhlxj", "7804", "bb:cc", "sn-1"):
        assert [one["id"] for one in manager.get(f"/devices?text={text}")["items"]] == [made["id"]]
    path = f"/devices/{made['id']}"
    changed = manager.patch(path, {"code": "37020200001185000001", "reason": "编码"}, If_Match='"v1"')
    assert (changed["code"], manager.last["ETag"]) == ("37020200001185000001", '"v2"')
    assert manager.patch(path, {"name": "甲"}, status=412, If_Match='"v1"')["code"] == "changed_meanwhile"
    actions = [one["action"] for one in manager.get(f"{path}/history")["items"]]
    assert actions == ["registry.device.change", "registry.device.add"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"mac": "AABB"}, "invalid", "/mac"),
        ({"mac": "aa:bb:cc:00:11:22"}, "device_taken", "/mac"),
        ({"manufacturer": "海康", "serial": "SN-1"}, "device_taken", "/serial"),
        ({"code": "37020200001325000001"}, "invalid", "/code"),  # a camera's type on a recorder
        ({"code": "37020200001185000009"}, "code_taken", "/code"),
        ({"installed_date": "2024-13"}, "invalid", "/installed_date"),
        ({"name": "  "}, "invalid", "/name"),
        ({"organisation": "nowhere"}, "invalid", "/organisation"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(values: Any, code: str, field: str, manager: Api) -> None:
    device(manager, manufacturer="海康", serial="SN-1", mac="aa:bb:cc:00:11:22", code="37020200001185000009")
    problem = manager.post("/devices", {**RECORDER, **values}, status=422)
    assert (problem["code"], problem["field"]) == (code, field)
    assert Device.objects.count() == 1


def test_a_device_of_another_subtree_tells_only_whom_to_ask(manager: Api, city: City) -> None:
    made = device(manager, mac="aa:bb:cc:00:11:22")
    stranger = city.browser(BoundRole.MANAGER, "west")
    problem = stranger.post("/devices", {**RECORDER, "organisation": "market", "mac": "aa:bb:cc:00:11:22"}, status=422)
    assert problem["detail"] == "this device is registered already, contact 湖心商场有限公司"
    assert stranger.post("/devices", RECORDER, status=403)["code"] == "forbidden"
    camera = enrol(city, side="west", organisation="market", division="west")
    assert connect(manager, made, camera, 404)["code"] == "not_found"
    assert stranger.get("/devices")["items"] == []


def test_a_replaced_device_leaves_the_camera_its_file_and_its_history(manager: Api, city: City) -> None:
    camera = enrol(city, host="10.0.0.9")
    first = device(manager, name="旧机身", kind="camera", mac="aa:bb:cc:00:11:22", manufacturer="海康", model="A")
    second = device(manager, name="新机身", kind="camera", mac="aa:bb:cc:00:11:33", manufacturer="大华", model="B")
    recorder = device(manager)
    connect(manager, first, camera, since_date="2026-03-01")
    connect(manager, recorder, camera, channel=7, since_date="2026-03-01")
    assert file_of(manager, camera)["fields"]["model"] == "A"
    body = {"by": second["id"], "on": "2026-11-02", "reason": "雷击损坏"}
    old = manager.post(f"/devices/{first['id']}/replace", body, If_Match='"v2"')
    assert (old["serving"], old["channels"][0]["until_date"]) == (0, "2026-11-02")
    file = file_of(manager, camera)
    served = [(one["name"], one["channel"], one["since_date"], one["until_date"]) for one in file["devices"]]
    assert served == [
        ("旧机身", 1, "2026-03-01", "2026-11-02"), ("一号录像机", 7, "2026-03-01", ""), ("新机身", 1, "2026-11-02", ""),
    ]  # fmt: skip
    assert (file["id"], file["version"], file["fields"]["model"], file["fields"]["host"]) == (
        camera["id"], 4, "B", "10.0.0.9",
    )  # fmt: skip
    gone = manager.post(f"/devices/{first['id']}/scrap", {"reason": "报废"}, If_Match='"v3"')
    assert gone["scrapped_date"] == TODAY
    assert [one["name"] for one in manager.get("/devices?scrapped=true")["items"]] == ["旧机身"]
    actions = [one["action"] for one in manager.get(f"/cameras/{camera['id']}/history")["items"]]
    assert actions == ["registry.camera.device"] * 3 + ["registry.archive.enrol"]
    assert manager.post("/cameras/duplicates", {"mac": "aa:bb:cc:00:11:22"}) == []
    assert manager.post("/cameras/duplicates", {"mac": "aa:bb:cc:00:11:33"})[0]["grounds"] == ["device"]


def test_spans_of_a_channel_and_of_a_camera_do_not_overlap(manager: Api, city: City) -> None:
    north, south = enrol(city), enrol(city, name="南门")
    recorder, other = device(manager), device(manager, name="二号录像机")
    connect(manager, recorder, north, since_date="2026-03-01")
    for values, field in (
        ({}, "/channel"),  # serves the north
        ({"since_date": "2027-02-01", "channel": 2}, "/since_date"),  # has not come
        ({"since_date": "2026-05-02", "until_date": "2026-05-01", "channel": 2}, "/until_date"),
        ({"since_date": "2024-04-30", "channel": 2}, "/since_date"),  # before the recorder was there
        ({"channel": 0}, "/channel"),
    ):
        problem = connect(manager, recorder, south, 409 if not values else 422, **values)
        assert problem["field"] == field
    assert connect(manager, recorder, north, 409)["field"] == "/camera"
    manager.patch(f"/devices/{recorder['id']}", {"serial": "YS-2024-0117"}, If_Match='"v2"')
    for text in ("ys-2024", "2024-0117"):  # a camera is found by what serves it now
        assert [one["id"] for one in manager.get(f"/cameras?text={text}")["items"]] == [north["id"]]
    assert city.browser(BoundRole.MANAGER, "west").get("/cameras?text=ys-2024")["items"] == []
    past = {"since_date": "2025-01-01", "until_date": "2026-03-01"}
    connect(manager, recorder, south, **past)
    assert connect(manager, other, south, 409, **{**past, "until_date": "2025-01-02"})["field"] == "/since_date"
    connect(manager, other, north, channel=3, since_date="2026-09-01")  # moves there
    ended = DeviceChannel.objects.get(device_id=recorder["id"], camera_id=north["id"])
    assert ended.until_date == "2026-09-01"
    now = DeviceChannel.objects.get(device_id=other["id"], until_date="")
    path = f"/devices/{other['id']}/channels/{now.pk}/end"
    assert manager.post(path, {"on": "2026-08-31"}, status=422, If_Match='"v2"')["field"] == "/on"
    assert manager.post(path, {"on": "2026-12-31", "reason": "拆除"}, If_Match='"v2"')["serving"] == 0
    assert manager.post(path, {}, status=404, If_Match='"v3"')["code"] == "not_found"


def test_a_creation_sent_twice_connects_once_and_a_removed_camera_frees_its_channel(manager: Api, city: City) -> None:
    camera, recorder = enrol(city), device(manager)
    path, body = f"/devices/{recorder['id']}/channels", {"camera": camera["id"]}
    for _ in range(2):
        manager.post(path, body, status=201, If_Match='"v1"', Idempotency_Key="one")
    assert DeviceChannel.objects.count() == 1
    version = file_of(manager, camera)["version"]
    manager.delete(f"/cameras/{camera['id']}", {"reason": "拆除"}, If_Match=f'"v{version}"')
    assert DeviceChannel.objects.get().until_date == TODAY
    connect(manager, recorder, enrol(city, name="南门"))


def test_a_scrapped_device_is_changed_no_more_and_its_code_stays_its_own(manager: Api) -> None:
    made = device(manager, code="37020200001185000009", serial="SN-1", manufacturer="海康")
    path = f"/devices/{made['id']}"
    assert manager.post(f"{path}/scrap", {"on": TODAY}, status=422, If_Match='"v1"')["field"] == "/reason"
    manager.post(f"{path}/scrap", {"reason": "报废"}, If_Match='"v1"')
    assert manager.patch(path, {"name": "甲"}, status=409, If_Match='"v2"')["code"] == "conflict"
    assert Identifier.objects.get(subject_id=made["id"]).until_date == TODAY
    again = {**RECORDER, "code": "37020200001185000009"}
    assert manager.post("/devices", again, status=422)["code"] == "code_taken"
    device(manager, serial="SN-1", manufacturer="海康")  # bought back: another life


def test_a_camera_is_in_systems_for_a_time(manager: Api, city: City) -> None:
    ids = [
        manager.post("/systems", {"name": name, "organisation": "mall", "division": "east"}, status=201)["id"]
        for name in ("甲系统", "乙系统", "丙系统")
    ]
    camera = enrol(city)
    path = f"/cameras/{camera['id']}/memberships"

    def join(number: int, status: int = 201, **values: Any) -> Any:
        tag = f'"v{file_of(manager, camera)["version"]}"'
        return manager.post(path, {"system": ids[number], **values}, status=status, If_Match=tag)

    before = camera["archive_score"]
    assert join(0, since_date="2026-01-01")["archive_score"] > before
    assert join(1, owning=False, since_date="2026-02-01")["system"] == ids[0]
    moved = join(2, since_date="2026-06-01")
    assert (moved["system"], "system_id" in moved["missing"]) == (ids[2], False)
    assert [(one["system_name"], one["owning"], one["until_date"]) for one in moved["memberships"]] == [
        ("甲系统", True, "2026-06-01"), ("乙系统", False, ""), ("丙系统", True, ""),
    ]  # fmt: skip
    assert join(2, 409)["field"] == "/system"
    assert join(1, 409, owning=False)["field"] == "/since_date"
    assert join(1, 409, since_date="2026-03-01", until_date="2026-04-01")["field"] == "/since_date"
    assert manager.post(path, {"system": ids[0]}, status=428)["code"] == "precondition_required"
    row = moved["memberships"][2]["id"]
    version = file_of(manager, camera)["version"]
    left = manager.post(f"{path}/{row}/end", {"on": "2026-12-01", "reason": "移交"}, If_Match=f'"v{version}"')
    assert (left["system"], left["archive_score"]) == (None, before)
    actions = [one["action"] for one in manager.get(f"/cameras/{camera['id']}/history")["items"]]
    assert actions[0] == "registry.archive.leave"
    assert actions.count("registry.archive.join") == 3
    stranger = city.browser(BoundRole.MANAGER, "west")
    other = enrol(city, side="west", organisation="market", division="west")
    body = {"system": ids[0], "owning": False}
    assert stranger.post(f"/cameras/{other['id']}/memberships", body, status=404, If_Match='"v1"')
    assert stranger.post(f"{path}/{row}/end", {}, status=404, If_Match='"v1"')
