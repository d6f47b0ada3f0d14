"""Whether a supervisor runs on a data folder: a lock that the kernel lets go of when the process dies."""

from __future__ import annotations

import fcntl
import os
from types import TracebackType

from mingjian.app.data_folder import DataFolder
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


class RunLock:
    """Held by the one supervisor of a data folder; a context manager. Raises MingjianError `already_running`."""

    def __init__(self, folder: DataFolder) -> None:
        self._path = folder.supervisor_pid
        self._descriptor: int | None = None

    def __enter__(self) -> RunLock:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise _already_running(pid) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def supervisor_pid(folder: DataFolder) -> int | None:
    """The process id of the supervisor that runs on this folder, None when none does."""
    try:
        descriptor = os.open(folder.supervisor_pid, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(descriptor, 32).decode(errors="replace").strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(descriptor)
    return None


def _already_running(pid: str) -> MingjianError:
    return MingjianError(
        "already_running",
        Text(
            zh=f"此数据目录已有明鉴在运行（进程 {pid}）",
            en=f"Mingjian runs on this data folder already (process {pid})",
        ),
        fault=Fault.USER,
        field="data",
        remedy=Text(zh="请先停止它，或换一个数据目录", en="stop it first, or give another data folder"),
    )
