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
    """`parse` makes a value of the file's JSON and raises MingjianError, ValueError, KeyError or TypeError when it cannot.

    `meanwhile` says in the log what holds while the file cannot be used.
    """

    def __init__(
        self, path: Path, parse: Callable[[Any], T], meanwhile: str = "the last good one stays in force"
    ) -> None:
        self._path = path
        self._parse = parse
        self._meanwhile = meanwhile
        self._seen: tuple[int, int, int] | None = None
        self._good = False  # what was seen
        self._told = ""
        self.usable = False
        """Whether the file was there and whole at the last poll: for who must not go on with the last good value."""

    def poll(self) -> T | None:
        """The new value; None when nothing changed or the file is absent or broken, which `usable` tells apart."""
        mark = None
        try:
            stat = self._path.stat()
            mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if mark == self._seen:
                self.usable = self._good
                return None
            value = self._parse(json.loads(self._path.read_bytes()))
        except OSError as error:  # looked at again at the next poll: nothing was seen
            self._cannot(error)
            return None
        except (MingjianError, ValueError, KeyError, TypeError) as error:
            self._seen, self._good = mark, False
            self._cannot(error)
            return None
        self._seen, self._good, self.usable, self._told = mark, True, True, ""
        return value

    def forget(self) -> None:
        """Read the file again at the next poll, changed or not."""
        self._seen = None

    def _cannot(self, error: Exception) -> None:
        """Told once, not at every poll; that a file is not there yet is nothing to tell."""
        never_there = self._seen is None and isinstance(error, FileNotFoundError)
        self.usable = False
        if repr(error) != self._told and not never_there:
            self._told = repr(error)
            _LOG.error("%s cannot be used, %s: %r", self._path.name, self._meanwhile, error)
