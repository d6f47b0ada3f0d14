"""The worker's duties for the ledger, against a real witness, a real web server and a real mail server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from tests.app.authority import Authority
from tests.app.processes import free_port
from tests.media.custody.logging_store import record, settle
from tests.media.feeding import camera_on
from tests.red_team.attacked import open_engine

from mingjian.app import ledger_export
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.ledger_anchor import read_anchors
from mingjian.app.ledger_keys import CurrentSigner, ensure_key, load_signer, origin_of, rotate
from mingjian.app.ledger_stamp_audit import judge_stamps
from mingjian.app.ledger_witness import WitnessFolder, witness_application
from mingjian.app.ledger_worker import CHECKPOINT_EVERY_NS, LedgerWorker
from mingjian.app.settings import Settings, load_settings
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.leaf import decode
from mingjian.ledger.witness import cosigned_at
from mingjian.media.custody.engine_log import EngineLog
from mingjian.ports.ledger import read_status
from mingjian.web.ledger import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, clock: ManualClock) -> DataFolder:
    folder = init_data_folder(tmp_path / "data", demo=False, clock=clock)
    ensure_key(folder, "ed25519")
    return folder


@pytest.fixture
def log(folder: DataFolder, clock: ManualClock) -> Iterator[EngineLog]:
    origin = origin_of(folder.identity().instance, "engine")
    log = EngineLog(folder.root / "ledger" / "engine", origin, "sha256", clock, CurrentSigner(folder), every_ns=1 << 62)
    log.start()
    assert log.checkpoint()
    yield log
    assert log.close()


def settings_of(folder: DataFolder, **values: Any) -> Settings:
    settings = load_settings(folder, demo=False)
    return replace(settings, ledger=replace(settings.ledger, **values))


def codes(folder: DataFolder) -> list[str]:
    return [one["duty"] for one in read_status(folder.root).problems]


class Receiver:
    """An HTTP server that keeps what is POSTed; it fails as often as told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.failures = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.failures:
                    receiver.failures -= 1
                    self.send_error(503)
                    return
                receiver.bodies.append(body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/root"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def witness(tmp_path: Path, clock: ManualClock) -> Iterator[SimpleNamespace]:
    """The service on a port of its own, in a thread with its own loop."""
    import asyncio

    kept = WitnessFolder(tmp_path / "witness")
    ready, told = threading.Event(), SimpleNamespace(folder=kept, url="")
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        runner = web.AppRunner(witness_application(kept, clock))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        told.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        told.stop = asyncio.Event()
        ready.set()
        await told.stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(60)
    yield told
    loop.call_soon_threadsafe(told.stop.set)
    thread.join(60)
    loop.close()


def step_after(worker: LedgerWorker, clock: ManualClock, ns: int) -> None:
    clock.advance(ns)
    worker.step()


def test_web_log_begins_takes_the_engine_in_and_is_signed(
    folder: DataFolder, log: EngineLog, clock: ManualClock
) -> None:
    worker = LedgerWorker(folder, settings_of(folder), clock)
    worker.step()
    status = read_status(folder.root)
    assert status.problems == ()
    assert status.key == load_signer(folder).public.encode()
    engine, ours = status.logs
    assert (engine.log, engine.size, engine.signed_size) == ("engine", 1, 1)
    assert ours.size == ours.signed_size == queries.size()
    leaves = [decode(data) for data in queries.leaves()]
    assert (leaves[0].KIND, leaves[0].setting) == ("configuration", "begun")
    assert [leaf.origin for leaf in leaves if leaf.KIND == "other_log"] == [engine.origin]
    assert engine.outside_ns is None
    before = ours.checkpoint_ns
    step_after(worker, clock, CHECKPOINT_EVERY_NS)
    assert read_status(folder.root).logs[1].checkpoint_ns == before + CHECKPOINT_EVERY_NS


def test_a_key_with_wrong_permissions_is_told_and_nothing_is_signed(
    folder: DataFolder, log: EngineLog, clock: ManualClock
) -> None:
    (folder.keys / "ledger.key").chmod(0o644)
    LedgerWorker(folder, settings_of(folder), clock).step()
    assert [one["code"] for one in read_status(folder.root).problems] == ["key_permissions"]
    assert queries.last_note() is None


def test_a_witness_cosigns_both_logs_within_the_minute_and_its_anchor_serves_an_audit(
    folder: DataFolder, log: EngineLog, clock: ManualClock, witness: SimpleNamespace, tmp_path: Path
) -> None:
    public = load_signer(folder).public
    for name in ("engine", "web"):
        witness.folder.add(origin_of(folder.identity().instance, name), public)
    told = settings_of(folder, witness=witness.url, witness_key=witness.folder.signer.public.encode())
    worker = LedgerWorker(folder, told, clock)
    for _ in range(3):
        step_after(worker, clock, CHECKPOINT_EVERY_NS)
        assert log.checkpoint()
        step_after(worker, clock, 6 * NS_PER_S)
    status = read_status(folder.root)
    assert status.problems == ()
    for one in status.logs:
        assert one.witnessed_size == one.signed_size
        assert clock.now_ns() - one.outside_ns < 60 * NS_PER_S
    kept = json.loads((folder.root / "ledger" / "witness.json").read_text())
    for one in kept.values():
        assert cosigned_at(one["note"], witness.folder.signer.public) is not None
    path = tmp_path / "witness-anchor.json"
    path.write_text(witness.folder.anchors(clock.now_ns()))
    assert sorted(one.checkpoint.origin for one in read_anchors(path)) == sorted(one.origin for one in status.logs)


def test_a_witness_that_does_not_know_us_is_a_problem_and_follows_a_rotation(
    folder: DataFolder, log: EngineLog, clock: ManualClock, witness: SimpleNamespace
) -> None:
    told = settings_of(folder, witness=witness.url)
    worker = LedgerWorker(folder, told, clock)
    worker.step()
    assert codes(folder) == ["witness"]
    for name in ("engine", "web"):
        witness.folder.add(origin_of(folder.identity().instance, name), load_signer(folder).public)
    step_after(worker, clock, 6 * NS_PER_S)
    assert codes(folder) == []
    _, fresh = rotate(folder, "sm2", clock.now_ns())
    clock.advance(CHECKPOINT_EVERY_NS)
    assert log.checkpoint()
    worker.step()
    assert codes(folder) == []
    assert set(witness.folder.state().keys.values()) == {fresh}


def test_an_old_copy_put_back_is_told_by_the_witness(
    folder: DataFolder, log: EngineLog, clock: ManualClock, witness: SimpleNamespace
) -> None:
    for name in ("engine", "web"):
        witness.folder.add(origin_of(folder.identity().instance, name), load_signer(folder).public)
    worker = LedgerWorker(folder, settings_of(folder, witness=witness.url), clock)
    worker.step()
    engine = folder.root / "ledger" / "engine"
    old = {path: path.read_bytes() for path in (engine / "state.json", *engine.glob("checkpoints/*.jl"))}
    row = (engine / "row").read_bytes()
    from mingjian.ledger.leaf import Restore
    from mingjian.media.custody.leaf_store import LeafStore

    assert log.close()
    store = LeafStore(engine, "sha256")
    store.append([Restore(at_ns=1, backup_at_ns=1, person="t", reason="r").encode()])
    store.close()
    again = EngineLog(engine, log.status().origin, "sha256", clock, CurrentSigner(folder), every_ns=1 << 62)
    again.start()
    clock.advance(NS_PER_S)
    assert again.checkpoint()
    assert again.close()
    step_after(worker, clock, 6 * NS_PER_S)
    assert read_status(folder.root).logs[0].witnessed_size == 2
    for path, data in old.items():
        path.write_bytes(data)
    (engine / "row").write_bytes(row)
    step_after(worker, clock, 6 * NS_PER_S)
    assert [one["code"] for one in read_status(folder.root).problems] == ["ledger_rolled_back"]


def test_the_daily_root_goes_to_a_folder_and_a_webhook_once_a_day_with_retry(
    folder: DataFolder, log: EngineLog, clock: ManualClock, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    receiver.failures = 2
    told = settings_of(folder, export_folder=str(tmp_path / "out"), webhook=receiver.url)
    worker = LedgerWorker(folder, told, clock)
    worker.step()
    assert codes(folder) == ["webhook"]
    for _ in range(8):
        step_after(worker, clock, 10 * NS_PER_S)
    assert codes(folder) == []
    assert len(receiver.bodies) == 1
    (file,) = (tmp_path / "out").iterdir()
    assert {one.checkpoint.origin for one in read_anchors(file)} == {
        one.origin for one in read_status(folder.root).logs
    }
    status = read_status(folder.root)
    assert all(one.exported_size == one.outside_size for one in status.logs)
    clock.advance(DAY_NS)
    worker.step()
    assert len(receiver.bodies) == 2
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_recorder_that_records_nothing_exposes_nothing_until_a_line_of_its_journal_says_more(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    """Without a witness, half a day after the export: only what is covered by nothing outside is exposed."""
    (tmp_path / "out").mkdir()
    store, log = open_engine(folder, clock)
    record(store, clock, 2)
    clock.advance(60 * NS_PER_S)
    assert log.checkpoint()
    worker = LedgerWorker(folder, settings_of(folder, export_folder=str(tmp_path / "out")), clock)

    def exposed_s() -> int:
        step_after(worker, clock, CHECKPOINT_EVERY_NS)
        engine = read_status(folder.root).logs[0]
        assert engine.covered_ns is not None
        return (clock.now_ns() - engine.covered_ns) // NS_PER_S

    assert exposed_s() == 0
    clock.advance(DAY_NS // 2)
    assert exposed_s() == 0
    camera = camera_on(store, clock).connect()
    camera.send(4)
    settle(store)  # written, and not yet in the log
    assert exposed_s() > DAY_NS // 2 // NS_PER_S
    assert log.checkpoint()
    assert exposed_s() > DAY_NS // 2 // NS_PER_S  # in writing
    camera.stop()
    assert store.close()
    assert exposed_s() > DAY_NS // 2 // NS_PER_S  # sealed behind the export
    clock.advance(DAY_NS)
    worker.step()
    assert exposed_s() == 0  # with the next one, though the engine is gone


def test_the_daily_root_goes_by_mail(folder: DataFolder, log: EngineLog, clock: ManualClock, tmp_path: Path) -> None:
    received: list[Any] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            received.append(envelope)
            return "250 OK"

    server = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        port = server.port
        told = settings_of(
            folder, mail_server=f"127.0.0.1:{port}", mail_from="mingjian@city.example", mail_to=("keeper@far.example",)
        )
        worker = LedgerWorker(folder, told, clock)
        worker.step()
        assert codes(folder) == []
    finally:
        server.stop()
    (envelope,) = received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("mingjian@city.example", ["keeper@far.example"])
    import email
    import email.policy

    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    (attachment,) = message.iter_attachments()
    path = tmp_path / "mail.json"
    path.write_text(attachment.get_content().decode())
    assert len(read_anchors(path)) == 2
    assert "mail" in ledger_export.read_exports(folder)


def test_the_daily_root_is_stamped_by_an_authority_kept_beside_and_judged_by_an_audit(
    folder: DataFolder, log: EngineLog, clock: ManualClock, receiver: Receiver, tmp_path: Path
) -> None:
    for name in ("tsa", "out"):
        (tmp_path / name).mkdir()
    authority = Authority(tmp_path / "tsa")
    told = settings_of(
        folder, export_folder=str(tmp_path / "out"), webhook=receiver.url, tsa=authority.url,
        tsa_ca=str(authority.root.pem),
    )  # fmt: skip
    try:
        authority.status = 503
        worker = LedgerWorker(folder, told, clock)
        worker.step()
        (problem,) = read_status(folder.root).problems
        assert (problem["duty"], problem["code"]) == ("time stamp", "tsa_away")
        authority.status, authority.change = 200, lambda answer: answer[:-20] + bytes([answer[-20] ^ 1]) + answer[-19:]
        step_after(worker, clock, 30 * NS_PER_S)
        status = read_status(folder.root)
        assert (status.problems[0]["code"], status.alarms) == ("stamp_altered", ())
        assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".json"]
        step_after(worker, clock, DAY_NS)
        (alarm,) = read_status(folder.root).alarms
        assert (alarm["code"], alarm["way"], alarm["severity"]) == ("ledger_export_overdue", "time stamp", "2")
        authority.change = lambda answer: answer
        step_after(worker, clock, 3600 * NS_PER_S)
        status, asked = read_status(folder.root), len(authority.asked)
        assert (status.problems, status.alarms) == ((), ())
        assert status.stamp is not None
        assert (status.stamp.authority, status.stamp.failing_since_ns) == ("CN=signer", None)
        LedgerWorker(folder, told, clock).step()
        assert len(authority.asked) == asked  # once a day
    finally:
        authority.close()
    (token,) = (tmp_path / "out").glob("*.tsr")
    root = token.with_suffix(".json")
    assert authority.holds(token, root)
    assert receiver.bodies[-1] == root.read_bytes()  # every way out has the bytes that were stamped
    assert (folder.root / "ledger" / "roots" / token.name).read_bytes() == token.read_bytes()
    judged = judge_stamps([tmp_path / "out"], authority.root.pem)
    assert (judged.findings, [one.path for one in judged.held]) == ([], [str(root)])
    assert judged.held[0].time_ns == status.stamp.stamped_ns
    assert judge_stamps([root], None).unjudged == 1
    root.write_text(root.read_text().replace('"made_ns": "', '"made_ns": "1'))
    assert [one.code for one in judge_stamps([root], authority.root.pem).findings] == ["stamp_other_bytes"]
    token.unlink()
    with pytest.raises(MingjianError, match="no anchor has a time stamp"):
        judge_stamps([root], authority.root.pem)
