"""Django's DATABASES from our settings: embedded SQLite, or PostgreSQL named by a URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_SQLITE_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
_BUSY_TIMEOUT_S = 15


def sqlite_database(path: str) -> dict[str, Any]:
    """The embedded database: WAL, durable commits, writers queue for up to 15 s.

    IMMEDIATE transactions take the write lock when they begin, so that check-then-write inside one cannot fail half way
    with "database is locked" and sees what it then changes.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": _BUSY_TIMEOUT_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": _SQLITE_INIT,
        },
        "CONN_MAX_AGE": 0,
    }


def postgresql_database(url: str, password: str = "") -> dict[str, Any]:
    """The database of postgresql://user@host:port/name?option=value; the host may be a folder with a socket.

    Raises MingjianError `bad_database` (field: web.database) when the URL is of another kind.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise MingjianError(
            "bad_database",
            Text(
                zh="web.database 应形如 postgresql://用户@主机:端口/库名",
                en="web.database must look like postgresql://user@host:port/name",
            ),
            fault=Fault.USER,
            field="web.database",
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": password or unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
    }
