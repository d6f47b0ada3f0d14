"""A database that somebody else holds: told, nothing half done, and everything goes on when it is free again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from tests.web.client import Api
from tests.web.conftest import PASSWORD

from mingjian.web.accounts.models import User
from mingjian.web.accounts.session_store import SessionStore
from mingjian.web.authority.actor import nobody
from mingjian.web.registry.models import Camera

BODY = {"name": "A", "url": "rtsp://10.0.0.1/x"}


@contextmanager
def held() -> Iterator[None]:
    """The register's table held by another connection; ours waits 50 ms only."""
    other = connection.copy()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 50")
        else:
            cursor.execute("SET lock_timeout = '50ms'")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if other.vendor == "sqlite" else "BEGIN")
            if other.vendor == "postgresql":
                cursor.execute("LOCK TABLE registry_camera IN ACCESS EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 15000" if connection.vendor == "sqlite" else "RESET lock_timeout")


@pytest.mark.usefixtures("committing")
def test_a_database_that_is_held(engine) -> None:
    from mingjian.web.accounts.actions import set_up

    api = Api(set_up(nobody("127.0.0.1"), "root", PASSWORD))
    with held():
        problem = api.post("/cameras", BODY, status=503, Idempotency_Key="k")
        assert (problem["code"], problem["fault"]) == ("database_away", "environment")
    assert not Camera.objects.exists()
    assert engine.plans == []
    api.post("/cameras", BODY, status=201, Idempotency_Key="k")
    assert [len(plan.cameras) for plan in engine.plans] == [1]


@pytest.mark.django_db
def test_a_session_that_cannot_be_written(admin: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("disk I/O error")

    admin.client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "load", gone)
    problem = admin.get("/me", status=503)
    assert problem["code"] == "database_away"
    assert admin.last["Content-Type"] == "application/problem+json"
    monkeypatch.undo()
    admin.get("/me")
    assert User.objects.count() == 1
