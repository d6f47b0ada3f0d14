from __future__ import annotations

import pytest
from tests.web.client import Api
from tests.web.conftest import NOW_NS

from mingjian.kernel.text import Text
from mingjian.ports.engine import StreamStatus, VolumeStatus
from mingjian.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db

VOLUME = VolumeStatus("v0", "/data/v0", "nearly_full", 100, 10, 90, 0, NOW_NS + 86_400 * 10**9, NOW_NS - 10**9)


def test_status_tells_engine_streams_and_volumes(operator: Api, engine, camera) -> None:
    engine.volumes = (VOLUME,)
    engine.streams = (
        StreamStatus(camera.id, "main", "streaming", None, "", "", NOW_NS, True, 4_000_000, 25_000, 1920, 1080,
                     "avc1.4d401f", -120, 1, 0, 0, 2),
    )  # fmt: skip
    status = operator.get("/system/status")
    assert (status["engine"]["state"], status["engine_instance"], status["now"]) == (
        "ok", "engine-1", "2027-01-15T08:00:00Z",
    )  # fmt: skip
    assert (status["streams"][0]["bitrate_bps"], status["streams"][0]["clock_offset_ms"]) == (4_000_000, -120)
    assert status["volumes"][0]["full_on"] == "2027-01-16T08:00:00Z"
    assert operator.get("/system/volumes")["volumes"] == status["volumes"]
    assert (status["plan_version"], status["plan_current"]) == (1, False), "tests never commit: nothing was published"


def test_an_engine_that_is_away_is_an_answer(operator: Api, engine, camera) -> None:
    engine.away = True
    status = operator.get("/system/status")
    assert status["engine"] == {
        "state": "away",
        "code": "engine_away",
        "detail": "the engine does not answer",
        "remedy": "look at mingjian run",
    }
    assert (status["plan_version"], status["plan_in_force"], status["streams"]) == (1, None, [])
    assert operator.get("/system/volumes")["engine"]["state"] == "away"


def test_confirming_the_time(admin: Api, engine) -> None:
    admin.post("/system/confirm-time", {"reason": "checked against the radio clock"}, status=204)
    assert engine.confirmed == [("Root Admin Control Room", "checked against the radio clock")]
    engine.away = True
    problem = admin.post("/system/confirm-time", {"reason": "checked again"}, status=503)
    assert problem["code"] == "engine_away"
    outcomes = AuditEntry.objects.filter(action="system.confirm_time").order_by("id").values_list("outcome", "reason")
    assert list(outcomes) == [("done", "checked against the radio clock"), ("failed", "checked again")]
    assert admin.post("/system/confirm-time", {"reason": ""}, status=422)["field"] == "/reason"


def test_why_deleting_stands_still_is_said_in_the_readers_language(admin: Api, engine) -> None:
    engine.paused = Text(zh="系统时间未同步", en="the time is not synchronised")
    assert admin.get("/system/status")["deletion_paused"] == "the time is not synchronised"
    admin.patch("/me", {"language": "zh"})
    assert admin.get("/system/status")["deletion_paused"] == "系统时间未同步"
    assert "系统时间未同步".encode() in admin.last.content
