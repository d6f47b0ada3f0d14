"""Disks that are full, read only, slow, or gone, through the store's own seam."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from mingjian.media.store.disk import Disk


class FaultyDisk(Disk):
    """A real disk, until told otherwise; faults concern the volume named `sick`."""

    def __init__(self, sick: str = "v0") -> None:
        self.sick = sick
        self.error: int | None = None
        self.quota: int | None = None  # bytes that still fit
        self.gate = threading.Event()  # cleared: writes wait
        self.gate.set()
        self._paths: dict[int, str] = {}

    def create(self, path: Path) -> int:
        if self._is_sick(str(path)) and self.error not in (None, errno.ENOSPC):
            raise OSError(self.error, os.strerror(self.error or 0))
        fd = super().create(path)
        self._paths[fd] = str(path)
        return fd

    def write(self, fd: int, data: memoryview) -> int:
        if self._is_sick(self._paths.get(fd, "")):
            self.gate.wait(30)
            if self.error is not None:
                raise OSError(self.error, os.strerror(self.error))
            if self.quota is not None:
                if self.quota <= 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                data = data[: self.quota]  # a full disk writes what still fits
                self.quota -= len(data)
        return super().write(fd, data)

    def space(self, path: Path) -> tuple[int, int]:
        total, free = super().space(path)
        if self._is_sick(str(path)) and self.quota is not None:
            return total, max(0, self.quota)
        return total, free

    def _is_sick(self, path: str) -> bool:
        return f"/{self.sick}" in path
