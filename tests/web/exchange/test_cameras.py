"""Imports of cameras: the preview as a diff, the law's verdicts, whole or not at all, undone object by object."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.exchange.sheets import CAMERA, bring_in, counts, preview, problems, table, workbook

from mingjian.kernel.errors import MingjianError
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.exchange.batches import apply_batch, batch_by_id, undo_batch
from mingjian.web.exchange.models import ImportBatch
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.actions import change_camera
from mingjian.web.registry.archive.actions import change_archive, enrol_camera
from mingjian.web.registry.models import Camera, CameraArchive, CameraSearch, Membership
from mingjian.web.registry.places.actions import add_place, add_room
from mingjian.web.registry.systems.actions import add_system

pytestmark = pytest.mark.django_db
CODE = "37020200001321000001"


def mall(city: City) -> dict[str, str]:
    """The mall's place with a changing room, and its system; ids."""
    manager = city.actor(BoundRole.MANAGER)
    place = add_place(manager, {"name": "湖心商场", "division": "east", "organisation": "mall", "kinds": ["shopping_centre"],
                                "parts": ["entrance"], "public_place": True})  # fmt: skip
    room = add_room(manager, place.id, {"kind": "changing_room", "name": "三楼更衣室"}, None)
    system = add_system(manager, {"name": "湖心商场视频系统", "organisation": "mall", "division": "east"})
    return {"place": place.id, "part": place.parts.get().id, "room": room.id, "system": system.id}


@pytest.mark.parametrize("form", ["xlsx", "csv", "gb18030"])
def test_a_row_becomes_the_camera_that_a_single_enrolment_makes(city: City, form: str) -> None:
    ids = mall(city)
    row = {
        **CAMERA, "code": CODE, "place": "湖心商场", "part": "出入口", "system": "湖心商场视频系统", "datum": "GCJ-02",
        "lon": "120.382901", "lat": "36.064402", "azimuth_deg": "90", "ptz_type": "固定枪机", "room_type": "2-室内",
        "installed_date": "2025年4月1日", "mac": "00-1A-2B-3C-4D-5E", "audio": "否", "necessary": "是", "purpose": "治安防范",
    }  # fmt: skip
    content = (
        workbook("cameras", [row]) if form == "xlsx" else table("cameras", [row], {"csv": "utf-8-sig"}.get(form, form))
    )
    manager = city.actor(BoundRole.MANAGER)
    batch = bring_in(manager, content)
    assert (batch.form, counts(batch)) == (("csv", "xlsx")[form == "xlsx"], (1, 0, 0, 0))
    camera = Camera.objects.get()
    single, _ = enrol_camera(manager, {
        "name": CAMERA["name"], "organisation": "mall", "division": "east", "place": ids["place"], "part": ids["part"],
        "system": ids["system"], "position": {"datum": "GCJ-02", "lon": "120.382901", "lat": "36.064402"},
        "azimuth_deg": 90, "ptz_type": 3, "room_type": 2, "installed_date": "2025-04-01", "mac": "00-1A-2B-3C-4D-5E",
        "audio": False, "necessary": True, "purpose": "治安防范",
    })  # fmt: skip
    ours = {"id", "code", "archive_score"}  # the code counts as a filled field
    fields = [field.attname for field in Camera._meta.concrete_fields if field.attname not in ours]
    assert {name: getattr(camera, name) for name in fields} == {name: getattr(single, name) for name in fields}
    assert camera.code == CODE
    files = [CameraArchive.objects.filter(pk=one.pk).values().get() for one in (camera, single)]
    assert [one.pop("camera_id") for one in files] == [camera.id, single.id]
    assert files[0] == files[1]
    assert CameraSearch.objects.get(pk=camera.pk).text.startswith("北门入口枪机\nbmrkqj\n" + CODE)
    assert Membership.objects.get(camera=camera).system_id == ids["system"]
    assert Identifier.objects.get(kind="gb28181").subject_id == camera.id
    entry = AuditEntry.objects.get(action="registry.archive.enrol", object_id=camera.id)
    assert (entry.organisation_id, entry.division_id, entry.right) == ("mall", "east", "registry.camera.manage")
    assert entry.reason == "批量导入:cameras.xlsx"
    assert entry.after["mac"] == "00:1a:2b:3c:4d:5e"
    assert AuditEntry.objects.get(action="exchange.import.apply").after["new"] == 1


