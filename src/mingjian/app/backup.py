"""Backup and restore of what is not footage: identity, keys, settings, plan, web's records, volume marks and journals.

A backup is one gzip tar, mode 0600 since it holds keys, with `manifest.json` first: the SHA-256 of every member. Footage
stays on its volumes; after a restore onto a machine with the same volumes everything is found again.
Restore verifies everything before it writes anything, and writes only into a folder without an identity.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mingjian import __version__
from mingjian.app.data_folder import DataFolder
from mingjian.files.whole import PARTIAL, replace_file
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text

BACKUP_FORMAT = 1
_MANIFEST = "manifest.json"
_MAX_MEMBER_BYTES = 64 << 30


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds or a restore wrote."""

    file: str
    instance: str
    made: str
    members: int
    bytes: int

    def to_json(self) -> dict[str, object]:
        """The report as JSON."""
        return {
            "file": self.file,
            "instance": self.instance,
            "made": self.made,
            "members": self.members,
            "bytes": self.bytes,
        }


def backup(folder: DataFolder, target: Path, clock: Clock) -> BackupReport:
    """Write a backup to `target`, which must not exist; works while the system runs.

    Raises MingjianError `backup_exists`, or `backup_failed` when a file cannot be read or the target not written; then
    nothing is left behind.
    """
    identity = folder.identity()
    made = format_iso_ns(clock.now_ns())
    if target.exists():
        raise _fault("backup_exists", "file", f"{target} 已存在", f"{target} exists already", Fault.USER)
    partial = target.with_name(target.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(dir=folder.root) as scratch:
            members = list(_members(folder, Path(scratch)))
            manifest = {
                "format": BACKUP_FORMAT,
                "version": __version__,
                "instance": identity.instance,
                "made": made,
                "members": {name: _digest(path) for name, path in members},
            }
            total = sum(path.stat().st_size for _, path in members)
            _write_tar(partial, manifest, members)
        os.link(partial, target)
    except OSError as error:
        words = f"{error.strerror}: {error.filename or target}"
        raise _fault(
            "backup_failed", "file", f"备份失败：{words}", f"backup failed: {words}", Fault.ENVIRONMENT
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return BackupReport(str(target), identity.instance, made, len(members), total)


def restore(source: Path, root: Path) -> BackupReport:
    """Restore a backup into `root`, which may hold volumes but no identity.

    Raises MingjianError `restore_refused` when the folder is in use, `backup_broken` when any member is missing, altered
    or named outside the folder; then nothing was written.
    """
    if DataFolder(root).identity_file.exists():
        raise _fault(
            "restore_refused",
            "data",
            f"{root} 已有数据，不会覆盖",
            f"{root} holds data that is not overwritten",
            Fault.USER,
        )
    try:
        with tarfile.open(source, "r:gz") as tar:
            manifest = _read_manifest(tar)
            contents = _verified(tar, manifest["members"])
    except (OSError, tarfile.TarError, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        words = str(error) or type(error).__name__
        raise _fault(
            "backup_broken", "file", f"备份文件损坏：{words}", f"the backup file is broken: {words}", Fault.USER
        ) from error
    # the identity goes last: until it is there, the folder counts as not restored and a second try is allowed
    for name in sorted(contents, key=lambda name: name == "identity.json"):
        _place(root, name, contents[name])
    folder = DataFolder(root)
    for path in (folder.run, folder.logs, folder.cache, folder.first_volume):
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    folder.identity()
    size = sum(map(len, contents.values()))
    return BackupReport(str(source), str(manifest["instance"]), str(manifest["made"]), len(contents), size)


def _members(folder: DataFolder, scratch: Path) -> Iterator[tuple[str, Path]]:
    """(name in the archive, file to read); databases are copied through SQLite's own online backup."""
    single = [
        folder.identity_file,
        folder.settings_file,
        folder.plan_file,
        folder.revocations_file,
        folder.map_folder / "map.json",
    ]
    for path in [*single, *sorted(folder.keys.iterdir())]:
        if path.is_file() and not path.name.endswith(PARTIAL):
            yield path.relative_to(folder.root).as_posix(), path
    if folder.database.exists():
        copy = scratch / "web.sqlite3"
        with closing(sqlite3.connect(folder.database)) as live, closing(sqlite3.connect(copy)) as snapshot:
            live.backup(snapshot)
        yield folder.database.relative_to(folder.root).as_posix(), copy
    yield from _ledger_members(folder, scratch)
    for volume in sorted((folder.root / "volumes").glob("*")):
        for path in [volume / "volume.json", *sorted(volume.glob("journal/*"))]:
            if path.is_file():
                # a journal grows while it is read: a frozen copy keeps digest and content in step
                frozen = scratch / f"{volume.name}-{path.name}"
                frozen.write_bytes(path.read_bytes())
                yield path.relative_to(folder.root).as_posix(), frozen


def _ledger_members(folder: DataFolder, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The engine's log: its state first, so that the leaves, copied later, are never fewer than it says."""
    ledger = folder.root / "ledger"
    engine = ledger / "engine"
    files = [engine / "state.json", engine / "leaves.jl", *sorted((engine / "checkpoints").glob("*.jl"))]
    files += [*sorted((ledger / "proofs").glob("*.jl")), *sorted((ledger / "roots").glob("mingjian-*"))]
    files += [*sorted((ledger / "rotations").glob("*.jl")), ledger / "exports.json", ledger / "witness.json"]
    for path in files:
        if path.is_file():
            name = path.relative_to(folder.root).as_posix()
            frozen = scratch / name.replace("/", "-")
            frozen.write_bytes(path.read_bytes())
            yield name, frozen


def _write_tar(target: Path, manifest: dict[str, object], members: list[tuple[str, Path]]) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
        head = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(_MANIFEST)
        info.size = len(head)
        tar.addfile(info, io.BytesIO(head))
        for name, path in members:
            tar.add(path, arcname=name, recursive=False)
        tar.close()
        raw.flush()
        os.fsync(raw.fileno())


def _read_manifest(tar: tarfile.TarFile) -> dict[str, object]:
    first = tar.next()
    if first is None or first.name != _MANIFEST:
        raise ValueError("no manifest")
    file = tar.extractfile(first)
    manifest = json.loads(file.read()) if file is not None else {}
    if manifest["format"] != BACKUP_FORMAT:
        raise ValueError(f"format {manifest['format']} is not known here")
    return dict(manifest)


def _verified(tar: tarfile.TarFile, digests: object) -> dict[str, bytes]:
    if not isinstance(digests, dict):
        raise TypeError("the manifest has no members")
    contents: dict[str, bytes] = {}
    for info in tar:
        if info.name == _MANIFEST:
            continue
        path = PurePosixPath(info.name)
        if not info.isfile() or path.is_absolute() or ".." in path.parts or info.size > _MAX_MEMBER_BYTES:
            raise ValueError(f"{info.name} does not belong into a backup")
        file = tar.extractfile(info)
        content = file.read() if file is not None else b""
        if hashlib.sha256(content).hexdigest() != digests.get(info.name):
            raise ValueError(f"{info.name} was altered")
        contents[info.name] = content
    missing = sorted(set(digests) - set(contents))
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    return contents


def _place(root: Path, name: str, content: bytes) -> None:
    path = root / name
    secret = name.startswith("keys/")
    path.parent.mkdir(mode=0o700 if secret else 0o750, parents=True, exist_ok=True)
    mode = 0o444 if name == "identity.json" else 0o600 if secret else 0o640
    replace_file(path, content, mode)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fault(code: str, field: str, zh: str, en: str, fault: Fault) -> MingjianError:
    return MingjianError(code, Text(zh=zh, en=en), fault=fault, field=field)
