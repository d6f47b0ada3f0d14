"""The audit of a data folder: both logs against what is held outside, then the footage against the engine's log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import Anchor
from mingjian.app.ledger_findings import FolderFinding, FolderReport, LogReport
from mingjian.app.ledger_footage import FootageAudit
from mingjian.app.ledger_keys import ledger_folder, origin_of, rotations
from mingjian.app.ledger_proofs import missing_proofs
from mingjian.app.ledger_receipts import orders_told
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger.audit import KeptHashes, audit
from mingjian.ledger.audit_report import AuditReport, read_leaf
from mingjian.ledger.checkpoint import Checkpoint, open_checkpoint
from mingjian.ledger.leaf import Restore
from mingjian.ledger.note import PublicKey
from mingjian.ledger.rotation import follow, open_rotation
from mingjian.media.custody import book
from mingjian.media.custody.leaf_store import KeptRow, read_leaves
from mingjian.ports.retention import proofs_folder


@dataclass(frozen=True, slots=True)
class StoredLog:
    """A log as it lies there; `leaves` can be asked more than once."""

    name: str
    origin: str
    leaves: Callable[[], Iterable[bytes]]
    kept: KeptHashes | None
    signed: str | None
    rotations: tuple[str, ...]


def engine_log_of(folder: DataFolder, *, kept_hashes: bool = True) -> StoredLog:
    """The engine's log in its files. With `kept_hashes` the row is held open: for audits, not for every round."""
    path = ledger_folder(folder) / "engine"
    kept = None
    if kept_hashes and (path / "row").exists():
        row = KeptRow(path)
        kept = KeptHashes(row.size, row.leaf)
    try:
        state = book.read_state(path)
    except (ValueError, KeyError, TypeError):
        state = None
    signed = state.signed if state is not None and state.signed is not None else book.last_note(path)
    origin = origin_of(folder.identity().instance, "engine")
    return StoredLog("engine", origin, lambda: read_leaves(path), kept, signed, _rotations(folder, "engine"))


def web_log_of(folder: DataFolder) -> StoredLog:
    """Web's log in its database; Django must be up."""
    from mingjian.web.ledger import queries

    origin = origin_of(folder.identity().instance, "web")
    kept = KeptHashes(queries.size(), queries.kept_hash)
    return StoredLog("web", origin, queries.leaves, kept, queries.last_note(), _rotations(folder, "web"))


def _rotations(folder: DataFolder, log: str) -> tuple[str, ...]:
    try:
        return tuple(rotations(folder, log))
    except (ValueError, KeyError, OSError):
        return ()


def audit_log(report: FolderReport, log: StoredLog, anchors: Sequence[Anchor], now_ns: int, key: PublicKey) -> None:
    """Add what one log's audit finds. `key` is the public key that the folder signs with now."""
    ours = [anchor for anchor in anchors if anchor.checkpoint.origin == log.origin]
    report.findings += _judge_keys(log, ours, key)
    current = _current(report, log, key)
    try:
        found = audit(
            log.leaves(), [one.checkpoint for one in ours], now_ns, current=current if ours else None, kept=log.kept
        )
    except ValueError:
        report.findings.append(
            FolderFinding("other_log", Text(zh="检查点属于另一本账", en="checkpoints of several logs"), log.name)
        )
        return
    restores = list(_restores(log))
    report.restores += [
        {
            "log": log.name, "leaf": index, "at": format_iso_ns(leaf.at_ns), "person": leaf.person,
            "reason": leaf.reason, "backup_at": format_iso_ns(leaf.backup_at_ns),
        }
        for index, leaf in restores
    ]  # fmt: skip
    report.logs.append(LogReport(log.origin, found.stored, found.covered, len(ours), found.exposure))
    report.findings += [_leaf_finding(log, found, one, restores) for one in range(len(found.findings))]
    if not ours:
        report.findings += _own_word(log, current)


def _current(report: FolderReport, log: StoredLog, key: PublicKey) -> Checkpoint | None:
    """The log's own last checkpoint, None when there is none or it cannot be judged (then a finding says so)."""
    if log.signed is None:
        return None
    try:
        said = book.parse_signed(log.signed)
    except MingjianError as error:
        report.findings.append(FolderFinding(error.code, error.message, log.name))
        return None
    for one in (key, *_old_keys(log)):
        try:
            open_checkpoint(log.signed, one)
        except MingjianError:
            continue
        return said if said.origin == log.origin else None
    text = Text(zh="最后一个检查点没有本机密钥的签名", en="the last checkpoint is not signed by this folder's key")
    report.findings.append(FolderFinding("checkpoint_not_signed", text, log.name, leaf_end=said.size))
    return said


