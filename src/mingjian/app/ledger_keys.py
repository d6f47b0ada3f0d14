"""The keys that sign checkpoints: one private key for the logs of a data folder, and the chain of its changes.

`keys/ledger.key` holds the key as one line of Go's sumdb/note form, `PRIVATE+KEY+NAME+ID+BASE64(T || 32 bytes)`, or says
in which token it lies (see ledger_token); it is refused unless it is its owner's alone (0600).
`ledger/rotations/LOG.jl` has the rotation notes in the order they were made.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from pathlib import Path

from mingjian.app import ledger_token
from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_token import TokenSigner
from mingjian.files.whole import create_file, replace_file, sync_folder
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note, sm2
from mingjian.ledger.rotation import Rotation

LOGS = ("engine", "web")
DIGEST_OF_SUITE = {"ed25519": "sha256", "sm2": "sm3"}
_TYPES = {"ed25519": b"\x01", "sm2": b"\xffmingjian/sm2-sm3\n"}
_PREFIX = "PRIVATE+KEY+"


def origin_of(instance: str, log: str) -> str:
    """What a log calls itself."""
    return f"mingjian/{instance}/{log}"


def ledger_folder(folder: DataFolder) -> Path:
    """Where everything of the ledger lies that is no web record."""
    return folder.root / "ledger"


def check_suite(suite: str) -> None:
    """Raise MingjianError `bad_suite` unless it is one of ours."""
    if suite not in note.SUITES:
        raise MingjianError(
            "bad_suite",
            Text(zh="签名套件只能是 ed25519 或 sm2", en="a suite is ed25519 or sm2"),
            fault=Fault.USER,
            field="--suite",
        )


def new_signer(name: str, suite: str) -> note.KeySigner:
    """A fresh key."""
    while True:
        private = secrets.token_bytes(32)
        if suite != "sm2" or 1 <= int.from_bytes(private, "big") <= sm2.N - 2:
            return note.KeySigner(name, suite, private)


def encode_private(signer: note.KeySigner | TokenSigner) -> str:
    """The key file's line."""
    if isinstance(signer, TokenSigner):
        return signer.reference()
    typed = base64.b64encode(_TYPES[signer.suite] + signer.private).decode()
    return f"{_PREFIX}{signer.name}+{signer.public.key_id.hex()}+{typed}\n"


def decode_private(text: str) -> note.KeySigner | TokenSigner:
    """The key of a key file's line. Raises MingjianError `broken_key`, `bad_token_uri`, `note_key_unreadable`."""
    try:
        if text.startswith(ledger_token.REFERENCE):
            return ledger_token.signer_of(text, read_pin)
        name, _, rest = text.strip().removeprefix(_PREFIX).partition("+")
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
        for suite, mark in _TYPES.items():
            if raw.startswith(mark) and len(raw) == len(mark) + 32:
                signer = note.KeySigner(name, suite, raw[len(mark) :])
                if encode_private(signer).strip() == text.strip():
                    return signer
    except (ValueError, binascii.Error):
        pass
    raise _broken()


def ensure_key(folder: DataFolder, suite: str) -> None:
    """Make the key where there is none yet: a new folder, or one of a version before the ledger."""
    path = key_path(folder)
    if not path.exists():
        write_private(path, new_signer(f"mingjian.{folder.identity().instance}", suite))


def key_path(folder: DataFolder) -> Path:
    """The key in force."""
    return folder.keys / "ledger.key"


def write_private(path: Path, signer: note.KeySigner | TokenSigner) -> None:
    """A new key file, 0600 from its first instant. Raises FileExistsError."""
    create_file(path, encode_private(signer).encode("ascii"), 0o600)


def load_signer(folder: DataFolder) -> note.KeySigner | TokenSigner:
    """The key in force. Raises MingjianError `key_permissions`, `broken_key`, `no_ledger_key`."""
    return read_private(key_path(folder))


def read_private(path: Path) -> note.KeySigner | TokenSigner:
    """A private key of a file that is its owner's alone."""
    return decode_private(_read_secret(path))


def read_pin(path: Path) -> str:
    """A token's PIN, of a file that is its owner's alone: its first line."""
    return _read_secret(path).partition("\n")[0].strip()


