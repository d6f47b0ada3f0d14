"""Small pictures kept on disk for scrubbing, bounded in bytes. Blocking.

The cache answers only to whom has already been found entitled: its key is a place in a segment (camera, stream,
segment, byte), which the caller looks up in the index under the viewer's ticket every time. Footage that was deleted
is in no index, so its small pictures are never given out again; and none is kept for more than a day, so that what
retention deleted does not live on here.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from mingjian.files.whole import PARTIAL, replace_file
from mingjian.kernel.clock import DAY_NS, NS_PER_S, Clock, SystemClock


@dataclass(frozen=True, slots=True)
class ThumbKey:
    """A picture: the fragment at byte `offset` of `segment`, `width` pixels wide, under `masks` (what tells one set of
    polygons from another, empty for none): what is covered for one viewer is another picture for the next."""

    camera: str
    stream: str
    segment: str
    offset: int
    width: int
    masks: str = ""

    def relative(self) -> Path:
        """The file under the cache's folder. The names come from the index, never from a client."""
        masked = f"-m{self.masks}" if self.masks else ""
        return Path(self.camera, self.stream, f"{self.segment}-{self.offset}-{self.width}{masked}.jpg")


MAX_AGE_NS = DAY_NS
_SWEEP_NS = 600 * NS_PER_S


class ThumbCache:
    """Files under `root`, at most `max_bytes` in all and none older than a day; the longest unused go first."""

    def __init__(self, root: Path, max_bytes: int = 256 << 20, clock: Clock | None = None) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._kept: OrderedDict[Path, tuple[int, int]] | None = None  # (bytes, made_ns), longest unused first
        self._total = 0
        self._swept_ns = 0

    def get(self, key: ThumbKey) -> bytes | None:
        """The picture, None when it is not kept."""
        relative = key.relative()
        with self._lock:
            kept = self._sweep()
            if relative not in kept:
                return None
            kept.move_to_end(relative)
        try:
            return (self._root / relative).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, key: ThumbKey, data: bytes) -> None:
        """Keep a picture; older ones go when there are too many bytes."""
        relative = key.relative()
        path = self._root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            kept = self._sweep()  # reads the folder the first time, and clears drafts that a death left there
            replace_file(path, data, durable=False)
            self._total += len(data) - kept.pop(relative, (0, 0))[0]
            kept[relative] = (len(data), self._clock.now_ns())
            while self._total > self._max_bytes and len(kept) > 1:
                self._forget(next(iter(kept)))

    def _forget(self, relative: Path) -> None:
        if self._kept is not None:
            self._total -= self._kept.pop(relative)[0]
        (self._root / relative).unlink(missing_ok=True)

    def _sweep(self) -> OrderedDict[Path, tuple[int, int]]:
        """What is kept; every ten minutes without what is older than a day. The folder is read once."""
        if self._kept is None:
            self._kept = self._read_folder()
            self._total = sum(size for size, _ in self._kept.values())
        now_ns = self._clock.now_ns()
        if abs(now_ns - self._swept_ns) > _SWEEP_NS:
            self._swept_ns = now_ns
            for relative in [path for path, (_, made_ns) in self._kept.items() if now_ns - made_ns > MAX_AGE_NS]:
                self._forget(relative)
        return self._kept

    def _read_folder(self) -> OrderedDict[Path, tuple[int, int]]:
        found: list[tuple[int, Path, int]] = []
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                if name.endswith(PARTIAL):
                    path.unlink(missing_ok=True)
                    continue
                state = path.stat()
                found.append((state.st_mtime_ns, path.relative_to(self._root), state.st_size))
        return OrderedDict((path, (size, made_ns)) for made_ns, path, size in sorted(found))
