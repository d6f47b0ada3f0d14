"""Small pictures kept on disk for scrubbing, bounded in bytes. Blocking.

The cache answers only to whom has already been found entitled: its key is a place in a segment (camera, stream,
segment, byte), which the caller looks up in the index under the viewer's ticket every time. Footage that was deleted
is in no index, so its small pictures are never given out again and fall out as the oldest.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ThumbKey:
    """A picture: the fragment at byte `offset` of `segment`, `width` pixels wide."""

    camera: str
    stream: str
    segment: str
    offset: int
    width: int

    def relative(self) -> Path:
        """The file under the cache's folder. The names come from the index, never from a client."""
        return Path(self.camera, self.stream, f"{self.segment}-{self.offset}-{self.width}.jpg")


class ThumbCache:
    """Files under `root`, at most `max_bytes` in all; the longest unused go first."""

    def __init__(self, root: Path, max_bytes: int = 256 << 20) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._sizes: OrderedDict[Path, int] | None = None
        self._total = 0

    def get(self, key: ThumbKey) -> bytes | None:
        """The picture, None when it is not kept."""
        relative = key.relative()
        try:
            data = (self._root / relative).read_bytes()
        except FileNotFoundError:
            return None
        with self._lock:
            sizes = self._known()
            if relative in sizes:
                sizes.move_to_end(relative)
        return data or None

    def put(self, key: ThumbKey, data: bytes) -> None:
        """Keep a picture; older ones go when there are too many bytes."""
        relative = key.relative()
        path = self._root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        part.write_bytes(data)
        part.replace(path)
        with self._lock:
            sizes = self._known()
            self._total += len(data) - sizes.pop(relative, 0)
            sizes[relative] = len(data)
            while self._total > self._max_bytes and len(sizes) > 1:
                oldest, size = sizes.popitem(last=False)
                self._total -= size
                (self._root / oldest).unlink(missing_ok=True)

    def _known(self) -> OrderedDict[Path, int]:
        """What lies in the folder, longest unused first; read from the disk once."""
        if self._sizes is None:
            found: list[tuple[float, Path, int]] = []
            for folder, _, names in os.walk(self._root):
                for name in names:
                    path = Path(folder, name)
                    if name.endswith(".part"):
                        path.unlink(missing_ok=True)
                        continue
                    state = path.stat()
                    found.append((state.st_mtime, path.relative_to(self._root), state.st_size))
            self._sizes = OrderedDict((path, size) for _, path, size in sorted(found))
            self._total = sum(self._sizes.values())
        return self._sizes
