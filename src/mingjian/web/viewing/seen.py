"""What was really seen in a look, by the word of the edge (ports/seen.py)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS
from mingjian.ports.seen import EdgeWord, seen_path, word_from_json
from mingjian.web import configuration
from mingjian.web.viewing.models import IssuedTicket, Look

PATIENCE_MS = 30_000
"""How long an end waits for the edge to say something that is newer than it."""


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """[from_ms, to_ms) in UTC milliseconds, 0 and 0 when nothing was seen."""

    from_ms: int
    to_ms: int


def edge_word() -> EdgeWord | None:
    """The file's content, None when there is none that can be read."""
    config = configuration.current()
    if config.data_folder is None:
        return None
    try:
        return word_from_json(json.loads(seen_path(config.data_folder, config.edge).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def span_seen(word: EdgeWord | None, look: Look, over_ms: int, now_ms: int) -> SeenSpan | None:
    """What left in a look that was over at `over_ms`; None while the edge has not said it yet.

    Where the edge cannot know, because it died or is gone, the tickets' whole span is said: never less than was seen.
    """
    whole = SeenSpan(look.from_ms, look.to_ms)
    if word is None:
        return whole
    if word.written_ms <= over_ms:
        return None if now_ms - over_ms < PATIENCE_MS else whole
    tickets = list(IssuedTicket.objects.filter(look=look).values_list("pk", "issued_ms"))
    said = [word.tickets.get(ticket) for ticket, _ in tickets]
    unknown = any(issued_ms < word.since_ms and one is None for (_, issued_ms), one in zip(tickets, said, strict=True))
    if unknown or not tickets or any(one is not None and one.cut for one in said):
        return whole
    return _union((one.from_ns, one.to_ns) for one in said if one is not None)


def _union(spans: Iterable[tuple[int, int]]) -> SeenSpan:
    found = list(spans)
    if not found:
        return SeenSpan(0, 0)
    ends_ns = max(to_ns for _, to_ns in found)
    return SeenSpan(min(from_ns for from_ns, _ in found) // NS_PER_MS, -(-ends_ns // NS_PER_MS))
