"""The store as edge, playback and command line see it: read only, all volumes of a data folder, no engine needed."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.spans import clip, merge
from mingjian.kernel.text import Text
from mingjian.media.store import rows
from mingjian.media.store.index import JOIN_TOLERANCE_NS
from mingjian.media.store.schema import open_for_reading
from mingjian.media.store.timeline import DEATH_NS, Event, History, Life, PlanFacts, classify
from mingjian.media.store.volume import Volume, open_volume, volume_roots
from mingjian.ports.recording import FragmentRef, SegmentRecord, Span
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.build import TableRow
from mingjian.wire.fmp4.read import InitInfo, read_init, read_table, walk_fragments

Interval = tuple[int, int]

_NEVER_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class OpenVolume:
    """A volume whose index is open for reading."""

    volume: Volume
    connection: sqlite3.Connection


class StoreReader:
    """Opens what there is; a volume that cannot be opened is told in `problems` and left out.

    Answers are as fresh as the last batch of the engine (about 1 s). Not for use by several threads at once: make one
    reader per thread.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.problems: list[tuple[Path, str]] = []
        self.volumes: list[OpenVolume] = []
        self._waiting = list(roots)
        self._open_waiting()

    @classmethod
    def of_data(cls, data: Path) -> StoreReader:
        """A reader over all volumes of a data folder."""
        return cls(volume_roots(data))

    def refresh(self) -> None:
        """Try again to open volumes that could not be opened before (not yet made, not yet mounted)."""
        self._open_waiting()

    def close(self) -> None:
        """Let go of the indexes."""
        for opened in self.volumes:
            opened.connection.close()
        self.volumes = []

    def _open_waiting(self) -> None:
        waiting, self._waiting, self.problems = self._waiting, [], []
        for root in waiting:
            try:
                volume = open_volume(root)
                self.volumes.append(OpenVolume(volume, open_for_reading(volume.index)))
            except (MingjianError, sqlite3.DatabaseError) as error:
                self._waiting.append(root)
                self.problems.append((root, str(error)))

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> list[SegmentRecord]:
        """Segments, sealed or growing, with footage in [from, to), by start; the first `limit` of them."""
        found: list[SegmentRecord] = []
        for opened in self.volumes:
            found += rows.segments_between(opened.connection, opened.volume.id, camera, stream, from_ns, to_ns, limit)
        return sorted(found, key=lambda record: (record.start_ns, record.sequence))[:limit]

    def segment(self, segment: str) -> SegmentRecord | None:
        """One segment by its id."""
        for opened in self.volumes:
            record = rows.segment_by_id(opened.connection, opened.volume.id, segment)
            if record is not None:
                return record
        return None

    def path(self, record: SegmentRecord) -> Path:
        """The file of a segment. Raises MingjianError `no_volume` when its volume is not open."""
        for opened in self.volumes:
            if opened.volume.id == record.volume:
                return opened.volume.root / record.path
        raise MingjianError(
            "no_volume",
            Text(zh=f"录像卷 {record.volume} 不可用", en=f"the volume {record.volume} is not available"),
            fault=Fault.ENVIRONMENT,
        )

    def init(self, record: SegmentRecord) -> InitInfo:
        """The tracks and metadata of a segment. Raises BrokenFile, OSError."""
        fd = os.open(self.path(record), os.O_RDONLY | os.O_CLOEXEC)
        try:
            return read_init(lambda offset, length: os.pread(fd, length, offset), os.fstat(fd).st_size)
        finally:
            os.close(fd)

    def fragments(self, record: SegmentRecord) -> list[FragmentRef]:
        """The fragments of a segment: from its table when sealed, else by walking the whole ones there are.

        Raises OSError when the file is gone, BrokenFile when not even its init segment can be read.
        """
        fd = os.open(self.path(record), os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _fragments(fd, record)
        finally:
            os.close(fd)

    def recorded(self, camera: str, stream: str, from_ns: int, to_ns: int) -> list[Interval]:
        """Stretches of footage within [from, to), disjoint and sorted."""
        return self._spans(camera, stream, "recorded", from_ns, to_ns)

    def expired(self, camera: str, stream: str, from_ns: int, to_ns: int) -> list[Interval]:
        """Stretches whose footage retention has deleted."""
        return self._spans(camera, stream, "expired", from_ns, to_ns)

    def timeline(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, facts: PlanFacts | None = None,
        language: str = "en",
    ) -> list[Span]:  # fmt: skip
        """Every instant of [from, to) with its kind and reason; see `timeline.classify`.

        Without `facts` those that the engine last noted of the camera stand; a camera never heard of is not planned,
        but footage that is there is shown.
        """
        facts = facts or self.facts(camera) or PlanFacts(planned_from_ns=_NEVER_NS)
        return classify(self._history(camera, stream, from_ns, to_ns, language), facts, from_ns, to_ns, now_ns)

    def facts(self, camera: str) -> PlanFacts | None:
        """What the engine last noted of a camera's plan."""
        found: PlanFacts | None = None
        for opened in self.volumes:
            row = opened.connection.execute(
                "SELECT planned_from_ns, removed_ns FROM cameras WHERE camera=?", (camera,)
            ).fetchone()
            if row is not None:
                found = PlanFacts(row[0], row[1])
        return found

    def _history(self, camera: str, stream: str, from_ns: int, to_ns: int, language: str) -> History:
        """What `classify` needs: back to the footage before `from_ns`, forward a little beyond `to_ns`."""
        recorded: list[Interval] = []
        expired: list[Interval] = []
        events: list[Event] = []
        losses: list[Interval] = []
        lives: dict[str, Life] = {}
        for opened in self.volumes:
            ask = opened.connection.execute
            row = ask("SELECT id FROM streams WHERE camera=? AND stream=?", (camera, stream)).fetchone()
            for name, start, last, clean, note in ask(
                "SELECT id, start_ns, last_ns, clean, note FROM lifetimes ORDER BY start_ns"
            ):
                known = lives.get(name)
                if known is not None:  # another volume told of it earlier, or longer
                    start, last, note = min(start, known.start_ns), max(last, known.last_ns), known.note or note
                lives[name] = Life(start, last, bool(clean), note)
            if row is None:
                continue
            key = int(row[0])
            around = rows.spans_around(opened.connection, key, "recorded", from_ns, to_ns)
            recorded += around
            expired += rows.spans_around(opened.connection, key, "expired", from_ns, to_ns)
            losses += ask("SELECT start_ns, end_ns FROM losses WHERE stream_id=? AND start_ns<?", (key, to_ns))
            events += rows.events_of(
                opened.connection, key, min((end for _, end in around), default=from_ns), to_ns + DEATH_NS, language
            )
        return History(
            recorded=tuple(sorted(recorded)),
            expired=tuple(expired),
            events=tuple(sorted(events, key=lambda event: event.at_ns)),
            losses=tuple(sorted(losses)),
            lives=tuple(lives.values()),
        )

    def days(self, camera: str, stream: str, from_ns: int, to_ns: int, zone: dt.tzinfo = dt.UTC) -> list[dt.date]:
        """The days, in `zone`, that have footage within [from, to)."""
        found: set[dt.date] = set()
        for start_ns, end_ns in self.recorded(camera, stream, from_ns, to_ns):
            day = dt.datetime.fromtimestamp(start_ns // 1_000_000_000, zone).date()
            last = dt.datetime.fromtimestamp((end_ns - 1) // 1_000_000_000, zone).date()
            while day <= last:
                found.add(day)
                day += dt.timedelta(days=1)
        return sorted(found)

    def streams(self) -> list[tuple[str, str]]:
        """Every (camera, stream) of which anything is known."""
        found: set[tuple[str, str]] = set()
        for opened in self.volumes:
            found.update(opened.connection.execute("SELECT camera, stream FROM streams"))
        return sorted(found)

    def recorded_of_all(
        self, cameras: Iterable[str], stream: str, from_ns: int, to_ns: int
    ) -> dict[str, list[Interval]]:
        """`recorded` for many cameras in one pass: one screen of a city."""
        found: dict[str, list[Interval]] = {camera: [] for camera in cameras}
        for opened in self.volumes:
            ask = opened.connection.execute
            for key, camera in ask("SELECT id, camera FROM streams WHERE stream=?", (stream,)).fetchall():
                if camera in found:  # whole rows of one stream at once: a row at a time costs three times as much
                    found[camera] += ask(
                        "SELECT start_ns, end_ns FROM spans "
                        "WHERE stream_id=? AND kind='recorded' AND start_ns<? AND end_ns>? ORDER BY start_ns",
                        (key, to_ns, from_ns),
                    ).fetchall()
        if len(self.volumes) > 1:
            found = {camera: merge(spans, JOIN_TOLERANCE_NS) for camera, spans in found.items()}
        return {camera: _within(spans, from_ns, to_ns) for camera, spans in found.items()}

    def clock_offsets(self, camera: str, stream: str, from_ns: int, to_ns: int) -> list[tuple[int, int]]:
        """History of the camera's clock: (at_ns, camera minus ours in ms)."""
        found: list[tuple[int, int]] = []
        for opened in self.volumes:
            found += opened.connection.execute(
                "SELECT o.at_ns, o.offset_ms FROM offsets o JOIN streams t ON t.id = o.stream_id "
                "WHERE t.camera=? AND t.stream=? AND o.at_ns>=? AND o.at_ns<?",
                (camera, stream, from_ns, to_ns),
            )
        return sorted(found)

    def _spans(self, camera: str, stream: str, kind: str, from_ns: int, to_ns: int) -> list[Interval]:
        found: list[Interval] = []
        for opened in self.volumes:
            found += opened.connection.execute(
                "SELECT p.start_ns, p.end_ns FROM spans p JOIN streams t ON t.id = p.stream_id "
                "WHERE t.camera=? AND t.stream=? AND p.kind=? AND p.start_ns<? AND p.end_ns>?",
                (camera, stream, kind, to_ns, from_ns),
            )
        return list(clip(merge(found, JOIN_TOLERANCE_NS), from_ns, to_ns))


def _within(spans: list[Interval], from_ns: int, to_ns: int) -> list[Interval]:
    """Sorted spans that all overlap [from, to), cut to it: only the outer ones can reach beyond."""
    if spans:
        spans[0] = (max(spans[0][0], from_ns), spans[0][1])
        spans[-1] = (spans[-1][0], min(spans[-1][1], to_ns))
    return spans


def _fragments(fd: int, record: SegmentRecord) -> list[FragmentRef]:
    size = os.fstat(fd).st_size

    def read_at(offset: int, length: int) -> bytes:
        return os.pread(fd, length, offset)

    table = read_table(read_at, size) if record.sealed else None
    if table is not None:
        return [_ref(index, row) for index, row in enumerate(table, 1)]
    init = read_init(read_at, size)
    found: list[FragmentRef] = []
    try:
        for index, fragment in enumerate(walk_fragments(read_at, init.size, size, init), 1):
            if fragment.leaf_hash is None:
                break  # still being written
            found.append(_ref(index, fragment.row(init)))
    except BrokenFile:
        if record.sealed:
            raise
    return found


def _ref(index: int, row: TableRow) -> FragmentRef:
    return FragmentRef(
        index, row.offset, row.size, row.trailer_bytes, row.start_90k, row.duration_90k, row.keyframe, row.start_ns
    )
