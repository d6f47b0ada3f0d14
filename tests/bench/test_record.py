"""The recording bench runs through and says what it must, with few cameras for a short time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.more
@pytest.mark.peer
def test_two_cameras_for_two_seconds(tmp_path: Path) -> None:
    loop = tmp_path / "loop.h264"  # in place of four 1080p GOPs, which take longer to draw than all the rest
    source = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4"]
    once = "keyint=50:min-keyint=50:scenecut=0:bframes=0:slices=1:sliced-threads=0:repeat-headers=1"
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", once]
    subprocess.run(["ffmpeg", "-v", "error", *source, *coder, str(loop)], check=True, timeout=60)
    command = [
        sys.executable, "bench/record.py", "--cameras", "2", "--seconds", "2", "--rounds", "1", "--flat",
        "--no-sm3", "--warm-up", "0.5", "--touch-gb", "0",
        "--cache", str(loop), "--out", str(tmp_path / "record.json"), "--work", str(tmp_path),
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False, env=dict(os.environ))
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert json.loads((tmp_path / "record.json").read_text()) == result
    for who in ("ours", "ffmpeg", "null"):
        assert 0 < result[who]["cpu_core_per_camera"] < 1, who
        assert result[who]["rss_mb_per_camera"] > 0, who
    assert result["ours"]["lost_frames"] == 0
    assert result["ratio"] > 0
    ours = result["conditions"]["rounds_of_ours"][0]
    assert ours["frames"] >= 2 * 25 * 2
    assert ours["connects"] == 2
    assert ours["closed"] is True
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("mingjian-bench")]
