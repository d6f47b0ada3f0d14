"""The command line as a user runs it: a real process, its stdout, stderr and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from mingjian.app.cli.root import FILES, application


def mingjian(*arguments: str, language: str = "en", stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mingjian.app.cli", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "MINGJIAN_LANG": language, "PYTHONPATH": "src"},
    )


def test_init_then_doctor(tmp_path: Path) -> None:
    data = str(tmp_path / "d")
    assert mingjian("init", "--data", data, "--demo").returncode == 0
    done = mingjian("doctor", "--data", data, "--port", "0", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    names = {check["name"] for check in report["checks"]}
    assert {"time", "port", "ffmpeg", "fonts", "glibc", "volume v0", "disk speed v0"} <= names


@pytest.mark.parametrize(("language", "words"), [("zh_CN.UTF-8", "已经初始化"), ("en", "initialised already")])
def test_errors_go_to_stderr_in_the_users_language(tmp_path: Path, language: str, words: str) -> None:
    data = str(tmp_path / "d")
    assert mingjian("init", "--data", data).returncode == 0
    again = mingjian("init", "--data", data, language=language)
    assert again.returncode == 2
    assert again.stdout == ""
    assert words in again.stderr
    assert "Traceback" not in again.stderr


def test_size_is_the_arithmetic_it_says() -> None:
    done = mingjian("size", "--cameras", "100", "--mbps", "4", "--days", "30", "--json")
    sizing = json.loads(done.stdout)
    # 100 x 4 Mb/s = 50 MB/s; x 86,400 s x 30 = 129.6 TB, 1 % container, disks filled to 90 %
    assert sizing["disk_tb"] == pytest.approx(129.6 * 1.01 / 0.9, abs=0.01)
    assert sizing["write_mb_s"] == 50


def test_a_wrong_option_is_refused_with_its_name() -> None:
    done = mingjian("size", "--cameras", "0", "--mbps", "4", "--days", "30")
    assert done.returncode == 2
    assert "--cameras" in done.stderr


def test_a_command_is_found_alone_and_among_all() -> None:
    """Only its file is imported when a command is asked for: the table of files must tell the truth."""
    named = [command for commands in FILES.values() for command in commands]
    assert sorted(typer.main.get_command(application()).commands) == sorted(named)
    for commands in FILES.values():
        for asked in commands:
            assert sorted(typer.main.get_command(application(asked)).commands) == sorted(commands)


def test_a_word_that_is_no_command_is_refused() -> None:
    done = mingjian("recordigns")
    assert done.returncode == 2
    assert "recordigns" in done.stderr
