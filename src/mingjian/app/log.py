"""Structured logs: one JSON object a line, rotated, without secrets.

A filter is the last line of defence: credentials inside URLs and the values of secret-looking keys are replaced even
where the caller forgot.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
from pathlib import Path
from typing import Any

from mingjian.kernel.isotime import format_iso_ns

_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]*@")
_SECRET_PAIR = re.compile(
    r"(?i)(?P<key>pass(?:word|wd)?|secret|token|ticket|authorization|cookie|csrf)(?P<mid>[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&]+"
)
_MAX_BYTES = 20 << 20
_KEPT = 10


def redact(text: str) -> str:
    """`text` without credentials in URLs and without the values of secret-looking keys."""
    return _SECRET_PAIR.sub(r"\g<key>\g<mid>***", _USERINFO.sub(r"\g<scheme>***@", text))


class JsonFormatter(logging.Formatter):
    """One record as one line of JSON: time (UTC), level, process, logger, message, and `extra` fields of `data`."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": format_iso_ns(int(record.created * 1000) * 1_000_000),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        data = getattr(record, "data", None)
        if isinstance(data, dict):
            line |= {key: redact(value) if isinstance(value, str) else value for key, value in data.items()}
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(process: str, logs: Path | None, *, level: int = logging.INFO) -> None:
    """Send everything to `logs/PROCESS.log` (rotated) or, without a folder, to stderr."""
    handler: logging.Handler
    if logs is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        logs.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            logs / f"{process}.log", maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8"
        )
    handler.setFormatter(JsonFormatter(process))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
