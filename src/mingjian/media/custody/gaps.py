"""Gaps become leaves: what the timeline says of every planned stream, once it can say it for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mingjian.kernel.clock import NS_PER_S
from mingjian.ledger.leaf import Gap
from mingjian.media.store.reader import StoreReader
from mingjian.ports.recording import GapReason, SpanKind

SETTLED_NS = 30 * NS_PER_S
"""So long after it a gap is told for good: a failure is noticed, footage on its way has arrived."""
EVERY_NS = 300 * NS_PER_S


def new_gaps(
    roots: Sequence[Path], told: dict[str, int], begun_ns: int, now_ns: int, every_ns: int = EVERY_NS
) -> Iterator[tuple[str, int, list[Gap]]]:
    """("CAMERA/STREAM", up to when, leaves) of each stream that was not asked about for `every_ns`.

    `told` says up to when each stream's gaps are leaves; a stream that is new begins with its plan or the log.
    """
    until_ns = now_ns - SETTLED_NS
    reader = StoreReader(roots)
    try:
        for camera, stream in _streams(reader):
            facts = reader.facts(camera)
            if facts is None:
                continue
            name = f"{camera}/{stream}"
            from_ns = told.get(name, max(facts.planned_from_ns, begun_ns))
            if from_ns > now_ns:  # the clock was set back
                from_ns = until_ns
            if until_ns - from_ns < every_ns:
                continue
            yield _gaps_of(reader, camera, stream, from_ns, until_ns, now_ns)
    finally:
        reader.close()


def _gaps_of(
    reader: StoreReader, camera: str, stream: str, from_ns: int, until_ns: int, now_ns: int
) -> tuple[str, int, list[Gap]]:
    found: list[Gap] = []
    end_ns = until_ns
    for span in reader.timeline(camera, stream, from_ns, until_ns, now_ns):
        if span.kind is SpanKind.FUTURE:
            end_ns = span.start_ns
            break
        if span.kind is SpanKind.GAP:
            reason = (span.reason or GapReason.UNKNOWN).value
            found.append(
                Gap(
                    at_ns=now_ns, camera=camera, stream=stream, start_ns=span.start_ns, end_ns=span.end_ns,
                    reason=reason, detail=span.detail[:4096] if span.detail else None,
                )
            )  # fmt: skip
    return f"{camera}/{stream}", end_ns, found


def _streams(reader: StoreReader) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for opened in reader.volumes:
        for camera, stream in opened.connection.execute("SELECT camera, stream FROM streams ORDER BY camera, stream"):
            found[camera, stream] = None
    return list(found)
