"""Power gone at a random instant: only what was synced is sure, of the rest a random part is there.

The store writes through a Disk that records its calls; the disk as it would be found is built from the record. The index
is lost wholly (SQLite syncs by itself; a lost index is the worst that can happen to it).
"""

from __future__ import annotations

import random
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path

from tests.fault.judging import EVER, assert_clean, assert_covered, restart_and_stop
from tests.media.feeding import CAMERA, START_NS, Camera, camera_on, make_store

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.store.disk import Disk
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.volume import open_volume

MAY_LOSE_NS = 10 * NS_PER_S


@dataclass
class Operation:
    kind: str  # write, truncate, name, sync_file, sync_dir, sync_volume
    at_ns: int
    path: Path | None = None
    data: bytes = b""
    offset: int = 0


@dataclass
class RecordingDisk(Disk):
    """Does everything, and remembers it in order."""

    clock: ManualClock
    whole_volume: bool = True
    log: list[Operation] = field(default_factory=list)
    _paths: dict[int, Path] = field(default_factory=dict)
    _ends: dict[Path, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def _add(self, kind: str, path: Path | None = None, data: bytes = b"", offset: int = 0) -> None:
        self.log.append(Operation(kind, self.clock.now_ns(), path, data, offset))

    def create(self, path: Path) -> int:
        with self._lock:
            fd = super().create(path)
            self._paths[fd] = path
            self._ends[path] = 0
            self._add("name", path)
            return fd

    def write(self, fd: int, data: memoryview) -> int:
        with self._lock:
            path = self._paths[fd]
            count = super().write(fd, data)
            self._add("write", path, bytes(data[:count]), self._ends[path])
            self._ends[path] += count
            return count

    def sync_file(self, fd: int) -> None:
        super().sync_file(fd)
        with self._lock:
            self._add("sync_file", self._paths[fd])

    def sync_dir(self, path: Path) -> None:
        super().sync_dir(path)
        with self._lock:
            self._add("sync_dir", path)

    def sync_volume(self, path: Path) -> bool:
        if not self.whole_volume:
            return False
        with self._lock:
            mark = len(self.log)
        done = super().sync_volume(path)
        with self._lock:  # what was written while the sync ran is not sure
            self.log.append(Operation("sync_volume", self.clock.now_ns(), path, offset=mark))
        return done


def disk_after(log: list[Operation], root: Path, folder: Path, rng: random.Random) -> None:
    """Build what would be found after the power went at the end of `log`."""
    sure_data: dict[Path, int] = {}  # bytes of a file that are certainly there
    written: dict[Path, bytearray] = {}
    names: set[Path] = set()
    sure_names: set[Path] = set()
    lengths_at: list[dict[Path, int]] = []
    for operation in log:
        lengths_at.append({path: len(data) for path, data in written.items()})
        path = operation.path
        if operation.kind == "name" and path is not None:
            names.add(path)
            written[path] = bytearray()
        elif operation.kind == "write" and path is not None:
            written[path][operation.offset :] = operation.data
        elif operation.kind == "sync_file" and path is not None:
            sure_data[path] = len(written[path])
        elif operation.kind == "sync_dir":
            sure_names |= {name for name in names if name.parent == path}
        elif operation.kind == "sync_volume":
            before = lengths_at[operation.offset] if operation.offset < len(lengths_at) else lengths_at[-1]
            sure_names |= set(before)
            sure_data.update({name: max(length, sure_data.get(name, 0)) for name, length in before.items()})
    for path, data in written.items():
        if path not in sure_names and rng.random() < 0.5:
            continue  # the name never reached the disk
        sure = sure_data.get(path, 0)
        length = rng.randint(sure, len(data))
        kept = bytearray(data[:length])
        if length > sure and rng.random() < 0.5:  # the length came, some blocks did not
            hole = rng.randint(sure, length)
            kept[hole : hole + 4096] = bytes(len(kept[hole : hole + 4096]))
        target = folder / root.name / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(kept)


def _record(folder: Path, seconds: int, whole_volume: bool) -> tuple[RecordingDisk, ManualClock, Path]:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    disk = RecordingDisk(clock, whole_volume)
    store = make_store(folder, clock, disk=disk)
    camera: Camera = camera_on(store, clock).connect()
    for _ in range(seconds):
        camera.send(1)
        assert store.writers[0].drain()
    camera.stop()
    assert store.close()
    return disk, clock, folder / "v0"


def run_power_losses(folder: Path, seed: int, count: int) -> dict[str, int]:
    rng = random.Random(seed)
    worst_ns = 0
    recorded = [_record(folder / kind, 40, kind == "volume") for kind in ("volume", "files")]
    for number in range(count):
        disk, _, root = recorded[number % 2]
        found = folder / "found"
        cut = rng.randrange(5, len(disk.log))
        (found / "v0").mkdir(parents=True)
        shutil.copy2(root / "volume.json", found / "v0" / "volume.json")
        disk_after(disk.log[:cut], root, found, rng)
        worst_ns = max(worst_ns, _judge(found, disk.log[cut].at_ns))
        shutil.rmtree(found)
    return {"power_losses": count, "worst_lost_ms": worst_ns // 1_000_000}


def _judge(found: Path, lost_at_ns: int) -> int:
    open_volume(found / "v0")
    later = ManualClock(lost_at_ns + 60 * NS_PER_S, 1)
    restart_and_stop(found, later)
    assert_clean(found, later.now_ns())
    reader = StoreReader([found / "v0"])
    spans = reader.recorded(CAMERA, "main", *EVER)
    end_ns = max((end for _, end in spans), default=START_NS)
    assert len(spans) <= 1
    lost_ns = lost_at_ns - end_ns
    assert lost_ns <= MAY_LOSE_NS, f"{lost_ns / NS_PER_S} s lost"
    start, end = START_NS, later.now_ns() + NS_PER_S
    assert_covered(reader.timeline(CAMERA, "main", start, end, later.now_ns()), start, end)
    reader.close()
    return lost_ns
