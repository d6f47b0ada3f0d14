"""What left this edge for each ticket, told to web once a second (ports/seen.py). All of it on the event loop."""

from __future__ import annotations

import contextlib
import json
import logging
from pathlib import Path

from mingjian.files.whole import replace_file
from mingjian.kernel.clock import NS_PER_MS, Clock
from mingjian.ports.seen import EdgeWord, Seen, word_from_json, word_to_json
from mingjian.ports.ticket import Ticket

_LOG = logging.getLogger(__name__)
WRITE_EVERY_MS = 1000
KEEP_MS = 15 * 60 * 1000
"""How long a ticket that ended stays in the file: web may have been away."""


class SeenBook:
    """`note` what is about to be sent; `tick` writes. Without a path nothing is kept."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._since_ms = self._written_ms = clock.now_ns() // NS_PER_MS
        self._tickets: dict[str, Seen] = {}
        if path is not None:
            with contextlib.suppress(
                OSError, ValueError, KeyError, TypeError
            ):  # none, or not ours: web knows as little
                before = word_from_json(json.loads(path.read_text(encoding="utf-8")))
                self._tickets = {
                    ticket: Seen(one.from_ns, one.to_ns, one.until_ms, cut=True)
                    for ticket, one in before.tickets.items()
                }

    def note(self, ticket: Ticket, from_ns: int, to_ns: int) -> None:
        """Pictures of [from_ns, to_ns) leave for this ticket."""
        known = self._tickets.get(ticket.id)
        if known is None:
            self._tickets[ticket.id] = Seen(from_ns, to_ns, ticket.expires_ms)
        elif from_ns < known.from_ns or to_ns > known.to_ns:
            self._tickets[ticket.id] = known.with_more(from_ns, to_ns)

    def tick(self) -> None:
        """Write about once a second, changed or not: an old file says that this edge is gone."""
        now_ms = self._clock.now_ns() // NS_PER_MS
        if self._path is None or 0 <= now_ms - self._written_ms < WRITE_EVERY_MS:
            return
        self._written_ms = now_ms
        self._tickets = {
            ticket: one for ticket, one in self._tickets.items() if one.until_ms > now_ms - KEEP_MS
        }  # fmt: skip
        word = EdgeWord(self._since_ms, now_ms, self._tickets)
        try:
            replace_file(self._path, json.dumps(word_to_json(word)).encode(), 0o600, durable=False)
        except OSError as error:
            _LOG.error("what was seen cannot be written: %s", error)
