"""The live bench runs through with as many cameras as it is for, and says what it must."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.more
def test_fifty_cameras_for_a_second(tmp_path: Path) -> None:
    out = tmp_path / "live.json"
    command = [
        sys.executable, "bench/live.py", "--cameras", "50", "--each", "1", "--viewers", "3", "--seconds", "1",
        "--out", str(out), "--json",
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ))
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    result = json.loads(out.read_text())
    assert json.loads(ran.stdout) == result
    assert (result["latency"]["cameras"], result["latency"]["viewers"]) == (50, 50)
    assert result["fan_out"]["viewers"] == 3
    for part in ("latency", "fan_out"):
        assert result[part]["latency_ms"]["samples"] > 0
        assert result[part]["mbps_per_viewer_least"] > 1
