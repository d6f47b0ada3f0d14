"""The code that a first-run set-up from another machine must give: whoever finds the page first is not the owner.

It lies in the data folder (mode 0600) and is printed by `mingjian run` while no user exists.
"""

from __future__ import annotations

import os
import secrets

from mingjian.app.data_folder import DataFolder

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_FILE = "setup-code"


def read_setup_code(folder: DataFolder) -> str:
    """The code, made at the first call."""
    path = folder.keys / _FILE
    if not path.exists():
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(code)
    return path.read_text(encoding="utf-8").strip()
