"""Several at once, each with a connection of its own, committing for real."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from tests.web.client import Api
from tests.web.conftest import NOW_NS, PASSWORD
from tests.web.files.samples import EML

from mingjian.kernel.errors import MingjianError
from mingjian.ledger.consistency import RowWriter
from mingjian.ledger.leaf import Restore, decode
from mingjian.ledger.merkle import tree_root
from mingjian.web.accounts.actions import set_up
from mingjian.web.accounts.models import User
from mingjian.web.accounts.throttle import TooManyAttempts, count_attempt
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import local_person, nobody
from mingjian.web.files import actions as files
from mingjian.web.files.actions import About, upload_file
from mingjian.web.files.models import StoredFile
from mingjian.web.ledger import queries
from mingjian.web.ledger.actions import append_leaf, sequence
from mingjian.web.ledger.models import LedgerLeaf
from mingjian.web.registry.actions import NewCamera, add_camera, change_camera
from mingjian.web.registry.models import Camera

pytestmark = pytest.mark.usefixtures("committing")


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` returned or raised in each of `count` threads that began together."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return work(number)
        except MingjianError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_eight_first_administrators_one_is_made() -> None:
    outcome = at_once(8, lambda number: set_up(nobody("127.0.0.1"), f"root{number}", PASSWORD).name)
    (made,) = [name for name in outcome if name != "already_set_up"]
    assert [user.name for user in User.objects.all()] == [made]


def test_of_two_people_saving_one_is_told() -> None:
    camera = add_camera(local_person("t"), NewCamera("A", "rtsp://10.0.0.1/x"))

    def save(number: int) -> str:
        return change_camera(local_person(f"p{number}"), camera.id, {"note": f"by {number}"}, 1).note

    outcome = at_once(6, save)
    assert outcome.count("changed_meanwhile") == 5
    camera.refresh_from_db()
    assert camera.note in outcome
    assert camera.version == 2
    assert AuditEntry.objects.filter(action="registry.camera.change").count() == 1


def test_the_last_plan_has_every_camera_and_none_goes_back(engine) -> None:
    at_once(8, lambda number: add_camera(local_person("t"), NewCamera(f"C{number}", "rtsp://10.0.0.1/x")).id)
    versions = [plan.version for plan in engine.plans]
    assert versions == sorted(versions)
    assert (versions[-1], len(engine.plans[-1].cameras)) == (8, 8)


def test_a_creation_sent_six_times_at_once_creates_once() -> None:
    set_up(nobody("127.0.0.1"), "root", PASSWORD)
    user = User.objects.get()
    browsers = [Api(user) for _ in range(6)]
    body = {"name": "A", "url": "rtsp://10.0.0.1/x"}

    def send(number: int) -> str:
        return str(browsers[number].post("/cameras", body, status=201, Idempotency_Key="one")["id"])

    assert len(set(at_once(6, send))) == 1
    assert Camera.objects.count() == 1


def test_of_uploads_at_once_those_are_kept_that_fit_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that would each just fit are not both kept; the same bytes at once are one file."""
    camera = add_camera(local_person("t"), NewCamera("A", "rtsp://10.0.0.1/x"))
    about = About("camera", camera.id, part="photo")

    def upload(number: int) -> str:
        return upload_file(local_person("t"), about, "a.eml", io.BytesIO(EML + b"x" * number))[0].id

    monkeypatch.setattr(files, "QUOTA_BYTES", 2 * len(EML) + 20)
    outcome = at_once(6, upload)
    assert (outcome.count("conflict"), len(set(outcome))) == (4, 3)
    assert StoredFile.objects.count() == 2
    monkeypatch.setattr(files, "QUOTA_BYTES", 1 << 20)
    assert len(set(at_once(4, lambda _: upload(100)))) == 1


def test_guesses_at_once_are_all_counted() -> None:
    def guess(number: int) -> str:
        count_attempt("vera", "10.0.0.1", NOW_NS)
        return "tried"

    outcome = at_once(12, guess)
    assert (outcome.count("tried"), outcome.count("too_many_attempts")) == (5, 7)
    with pytest.raises(TooManyAttempts):
        count_attempt("vera", "10.0.0.1", NOW_NS)


def test_leaves_from_many_at_once_have_one_order_and_no_fork() -> None:
    def add(number: int) -> int:
        for step in range(5):
            append_leaf(Restore(at_ns=NOW_NS, backup_at_ns=number * 10 + step, person="t", reason="r"))
            if step % 2:
                sequence("sha256")
        return number

    at_once(6, add)
    sequence("sha256")
    indexes = list(LedgerLeaf.objects.order_by("index").values_list("index", flat=True))
    assert indexes == list(range(30))
    stored = [decode(data) for data in queries.leaves()]
    assert sorted(leaf.backup_at_ns for leaf in stored) == sorted(n * 10 + s for n in range(6) for s in range(5))
    hashes = [leaf.hash("sha256") for leaf in stored]
    assert RowWriter.resume("sha256", 30, queries.read_node).root() == tree_root("sha256", hashes)
