"""Searches in the background: how they go on, end, are called off; nobody sees another person's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.web.client import Api
from tests.web.fakes import FakeProbe

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.audit.models import AuditEntry
from mingjian.web.registry import searches

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _desk() -> Iterator[None]:
    """A desk of its own for each test, left with nothing running."""
    before, searches.desk = searches.desk, searches.SearchDesk()
    yield
    for search in searches.desk._searches.values():
        search.cancel()
    searches.desk = before


def until(ask: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"never came true: {what}")


def test_a_search_tells_how_it_goes_on_and_is_called_off(operator: Api, probe: FakeProbe) -> None:
    probe.lasting = True
    begun = operator.post("/cameras/searches", {"method": "range", "range": "10.0.0.1-2", "port": 8554}, status=201)
    where = f"/cameras/searches/{begun['id']}"
    half = until(lambda: (now := operator.get(where))["tried"] == 1 and now, "one of two addresses is done with")
    assert (half["state"], half["total"], half["error"]) == ("running", 2, None)
    assert half["found"] == [
        {
            "address": "192.168.1.9", "port": 554, "name": "cam", "vendor": "v", "model": "m", "method": "onvif",
            "urls": ["rtsp://192.168.1.9/"], "needs_password": False,
        }
    ]  # fmt: skip
    operator.delete(where, status=204)
    ended = until(lambda: (now := operator.get(where))["state"] != "running" and now, "it ends")
    assert ended["state"] == "cancelled"
    assert len(ended["found"]) == 1, "what was found stays"
    entry = AuditEntry.objects.get(action="registry.camera.discover")
    assert entry.after == {"method": "range", "range": "10.0.0.1-2"}


def test_a_search_that_fails_says_why_and_what_to_do(operator: Api, probe: FakeProbe) -> None:
    said, remedy = Text(zh="搜不了", en="cannot search"), Text(zh="查网卡", en="check the network")
    probe.refuses = MingjianError("discovery_failed", said, fault=Fault.ENVIRONMENT, remedy=remedy)
    where = f"/cameras/searches/{operator.post('/cameras/searches', {'method': 'onvif'}, status=201)['id']}"
    ended = until(lambda: (now := operator.get(where))["state"] != "running" and now, "it ends")
    assert ended["state"] == "failed"
    assert ended["error"] == {"code": "discovery_failed", "detail": "cannot search", "remedy": "check the network"}
    probe.refuses = ZeroDivisionError()
    where = f"/cameras/searches/{operator.post('/cameras/searches', {'method': 'onvif'}, status=201)['id']}"
    ended = until(lambda: (now := operator.get(where))["state"] != "running" and now, "it ends")
    assert ended["error"]["code"] == "internal"


def test_nobody_sees_the_search_of_another(operator: Api, admin: Api) -> None:
    where = f"/cameras/searches/{operator.post('/cameras/searches', {'method': 'onvif'}, status=201)['id']}"
    assert admin.get(where, status=404)["code"] == "not_found"
    assert admin.delete(where, status=404)["code"] == "not_found"


def test_not_more_than_two_at_once_and_not_without_a_range(operator: Api, probe: FakeProbe) -> None:
    assert operator.post("/cameras/searches", {"method": "range"}, status=422)["field"] == "/range"
    probe.lasting = True
    running = [
        operator.post("/cameras/searches", {"method": "onvif"}, status=201)["id"] for _ in range(searches.MAX_RUNNING)
    ]
    problem = operator.post("/cameras/searches", {"method": "onvif"}, status=503)
    assert problem["code"] == "search_busy"
    operator.delete(f"/cameras/searches/{running[0]}", status=204)
    where = f"/cameras/searches/{running[0]}"
    until(lambda: operator.get(where)["state"] == "cancelled", "one ends")
    operator.post("/cameras/searches", {"method": "onvif"}, status=201)


def test_a_device_is_asked_for_its_streams_and_the_account_is_kept_nowhere(operator: Api) -> None:
    asked = {"address": "10.0.0.9", "port": 80, "user": "admin", "password": "s3cret-word"}
    assert operator.post("/cameras/streams", asked) == [
        {"profile": "main", "stream_url": "rtsp://10.0.0.9/main", "codec": "H264", "width": 1920, "height": 1080}
    ]
    entry = AuditEntry.objects.get(action="registry.camera.ask_device")
    assert entry.after == {"address": "10.0.0.9", "port": 80}
    assert "s3cret-word" not in str(entry.__dict__)
