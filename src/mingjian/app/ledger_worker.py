"""What the worker does for the ledger: ends of looks, web's checkpoints, the engine's word taken in, roots sent away.

A duty that fails is told in `ledger/status.json`; the pause doubles to an hour only for what goes out to others.
"""

from __future__ import annotations

import base64
import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mingjian.app import ledger_export
from mingjian.app.data_folder import DataFolder
from mingjian.app.duties import LONGEST_PAUSE_NS, Duties, Duty
from mingjian.app.ledger_audit import StoredLog, engine_log_of, web_log_of
from mingjian.app.ledger_keys import DIGEST_OF_SUITE, CurrentSigner, ledger_folder, origin_of, rotations
from mingjian.app.ledger_stamp import root_of_day, stamp_day
from mingjian.app.settings import Settings
from mingjian.app.time_stamp import TimeStamp
from mingjian.files.whole import replace_file
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.checkpoint import Checkpoint
from mingjian.ledger.consistency import ReadNode, consistency_proof
from mingjian.ledger.leaf import OtherLog
from mingjian.ledger.note import PublicKey
from mingjian.ledger.witness import cosigned_at
from mingjian.media.custody.book import parse_signed, read_state
from mingjian.media.custody.engine_log import FIRST_POSITION
from mingjian.media.custody.leaf_store import KeptRow
from mingjian.media.store.journal import end_position, entries_after
from mingjian.media.store.volume import open_volume, volume_roots
from mingjian.ports.ledger import LedgerStatus, LogStatus, StampStatus, status_path, status_to_json

CHECKPOINT_EVERY_NS = 30 * NS_PER_S
WITNESS_EVERY_NS = 5 * NS_PER_S
MERGE_EVERY_NS = 300 * NS_PER_S
_FIRST_PAUSE_NS = 10 * NS_PER_S
_TIMEOUT_S = 15.0


