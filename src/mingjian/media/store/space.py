"""Room on a volume: who may still write, when it fills. Nothing here ever deletes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from mingjian.kernel.clock import DAY_NS, NS_PER_S, Clock
from mingjian.media.store.alarms import Alarm, alarm
from mingjian.media.store.disk import Disk, write_all
from mingjian.media.store.writer import VolumeWriter
from mingjian.ports.engine import VolumeStatus

LOWEST_PRIORITY = 9
PROBE_EVERY_NS = 5 * NS_PER_S
_RATE_WINDOW_NS = 600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class SpacePolicy:
    """`reserve_bytes` is where ordinary recording goes elsewhere; between it and `floor_bytes` cameras stop by priority.

    The floor stays free for index and journal: a full disk must still be able to say that it is full.
    """

    reserve_bytes: int = 2 << 30
    floor_bytes: int = 512 << 20


class VolumeSpace:
    """Follows the free space of one volume; `look` runs about once a second on the writer's thread."""

    def __init__(self, writer: VolumeWriter, disk: Disk, policy: SpacePolicy, clock: Clock) -> None:
        self._writer = writer
        self._disk = disk
        self._policy = policy
        self._clock = clock
        self.total_bytes = 0
        self.free_bytes = 0
        self._history: deque[tuple[int, int]] = deque()

    def look(self) -> None:
        """Ask the file system, and try a volume that failed again every 5 s."""
        writer = self._writer
        try:
            self.total_bytes, self.free_bytes = self._disk.space(writer.volume.root)
        except OSError:
            writer.state = "missing"
            return
        now = self._clock.mono_ns()
        if not self._history or now - self._history[-1][0] > 10 * NS_PER_S:
            self._history.append((now, self.free_bytes))
            while self._history[0][0] < now - _RATE_WINDOW_NS:
                self._history.popleft()
        if writer.error:
            if now - writer.error_mono_ns < PROBE_EVERY_NS:
                return
            if not self._can_write():
                writer.error_mono_ns = now
                return
            writer.error = ""
        if self.free_bytes < self._policy.reserve_bytes:
            writer.state = "full"
        elif self.free_bytes < 2 * self._policy.reserve_bytes:
            writer.state = "nearly_full"
        else:
            writer.state = "ok"

    def _can_write(self) -> bool:
        probe = self._writer.volume.root / f".probe-{self._clock.mono_ns()}"
        try:
            fd = self._disk.create(probe)
            try:
                write_all(self._disk, fd, memoryview(bytes(4096)))
            finally:
                self._disk.close(fd)
                self._disk.unlink(probe)
        except OSError:
            return False
        return True

    def takes(self, priority: int) -> bool:
        """Whether a new segment of a camera of this priority may begin here."""
        if self._writer.error or self._writer.state == "missing":
            return False
        return self._allows(priority)

    @property
    def roomy(self) -> bool:
        """Whether there is room for everybody."""
        return not self._writer.error and self._writer.state in ("ok", "nearly_full")

    def _allows(self, priority: int) -> bool:
        reserve = self._policy.reserve_bytes
        floor = min(self._policy.floor_bytes, reserve // 4)  # whatever the settings say, the floor is under the reserve
        if self.free_bytes >= reserve:
            return True
        if self.free_bytes <= floor:
            return False
        return priority * (reserve - floor) < (LOWEST_PRIORITY + 1) * (self.free_bytes - floor)

    def full_on_ns(self) -> int | None:
        """When the volume fills at the rate of the last minutes; None when it does not."""
        if len(self._history) < 2:
            return None
        (first_ns, first_free), (last_ns, last_free) = self._history[0], self._history[-1]
        used = first_free - last_free
        if used <= 0 or last_ns <= first_ns:
            return None
        left_ns = max(0, last_free - self._policy.reserve_bytes) * (last_ns - first_ns) // used
        return None if left_ns > 3650 * DAY_NS else self._clock.now_ns() + left_ns

    def status(self) -> VolumeStatus:
        """For people."""
        writer = self._writer
        return VolumeStatus(
            id=writer.volume.id,
            path=str(writer.volume.root),
            state="slow" if self._slow() else writer.state,
            total_bytes=self.total_bytes,
            free_bytes=self.free_bytes,
            used_bytes=self.total_bytes - self.free_bytes,
            queue_bytes=writer.queued_bytes,
            full_on_ns=self.full_on_ns(),
            oldest_ns=writer.oldest_ns,
        )

    def alarms(self) -> list[Alarm]:
        """What is wrong here."""
        state = self.status().state
        code = {"missing": "volume_missing", "read_only": "volume_read_only", "full": "volume_full",
                "slow": "volume_slow", "nearly_full": "volume_nearly_full"}.get(state)  # fmt: skip
        return [] if code is None else [alarm(code, self._writer.volume.id, detail=self._writer.error)]

    def _slow(self) -> bool:
        return self._writer.queued_bytes > self._writer.queue_limit // 2
