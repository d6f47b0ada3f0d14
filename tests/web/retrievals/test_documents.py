"""The papers of a retrieval, read by pdftotext."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.web.client import Api
from tests.web.retrievals.conftest import Town, go
from tests.web.retrievals.test_theft import Theft

from mingjian.web.audit.models import AuditEntry
from mingjian.web.registry.models import CameraArchive


@pytest.fixture
def theft(town: Town) -> Theft:
    return Theft(town)


def text_of(api: Api, row: dict[str, Any], kind: str, folder: Path) -> str:
    answer = api.get(f"/retrievals/{row['id']}/documents/{kind}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert api.get(f"/retrievals/{row['id']}/documents/{kind}.pdf").content == answer.content
    path = folder / f"{kind}.pdf"
    path.write_bytes(answer.content)
    said = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return "".join(said.split())


def test_each_step_has_its_paper_with_names_credentials_and_digests(theft: Theft, tmp_path: Path) -> None:
    row = theft.registered()
    desk = Api(theft.custodian)
    desk.get(f"/retrievals/{row['id']}/documents/receipt.pdf", status=409)
    desk.get(f"/retrievals/{row['id']}/documents/diary.pdf", status=404)
    row = go(desk, row, "execute")
    CameraArchive.objects.create(camera_id="gate", flag="privacy")
    row = go(desk, row, "seal", {"files": [{"name": "gate.mjev", "size_bytes": 10, "digest": "cd" * 32}]})
    assert "head.zhao" in text_of(desk, row, "approval", tmp_path)
    assert "湖心商场" in text_of(desk, row, "notice", tmp_path)
    register = text_of(desk, row, "register", tmp_path)
    assert "鲁B0001" in register
    assert "officer.wang" in text_of(desk, row, "undertaking", tmp_path)
    receipt = text_of(desk, row, "receipt", tmp_path)
    assert "cdcdcdcd" in receipt
    assert "个人隐私" in receipt
    assert "标注" not in text_of(desk, row, "approval", tmp_path)
    assert AuditEntry.objects.filter(action="retrievals.print").count() == 12