class LedgerWorker:
    """Call `step` about once a second; it does what is due. Django must be up."""

    def __init__(self, folder: DataFolder, settings: Settings, clock: Clock) -> None:
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._instance = folder.identity().instance
        self._digest = DIGEST_OF_SUITE[settings.ledger.suite]
        self._signer = CurrentSigner(folder)
        told = settings.ledger
        duties = [
            self._duty("settings", self._note_settings, LONGEST_PAUSE_NS),
            self._duty("merge", self._merge, MERGE_EVERY_NS),
            self._duty("checkpoint", self._checkpoint, CHECKPOINT_EVERY_NS),
        ]
        if told.witness:
            duties.append(self._duty("witness", self._witness, WITNESS_EVERY_NS))
        if told.export_folder:
            duties.append(self._daily("folder", self._to_folder))
        if told.webhook:
            duties.append(self._daily("webhook", self._to_webhook))
        if told.mail_server and told.mail_to:
            duties.append(self._daily("mail", self._to_mail))
        if told.tsa:
            duties.append(self._daily(ledger_export.STAMP, self._stamp))
        self._ways = [duty.name for duty in duties if duty.name in ledger_export.WAYS]
        self._duties = Duties(clock, duties, ledger_export.FAILURES)

    def step(self) -> None:
        """Do what is due, then say how things stand."""
        if self._duties.step():
            self._write_status()

    def _duty(self, name: str, do: Callable[[], None], every_ns: int) -> Duty:
        return Duty(name, do, every_ns, retry_ns=min(every_ns, CHECKPOINT_EVERY_NS), steady=True)

    # Web's log

    def _note_settings(self) -> None:
        from mingjian.web.ledger.actions import begin, settings_seen

        begin(self._digest)
        told = self._settings
        settings_seen(
            {
                "storage.keep_days": str(told.keep_days),
                "storage.volumes": ", ".join(str(path) for path in told.volumes),
                "storage.reserve_bytes": str(told.reserve_bytes),
                "storage.digest": told.digest,
                "ledger.suite": told.ledger.suite,
                "ledger.witness": told.ledger.witness,
                "ledger.export_folder": told.ledger.export_folder,
                "ledger.tsa": told.ledger.tsa,
            }
        )

    def _merge(self) -> None:
        """The engine's last checkpoint becomes a leaf of web's log: both histories are tied together."""
        from mingjian.web.ledger.actions import append_leaf

        signed = engine_log_of(self._folder, kept_hashes=False).signed
        if signed is None:
            return
        said = parse_signed(signed)
        append_leaf(
            OtherLog(
                at_ns=self._clock.now_ns(), origin=said.origin, tree_size=said.size, root=said.root.hex(),
                digest_alg=said.algorithm, checkpoint=said.hash().hex(),
            )
        )  # fmt: skip

    def _checkpoint(self) -> None:
        from mingjian.web.ledger.actions import sequence, sign_checkpoint
        from mingjian.web.viewing.custody import end_looks

        while end_looks():
            pass
        sequence(self._digest)
        sign_checkpoint(origin_of(self._instance, "web"), self._digest, self._signer)

    # Away from this machine

    def _daily(self, way: str, send: Callable[[str, str], TimeStamp | None]) -> Duty:
        def once_a_day() -> None:
            now_ns = self._clock.now_ns()
            day = ledger_export.china_day(now_ns)
            if ledger_export.read_exports(self._folder).get(way, {}).get("day") == day:
                return
            try:
                text = self._root(day, now_ns)
                stamp = send(day, text)
            except (MingjianError, *ledger_export.FAILURES):
                ledger_export.note_failing(self._folder, now_ns, way)
                raise
            if stamp is None:
                ledger_export.note_exported(self._folder, text, now_ns, way)
            else:
                ledger_export.note_stamped(self._folder, text, now_ns, stamp)

        return Duty(way, once_a_day, 60 * NS_PER_S, retry_ns=_FIRST_PAUSE_NS)

    def _root(self, day: str, now_ns: int) -> str:
        if self._settings.ledger.tsa:
            return root_of_day(self._folder, day, now_ns)
        return ledger_export.anchor_of_folder(self._folder, now_ns, web=True)

    def _stamp(self, day: str, text: str) -> TimeStamp:
        return stamp_day(self._folder, self._settings.ledger, day, text)

    def _to_folder(self, day: str, text: str) -> None:
        ledger_export.to_folder(self._settings.ledger, self._instance, day, text)

    def _to_webhook(self, day: str, text: str) -> None:
        ledger_export.to_webhook(self._settings.ledger, text)

    def _to_mail(self, day: str, text: str) -> None:
        path = self._folder.keys / "mail.password"
        password = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        ledger_export.to_mail(self._settings.ledger, self._instance, day, text, password)

    def _witness(self) -> None:
        with contextlib.closing(KeptRow(ledger_folder(self._folder) / "engine")) as row:
            self._cosign(engine_log_of(self._folder, kept_hashes=False), row.node)
        from mingjian.web.ledger import queries

        self._cosign(web_log_of(self._folder), queries.read_node)

    def _cosign(self, log: StoredLog, read: ReadNode) -> None:
        if log.signed is None:
            return
        said = parse_signed(log.signed)
        kept = self._cosigned().get(log.origin, {})
        old = int(kept.get("size", "0"))
        if kept.get("time_ns") == str(said.time_ns):
            return
        if old > said.size:
            raise _rolled_back(log.origin, old, said.size)
        status, answer = self._submit(said, old, log.signed, read)
        if status == 409:
            old = int(answer.strip())
            if old > said.size:
                raise _rolled_back(log.origin, old, said.size)
            status, answer = self._submit(said, old, log.signed, read)
        if status == 403 and self._tell_rotations(log.name):
            status, answer = self._submit(said, old, log.signed, read)
        if status != 200:
            raise OSError(f"the witness refused {log.origin}: {status} {answer.strip()[:80]}")
        cosigned = log.signed + answer
        key = self._settings.ledger.witness_key
        if key and cosigned_at(cosigned, PublicKey.decode(key)) is None:
            raise OSError("the witness's cosignature is not by witness_key")
        told = {
            **self._cosigned(),
            log.origin: {"size": str(said.size), "time_ns": str(said.time_ns), "note": cosigned},
        }
        replace_file(ledger_folder(self._folder) / "witness.json", json.dumps(told, ensure_ascii=False).encode())

    def _submit(self, said: Checkpoint, old: int, signed: str, read: ReadNode) -> tuple[int, str]:
        proof = consistency_proof(said.algorithm, read, old, said.size) if old <= said.size else []
        lines = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
        return self._post("/add-checkpoint", f"old {old}\n{lines}\n{signed}")

    def _tell_rotations(self, log: str) -> bool:
        notes = rotations(self._folder, log)
        for signed in notes:
            self._post("/rotate", signed)
        return bool(notes)

    def _post(self, path: str, body: str) -> tuple[int, str]:
        address = self._settings.ledger.witness.rstrip("/") + path
        if not address.startswith(("http://", "https://")):
            raise OSError(f"not an HTTP address: {address}")
        request = urllib.request.Request(address, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
                return answer.status, answer.read(1 << 16).decode(errors="replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(1 << 16).decode(errors="replace")

    def _cosigned(self) -> dict[str, dict[str, str]]:
        try:
            told = json.loads((ledger_folder(self._folder) / "witness.json").read_text(encoding="utf-8"))
            return told if isinstance(told, dict) else {}
        except (OSError, ValueError):
            return {}

    # How things stand

    def _write_status(self) -> None:
        from mingjian.web.ledger import queries

        engine = engine_log_of(self._folder, kept_hashes=False)
        logs = [self._status_of(engine, _engine_size(self._folder), lambda: _nothing_new(self._folder))]
        logs.append(self._status_of(web_log_of(self._folder), queries.size(), lambda: not queries.has_pending()))
        try:
            key = self._signer().public.encode()
        except MingjianError:
            key = ""
        now_ns = self._clock.now_ns()
        status = LedgerStatus(
            now_ns, self._settings.ledger.witness, key, tuple(logs), self._duties.problems, self._stamp_status(),
            ledger_export.overdue(self._folder, self._ways, now_ns),
        )  # fmt: skip
        path = status_path(self._folder.root)
        path.parent.mkdir(mode=0o750, exist_ok=True)
        replace_file(path, status_to_json(status).encode())

    def _stamp_status(self) -> StampStatus | None:
        if not self._settings.ledger.tsa:
            return None
        told = ledger_export.read_exports(self._folder).get(ledger_export.STAMP, {})
        stamped_ns, failing_ns = told.get("stamped_ns"), told.get("failing_since_ns")
        return StampStatus(
            self._settings.ledger.tsa, told.get("day"), None if stamped_ns is None else int(stamped_ns),
            told.get("authority"), None if failing_ns is None else int(failing_ns),
        )  # fmt: skip

    def _status_of(self, log: StoredLog, size: int, nothing_new: Callable[[], bool]) -> LogStatus:
        said = None if log.signed is None else parse_signed(log.signed)
        seen = self._cosigned().get(log.origin, {})
        exported = [
            tuple(map(int, entry[log.origin].split()))
            for entry in ledger_export.read_exports(self._folder).values()
            if log.origin in entry
        ]
        newest = max(exported, key=lambda one: one[1], default=None)
        told = LogStatus(
            log.name, log.origin, size, 0 if said is None else said.size, None if said is None else said.time_ns,
            int(seen["size"]) if seen else None, int(seen["time_ns"]) if seen else None,
            None if newest is None else newest[0], None if newest is None else newest[1],
        )  # fmt: skip
        covered = said is not None and not said.open_count and size <= told.outside_size
        return replace(told, idle_ns=self._clock.now_ns()) if covered and nothing_new() else told


def _engine_size(folder: DataFolder) -> int:
    path = ledger_folder(folder) / "engine"
    if not (path / "row").exists():
        return 0
    with contextlib.closing(KeptRow(path)) as row:
        return row.size


def _nothing_new(folder: DataFolder) -> bool:
    """Whether no journal says anything of footage that the engine's log has not taken in yet."""
    try:
        state = read_state(ledger_folder(folder) / "engine")
        if state is None:
            return False
        for root in volume_roots(folder.root):
            volume = open_volume(root)
            begin, end = state.cursors.get(volume.id, FIRST_POSITION), end_position(volume.journal)
            if begin != end and any(not _of_time(one) for one in entries_after(volume.journal, begin, end)):
                return False
    except (MingjianError, OSError, ValueError, KeyError, TypeError):
        return False
    return True


def _of_time(entry: Mapping[str, Any]) -> bool:
    """A journal line that only says that a recorder ran."""
    return entry["t"] in ("beat", "end") or (entry["t"] == "life" and not entry["note"])


def _rolled_back(origin: str, seen: int, has: int) -> MingjianError:
    return MingjianError(
        "ledger_rolled_back",
        Text(
            zh=f"见证方见过账本 {origin} 的 {seen} 条记录，现在只有 {has} 条：放回了旧副本",
            en=f"the witness has seen {seen} leaves of {origin} and there are {has}: an old copy was put back",
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="请运行 mingjian ledger audit", en="run mingjian ledger audit"),
    )
