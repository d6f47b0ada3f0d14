"""Nothing changes or removes an audit entry: not the model, not a query, not SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Citation, Judgement, Verdict
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditCitation, AuditEntry
from mingjian.web.audit.names import register, title_of
from mingjian.web.audit.queries import entries_citing
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.registry.actions import ADDED

pytestmark = pytest.mark.django_db

ACTOR = Actor("01arz3ndektsv4rrffq69g5fav", "Vera", "Watch", "viewer", "10.0.0.9", "request-1")


def entry(**values) -> AuditEntry:
    return record(ACTOR, ADDED, kind="camera", object_id="c1", name="Crossing", after={"keep_days": 30}, **values)


def test_an_entry_copies_who_did_it() -> None:
    made = AuditEntry.objects.get(pk=entry().pk)
    assert (made.actor_name, made.actor_unit, made.actor_role, made.address, made.request) == (
        "Vera", "Watch", "viewer", "10.0.0.9", "request-1",
    )  # fmt: skip
    assert (made.clause, made.outcome, made.after) == (None, "done", {"keep_days": 30})


def test_the_model_refuses() -> None:
    made = entry()
    made.actor_name = "Mallory"
    for attempt in (
        made.save,
        made.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor_name="Mallory"),
        lambda: AuditEntry.objects.bulk_update([made], ["actor_name"]),
        AuditCitation.objects.all().delete,
        lambda: AuditCitation.objects.update(verdict="pass"),
    ):
        with pytest.raises(MingjianError, match="neither changed nor deleted"):
            attempt()
    assert AuditEntry.objects.get().actor_name == "Vera"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditentry SET actor_name = 'Mallory'",
        "DELETE FROM audit_auditentry",
        "UPDATE audit_auditentry SET id = id + 1000",
        "UPDATE audit_auditcitation SET verdict = 'pass'",
        "DELETE FROM audit_auditcitation",
    ],
)
def test_the_database_refuses(sql: str) -> None:
    entry(clauses=["qd204.filing.acceptance"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.get().actor_name == "Vera"
    assert AuditCitation.objects.get().verdict == ""


def test_the_database_refuses_to_empty_the_table() -> None:
    """TRUNCATE passes by row triggers; SQLite has none, its unqualified DELETE is the same short cut."""
    entry()
    sql = "TRUNCATE audit_auditentry CASCADE" if connection.vendor == "postgresql" else "DELETE FROM audit_auditentry"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_unknown_name_fails_and_a_name_is_registered_once() -> None:
    with pytest.raises(MingjianError, match="not registered"):
        record(ACTOR, "registry.camera.explode")
    with pytest.raises(ValueError, match="registered already"):
        register(ADDED, "再次", "again")
    assert title_of(ADDED).zh == "添加摄像机"


@pytest.mark.parametrize(
    "values",
    [{"password": "x"}, {"main": {"url": "rtsp://"}}, {"list": [{"url_sealed": "v1.x"}]}, {"session_key": "x"}],
)
def test_secrets_are_refused(values) -> None:
    with pytest.raises(MingjianError, match="secret"):
        record(ACTOR, ADDED, after=values)
    assert not AuditEntry.objects.exists()


def test_an_entry_goes_when_its_transaction_fails() -> None:
    with transaction.atomic():
        entry()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def judged(verdict: Verdict, *keys: str) -> Judgement:
    said = Text("甲", "a")
    return Judgement(verdict, tuple(Citation(key, "qd204@2020", said, "第一条", True) for key in keys), said)


def test_each_clause_is_kept_with_the_strictest_verdict_that_cites_it() -> None:
    made = entry(
        judgements=[judged(Verdict.PASS, "a.one", "a.two"), judged(Verdict.FAIL, "a.two", "a.three")],
        clauses=["a.four", "a.one"],
    )
    assert {(one.clause, one.verdict) for one in made.citations.all()} == {
        ("a.two", "fail"), ("a.three", "fail"), ("a.one", "pass"), ("a.four", ""),
    }  # fmt: skip
    assert made.clause == "a.two"
    entry()
    assert [found.pk for found in entries_citing(local_person("t"), "a.three", 10)] == [made.pk]
    assert entries_citing(local_person("t"), "a.five", 10) == []
