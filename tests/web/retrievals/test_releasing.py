"""Retrieved footage is shown to the public only redacted, with a basis, and after another person has checked it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api
from tests.web.retrievals.conftest import go
from tests.web.retrievals.test_theft import Theft, theft

from mingjian.kernel.errors import MingjianError
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.retrievals.releasing import permitted_release, record_derived

__all__ = ["theft"]  # a fixture
CLAUSE = "sc799.use.public_release"
ORIGINAL, REDACTED = "cd" * 32, "ef" * 32


@pytest.mark.applies("public_release.judge_release", "retrievals.release")
@pytest.mark.applies("public_release.judge_release", "retrievals.release_check")
def test_a_release_is_asked_redacted_and_checked_by_another(theft: Theft) -> None:
    desk, manager = Api(theft.custodian), theft.town.city.browser(BoundRole.MANAGER)
    row = go(desk, theft.registered(), "execute")
    path = f"/retrievals/{row['id']}/releases"
    wish: dict[str, Any] = {
        "where": "警情通报", "legal_basis": "公开征集线索，经分局批准", "shown": ["face", "plate"],
        "protected": ["face", "plate"], "redacted_digest": REDACTED,
    }  # fmt: skip
    desk.post(path, wish, status=409)  # nothing is sealed yet
    go(desk, row, "seal", {"files": [{"name": "gate.mjev", "size_bytes": 10, "digest": ORIGINAL}]})
    for change, field in (
        ({"protected": ["face"]}, "/protected"), ({"redacted_digest": ""}, "/protected"), ({"legal_basis": ""}, "/legal_basis"),
        ({"redacted_digest": ORIGINAL}, "/redacted_digest"), ({"shown": ["smile"]}, "/shown"),
    ):  # fmt: skip
        assert desk.post(path, {**wish, **change}, status=422)["field"] == field
    assert AuditEntry.objects.filter(action="retrievals.release", outcome="denied").latest("pk").clause == CLAUSE
    asked = desk.post(path, wish, status=201)
    check = {"permit": True, "note": "逐帧核验，人脸、号牌均已遮蔽"}
    with pytest.raises(MingjianError, match="no second person"):
        permitted_release(asked["id"], REDACTED)
    own = desk.post(f"/releases/{asked['id']}/check", check, status=422, If_Match='"v1"')
    assert own["code"] == "second_person"
    permitted = manager.post(f"/releases/{asked['id']}/check", check, If_Match='"v1"')
    assert (permitted["state"], permitted["checked_name"]) == ("permitted", "manager.east")
    with pytest.raises(MingjianError, match="another redaction"):
        permitted_release(asked["id"], ORIGINAL)
    record_derived(local_person("root"), permitted_release(asked["id"], REDACTED), "ab" * 32)
    assert AuditEntry.objects.get(action="retrievals.derive").after["redacted_digest"] == REDACTED
    entry = AuditEntry.objects.get(action="retrievals.release_check", outcome="done")
    assert entry.citations.get(clause=CLAUSE).verdict == "pass"
    assert (entry.after["handed"], entry.after["redacted_digest"]) == ([ORIGINAL], REDACTED)
    manager.post(f"/releases/{asked['id']}/check", check, status=409, If_Match='"v2"')
    (shown,) = Api(theft.officer).get(path)["items"]
    assert shown["state"] == "permitted"
    theft.town.city.browser(BoundRole.MANAGER, "west").post(
        f"/releases/{asked['id']}/check", check, status=404, If_Match='"v2"'
    )
