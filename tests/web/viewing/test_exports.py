from __future__ import annotations

import pytest
from tests.web.client import Api
from tests.web.conftest import NOW_NS

from mingjian.kernel.errors import MingjianError
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.policy import Refused
from mingjian.web.viewing.exports import begin_export

pytestmark = pytest.mark.django_db


def test_an_export_is_recorded_before_it_begins(camera, admin: Api) -> None:
    begin_export(local_person("ops"), camera.id, "main", NOW_NS, NOW_NS + 10**9, "case 7")
    newest = admin.get("/audit?action=viewing.export")["items"][0]
    assert (newest["actor_name"], newest["reason"], newest["title"]) == ("ops", "case 7", "exported footage")
    assert newest["after"]["from"] == "2027-01-15T08:00:00Z"


def test_without_reason_or_right_nothing_is_recorded(camera) -> None:
    with pytest.raises(MingjianError, match="reason") as raised:
        begin_export(local_person("ops"), camera.id, "main", 0, 1, " ")
    assert raised.value.field == "reason"
    with pytest.raises(Refused):
        begin_export(Actor("v" * 26, "Vera", "", "viewer"), camera.id, "main", 0, 1, "case 7")
    with pytest.raises(MingjianError, match="no such camera"):
        begin_export(local_person("ops"), "none", "main", 0, 1, "case 7")
    assert not AuditEntry.objects.filter(action="viewing.export").exists()
