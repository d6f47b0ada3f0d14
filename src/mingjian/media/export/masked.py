"""Footage under privacy masks for a package: films with the masks burned in where one covers, originals elsewhere.

Cut where groups of pictures begin: a group of which a mask covers any instant, or the second before or after it, is shown in
a film only, so that no original sample of it is in the package. Each film shows one run of a segment; what it was made
from is compared with the ledger's hashes before it is decoded. docs/design/evidence.md section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from av.error import FFmpegError

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.kernel.text import Text
from mingjian.ledger.merkle import leaf_hash
from mingjian.media import apart
from mingjian.media.export.film import Film, copying, film_unwritable
from mingjian.media.export.origin import Leaves, find_origin, footage_altered
from mingjian.media.export.player_copy import in_process
from mingjian.media.picture_mask import burn
from mingjian.media.playback.chunks import Chunk, chunks_of, clip_chunks
from mingjian.media.playback.decode import CodedPicture, decode_pictures
from mingjian.media.playback.pool import undecodable
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.evidence import (
    ClipOrder,
    ClockWord,
    DerivedMedia,
    MaskCover,
    OriginalMedia,
    PackageWatch,
    WantedClip,
)
from mingjian.ports.masks import Polygon
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.wire.fmp4.box import reader_of
from mingjian.wire.fmp4.read import parse_init, walk_fragments

MASK = "mask"
MARGIN_NS = NS_PER_S
"""A picture arrives a little after it was taken, and clocks are not one: masks hold this much longer on either side."""

_MADE_BY = "mingjian"
_FILMS = Text(zh="遮蔽后的录像", en="the films under masks")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of pictures within the time asked for, its fragments, and the masks over it (none: it goes as recorded)."""

    chunk: Chunk
    refs: tuple[FragmentRef, ...]
    covers: tuple[MaskCover, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Groups that follow one another in one segment, all of them masked, or none."""

    record: SegmentRecord
    groups: tuple[Group, ...]

    @property
    def masked(self) -> bool:
        """Whether it is shown in a film."""
        return bool(self.groups[0].covers)

    @property
    def start_ns(self) -> int:
        """Where its first fragment begins."""
        return self.groups[0].chunk.start_ns

    @property
    def end_ns(self) -> int:
        """Where its last group ends."""
        return self.groups[-1].chunk.end_ns

    @property
    def covers(self) -> tuple[MaskCover, ...]:
        """All masks burned into any of it."""
        return tuple(dict.fromkeys(cover for group in self.groups for cover in group.covers))

    @property
    def bytes(self) -> int:
        """Of recorded footage in it."""
        return sum(ref.size for group in self.groups for ref in group.refs)


@dataclass(frozen=True, slots=True)
class FilmJob:
    """A film to be made in the process apart, as plain values; `hashes` are the segment's leaf hashes."""

    source: Path
    run: Run
    hashes: tuple[bytes, ...]
    output: Path


def groups_of(record: SegmentRecord, refs: Sequence[FragmentRef], clip: WantedClip) -> list[Group]:
    """The groups of a segment that hold any of the clip, and what covers each. Pure."""
    found = []
    for chunk in clip_chunks(chunks_of(record, refs), clip.from_ns, clip.to_ns):
        inside = tuple(ref for ref in refs if chunk.first <= ref.index <= chunk.last and ref.start_ns < clip.to_ns)
        if inside:
            found.append(Group(chunk, inside, _over(clip.covers, chunk)))
    return found


def runs_of(record: SegmentRecord, groups: Sequence[Group]) -> list[Run]:
    """Groups of one segment put together as long as masks cover them, or none does. Pure."""
    runs: list[list[Group]] = []
    for group in groups:
        if runs and bool(runs[-1][0].covers) == bool(group.covers):
            runs[-1].append(group)
        else:
            runs.append([group])
    return [Run(record, tuple(one)) for one in runs]


def masked_clips(
    recordings: Recordings, wanted: Sequence[tuple[WantedClip, ClockWord]], leaves: Leaves, folder: Path, made_ns: int,
    watch: PackageWatch,
) -> tuple[list[ClipOrder], int]:  # fmt: skip
    """The clips as a package holds them, and how many bytes of footage went into films, which lie in the new folder `folder`.

    Progress is in bytes of recorded footage, originals included. Raises MingjianError `segment_open`, `leaf_missing`, `footage_missing`,
    `footage_altered`, `undecodable`, `output_unwritable`, `cancelled`.
    """
    jobs: list[FilmJob] = []
    orders: list[ClipOrder] = []
    rest = 0
    for clip, clock in wanted:
        runs = [
            run
            for record in recordings.segments(clip.camera, clip.stream, clip.from_ns, clip.to_ns)
            for run in runs_of(record, groups_of(record, recordings.fragments(record), clip))
        ]
        rest += sum(run.bytes for run in runs if not run.masked)
        if not clip.covers:
            orders.append(ClipOrder(clip.camera, clip.name, clip.stream, clip.from_ns, clip.to_ns, clock))
            continue
        begun = len(jobs)
        jobs += [
            _job(recordings, run, clip, leaves, folder, begun + n) for n, run in enumerate(r for r in runs if r.masked)
        ]
        orders += _orders(clip, clock, runs, [job.output for job in jobs[begun:]], made_ns)
    films = sum(job.run.bytes for job in jobs)
    if jobs:
        folder.mkdir(mode=0o700)
        in_process(partial(_make, jobs), _Part(watch, films + rest))
    return orders, films


class _Part:
    """Who waits for all of it, told of the films as a part of `total`."""

    def __init__(self, watch: PackageWatch, total: int) -> None:
        self._watch, self._total = watch, total

    def on_progress(self, done: int, total: int) -> None:
        self._watch.on_progress(done, self._total)

    def is_cancelled(self) -> bool:
        return self._watch.is_cancelled()


def _over(covers: Sequence[MaskCover], chunk: Chunk) -> tuple[MaskCover, ...]:
    return tuple(
        one for one in covers if one.from_ns - MARGIN_NS < chunk.end_ns and one.to_ns + MARGIN_NS > chunk.start_ns
    )


def _job(
    recordings: Recordings, run: Run, clip: WantedClip, leaves: Leaves, folder: Path, number: int
) -> FilmJob:  # fmt: skip
    origin = find_origin(recordings, run.record, leaves, run.start_ns, min(run.end_ns, clip.to_ns))
    if origin is None or [ref.index for ref in origin.refs] != [ref.index for one in run.groups for ref in one.refs]:
        raise footage_altered(run.record)  # the index changed meanwhile
    return FilmJob(recordings.path(run.record), run, origin.hashes, folder / f"{number + 1:04d}.mp4")


def _orders(
    clip: WantedClip, clock: ClockWord, runs: Sequence[Run], films: Sequence[Path], made_ns: int
) -> list[ClipOrder]:  # fmt: skip
    """The clip cut where masks begin and end. Each order begins where the one before ends."""
    stretches: list[list[Run]] = []
    for run in runs:
        if stretches and stretches[-1][0].masked == run.masked:
            stretches[-1].append(run)
        else:
            stretches.append([run])
    begins = [clip.from_ns, *(one[0].start_ns for one in stretches[1:])]
    ends = [*begins[1:], clip.to_ns]
    paths = iter(films)
    orders = []
    for start_ns, end_ns, stretch in zip(begins, ends, stretches or [[]], strict=True):
        derived: tuple[DerivedMedia, ...] = ()
        originals: tuple[OriginalMedia, ...] = ()
        if stretch and stretch[0].masked:
            derived = tuple(_derived(next(paths), run, clip, made_ns) for run in stretch)
        else:
            originals = tuple(
                OriginalMedia(run.record.id, run.start_ns, min(run.end_ns, clip.to_ns)) for run in stretch
            )
        orders.append(
            ClipOrder(
                clip.camera, clip.name, clip.stream, start_ns, end_ns, clock, bool(derived), derived, originals
            )
        )  # fmt: skip
    return orders


def _derived(path: Path, run: Run, clip: WantedClip, made_ns: int) -> DerivedMedia:
    return DerivedMedia(
        path,
        run.record.id,
        MASK,
        run.start_ns,
        min(run.end_ns, clip.to_ns),
        _parameters(run, clip.why),
        _MADE_BY,
        made_ns,
    )


def _parameters(run: Run, why: str) -> str:
    """Which masks, as they were set, and why they stay on: canonical JSON."""
    masks = [
        {
            "mask": one.mask,
            "version": one.version,
            "points": [list(corner) for corner in one.points],
            "from_ns": str(max(one.from_ns, run.start_ns)),
            "to_ns": str(min(one.to_ns, run.end_ns)),
            "reason": one.reason,
            "confirmed_by": one.confirmed_by,
            "confirmed_ns": str(one.confirmed_ns),
        }
        for one in run.covers
    ]
    return canonical_bytes({"fill": "solid", "masks": masks, "why": why}).decode()


def _make(jobs: Sequence[FilmJob], tell: apart.Tell) -> None:
    total = sum(job.run.bytes for job in jobs)
    done = 0

    def past(count: int) -> None:
        nonlocal done
        done += count
        tell(done, total)

    for job in jobs:
        try:
            with job.output.open("xb+") as out, Film(out, copying) as film:
                _shoot(job, film, past)
        except OSError as error:  # most likely a full disk
            raise film_unwritable(_FILMS, error) from error
        except FFmpegError as error:
            raise undecodable(str(error)) from error
        if not film.pictures:
            raise undecodable("no picture comes out")


def _shoot(job: FilmJob, film: Film, past: Callable[[int], None]) -> None:
    """Group by group: read, compared with the ledger, decoded, filled."""
    run = job.run
    first = run.groups[0].refs[0]
    with SegmentFile(job.source, run.record) as source:
        init = source.init_bytes()
        if leaf_hash(run.record.digest_alg, (init,)) != job.hashes[0]:
            raise footage_altered(run.record)
        for group in run.groups:
            media = init + b"".join(_proved(source, ref, job.hashes) for ref in group.refs)
            polygons: tuple[Polygon, ...] = tuple(dict.fromkeys(cover.points for cover in group.covers))
            for pts_90k, frame in decode_pictures(media, _coded(media)):
                at_ns = first.start_ns + ticks_90k_to_ns(max(0, pts_90k - first.start_90k))
                film.add(at_ns, burn(frame, polygons))
            past(sum(ref.size for ref in group.refs))


def _proved(source: SegmentFile, ref: FragmentRef, hashes: Sequence[bytes]) -> bytes:
    data = source.read_whole(ref.offset, ref.size)
    if leaf_hash(source.record.digest_alg, (data,)) != hashes[ref.index]:
        raise footage_altered(source.record)
    return data


def _coded(media: bytes) -> list[CodedPicture]:
    init = parse_init(media)
    if init.video is None:
        raise undecodable("no video track")
    return [
        CodedPicture(one.offset, one.size, one.pts, one.keyframe)
        for fragment in walk_fragments(reader_of(media), init.size, len(media), init)
        for one in fragment.samples.get(init.video.track_id, ())
    ]