def _read_secret(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise MingjianError(
            "no_ledger_key",
            Text(zh=f"无法读取签名密钥或口令文件 {path}", en=f"the signing key or PIN file {path} cannot be read"),
            fault=Fault.ENVIRONMENT,
            field="ledger.key",
            remedy=Text(
                zh="请从备份恢复 keys 目录；PIN 文件请重新写入",
                en="restore the keys folder from the backup, or write the PIN file again",
            ),
            detail=str(error),
        ) from error
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as file:
        told = os.fstat(descriptor)
        if stat.S_IMODE(told.st_mode) & 0o077 or told.st_uid not in (os.geteuid(), 0):
            raise MingjianError(
                "key_permissions",
                Text(
                    zh=f"密钥文件 {path} 的权限为 {stat.S_IMODE(told.st_mode):04o}，须为 0600 且归运行用户所有",
                    en=f"the key file {path} has mode {stat.S_IMODE(told.st_mode):04o}; it must be 0600 and ours",
                ),
                fault=Fault.ENVIRONMENT,
                field="ledger.key",
                remedy=Text(
                    zh=f"chmod 600 {path}；若密钥可能已泄露，请再运行 mingjian ledger rotate",
                    en=f"chmod 600 {path}; if it may have been read, mingjian ledger rotate as well",
                ),
            )
        return file.read(4096)


class CurrentSigner:
    """The key in force, read again when its file changed: a rotation takes effect at the next checkpoint."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._seen: tuple[int, int, int, int] | None = None
        self._signer: note.Signer | None = None

    def __call__(self) -> note.Signer:
        """The signer. Raises what `load_signer` raises."""
        try:
            told = key_path(self._folder).stat()
            seen = (told.st_ino, told.st_mtime_ns, told.st_mode, told.st_uid)
        except OSError:
            seen = None
        if self._signer is None or seen is None or seen != self._seen:
            self._signer, self._seen = load_signer(self._folder), seen
        return self._signer


def rotations(folder: DataFolder, log: str) -> list[str]:
    """Rotation notes of a log, oldest first."""
    path = _rotations_path(folder, log)
    if not path.exists():
        return []
    return [json.loads(line)["note"] for line in path.read_text(encoding="utf-8").splitlines() if line]


def rotate(
    folder: DataFolder, suite: str | None, now_ns: int, *, token: str | None = None, generate: bool = False
) -> tuple[note.PublicKey, note.PublicKey]:
    """Change the key; old and new public key. A private key of ours is gone afterwards, one in a token stays there.

    With `token` (a URI of ledger_token) the new key is the one there, made there first when `generate`.

    Steps: 1. the new key beside the old one; 2. rotation notes for every log, signed by both, synced; 3. the new key in
    the old one's place. After a death between 2 and 3 `finish_rotation` does 3; before 2 is whole, the old key stays.
    """
    finish_rotation(folder)
    old = load_signer(folder)
    name = old.public.name
    if token is None:
        fresh: note.KeySigner | TokenSigner = new_signer(name, suite or old.public.suite)
    else:
        fresh = ledger_token.find_key(name, token, read_pin, generate=generate)
    waiting = key_path(folder).with_suffix(".next")
    waiting.unlink(missing_ok=True)
    write_private(waiting, fresh)
    instance = folder.identity().instance
    for log in LOGS:
        signed = Rotation(origin_of(instance, log), old.public, fresh.public, now_ns).sign(old, fresh)
        path = _rotations_path(folder, log)
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        replace_file(path, before + json.dumps({"note": signed}, ensure_ascii=False).encode() + b"\n")
    finish_rotation(folder)
    return old.public, fresh.public


def finish_rotation(folder: DataFolder) -> None:
    """Put a key in force whose rotation is noted in every log; forget one whose notes are not all there."""
    waiting = key_path(folder).with_suffix(".next")
    if not waiting.exists():
        return
    fresh = read_private(waiting).public.encode()
    noted = {log: rotations(folder, log) for log in LOGS}
    if all(f"\nnew {fresh}\n" in (notes[-1] if notes else "") for notes in noted.values()):
        waiting.rename(key_path(folder))
        sync_folder(folder.keys)
        return
    for log, notes in noted.items():  # half a rotation never was: the old key goes on
        kept = [one for one in notes if f"\nnew {fresh}\n" not in one]
        if kept != notes:
            lines = b"".join(json.dumps({"note": one}, ensure_ascii=False).encode() + b"\n" for one in kept)
            replace_file(_rotations_path(folder, log), lines)
    waiting.unlink()


def _rotations_path(folder: DataFolder, log: str) -> Path:
    return ledger_folder(folder) / "rotations" / f"{log}.jl"


def _broken() -> MingjianError:
    return MingjianError(
        "broken_key",
        Text(zh="密钥文件 keys/ledger.key 损坏", en="the key file keys/ledger.key is broken"),
        fault=Fault.ENVIRONMENT,
        field="ledger.key",
        remedy=Text(zh="请从备份恢复 keys 目录", en="restore the keys folder from the backup"),
    )
