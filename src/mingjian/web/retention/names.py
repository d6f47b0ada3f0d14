"""Names of the audit record that retention uses."""

from __future__ import annotations

from mingjian.web.audit.names import register

JUDGED = register("retention.judge", "留存证明有新的结论", "a retention proof says something new")
PROFILED = register("retention.profile", "设定系统存储质量要求", "set what is asked of a system's stored quality")
