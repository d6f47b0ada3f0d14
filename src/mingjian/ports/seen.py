"""What an edge says was really seen by each ticket: `run/seen-EDGE.json`, replaced about once a second, read by web. Pure.

`{"format": 1, "since_ms": n, "written_ms": n, "tickets": {id: {"from_ns": "n", "to_ns": "n", "until_ms": n, "cut": bool}}}`.
`since_ms`: when the edge started; it knows nothing of tickets issued before but what its predecessor wrote, marked `cut`:
that one died, and more may have left than it wrote. `until_ms`: when the ticket ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.ports.ticket import Ticket

SEEN_FORMAT = 1
NoteSeen = Callable[[Ticket, int, int], None]
"""Told (ticket, from_ns, to_ns) before pictures of that time leave."""


def forget_seen(ticket: Ticket, from_ns: int, to_ns: int) -> None:
    """For who is not asked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Pictures of [from_ns, to_ns) left for one ticket (UTC nanoseconds); all of it lies within, not all within was sent."""

    from_ns: int
    to_ns: int
    until_ms: int
    cut: bool = False

    def with_more(self, from_ns: int, to_ns: int) -> Seen:
        """Including more."""
        return Seen(min(self.from_ns, from_ns), max(self.to_ns, to_ns), self.until_ms, self.cut)


@dataclass(frozen=True, slots=True)
class EdgeWord:
    """The file's content."""

    since_ms: int
    written_ms: int
    tickets: Mapping[str, Seen]


def seen_path(data: Path, edge: str) -> Path:
    """Where an edge writes it."""
    return data / "run" / f"seen-{edge}.json"


def word_to_json(word: EdgeWord) -> dict[str, Any]:
    """The file's value."""
    return {
        "format": SEEN_FORMAT,
        "since_ms": word.since_ms,
        "written_ms": word.written_ms,
        "tickets": {
            ticket: {"from_ns": str(one.from_ns), "to_ns": str(one.to_ns), "until_ms": one.until_ms, "cut": one.cut}
            for ticket, one in word.tickets.items()
        },
    }


def word_from_json(value: Any) -> EdgeWord:
    """Read the file's value. Raises ValueError, KeyError or TypeError when it is none."""
    if value["format"] != SEEN_FORMAT:
        raise ValueError(f"format {value['format']}")
    tickets = {
        str(ticket): Seen(int(one["from_ns"]), int(one["to_ns"]), int(one["until_ms"]), bool(one["cut"]))
        for ticket, one in value["tickets"].items()
    }
    return EdgeWord(int(value["since_ms"]), int(value["written_ms"]), tickets)
