"""The command line as a user runs it: a real process, its stdout, stderr and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from mingjian.app.cli.root import FILES, application, main


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


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["size", "--cameras", "0", "--mbps", "4", "--days", "1"], "--cameras 的值无效，应不小于 1", "--cameras"),
        (["size", "--cameras", "1", "--mbps", "x", "--days", "1"], "--mbps 的值无效，应为数字", "--mbps"),
        (["size", "--mbps", "4", "--days", "1"], "缺少 --cameras", "--cameras is missing"),
        (["size", "--camras", "1"], "没有选项 --camras，是否指 --cameras", "no option --camras, perhaps --cameras"),
        (["size", "more"], "缺少", "is missing"),
        (["camera", "ad"], "没有命令 ad", "there is no command ad"),
        (["doctor", "more"], "多余的参数：more", "more arguments than it takes: more"),
    ],
)
def test_what_the_option_parser_refuses_is_one_sentence_in_both_languages(
    arguments: list[str], zh: str, en: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mingjian", *arguments])
    for language, words, remedy in (("zh", zh, "用法见 mingjian"), ("en", en, "--help lists")):
        monkeypatch.setenv("MINGJIAN_LANG", language)
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert ended.value.code == 2
        assert told.out == ""
        assert words in told.err
        assert remedy in told.err
        assert told.err.count("\n") == 1


def test_every_command_takes_a_data_folder() -> None:
    """Scripts give every command the same one; law texts and files that others check are far from any folder."""
    groups = [("", typer.main.get_command(application()))]
    without = set()
    while groups:
        path, group = groups.pop()
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                groups.append((f"{path}{name} ", command))
            elif "--data" not in [word for parameter in command.params for word in parameter.opts]:
                without.add(path + name)
    assert {path for path in without if path.split()[0] not in ("law", "evidence", "ledger", "retention")} == set()


def test_a_group_without_a_command_shows_the_help_and_fails() -> None:
    done = mingjian("camera")
    assert done.returncode == 2
    assert "discover" in done.stdout + done.stderr


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
