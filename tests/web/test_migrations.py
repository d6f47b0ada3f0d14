from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.apps import apps
from django.core.management import call_command

import mingjian
from mingjian.web import prepared_database

OURS = [
    app.label
    for app in apps.get_app_configs()
    if app.name.startswith("mingjian.web.") and (Path(app.path) / "migrations").is_dir()
]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


@pytest.mark.parametrize("label", OURS)
def test_migrations_are_linear(label: str) -> None:
    folder = Path(apps.get_app_config(label).path) / "migrations"
    numbers = sorted(path.name[:4] for path in folder.glob("[0-9]*.py"))
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


@pytest.mark.more
@pytest.mark.timeout(600)
def test_every_migration_goes_back_and_forth(tmp_path: Path) -> None:
    """From the prepared database that new installations copy, with rows that the audit fence guards, to nothing and
    back to now: the same shape, made by the migrations in front of us.
    """
    keys = tmp_path / "keys"
    keys.mkdir()
    (tmp_path / "web").mkdir()
    for name in ("django.key", "secret.key"):
        (keys / name).write_bytes(b"k" * 32)
    prepared = tmp_path / "prepared.sqlite3"
    database = tmp_path / "web" / "web.sqlite3"
    assert prepared_database.lay(prepared), "no database was prepared for these migrations: run scripts/setup.sh"
    assert prepared_database.lay(database)
    assert not prepared_database.lay(database)
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / "ticket.key").write_bytes(private)
    environment = {
        "PYTHONPATH": str(Path(mingjian.__file__).parents[1]),
        "MINGJIAN_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "mingjian.web.settings",
    }
    run = subprocess.run([sys.executable, "-c", _BACK_AND_FORTH], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["refused", "gone", "refused"]
    assert _shape(database) == _shape(prepared)


def _shape(path: Path) -> list[tuple[str, ...]]:
    """Tables, indexes and triggers in their own words, migrations, content types and permissions."""
    with closing(sqlite3.connect(path)) as database:
        objects = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        applied = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        kinds = database.execute("SELECT app_label, model FROM django_content_type ORDER BY 1, 2").fetchall()
        permissions = database.execute(
            "SELECT codename, app_label, model FROM auth_permission"
            " JOIN django_content_type kind ON kind.id = content_type_id ORDER BY 1, 2, 3"
        ).fetchall()
    return [*objects, *applied, *kinds, *permissions]


_BACK_AND_FORTH = """
import django
django.setup()
from pathlib import Path
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import local_person
from mingjian.web.registry.actions import ADDED

def fence():
    record(local_person("t"), ADDED)
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_auditentry")
    except DatabaseError:
        return "refused"
    return "deleted"

print(fence())
ours = [
    app.label for app in apps.get_app_configs()
    if app.name.startswith("mingjian.web.") and (Path(app.path) / "migrations").is_dir()
]
# what `migrate LABEL zero` does, for all of them in one plan: each command would draw every model anew
executor = MigrationExecutor(connection)
executor.migrate([(label, None) for label in reversed(ours)])
names = connection.introspection.table_names()
print("gone" if not [name for name in names if name.split("_")[0] in ours] else names)
call_command("migrate", verbosity=0)
print(fence())
"""
