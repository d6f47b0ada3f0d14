"""A JSON file that another process replaces atomically: read when it changed, the last good value kept.

Polled by mtime, size and inode: works on every file system, and a stat each half second costs nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from mingjian.kernel.errors import MingjianError

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

POLL_S = 0.5


class WatchedFile(Generic[T]):
    """`parse` makes a value of the file's JSON and raises MingjianError, ValueError, KeyError or TypeError when it cannot."""

    def __init__(self, path: Path, parse: Callable[[Any], T]) -> None:
        self._path = path
        self._parse = parse
        self._seen: tuple[int, int, int] | None = None

    def poll(self) -> T | None:
        """The new value, None when nothing changed or the file is absent or broken (then the last good one holds)."""
        try:
            stat = self._path.stat()
            mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if mark == self._seen:
                return None
            self._seen = mark
            return self._parse(json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, MingjianError, ValueError, KeyError, TypeError) as error:
            _LOG.error("%s cannot be used, the last good one stays in force: %r", self._path.name, error)
            return None

    def forget(self) -> None:
        """Read the file again at the next poll, changed or not."""
        self._seen = None
