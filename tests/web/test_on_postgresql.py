"""The whole web suite once more, on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from tests.web.postgres_server import postgresql_server

HERE = Path(__file__).parent
TEMPLATE = "mingjian"  # the server's own database, which nothing else uses


@pytest.mark.peer
@pytest.mark.timeout(1500)
def test_the_suite_passes_on_postgresql(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
    ]
    command += [str(HERE), f"--ignore={__file__}"]
    command += [f"--deselect={HERE}/test_migrations.py::test_every_migration_goes_back_and_forth"]  # SQLite in any case
    with postgresql_server() as url:
        environment = {**os.environ, "MINGJIAN_TEST_DATABASE": url, "MINGJIAN_TEST_TEMPLATE": TEMPLATE}
        environment.pop("DJANGO_SETTINGS_MODULE", None)  # set by our own conftest, to be set anew by the child's
        _migrate(url)
        run = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=HERE.parent.parent)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    (suite,) = ElementTree.parse(report).getroot().iter("testsuite")
    counts = {name: int(suite.get(name, "-1")) for name in ("errors", "failures", "skipped")}
    assert counts == {"errors": 0, "failures": 0, "skipped": 0}
    assert int(suite.get("tests", "0")) > 250
    assert "vendor=postgresql" in run.stdout


def _migrate(url: str) -> None:
    """Every migration once on PostgreSQL; the workers' databases are copies of what comes of it."""
    run = subprocess.run([sys.executable, "-c", _MIGRATE, url], capture_output=True, text=True)
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
