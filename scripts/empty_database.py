"""Write the prepared empty database beside the code (mingjian.web.prepared_database); nothing is done when it stands.

setup.sh runs it, so that `mingjian init` and every test that needs a database copy a file instead of migrating.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from mingjian.web.prepared_database import FOLDER, prepared_file


def main() -> None:
    target = prepared_file()
    if target.exists():
        return
    print("Preparing the empty database", flush=True)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
        made = Path(scratch) / "empty.sqlite3"
        _migrate(Path(scratch), made)
        for old in FOLDER.glob("*.sqlite3"):
            old.unlink()
        os.replace(made, target)


def _migrate(folder: Path, made: Path) -> None:
    """Every migration, on a database of its own; `made` is one file without a log beside it."""
    import django
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.core.management import call_command
    from django.db import connection

    from mingjian.web import configuration

    (folder / "web").mkdir()
    configuration.provide(
        configuration.WebConfiguration(
            data_folder=folder,
            django_key=secrets.token_hex(32),
            secret_key=secrets.token_bytes(32),
            ticket_key=Ed25519PrivateKey.generate(),
        )
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingjian.web.settings"
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    path = connection.settings_dict["NAME"]
    connection.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("VACUUM INTO ?", (str(made),))


if __name__ == "__main__":
    main()
