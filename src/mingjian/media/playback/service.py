"""Playback put together for one edge: readers, threads, decoding processes, cache, and the calls to mount.

`app` makes it with `open_playback` and gives `service.calls.table()` with `HTTP_STATUS` to the edge's `mount`.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.clock import Clock
from mingjian.media.mask_book import MaskBook
from mingjian.media.playback.pictures import Pictures
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.routes import PlaybackCalls
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.media.playback.thumb_cache import ThumbCache
from mingjian.media.watched_file import WatchedFile
from mingjian.ports.masks import masks_path
from mingjian.ports.plan import EnginePlan, plan_from_json
from mingjian.ports.seen import NoteSeen, forget_seen

CHINA = dt.timezone(dt.timedelta(hours=8), "UTC+8")
"""The zone of the clock in watermarks: all of China keeps it, and it has no daylight saving."""

_READ_THREADS = 8


class CameraNames:
    """Names of cameras for watermarks, from the engine's plan; a camera that left the plan shows its id."""

    def __init__(self, plan: Path) -> None:
        self._file: WatchedFile[EnginePlan] = WatchedFile(plan, plan_from_json)
        self._names: dict[str, str] = {}

    def __call__(self, camera: str) -> str:
        """The name last seen."""
        changed = self._file.poll()
        if changed is not None:
            self._names |= {one.id: one.name for one in changed.cameras}
        return self._names.get(camera, camera)


@dataclass(frozen=True, slots=True)
class PlaybackService:
    """What an edge holds while it runs."""

    recordings: StoreRecordings
    calls: PlaybackCalls
    pool: WorkPool
    reads: ThreadPoolExecutor

    def close(self) -> None:
        """End threads and processes, let go of the indexes."""
        self.pool.close()
        self.reads.shutdown(wait=True, cancel_futures=True)
        self.recordings.close()


def open_playback(
    data: Path,
    clock: Clock,
    zone: dt.tzinfo = CHINA,
    decoders: int = 2,
    note: NoteSeen = forget_seen,
    masks: MaskBook | None = None,
) -> PlaybackService:
    """Playback over all volumes of a data folder; needs no running engine. Nothing is started until somebody asks.

    `masks`: what covers whom; None reads the data folder's own.
    """
    recordings = StoreRecordings(data, clock)
    reads = ThreadPoolExecutor(_READ_THREADS, "playback")
    pool = WorkPool(decoders)
    names = CameraNames(data / "plan" / "plan.json")
    masks = masks or MaskBook(masks_path(data), clock)
    pictures = Pictures(recordings, pool, ThumbCache(data / "cache" / "thumbs"), reads, names, zone, masks)
    return PlaybackService(recordings, PlaybackCalls(recordings, pictures, clock, reads, note), pool, reads)
