"""Anybody may report, and ask about his own report with receipt and secret (sc799 25)."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.policy import OpenPolicy

REPORT = OpenPolicy("reports.public", Text(zh="举报", en="report"))
