"""What became of every instant: `classify` covers [from, to) with spans, without hole or overlap.

Pure: it sees what the index holds (`History`) and what the plan says (`PlanFacts`). Layers, the first that applies wins:
recorded, future, expired, not planned, and for what is left a gap whose reason is told by a walk through the events in
it. The rules of that walk:

- The recorder was not running from the end of a life (its last heartbeat) to the first footage after the next start,
  unless the camera itself then failed: its reason from that failure on. A fragment in progress at the death is lost with
  it, so a gap that begins less than `DEATH_NS` before the end of a life belongs to it wholly.
- A failure explains the gap from its beginning when it was noticed within `NOTICE_NS` of the last footage; a silence that
  lasted longer while the connection stood was the network's.
- A failure's reason lasts until footage comes (trying again is no new reason) or another failure says otherwise.
- Footage that came but could not be written is a loss of storage, whatever else happened.
- Switched off is switched off, whether or not the recorder ran.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.spans import Interval, clip, complement, intersect, merge
from mingjian.media.store.index import JOIN_TOLERANCE_NS
from mingjian.ports.recording import GapReason, Span, SpanKind

NOTICE_NS = 5 * NS_PER_S
DEATH_NS = 15 * NS_PER_S
PENDING_NS = 10 * NS_PER_S
"""Footage needs this long at most from its arrival to the index: a fragment of up to 4 s, queue and commit."""
ALIVE_NS = 10 * NS_PER_S
SILENT_NS = 10 * NS_PER_S


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the plan says of a camera: footage is owed from `planned_from_ns` until `removed_ns`."""

    planned_from_ns: int
    removed_ns: int | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a source's state (ports.media.SourceState), or an operator's order (`disabled`, `enabled`)."""

    at_ns: int
    state: str
    reason: GapReason | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """A stretch in which the recorder ran; `last_ns` is its last heartbeat."""

    start_ns: int
    last_ns: int
    clean: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """What the index holds of one stream; all lists sorted by time, reaching back to the footage before the question."""

    recorded: tuple[Interval, ...] = ()
    expired: tuple[Interval, ...] = ()
    backfilled: tuple[Interval, ...] = ()
    events: tuple[Event, ...] = ()
    losses: tuple[Interval, ...] = ()
    lives: tuple[Life, ...] = ()


def classify(history: History, facts: PlanFacts, from_ns: int, to_ns: int, now_ns: int) -> list[Span]:
    """The spans of [from, to), in order. `now_ns` divides what is missing from what is still to come."""
    if to_ns <= from_ns:
        return []
    recorded = merge(history.recorded, JOIN_TOLERANCE_NS)
    spans: list[Span] = [Span(SpanKind.RECORDED, *interval) for interval in clip(recorded, from_ns, to_ns)]
    free = complement(recorded, from_ns, to_ns)
    layers = [
        (SpanKind.BACKFILLED, list(history.backfilled)),
        (SpanKind.FUTURE, [(_still_to_come(history, recorded, now_ns), max(to_ns, now_ns) + 1)]),
        (SpanKind.EXPIRED, merge(history.expired, JOIN_TOLERANCE_NS)),
        (SpanKind.NOT_PLANNED, _not_planned(facts, from_ns, to_ns)),
    ]
    for kind, intervals in layers:
        taken = intersect(free, merge(intervals))
        spans += [Span(kind, *piece) for piece in taken]
        free = intersect(free, complement(taken, from_ns, to_ns))
    story = _Story(history, facts, recorded, now_ns)
    for hole in free:
        spans += story.gap(hole)
    return _tidy(sorted(spans, key=lambda span: span.start_ns))


def _not_planned(facts: PlanFacts, from_ns: int, to_ns: int) -> list[Interval]:
    outside = [(min(from_ns, facts.planned_from_ns), facts.planned_from_ns)]
    if facts.removed_ns is not None:
        outside.append((facts.removed_ns, max(to_ns, facts.removed_ns)))
    return outside


def _still_to_come(history: History, recorded: list[Interval], now_ns: int) -> int:
    """Where the future begins: at now, or at the end of footage whose continuation is on its way to disk."""
    last_ns = max((end for _, end in recorded if end <= now_ns), default=None)
    if last_ns is None or now_ns - last_ns > PENDING_NS or not _alive(history.lives, now_ns):
        return now_ns
    state = next((event.state for event in reversed(history.events) if event.at_ns <= now_ns), "")
    lost = any(end > last_ns for _, end in history.losses)
    return last_ns if state in ("streaming", "enabled") and not lost else now_ns


def _alive(lives: tuple[Life, ...], now_ns: int) -> bool:
    """Whether the newest life goes on: an older one is dead, however lately its heart beat."""
    newest = max((life for life in lives if life.start_ns <= now_ns), key=lambda life: life.start_ns, default=None)
    return newest is not None and not newest.clean and now_ns <= newest.last_ns + ALIVE_NS


@dataclass(slots=True)
class _Point:
    """Something that happened at an instant."""

    at_ns: int
    what: str  # "end", "begin" (of a life), or an event's state
    event: Event | None = None
    note: str = ""


@dataclass(slots=True)
class _Walk:
    """The state in force while walking through a gap."""

    up: bool = False
    disabled: bool = False
    reason: GapReason = GapReason.ENGINE_DOWN
    detail: str | None = None
    marks: list[tuple[int, GapReason, str | None]] = field(default_factory=list)

    def mark(self, at_ns: int) -> None:
        if self.disabled:
            self.marks.append((at_ns, GapReason.DISABLED, None))
        else:
            self.marks.append((at_ns, self.reason, self.detail))

    def take(self, point: _Point, *, silent: bool) -> bool:
        """Let a point happen; whether the reason may have changed."""
        if point.what == "end":
            self.up = False
            self.reason, self.detail = GapReason.ENGINE_DOWN, None
        elif point.what == "begin":
            self.up = True
            self.reason, self.detail = GapReason.ENGINE_DOWN, point.note or self.detail
        elif point.what == "disabled":
            self.disabled = True
        elif point.what == "enabled":
            if self.disabled:
                self.disabled = False
                self.reason, self.detail = GapReason.UNREACHABLE if self.up else GapReason.ENGINE_DOWN, None
        elif point.what == "failed" and point.event is not None:
            self.reason, self.detail = point.event.reason or GapReason.UNREACHABLE, point.event.detail
        elif point.what == "streaming" and silent:
            self.reason, self.detail = GapReason.NETWORK, None
        else:
            return False
        return True


class _Story:
    """The events of a stream in order, with the state in force after each, so that any hole is explained without
    walking from the beginning again: a camera that drops out every minute has thousands of holes."""

    def __init__(self, history: History, facts: PlanFacts, recorded: list[Interval], now_ns: int) -> None:
        self._facts = facts
        self._ends = [end for _, end in recorded]
        self._lost = merge(history.losses, JOIN_TOLERANCE_NS)
        self._points = _points(history, now_ns)
        self._times = [point.at_ns for point in self._points]
        ordered = any(point.what in ("disabled", "enabled") for point in self._points)
        self._never_on = not ordered and not facts.enabled
        walk, failed = _Walk(), False
        self._states: list[tuple[bool, bool, GapReason, str | None, bool]] = []
        for point in (None, *self._points):
            if point is not None:
                walk.take(point, silent=False)
                failed = _fails_after(point, failed)
            self._states.append((walk.up, walk.disabled, walk.reason, walk.detail, failed))

    def gap(self, hole: Interval) -> Iterator[Span]:
        """One hole, explained from where it truly began (which may be before the question)."""
        facts, points = self._facts, self._points
        place = bisect_right(self._ends, hole[0])
        before = self._ends[place - 1] if place else facts.planned_from_ns
        begin_ns = max(before, facts.planned_from_ns) if before <= hole[0] else hole[0]
        first = bisect_right(self._times, begin_ns)
        up, disabled, reason, detail, failed = self._states[first]
        walk = _Walk(up, disabled or self._never_on, reason, detail)
        if walk.up and not walk.disabled and not failed:
            after = (points[number] for number in range(first, len(points)))
            _explain_beginning(walk, after, begin_ns, never_seen=before == facts.planned_from_ns)
        walk.mark(begin_ns)
        for number in range(first, len(points)):
            point = points[number]
            if point.at_ns >= hole[1]:
                break
            next_ns = points[number + 1].at_ns if number + 1 < len(points) else hole[1]
            if walk.take(point, silent=min(next_ns, hole[1]) - point.at_ns > SILENT_NS):
                walk.mark(point.at_ns)
        lost = list(clip(self._lost_near(hole), *hole))
        for interval in lost:
            yield Span(SpanKind.GAP, *interval, GapReason.STORAGE)
        for span in _between(walk.marks, hole):
            for piece in complement(lost, span.start_ns, span.end_ns):
                yield replace(span, start_ns=piece[0], end_ns=piece[1])

    def _lost_near(self, hole: Interval) -> list[Interval]:
        low = bisect_right(self._lost, hole[0], key=lambda interval: interval[1])
        high = bisect_right(self._lost, hole[1], key=lambda interval: interval[0])
        return self._lost[low:high]


def _points(history: History, now_ns: int) -> list[_Point]:
    points = [_Point(event.at_ns, event.state, event) for event in history.events]
    for life in _up_times(history.lives, now_ns):
        points.append(_Point(life.start_ns, "begin", note=life.note))
        points.append(_Point(life.last_ns, "end"))
    return sorted(points, key=lambda point: point.at_ns)


def _up_times(lives: tuple[Life, ...], now_ns: int) -> list[Life]:
    """Lives as they are, overlapping ones (a clock set back) united, a living one open towards the future."""
    united: list[Life] = []
    ordered = sorted((life for life in lives if life.start_ns <= now_ns), key=lambda one: one.start_ns)
    for life in ordered:
        last_ns = 1 << 62 if life is ordered[-1] and _alive(lives, now_ns) else life.last_ns
        if united and life.start_ns <= united[-1].last_ns:
            united[-1] = replace(united[-1], last_ns=max(united[-1].last_ns, last_ns))
        else:
            united.append(replace(life, last_ns=last_ns))
    return united


def _fails_after(point: _Point, failed: bool) -> bool:
    """Whether the source is failing after a point: its last word was a failure, in the same life."""
    if point.what == "failed":
        return True
    return failed and point.what not in ("streaming", "begin", "enabled")


def _explain_beginning(walk: _Walk, after: Iterable[_Point], begin_ns: int, *, never_seen: bool) -> None:
    """The recorder ran and the camera had not failed when footage stopped: what follows first explains it."""
    walk.reason, walk.detail = (GapReason.UNREACHABLE if never_seen else GapReason.NETWORK), None
    for point in after:
        delay_ns = point.at_ns - begin_ns
        if delay_ns > DEATH_NS:
            return
        if point.what == "end":
            walk.reason = GapReason.ENGINE_DOWN
            return
        if point.what in ("failed", "disabled") and delay_ns <= NOTICE_NS:
            walk.take(point, silent=False)
            return
        if point.what in ("failed", "disabled"):
            return


def _between(marks: list[tuple[int, GapReason, str | None]], hole: Interval) -> list[Span]:
    spans: list[Span] = []
    for index, (at_ns, reason, detail) in enumerate(marks):
        end_ns = marks[index + 1][0] if index + 1 < len(marks) else hole[1]
        low, high = max(at_ns, hole[0]), min(end_ns, hole[1])
        if low < high:
            spans.append(Span(SpanKind.GAP, low, high, reason, detail))
    return spans


def _tidy(spans: list[Span]) -> list[Span]:
    """Join equal neighbours; a gap too short to matter goes to what stands before or after it.

    Equal ones first: how far a gap's parts reach may hang on a heartbeat, and one second of the same is no sliver.
    """
    tidy: list[Span] = []
    for span in _joined(spans):
        if tidy and (_sliver(span) or _same(tidy[-1], span)):
            tidy[-1] = replace(tidy[-1], end_ns=span.end_ns)
        elif tidy and _sliver(tidy[-1]):
            start_ns = tidy.pop().start_ns
            tidy.append(replace(span, start_ns=start_ns))
        else:
            tidy.append(span)
    return tidy


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and _same(joined[-1], span):
            joined[-1] = replace(joined[-1], end_ns=span.end_ns)
        else:
            joined.append(span)
    return joined


def _sliver(span: Span) -> bool:
    return span.kind is SpanKind.GAP and span.end_ns - span.start_ns < JOIN_TOLERANCE_NS


def _same(one: Span, other: Span) -> bool:
    return (one.kind, one.reason, one.detail) == (other.kind, other.reason, other.detail)
