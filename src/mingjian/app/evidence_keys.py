"""The key that seals evidence packages, apart from the ledger's: who hands over is not what recorded. And the secret of marks.

`keys/evidence.key`, in the form and with the permissions of the ledger's key; made with the first package or anchor.
`keys/trace.key`, 64 hex digits: what the invisible marks of player copies follow from. Who has it can forge and erase marks,
who loses it traces no copy made before; it is made with the first copy.
"""

from __future__ import annotations

import contextlib
import secrets
import stat

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import load_signer, new_signer, read_private, write_private
from mingjian.files.whole import create_file
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.note import Signer


def evidence_signer(folder: DataFolder, suite: str) -> Signer:
    """The sealing key; `suite` is for a new one. Raises MingjianError `key_permissions`, `broken_key`."""
    path = folder.keys / "evidence.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was faster
            write_private(path, new_signer(f"evidence.{folder.identity().instance}", suite))
    return read_private(path)


def trace_secret(folder: DataFolder) -> bytes:
    """The secret of the marks, 32 bytes; made when there is none. Raises MingjianError `key_permissions`, `broken_key`."""
    path = folder.keys / "trace.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was faster
            create_file(path, f"{secrets.token_hex(32)}\n".encode(), mode=0o600)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise _refused("key_permissions", f"密钥文件 {path} 必须只有所有者可读", f"{path} must be its owner's alone")
    try:
        found = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        found = b""
    if len(found) != 32:
        raise _refused("broken_key", f"密钥文件 {path} 已损坏", f"the key file {path} is damaged")
    return found


def _refused(code: str, zh: str, en: str) -> MingjianError:
    return MingjianError(code, Text(zh, en), fault=Fault.ENVIRONMENT)


def anchor_text(folder: DataFolder, suite: str) -> str:
    """What a recipient keeps elsewhere, to check packages by: both public keys (docs/design/evidence.md section 6)."""
    seal, ledger = evidence_signer(folder, suite).public.encode(), load_signer(folder).public.encode()
    return f"seal {seal}\nledger {ledger}\n"
