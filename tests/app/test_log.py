from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
