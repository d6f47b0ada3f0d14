"""A data folder of every release opens in this version with all it held, and the way back is as the guide says.

The archives under releases/ are whole demo folders, keys included: throw-away ones, made for this test by `init --demo`,
a camera, and some seconds of recording. A release adds its own and never changes an older one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.app.processes import free_port, wait_until

RELEASES = sorted((Path(__file__).parent / "releases").glob("data-*.tgz"))
ENVIRONMENT = {**os.environ, "MINGJIAN_LANG": "en", "PYTHONPATH": "src"}


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def old_data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    data = tmp_path / "data"
    with tarfile.open(request.param) as archive:
        archive.extractall(data, filter="data")
    return data


def ask(data: Path, *arguments: str) -> Any:
    command = [sys.executable, "-m", "mingjian.app.cli", *arguments, "--data", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def held(data: Path) -> tuple[list[str], int, int]:
    """Names of cameras, segments, bytes of footage; every byte is compared with its hash."""
    report = ask(data, "store", "check", "--hash")
    assert report["errors"] == []
    return [camera["name"] for camera in ask(data, "camera", "list")], report["segments"], report["bytes"]


def run_for_a_moment(data: Path) -> None:
    """Start everything, wait until it serves, stop it cleanly."""
    port = free_port()
    command = [sys.executable, "-m", "mingjian.app.cli", "run", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: serves(port))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/setup", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.more
def test_an_upgrade_keeps_everything_and_can_be_taken_back(old_data: Path, tmp_path: Path) -> None:
    names, segments, size = held(old_data)
    assert names == ["Gate"]
    assert segments >= 1
    saved = tmp_path / "before-upgrade.tgz"
    ask(old_data, "backup", str(saved))

    run_for_a_moment(old_data)
    after = held(old_data)
    assert after[0] == names
    assert after[1:] >= (segments, size)

    # the way back: the backup into a new folder, the volumes beside it
    restored = tmp_path / "restored"
    ask(restored, "restore", str(saved))
    shutil.rmtree(restored / "volumes")
    shutil.move(old_data / "volumes", restored / "volumes")
    assert held(restored) == after
