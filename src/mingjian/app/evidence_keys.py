"""The key that seals evidence packages, apart from the ledger's: who hands over is not what recorded.

`keys/evidence.key`, in the form and with the permissions of the ledger's key; made with the first package or anchor.
"""

from __future__ import annotations

import contextlib

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_keys import load_signer, new_signer, read_private, write_private
from mingjian.ledger.note import KeySigner


def evidence_signer(folder: DataFolder, suite: str) -> KeySigner:
    """The sealing key; `suite` is for a new one. Raises MingjianError `key_permissions`, `broken_key`."""
    path = folder.keys / "evidence.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # another process was faster
            write_private(path, new_signer(f"evidence.{folder.identity().instance}", suite))
    return read_private(path)


def anchor_text(folder: DataFolder, suite: str) -> str:
    """What a recipient keeps elsewhere, to check packages by: both public keys (docs/design/evidence.md section 6)."""
    seal, ledger = evidence_signer(folder, suite).public.encode(), load_signer(folder).public.encode()
    return f"seal {seal}\nledger {ledger}\n"
