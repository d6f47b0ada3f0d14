"""One writer per volume: an advisory lock on `volume.json`, which works on a read-only volume too."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


class VolumeLock:
    """Held by the engine while it records, and by `rebuild`. Raises MingjianError `volume_in_use`."""

    def __init__(self, root: Path) -> None:
        self._fd: int | None = os.open(root / "volume.json", os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise MingjianError(
                "volume_in_use",
                Text(zh=f"录像卷 {root.name} 正被另一进程写入", en=f"another process writes to the volume {root.name}"),
                fault=Fault.USER,
                remedy=Text(zh="请先停止 mingjian run", en="stop mingjian run first"),
            ) from None

    def release(self) -> None:
        """Let go."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> VolumeLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def is_locked(root: Path) -> bool:
    """Whether somebody writes to the volume now."""
    try:
        VolumeLock(root).release()
    except MingjianError:
        return True
    return False
