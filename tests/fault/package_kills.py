"""SIGKILL at a random moment of making an evidence package: nothing half is left, nothing sealed is lost or made twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def run_package_kills(folder: Path, seed: int, count: int) -> dict[str, int]:
    """`count` kills over one data folder. Returns figures; raises AssertionError where the promise is broken."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fault.package_child", str(folder), str(seed), str(count)],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": f"src{os.pathsep}."}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    figures: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return figures
