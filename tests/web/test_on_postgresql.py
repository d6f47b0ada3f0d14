"""The web suite once more, on a real PostgreSQL: what a database decides in `make test`, the rest in `make test-more`."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from tests.web.postgres_server import client_program, postgresql_server

from mingjian.web import prepared_database

HERE = Path(__file__).parent
MIGRATED = HERE.parents[1] / ".cache" / "postgresql"
TEMPLATE = "mingjian"  # the server's own database, which nothing else uses

DECIDED = (
    "test_at_the_same_time.py", "test_database_away.py", "test_query_counts.py", "audit/test_append_only.py",
    "audit/test_reading.py", "ledger/test_web_log.py", "ledger/test_worker.py", "registry/test_searches.py",
    "registry/test_places.py", "exchange/test_api.py", "http/test_served.py", "http/test_paging.py",
    "accounts/test_throttle.py", "organisations/test_trees.py", "organisations/test_who_may.py",
)  # fmt: skip
"""Constraints and fences, locks and turns, what happens at the same time, text search, order and paging, trees."""


@pytest.mark.peer
@pytest.mark.timeout(1200)
def test_what_a_database_decides_is_the_same_on_postgresql(tmp_path: Path) -> None:
    run_on_postgresql(tmp_path, [str(HERE / name) for name in DECIDED], workers=0, at_least=30)


@pytest.mark.more
@pytest.mark.peer
@pytest.mark.timeout(2400)
def test_the_rest_of_the_suite_passes_on_postgresql(tmp_path: Path) -> None:
    left_out = [f"--ignore={HERE / name}" for name in (*DECIDED, Path(__file__).name)]
    left_out.append(f"--deselect={HERE}/test_migrations.py::test_every_migration_goes_back_and_forth")  # SQLite anyway
    run_on_postgresql(tmp_path, [str(HERE), *left_out], workers=2, at_least=250)


def run_on_postgresql(tmp_path: Path, what: list[str], *, workers: int, at_least: int) -> None:
    """Run these tests in a pytest of their own on a server of their own; all must pass, and none be skipped."""
    report = tmp_path / "report.xml"
    command = [
        sys.executable, "-m", "pytest", "-q", "-x", "--timeout=900", "-p", "no:cacheprovider", f"--junitxml={report}", *what,
    ]  # fmt: skip
    if workers:
        command += ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    with postgresql_server() as url:
        environment = {**os.environ, "MINGJIAN_TEST_DATABASE": url, "MINGJIAN_TEST_TEMPLATE": TEMPLATE}
        environment.pop("DJANGO_SETTINGS_MODULE", None)  # set by our own conftest, to be set anew by the child's
        for name in [name for name in environment if name.startswith("PYTEST_XDIST")]:
            del environment[name]  # the child is no worker of ours
        _migrate(url)
        run = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=HERE.parent.parent)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    (suite,) = ElementTree.parse(report).getroot().iter("testsuite")
    counts = {name: int(suite.get(name, "-1")) for name in ("errors", "failures", "skipped")}
    assert counts == {"errors": 0, "failures": 0, "skipped": 0}
    assert int(suite.get("tests", "0")) > at_least
    assert "vendor=postgresql" in run.stdout


def _migrate(url: str) -> None:
    """Every migration on PostgreSQL, once for the same migrations: then what came of it is dumped, and read from then on.

    The workers' databases are copies of it.
    """
    migrated = MIGRATED / f"{prepared_database.stamp()}.sql"
    if migrated.exists():
        _run([client_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(migrated), url])
        return
    _run([sys.executable, "-c", _MIGRATE, url])
    MIGRATED.mkdir(parents=True, exist_ok=True)
    for old in MIGRATED.iterdir():
        old.unlink(missing_ok=True)
    whole = migrated.with_suffix(f".{os.getpid()}")
    _run([client_program("pg_dump"), "-f", str(whole), url])
    whole.rename(migrated)


def _run(command: list[str]) -> None:
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


_MIGRATE = """
import os, sys
from dataclasses import replace
from mingjian.web import configuration
configuration.provide(replace(configuration.current(), database=sys.argv[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjian.web.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
