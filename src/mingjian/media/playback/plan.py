"""The playback plan: which chunks a player fetches next for [from, to), over sealed and open segments.

Pure but for the questions it asks a `Recordings`, which may block: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.playback.chunks import Chunk, chunks_of, clip_chunks
from mingjian.media.playback.recordings import Recordings
from mingjian.ports.recording import SegmentRecord, Span, SpanKind

MAX_CHUNKS = 600
SETTLE_NS = 15 * NS_PER_S
"""What is younger may still come: a fragment is held for up to 2 s and the index is written about every second."""
STALE_NS = 60 * NS_PER_S
"""An open segment that got nothing for so long has lost its recorder: what follows it is a gap."""
_SEGMENTS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a plan stopped: after fragment `fragment` of `segment`."""

    segment: str
    fragment: int

    def text(self) -> str:
        """The cursor as it goes into a URL."""
        return f"{quote(self.segment, safe='')}.{self.fragment}"


def parse_cursor(text: str) -> Cursor:
    """Read a cursor back. Raises MingjianError `bad_cursor` (field `cursor`)."""
    segment, dot, fragment = text.rpartition(".")
    if not dot or not segment or not fragment.isascii() or not fragment.isdigit() or len(text) > 200:
        raise bad_cursor()
    return Cursor(unquote(segment), int(fragment))


def bad_cursor() -> MingjianError:
    """The error for a cursor that is broken or belongs to another stream."""
    return MingjianError(
        "bad_cursor",
        Text(zh="续读位置无效，请从时间重新开始", en="the cursor is not valid: start again from a time"),
        fault=Fault.USER,
        field="cursor",
    )


def no_footage(reason: str | None, field: str = "at") -> MingjianError:
    """Nothing was recorded at that instant; `reason` as the timeline has it, `field` is where the instant was asked."""
    told = "" if reason is None else f" ({reason})"
    return MingjianError(
        "no_footage",
        Text(zh=f"这一刻没有录像{told}", en=f"nothing was recorded at this instant{told}"),
        fault=Fault.USER,
        field=field,
        remedy=Text(zh="请在时间轴上选择有录像的时间", en="choose a time that the timeline shows as recorded"),
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """Chunks in order, the gaps between `from` and the end of the last chunk, and where to go on.

    Everything of [from, to) before `planned_to_ns` is in `chunks` or is a gap. `cursor` asks for what follows; it is
    None when [from, to) is fully planned. `growing` says that [from, to) reaches into the present or into a segment
    that is still open: asking again, with the cursor or from `planned_to_ns`, gives what came since.
    """

    chunks: tuple[Chunk, ...]
    gaps: tuple[Span, ...]
    planned_to_ns: int
    cursor: Cursor | None
    growing: bool


def make_plan(
    recordings: Recordings,
    camera: str,
    stream: str,
    from_ns: int,
    to_ns: int,
    now_ns: int,
    cursor: Cursor | None = None,
    limit: int = 60,
) -> Plan:
    """The next chunks of [from, to), at most `limit`.

    Without cursor the first chunk is the one that holds `from`, or the first after it when `from` lies in a gap.
    With the cursor of an earlier plan over the same `to`, chunks go on exactly after it, even inside a chunk that was
    still growing then. Raises MingjianError `bad_cursor` when the cursor is of another camera or stream.
    """
    limit = max(1, min(limit, MAX_CHUNKS))
    found: list[Chunk] = []
    more = False
    last: SegmentRecord | None = None
    for record, chunks in walk_segments(recordings, camera, stream, from_ns, to_ns, cursor):
        last = record
        found.extend(chunks[: limit - len(found)])
        if len(found) >= limit:
            more = True
            break
    last_open = last is not None and not last.sealed and now_ns - STALE_NS < last.end_ns < to_ns
    growing = not more and (last_open or to_ns > now_ns - SETTLE_NS)
    reached_ns = from_ns
    if found:
        reached_ns = found[-1].end_ns
    elif cursor is not None and last is not None:
        reached_ns = max(from_ns, last.end_ns)
    if more or last_open:
        planned_to_ns = reached_ns
    elif growing:
        planned_to_ns = min(to_ns, max(reached_ns, now_ns - SETTLE_NS))
    else:
        planned_to_ns = to_ns
    next_cursor = None
    if found and (more or growing):
        next_cursor = Cursor(found[-1].segment.id, found[-1].last)
    elif growing:
        next_cursor = cursor
    seen_from_ns = found[0].start_ns if cursor is not None and found else from_ns
    gaps = _gaps(recordings, camera, stream, seen_from_ns, planned_to_ns, now_ns)
    return Plan(tuple(found), gaps, planned_to_ns, next_cursor, growing)


def _gaps(recordings: Recordings, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int) -> tuple[Span, ...]:
    """What a player of [from, to) jumps over. Only asked for stretches that people watch, not for whole archives."""
    if to_ns <= from_ns:
        return ()
    to_ns = min(to_ns, from_ns + 31 * DAY_NS)
    spans = recordings.spans(camera, stream, from_ns, to_ns, now_ns)
    return tuple(span for span in spans if span.kind not in (SpanKind.RECORDED, SpanKind.BACKFILLED))


def walk_segments(
    recordings: Recordings, camera: str, stream: str, from_ns: int, to_ns: int, cursor: Cursor | None
) -> Iterator[tuple[SegmentRecord, list[Chunk]]]:
    """Each segment of [from, to) with its chunks that are still to be planned, by the time at which it began.

    Segments may overlap in wall time (the machine's clock stepped back): each is planned once, none is skipped.
    """
    after = (-1, "")
    page_ns = from_ns
    if cursor is not None:
        record = recordings.segment(cursor.segment)
        if record is None or (record.camera, record.stream) != (camera, stream):
            raise bad_cursor()
        rest = chunks_of(record, recordings.fragments(record), after=cursor.fragment)
        yield record, [chunk for chunk in rest if chunk.start_ns < to_ns]
        after, page_ns = (record.start_ns, record.id), record.start_ns
    limit = _SEGMENTS_AT_ONCE
    while page_ns < to_ns:
        batch = sorted(
            recordings.segments(camera, stream, page_ns, to_ns, limit=limit), key=lambda row: (row.start_ns, row.id)
        )
        fresh = [row for row in batch if (row.start_ns, row.id) > after]
        for record in fresh:
            yield record, clip_chunks(chunks_of(record, recordings.fragments(record)), from_ns, to_ns)
        if len(batch) < limit:
            return
        if fresh:
            after = (fresh[-1].start_ns, fresh[-1].id)
            page_ns = max(page_ns, fresh[-1].start_ns)
        else:
            limit *= 2