def _old_keys(log: StoredLog) -> Iterator[PublicKey]:
    for signed in log.rotations:
        try:
            yield open_rotation(signed).old
        except MingjianError:
            continue


def _judge_keys(log: StoredLog, anchors: Sequence[Anchor], key: PublicKey) -> Iterator[FolderFinding]:
    """A key that no chain of rotations leads to from a key held outside was put there by somebody else."""
    for trusted in {anchor.key: None for anchor in anchors}:
        if trusted == key:
            continue
        later = [signed for signed in log.rotations if _from(signed, trusted, log.rotations)]
        try:
            reached = follow(log.origin, trusted, later)[-1]
        except MingjianError:
            reached = trusted
        if reached != key:
            text = Text(
                zh=f"签名密钥被更换：外部所持密钥 {trusted.key_id.hex()} 没有轮换到现用密钥 {key.key_id.hex()}",
                en=f"the key was replaced: no rotation leads from {trusted.key_id.hex()}, held outside, "
                f"to {key.key_id.hex()}, in use",
            )
            yield FolderFinding("key_replaced", text, log.name)


def _from(signed: str, trusted: PublicKey, chain: Sequence[str]) -> bool:
    """Whether a rotation comes at or behind the one that replaced `trusted`."""
    seen = False
    for one in chain:
        seen = seen or f"\nold {trusted.encode()}\n" in one
        if one == signed:
            return seen
    return False


def _restores(log: StoredLog) -> Iterator[tuple[int, Restore]]:
    for index, data in enumerate(log.leaves()):
        if b'"kind":"restore"' in data:
            leaf = read_leaf(data)
            if isinstance(leaf, Restore):
                yield index, leaf


def _leaf_finding(
    log: StoredLog, found: AuditReport, number: int, restores: Sequence[tuple[int, Restore]]
) -> FolderFinding:
    one = found.findings[number]
    why = next((item for item in restores if one.first <= item[0] < max(one.end, one.first + 1)), None)
    text = one.text
    if why is not None:
        index, leaf = why
        text = Text(
            zh=f"{text.zh}；第 {index} 条记录声明了恢复备份：{leaf.person}，{leaf.reason}",
            en=f"{text.en}; leaf {index} declares that a backup was restored, by {leaf.person}: {leaf.reason}",
        )
    return FolderFinding(
        one.change.value, text, log.name, one.first, one.end,
        None if one.leaf is None else one.leaf.KIND, getattr(one.leaf, "camera", None),
        getattr(one.leaf, "segment", None), declared=why is not None,
    )  # fmt: skip


def _own_word(log: StoredLog, current: Checkpoint | None) -> Iterator[FolderFinding]:
    """Without anchors only the folder's own last checkpoint can contradict it."""
    if current is None:
        return
    report = audit(log.leaves(), [current], current.time_ns, kept=log.kept)
    for number in range(len(report.findings)):
        yield _leaf_finding(log, report, number, ())


def audit_folder(
    folder: DataFolder, anchors: Sequence[Anchor], now_ns: int, key: PublicKey, *, hashed: bool = True,
    logs: Sequence[StoredLog], roots: Sequence[Path], progress: Callable[[int], None] = lambda count: None,
) -> FolderReport:  # fmt: skip
    """Everything: `logs` against `anchors`, then the segment files of `roots` against the engine's log."""
    report = FolderReport(hashed=hashed)
    for log in logs:
        audit_log(report, log, anchors, now_ns, key)
    engine = next((log for log in logs if log.name == "engine"), None)
    if engine is not None:
        report.findings += missing_proofs(engine.leaves(), proofs_folder(folder.root))
        path = ledger_folder(folder) / "engine"
        footage = FootageAudit(roots, demo=folder.identity().demo, hashed=hashed, progress=progress)
        try:
            web = next((log for log in logs if log.name == "web"), None)
            orders = None if web is None else orders_told(web.leaves())
            report.findings += footage.run(engine.leaves(), _open_lists(path, engine, anchors), orders)
        finally:
            footage.close()
        report.segments = footage.segments
    return report


def _open_lists(path: Path, log: StoredLog, anchors: Sequence[Anchor]) -> list[tuple[Checkpoint, Path]]:
    """Checkpoints whose open segments are compared: those held outside, and the log's own last one."""
    wanted = [anchor.checkpoint for anchor in anchors if anchor.checkpoint.origin == log.origin]
    if log.signed is not None:
        with contextlib.suppress(MingjianError):
            wanted.append(book.parse_signed(log.signed))
    return [(checkpoint, path) for checkpoint in dict.fromkeys(wanted)]
