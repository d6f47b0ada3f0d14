"""The code that a first-run set-up from another machine must give: whoever finds the page first is not the owner.

It lies in the data folder (mode 0600) and is printed by `mingjian run` while no user exists.
"""

from __future__ import annotations

import secrets

from mingjian.app.data_folder import DataFolder
from mingjian.files.whole import create_file

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_FILE = "setup-code"


def read_setup_code(folder: DataFolder) -> str:
    """The code, made at the first call."""
    path = folder.keys / _FILE
    if not path.exists():
        code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
        create_file(path, code.encode(), 0o600)
    return path.read_text(encoding="utf-8").strip()
