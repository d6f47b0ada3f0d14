from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.app import log
from mingjian.app.log import redact, set_up_logging


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("open rtsp://admin:geheim@10.0.0.7:554/ch1 failed", "open rtsp://***@10.0.0.7:554/ch1 failed"),
        ('{"password": "geheim"}', '{"password": "***"}'),
        ("ticket=abc.def&x=1", "ticket=***&x=1"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_taken_out(text: str, safe: str) -> None:
    assert redact(text) == safe


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=6))
def test_no_password_of_a_url_survives(password: str) -> None:
    assert password not in redact(f"rtsp://user:{password}@host-/") or password in "rtsp://***@host-/"


def test_a_log_line_is_json_with_utc_time(tmp_path: Path) -> None:
    saved = logging.getLogger().handlers[:]
    try:
        set_up_logging("engine", tmp_path)
        logging.getLogger("mingjian.x").warning("camera %s", "7", extra={"data": {"url": "rtsp://a:b@h/"}})
        logging.getLogger().handlers[0].close()
    finally:
        logging.getLogger().handlers[:] = saved
    line = json.loads((tmp_path / "engine.log").read_text(encoding="utf-8"))
    assert line["message"] == "camera 7"
    assert line["url"] == "rtsp://***@h/"
    assert line["time"].endswith("Z")
    assert (line["process"], line["level"]) == ("engine", "warning")


def test_logs_are_rotated_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_MAX_BYTES", 2000)
    monkeypatch.setattr(log, "_KEPT", 3)
    saved = logging.getLogger().handlers[:]
    try:
        set_up_logging("engine", tmp_path)
        for number in range(200):
            logging.getLogger("mingjian.x").warning("line %d", number)
        logging.getLogger().handlers[0].close()
    finally:
        logging.getLogger().handlers[:] = saved
    assert {path.name for path in tmp_path.iterdir()} == {
        "engine.log",
        *(f"engine.log.{number}" for number in (1, 2, 3)),
    }
    assert all(0 < path.stat().st_size <= 2000 for path in tmp_path.iterdir())
    oldest_first = [
        tmp_path / "engine.log.3",
        tmp_path / "engine.log.2",
        tmp_path / "engine.log.1",
        tmp_path / "engine.log",
    ]
    told = [json.loads(line)["message"] for path in oldest_first for line in path.read_text().splitlines()]
    assert told == [f"line {number}" for number in range(200 - len(told), 200)], (
        "the newest lines, none missing between"
    )