def test_what_is_wrong_is_told_by_row_and_column_and_nothing_is_imported(city: City) -> None:
    mall(city)
    rows: list[dict[str, Any]] = [
        {**CAMERA},
        {**CAMERA, "name": None},
        {**CAMERA, "organisation": "西山农贸市场有限公司"},
        {**CAMERA, "lon": "120°22′", "lat": "36.06"},
        {**CAMERA, "lon": "120.38"},
        {**CAMERA, "code": 37020200001321000001.0},
        {**CAMERA, "code": "37020300001321000001"},
        {**CAMERA, "ptz_type": "潜望镜", "audio": "可能", "installed_date": "去年"},
        {**CAMERA, "place": "湖心商场", "part": "公共区域"},
        {**CAMERA, "id": "no-such-id"},
        {**CAMERA, "azimuth_deg": "400"},
        {**CAMERA, "code": CODE},
        {**CAMERA, "code": CODE},
        {**CAMERA, "keep_days": "3"},
    ]
    batch = preview(city.actor(BoundRole.MANAGER), workbook("cameras", rows))
    assert problems(batch) == {
        3: ["name"], 4: ["organisation"], 5: ["lon"], 6: ["lat"], 7: ["code"], 8: ["code"],
        9: ["ptz_type", "installed_date", "audio"], 10: ["part"], 11: ["id"], 12: ["azimuth_deg"], 14: ["code"],
        15: ["keep_days"],
    }  # fmt: skip
    wrong = batch.rows.get(number=7).errors[0]
    assert wrong["zh"] == "编码被表格软件存成了数字，末尾数位已经丢失"
    assert wrong["remedy_en"] == "format the column as text and enter the code again"
    with pytest.raises(MingjianError, match="12 rows have problems"):
        apply_batch(city.actor(BoundRole.MANAGER), batch.id, None, wait=True)
    assert not Camera.objects.exists()


@pytest.mark.applies("prohibited_rooms.judge_room", "registry.archive.enrol")
def test_the_law_refuses_a_row_as_it_refuses_a_single_camera(city: City) -> None:
    mall(city)
    inside = {**CAMERA, "name": "试点一", "place": "湖心商场", "room": "三楼更衣室", "room_interior": "是"}
    worded = {**CAMERA, "name": "女更衣室"}
    batch = preview(city.actor(BoundRole.MANAGER), workbook("cameras", [inside, worded]))
    assert counts(batch) == (1, 0, 0, 1)
    refused, suspended = batch.rows.order_by("number")
    assert "第九条第一款" in refused.errors[0]["zh"]
    assert "暂缓登记" in suspended.notes[0]["zh"]
    lead = InspectionLead.objects.get()
    assert (lead.origin, lead.title, lead.about_id) == ("import", "试点一", "mall")
    assert AuditEntry.objects.get(outcome="denied").action == "registry.archive.enrol"
    bring_in(city.actor(BoundRole.MANAGER), workbook("cameras", [worded]))
    assert Camera.objects.get().standing == "suspended"
    assert AuditEntry.objects.get(object_name="女更衣室", outcome="done").citations.exists()


def test_what_is_there_is_compared_field_by_field_changed_and_given_back(city: City) -> None:
    mall(city)
    manager = city.actor(BoundRole.MANAGER)
    first = bring_in(
        manager, workbook("cameras", [{**CAMERA, "code": CODE, "model": "A1", "lon": "120.38", "lat": "36.06"}])
    )
    again = preview(manager, workbook("cameras", [{**CAMERA, "code": CODE, "model": "A1"}]))
    assert counts(again) == (0, 0, 1, 0)
    camera = Camera.objects.get()
    rows = [
        {"id": camera.id, "name": "北门入口球机", "model": "清空", "system": "湖心商场视频系统", "azimuth_deg": "10"},
        {**CAMERA, "name": "南门"},
    ]
    batch = bring_in(manager, workbook("cameras", rows))
    row = batch.rows.get(number=2)
    assert (row.values["name"], row.before["name"]) == ("北门入口球机", "北门入口枪机")
    assert (row.values["model"], row.before["model"]) == ("", "A1")
    camera.refresh_from_db()
    assert (camera.name, camera.version, camera.azimuth_deg) == ("北门入口球机", 2, 10)
    assert camera.archive.moved_ns is not None
    entry = AuditEntry.objects.get(action="registry.archive.change")
    assert (entry.before["model"], entry.after["model"]) == ("A1", "")
    change_archive(manager, Camera.objects.get(name="南门").id, {"purpose": "防盗"}, None)
    done = undo_batch(manager, batch.id, "导错了文件", None, wait=True)
    assert (done.state, done.rows_left) == ("undone", 1)
    assert done.rows.get(number=3).left["code"] == "changed_meanwhile"
    camera.refresh_from_db()
    assert (camera.name, camera.system_id, camera.archive.model) == ("北门入口枪机", None, "A1")
    with pytest.raises(MingjianError, match="state"):
        undo_batch(manager, batch.id, "again", None, wait=True)
    assert undo_batch(manager, first.id, "x", None, wait=True).rows_left == 1  # touched by the second import


