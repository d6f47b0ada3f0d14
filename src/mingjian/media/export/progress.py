"""How far one is through the footage of a sealed package, told about each second of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mingjian.kernel.clock import NS_PER_MS

_TELL_EVERY_MS = 1000


class Progress:
    """Of these members (`start_ns` and `end_ns` as the manifest has them), in the order in which they are gone through."""

    def __init__(self, rows: Iterable[dict[str, Any]], tell: Callable[[int, int], None]) -> None:
        self._total_ms = sum(_length_ms(row) for row in rows)
        self._tell, self._done_ms, self._told_ms = tell, 0, -_TELL_EVERY_MS

    def at(self, row: dict[str, Any], at_ns: int) -> None:
        """The picture of `at_ns` is done."""
        done_ms = self._done_ms + (at_ns - int(row["start_ns"])) // NS_PER_MS
        if done_ms - self._told_ms >= _TELL_EVERY_MS:
            self._told_ms = done_ms
            self._tell(min(done_ms, self._total_ms), self._total_ms)

    def past(self, row: dict[str, Any]) -> None:
        """The whole of it is done."""
        self._done_ms += _length_ms(row)

    def end(self) -> None:
        """All of it is done."""
        self._tell(self._total_ms, self._total_ms)


def _length_ms(row: dict[str, Any]) -> int:
    return (int(row["end_ns"]) - int(row["start_ns"])) // NS_PER_MS
