"""The running number of a stream's segments: it goes on where the newest segment of any volume ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from mingjian.media.store.schema import open_for_reading


class Sequences:
    """Numbers by stream. Reads the indexes through connections of its own, kept open."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._connections: dict[Path, sqlite3.Connection] = {}

    def next(self, camera: str, stream: str, indexes: Iterable[Path]) -> int:
        """The next number of a stream."""
        last = self._last.get((camera, stream))
        if last is None:
            last = max((self._newest(index, camera, stream) for index in indexes), default=0)
        self._last[camera, stream] = last + 1
        return last + 1

    def close(self) -> None:
        """Let go of the indexes."""
        for connection in self._connections.values():
            connection.close()
        self._connections = {}

    def _newest(self, index: Path, camera: str, stream: str) -> int:
        connection = self._connections.get(index)
        if connection is None:
            connection = self._connections[index] = open_for_reading(index)
        row = connection.execute(
            "SELECT s.sequence FROM segments s JOIN streams t ON t.id = s.stream_id "
            "WHERE t.camera=? AND t.stream=? ORDER BY s.start_ns DESC LIMIT 1",
            (camera, stream),
        ).fetchone()
        return 0 if row is None else int(row[0])
