"""Files: told by their content, encoded anew, stored by digest, read under their subject's right."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image
from tests.web.city import City
from tests.web.client import Api
from tests.web.files import samples
from tests.web.files.samples import path_of_files

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.files import actions, pictures, store
from mingjian.web.files.models import StoredFile
from mingjian.web.registry.models import Camera, Place

TAKEN = {
    "pdf": samples.PDF, "png": samples.picture("PNG"), "jpg": samples.picture("JPEG"), "xlsx": samples.workbook(),
    "dxf": samples.DXF, "dwg": samples.DWG, "eml": samples.EML,
}  # fmt: skip
REFUSED = {
    "page": b"<!doctype html><script>alert(1)</script>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "archive": samples.packed("a.txt"),
    "macros": samples.packed("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
    "gif": samples.picture("GIF"),
    "cut pdf": samples.PDF[:-8],
    "cut png": samples.picture("PNG")[:-40],
    "program": b"\x7fELF" + bytes(60),
    "text": b"just text",
    "json": b'{"name": "x"}',
    "broken zip": b"PK\x03\x04" + bytes(30),
    "nothing": b"",
}
ABOUT = {"kind": "camera", "subject": "hall", "part": "photo"}


@pytest.fixture
def manager(city: City) -> Api:
    """The mall's, with a camera in its hall."""
    place = Place.objects.create(
        id="mall-place", name="湖心商场", division_id="east-street", organisation_id="mall", created_ns=0
    )
    Camera.objects.create(
        id="hall", name="大厅", keep_days=30, planned_from_ns=0, place=place, organisation_id="mall",
        division_id="east-street", created_ns=0,
    )  # fmt: skip
    return city.browser(BoundRole.MANAGER)


def content(browser: Api, file: Any) -> bytes:
    return b"".join(browser.get(f"/files/{file['id']}/content").streaming_content)


@pytest.mark.parametrize("ending", TAKEN)
def test_each_type_is_told_by_its_content_and_comes_back_as_an_attachment(ending: str, manager: Api) -> None:
    name = quote("../../竣工\u202e图.html")
    file = manager.upload(f"{path_of_files(**ABOUT)}&name={name}", TAKEN[ending], status=201, media_type="text/html")
    assert file["name"] == f"竣工图.{ending}"
    got = content(manager, file)
    assert hashlib.sha256(got).hexdigest() == file["sha256"]
    assert len(got) == file["bytes"]
    headers = manager.last.headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert (headers["X-Content-Type-Options"], headers["Content-Type"]) == ("nosniff", file["media_type"])
    assert "sandbox" in headers["Content-Security-Policy"]
    assert (Path(store.path_of(file["sha256"])).stat().st_mode & 0o777) == 0o600
    assert list((store.path_of(file["sha256"]).parent.parent / "incoming").iterdir()) == []


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_of_no_known_type_is_refused_and_nothing_stays(what: str, manager: Api) -> None:
    problem = manager.upload(path_of_files(**ABOUT, name="a.pdf"), REFUSED[what], status=422)
    assert problem["field"] == "/content"
    assert not StoredFile.objects.exists()


def test_a_photo_keeps_its_pixels_and_nothing_else(manager: Api) -> None:
    file = manager.upload(path_of_files(**ABOUT, name="a.jpg"), samples.photo_with_place(), status=201)
    assert (file["width"], file["height"]) == (30, 40)  # upright
    got = content(manager, file)
    assert not any(word in got for word in (b"Secret", b"script", b"Exif"))
    with Image.open(io.BytesIO(got)) as shown:
        assert shown.convert("RGB").getpixel((5, 5))[0] > 240  # type: ignore[index]
    file = manager.upload(path_of_files(**ABOUT, name="a.png"), samples.png_with_text(), status=201)
    assert b"Secret" not in content(manager, file)


def test_a_bomb_is_refused_before_it_is_unpacked(manager: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PIXEL_LIMIT", 1199)
    problem = manager.upload(path_of_files(**ABOUT, name="a.png"), samples.picture("PNG"), status=422)
    assert "pixels" in problem["detail"]


def test_the_same_bytes_again_are_the_same_file(manager: Api) -> None:
    first = manager.upload(path_of_files(**ABOUT, name="a.pdf"), samples.PDF, status=201)
    again = manager.upload(path_of_files(**ABOUT, name="b.pdf"), samples.PDF, status=200)
    assert again["id"] == first["id"]
    assert [one["id"] for one in manager.get(path_of_files(kind="camera", subject="hall"))["items"]] == [first["id"]]


def test_size_and_quota_are_bounded(manager: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "QUOTA_BYTES", len(samples.PDF))
    manager.upload(path_of_files(**ABOUT, name="a.pdf"), samples.PDF, status=201)
    problem = manager.upload(path_of_files(**ABOUT, name="b.eml"), samples.EML, status=409)
    assert problem["code"] == "conflict"
    monkeypatch.setattr(store, "FILE_LIMIT", 99)
    assert manager.upload(path_of_files(**ABOUT, name="a.pdf"), samples.PDF + bytes(99), status=413)


def test_a_file_is_read_under_the_right_over_its_subject(manager: Api, city: City) -> None:
    file = manager.upload(path_of_files(**ABOUT, name="a.pdf"), samples.PDF, status=201)
    officer = city.browser(BoundRole.OFFICER)
    assert content(officer, file) == samples.PDF
    stranger = city.browser(BoundRole.MANAGER, "west")
    for path in (f"/files/{file['id']}", f"/files/{file['id']}/content", path_of_files(kind="camera", subject="hall")):
        assert stranger.get(path, status=404)["code"] == "not_found"
    stranger.upload(path_of_files(**ABOUT, name="b.pdf"), samples.PDF, status=404)
    stranger.upload(path_of_files(kind="sign", organisation="mall", name="b.pdf"), samples.PDF, status=404)
    manager.upload(path_of_files(kind="user", subject="hall", name="b.pdf"), samples.PDF, status=404)


def test_a_file_taken_down_keeps_its_row(manager: Api) -> None:
    file = manager.upload(path_of_files(**ABOUT, name="a.pdf"), samples.PDF, status=201)
    content(manager, file)
    gone = manager.post(f"/files/{file['id']}/remove", {"reason": "传错了"})
    assert gone["removed"] is True
    manager.get(f"/files/{file['id']}/content", status=404)
    manager.post(f"/files/{file['id']}/remove", {"reason": "再撤一次"}, status=409)
    assert manager.get(f"/files/{file['id']}")["sha256"] == file["sha256"]
    done = list(AuditEntry.objects.filter(object_kind="file", outcome="done").values_list("action", flat=True))
    assert sorted(done) == ["files.download", "files.remove", "files.upload"]


def test_bytes_that_are_not_all_there_are_told(manager: Api) -> None:
    file = manager.upload(path_of_files(**ABOUT, name="a.dwg"), samples.DWG, status=201)
    store.path_of(file["sha256"]).write_bytes(b"short")
    assert manager.get(f"/files/{file['id']}/content", status=503)["code"] == "file_missing"
    manager.upload(path_of_files(**ABOUT, name="a.dwg"), samples.DWG, status=200)  # mends it
    assert content(manager, file) == samples.DWG


def test_a_form_is_told_to_send_bytes(manager: Api) -> None:
    form = "multipart/form-data; boundary=x"
    problem = manager.upload(path_of_files(**ABOUT, name="a.pdf"), b"--x--\r\n", status=422, media_type=form)
    assert problem["field"] == "/content"