def test_an_import_taken_back_can_be_imported_again_with_the_same_codes(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    content = workbook("cameras", [{**CAMERA, "code": CODE}])
    undo_batch(manager, bring_in(manager, content).id, "导错了", None, wait=True)
    camera = Camera.objects.get()
    assert camera.removed_ns is not None
    assert AuditEntry.objects.get(action="registry.camera.remove").reason.endswith("导错了")
    batch = bring_in(manager, workbook("cameras", [{**CAMERA, "code": CODE, "name": "改正后的名称"}]))
    assert counts(batch) == (1, 0, 0, 0)
    again = Camera.objects.get()
    assert (again.id, again.name, again.removed_ns, again.code) == (camera.id, "改正后的名称", None, CODE)
    assert Identifier.objects.get(kind="gb28181").until_date == ""


def test_a_change_after_the_preview_stops_the_whole_file(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    bring_in(manager, workbook("cameras", [{**CAMERA, "code": CODE}]))
    camera = Camera.objects.get()
    batch = preview(manager, workbook("cameras", [{**CAMERA, "name": "新的"}, {"id": camera.id, "model": "B2"}]))
    change_camera(manager, camera.id, {"note": "x"}, None)
    after = apply_batch(manager, batch.id, None, wait=True)
    assert (after.state, after.error["code"]) == ("previewed", "import_outdated")
    assert "第 3 行" in after.error["zh"]
    assert Camera.objects.count() == 1


@pytest.mark.applies("monitoring.judge_change", "registry.archive.change")
def test_a_row_that_turns_a_camera_in_use_needs_an_approval_uses_it_and_gives_it_back(city: City) -> None:
    """qd204 20(1), decision 0059."""
    manager, head = city.browser(BoundRole.MANAGER), city.browser(BoundRole.ORGANISATION_ADMIN)
    actor = city.actor(BoundRole.MANAGER)
    bring_in(actor, workbook("cameras", [{**CAMERA, "code": CODE}]))
    bring_in(actor, workbook("cameras", [{"code": CODE, **CAMERA, "azimuth_deg": "10"}]))  # stated for the first time
    camera = Camera.objects.get()
    turn = workbook("cameras", [{"code": CODE, **CAMERA, "azimuth_deg": "90"}])
    refused = preview(actor, turn)
    assert problems(refused) == {2: ["azimuth_deg"]}
    (said,) = refused.rows.get().errors
    assert ("第二十条" in said["zh"], "用途变更" in said["remedy_zh"]) == (True, True)
    assert AuditEntry.objects.get(outcome="denied").object_id == camera.id
    wish = {"camera": camera.id, "kind": "re_aiming", "change": "转向东门", "reason": "东门改建"}
    asked = manager.post("/monitoring/changes", wish, status=201)
    head.post(f"/monitoring/changes/{asked['id']}/decide", {"approve": True, "answer": "同意"}, If_Match='"v1"')
    for _ in range(2):  # taken back, the approval serves again
        batch = bring_in(actor, turn)
        entry = AuditEntry.objects.filter(action="registry.archive.change", outcome="done").latest("pk")
        assert entry.citations.get(clause="qd204.use.no_change_of_purpose").verdict == "pass"
        assert problems(preview(actor, workbook("cameras", [{"id": camera.id, "azimuth_deg": "91"}])))
        assert undo_batch(actor, batch.id, "导错了", None, wait=True).rows_left == 0
        camera.refresh_from_db()
        assert camera.azimuth_deg == 10


def test_duplicates_are_noted_and_across_subtrees_only_a_contact_is_told(city: City) -> None:
    west = city.actor(BoundRole.MANAGER, "west")
    there = {
        "organisation": "西山农贸市场有限公司",
        "division": "370203",
        "name": "市场北门",
        "code": "37020300001321000009",
    }
    bring_in(
        west,
        workbook(
            "cameras", [{**there, "mac": "00:1a:2b:3c:4d:5e", "lon": "120.38", "lat": "36.06", "address": "山路1号"}]
        ),
    )
    manager = city.actor(BoundRole.MANAGER)
    rows = [
        {**CAMERA, "mac": "00:1A:2B:3C:4D:5E"},
        {**CAMERA, "lon": "120.380001", "lat": "36.06"},
        {**CAMERA, "address": "山路1号"},
        {**CAMERA, "lon": "120.380001", "lat": "36.060001"},
        {**CAMERA, "code": "37020300001321000009", "division": "370203"},
    ]
    batch = preview(manager, workbook("cameras", rows))
    notes = {row.number: [one["zh"] for one in row.notes] for row in batch.rows.all()}
    covered = "该处已有覆盖，请联系西山农贸市场有限公司"
    assert notes[2] == notes[3] == notes[4] == [covered]
    assert notes[5] == ["与第 3 行疑似重复（位置相同）", covered]
    (wrong,) = (one for one in batch.rows.get(number=6).errors if one["column"] == "code")
    assert wrong["remedy_zh"] == "请联系西山农贸市场有限公司核对"
    assert "市场北门" not in str(list(batch.rows.values()))


def test_a_batch_is_its_senders_and_goes_back_after_a_restart(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    batch = preview(manager, workbook("cameras", [CAMERA]))
    with pytest.raises(MingjianError, match="no such import"):
        batch_by_id(city.actor(BoundRole.MANAGER, "west"), batch.id)
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    assert batch_by_id(manager, batch.id).state == "previewed"
    ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
    assert batch_by_id(manager, batch.id).error["code"] == "interrupted"
