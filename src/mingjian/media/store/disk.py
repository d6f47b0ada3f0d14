"""Everything the store asks of a file system for its segments and journals, in one replaceable place.

This is the seam of the fault tests: a Disk that delays, fails or records its calls stands in for slow, full, read-only
and suddenly powerless machines. SQLite has its own way to the disk; the index can be rebuilt and needs no seam.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path


class Disk:
    """The real one. Every method raises OSError as the system call does."""

    def make_dir(self, path: Path) -> list[Path]:
        """Create `path` and what is missing above it; the folders whose entries changed, for `sync_dir`."""
        missing: list[Path] = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for folder in reversed(missing):
            folder.mkdir(mode=0o750, exist_ok=True)
        return [folder.parent for folder in missing]

    def create(self, path: Path) -> int:
        """A new file, exclusively: FileExistsError when the path is taken. Returns the descriptor."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)

    def reopen(self, path: Path) -> int:
        """An existing file, to append to (recovery of unsealed segments, the journal)."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def write(self, fd: int, data: memoryview) -> int:
        """Append; may write less than asked, as the system call may."""
        return os.write(fd, data)

    def truncate(self, fd: int, length: int) -> None:
        """Take an unfinished fragment off the tail."""
        os.ftruncate(fd, length)

    def sync_file(self, fd: int) -> None:
        """Data and length on the platter."""
        os.fdatasync(fd)

    def sync_dir(self, path: Path) -> None:
        """Names on the platter."""
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def sync_volume(self, path: Path) -> bool:
        """All of the file system at once (Linux syncfs): cheaper than many fdatasync. False where there is none."""
        syncfs = getattr(_libc(), "syncfs", None)
        if syncfs is None:
            return False
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if syncfs(fd) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(path))
        finally:
            os.close(fd)
        return True

    def close(self, fd: int) -> None:
        """Let go of a descriptor."""
        os.close(fd)

    def unlink(self, path: Path) -> None:
        """Remove a name (retention only)."""
        path.unlink()

    def rename(self, source: Path, target: Path) -> None:
        """Move within a volume."""
        source.rename(target)

    def space(self, path: Path) -> tuple[int, int]:
        """Total bytes, and free bytes that we may use."""
        status = os.statvfs(path)
        return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def write_all(disk: Disk, fd: int, data: memoryview) -> None:
    """Append all of `data`, however many calls it takes. Raises OSError; then part of it may have been written."""
    done = 0
    while done < len(data):
        count = disk.write(fd, data[done:])
        if count <= 0:
            raise OSError(5, "a write made no progress")
        done += count
