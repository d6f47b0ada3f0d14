"""The thread that waits for the platter, so that writing goes on while a volume is synced."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjian.ledger.merkle import Frontier
from mingjian.media.store.disk import Disk
from mingjian.media.store.segment import Segment


@dataclass(slots=True)
class SyncWork:
    """What is to be durable; `sealed` and `broken` files are closed afterwards, `journal_retired` descriptors too.

    `entries` are journal lines that the ledger wants, up to `position` in the journal; `trees` the open segments' leaves.
    """

    segments: list[Segment] = field(default_factory=list)
    broken: list[Segment] = field(default_factory=list)
    sealed: list[Segment] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    journal: list[int] = field(default_factory=list)
    journal_retired: list[int] = field(default_factory=list)
    done: list[threading.Event] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    position: str | None = None
    trees: dict[str, Frontier] = field(default_factory=dict)

    def close_files(self, disk: Disk) -> None:
        """Let go of what needs no descriptor any more."""
        for segment in [*self.sealed, *self.broken]:
            if segment.fd is not None:
                disk.close(segment.fd)
                segment.fd = None
        for fd in self.journal_retired:
            disk.close(fd)


class Syncer:
    """One piece of work at a time. `report` is called on this thread with the work and what went wrong."""

    def __init__(self, root: Path, disk: Disk, name: str, report: Callable[[SyncWork, OSError | None], None]) -> None:
        self._root = root
        self._disk = disk
        self._report = report
        self._state = threading.Condition()
        self._work: SyncWork | None = None
        self._busy = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether work is under way or its report not yet taken (`finished`)."""
        return self._busy

    def submit(self, work: SyncWork) -> None:
        """Hand work over; only while not busy."""
        with self._state:
            self._work, self._busy = work, True
            self._state.notify_all()

    def finished(self) -> None:
        """The writer has taken the report."""
        with self._state:
            self._busy = False
            self._state.notify_all()

    def wait_idle(self, timeout_s: float) -> bool:
        """Block until nothing is under way."""
        with self._state:
            return self._state.wait_for(lambda: not self._busy, timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Stop after the work under way; False when that takes too long."""
        with self._state:
            self._closing = True
            self._state.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._work is not None or self._closing)
                work, self._work = self._work, None
            if work is None:
                return
            self._report(work, self._make_durable(work))

    def _make_durable(self, work: SyncWork) -> OSError | None:
        try:
            if not self._disk.sync_volume(self._root):
                for segment in [*work.segments, *work.sealed, *work.broken]:
                    if segment.fd is not None:
                        self._disk.sync_file(segment.fd)
                for fd in work.journal:
                    self._disk.sync_file(fd)
                for folder in dict.fromkeys(work.folders):
                    self._disk.sync_dir(folder)
        except OSError as error:
            return error
        return None
