"""The empty SQLite database, migrated once when Mingjian is built: a new installation copies it.

Replaying every migration takes Django ten seconds and more, since it draws all models anew for each of them; a copy
takes none. The file lies beside the code as the built UI does, and its name carries a stamp of every migration: one
that belongs to other code is never used, and without one the migrations are replayed as ever (decision 0046).
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import django

from mingjian.files.whole import create_file

_WEB = Path(__file__).parent
FOLDER = _WEB / "empty_database"


def stamp() -> str:
    """32 hex digits of Django's version and every migration's name and bytes."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(_WEB.glob("*/migrations/[0-9]*.py")):
        digest.update(f"{path.relative_to(_WEB).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def prepared_file() -> Path:
    """Where the prepared database of exactly this code lies, if it was built."""
    return FOLDER / f"{stamp()}.sqlite3"


def lay(target: Path) -> bool:
    """Copy the prepared database to `target`; False when there is none for this code, or `target` exists already.

    Never replaces what another process made meanwhile. Raises OSError when the copy cannot be kept.
    """
    if target.exists():  # as at every start but the first: the migrations need not be read
        return False
    source = prepared_file()
    if not source.exists():
        return False
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(source.read_bytes())
        database.execute("UPDATE django_migrations SET applied = strftime('%Y-%m-%d %H:%M:%f', 'now')")
        database.commit()
        content = database.serialize()
    try:
        create_file(target, content, 0o640)
    except FileExistsError:
        return False
    return True
