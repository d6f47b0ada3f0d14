"""The proof of one camera and day: every instant of the window classified, the oldest frame decoded, samples compared.

What must be there on a day P are the `window_days` civil days before it (footage of day D is there through the whole of
day D + window_days); the certificate is of the last of them. Samples are drawn by lot over recorded time, so that a long
recording is as likely to be looked at as it is long, and so that a stranger with the seed finds the same ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.isotime import utc_day
from mingjian.ledger.retention import (
    MissingTime,
    OldestFrame,
    Quality,
    RetentionCertificate,
    Sample,
    StreamProof,
    sample_offset,
    stretches_sha256,
)
from mingjian.media.retention.fragments import Compared, compare, decode_oldest
from mingjian.media.retention.picture import Decode, decode_frame
from mingjian.media.store.reader import StoreReader
from mingjian.ports.recording import GapReason, SegmentRecord, Span, SpanKind

Interval = tuple[int, int]

SAMPLES = 8
_NEAR_NS = NS_PER_S
"""Stretches unite what lies no further apart than a quarter of a second: an instant between takes its neighbour."""


@dataclass(frozen=True, slots=True)
class Window:
    """The civil days [from, to) that must be there; `day` (YYYY-MM-DD) is the last of them."""

    day: str
    days: int
    from_ns: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class ProofRule:
    """`floor_days` is the least that is owed whatever was ordered; days begin `day_offset_s` east of Greenwich."""

    instance: str
    floor_days: int
    day_offset_s: int = 8 * 3600
    samples: int = SAMPLES

    def window(self, keep_days: int, now_ns: int) -> Window:
        """The window of a camera that is ordered to keep `keep_days`, as of the beginning of today."""
        days = max(keep_days, self.floor_days, 1)
        offset_ns = self.day_offset_s * NS_PER_S
        to_ns = (now_ns + offset_ns) // DAY_NS * DAY_NS - offset_ns
        return Window(utc_day(to_ns - DAY_NS + offset_ns), days, max(0, to_ns - days * DAY_NS), to_ns)


def prove(
    reader: StoreReader, rule: ProofRule, camera: str, streams: Sequence[str], keep_days: int, now_ns: int,
    seed: str | None = None, decode: Decode = decode_frame,
) -> RetentionCertificate:  # fmt: skip
    """The certificate of a camera for the last whole day. `seed` is given only to repeat a proof.

    `decode` decodes a frame; where footage may be damaged, in a process that may die (`picture.FrameProcess`).
    """
    window = rule.window(keep_days, now_ns)
    seed = seed or secrets.token_hex(32)
    return RetentionCertificate(
        instance=rule.instance, camera=camera, day=window.day, day_offset_s=rule.day_offset_s,
        window_days=window.days, floor_days=rule.floor_days, from_ns=window.from_ns, to_ns=window.to_ns,
        made_ns=now_ns, seed=seed, volumes_absent=len(reader.problems),
        streams=tuple(
            _Stream(reader, camera, stream, window, now_ns, decode).proof(rule, seed) for stream in sorted(streams)
        ),
    )  # fmt: skip


class _Stream:
    """One stream of the camera under proof."""

    def __init__(
        self, reader: StoreReader, camera: str, stream: str, window: Window, now_ns: int, decode: Decode
    ) -> None:
        self._decode = decode
        self._reader = reader
        self._camera = camera
        self._stream = stream
        self._spans = reader.timeline(camera, stream, window.from_ns, window.to_ns, now_ns)
        self._stretches = self._of(SpanKind.RECORDED, SpanKind.BACKFILLED)

    def proof(self, rule: ProofRule, seed: str) -> StreamProof:
        recorded_ns = _length(self._stretches)
        expired = self._of(SpanKind.EXPIRED)
        drawn = range(rule.samples if recorded_ns else 0)
        samples = [self._sample(sample_offset(seed, self._stream, number, recorded_ns)) for number in drawn]
        return StreamProof(
            stream=self._stream, recorded_ns=recorded_ns, expired_ns=_length(expired),
            expired_until_ns=expired[-1][1] if expired else None,
            not_planned_ns=_length(self._of(SpanKind.NOT_PLANNED)), future_ns=_length(self._of(SpanKind.FUTURE)),
            missing=_missing(self._spans), stretches=len(self._stretches),
            stretches_sha256=stretches_sha256(self._stretches), oldest=self._oldest(),
            samples=tuple(sample for sample, _ in samples), quality=_quality([found for _, found in samples]),
        )  # fmt: skip

    def _of(self, *kinds: SpanKind) -> list[Interval]:
        return [(span.start_ns, span.end_ns) for span in self._spans if span.kind in kinds]

    def _oldest(self) -> OldestFrame | None:
        if not self._stretches:
            return None
        at_ns = self._stretches[0][0]
        record = self._segment(at_ns)
        if record is None:
            return OldestFrame(
                at_ns=at_ns, segment="-", fragment=0, decoded=False, width=0, height=0, pixel_format=None, picture=None,
                error="the index has no segment there",
            )  # fmt: skip
        return decode_oldest(self._reader.path(record), record, at_ns, self._decode)

    def _sample(self, offset_ns: int) -> tuple[Sample, Compared | None]:
        at_ns = _instant(self._stretches, offset_ns)
        record = self._segment(at_ns)
        if record is None:
            return _unfound(offset_ns, at_ns), None
        found = compare(self._reader.path(record), record, at_ns)
        sample = Sample(
            offset_ns=offset_ns, at_ns=at_ns, segment=record.id, fragment=found.fragment, digest=record.digest,
            digest_alg=record.digest_alg, leaf=found.leaf, state=found.state,
        )  # fmt: skip
        return sample, found

    def _segment(self, at_ns: int) -> SegmentRecord | None:
        """The segment at an instant, else the nearest one beside it; the later one where recordings overlap."""
        found = self._reader.segments(self._camera, self._stream, at_ns, at_ns + 1)
        if found:
            return found[-1]
        beside = self._reader.segments(self._camera, self._stream, at_ns - _NEAR_NS, at_ns + _NEAR_NS)
        return min(beside, key=lambda one: min(abs(one.start_ns - at_ns), abs(one.end_ns - at_ns)), default=None)


def _unfound(offset_ns: int, at_ns: int) -> Sample:
    return Sample(
        offset_ns=offset_ns, at_ns=at_ns, segment=None, fragment=0, digest=None, digest_alg=None, leaf=None,
        state="missing",
    )  # fmt: skip


def _instant(stretches: Sequence[Interval], offset_ns: int) -> int:
    """The instant that stands so far into the stretches laid end to end."""
    for start_ns, end_ns in stretches:
        if offset_ns < end_ns - start_ns:
            return start_ns + offset_ns
        offset_ns -= end_ns - start_ns
    raise ValueError("beyond the recorded time")


def _missing(spans: Sequence[Span]) -> tuple[MissingTime, ...]:
    """Gaps by reason, in the order of their names."""
    found: dict[str, list[int]] = {}
    for span in spans:
        if span.kind is SpanKind.GAP:
            reason = (span.reason or GapReason.UNKNOWN).value
            found.setdefault(reason, []).append(span.end_ns - span.start_ns)
    return tuple(
        MissingTime(reason=reason, count=len(lengths), total_ns=sum(lengths))
        for reason, lengths in sorted(found.items())
    )


def _quality(found: Sequence[Compared | None]) -> Quality | None:
    """Over the samples that could be read and hold pictures."""
    read = [one for one in found if one is not None and one.pictures]
    if not read:
        return None
    least = min(read, key=lambda one: one.width * one.height)
    return Quality(
        codecs=least.codecs or "-", width=least.width, height=least.height,
        pictures=sum(one.pictures for one in read), duration_90k=sum(one.duration_90k for one in read),
        bytes=sum(one.bytes for one in read),
    )  # fmt: skip


def _length(intervals: Sequence[Interval]) -> int:
    return sum(end - start for start, end in intervals)
