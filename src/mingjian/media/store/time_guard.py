"""Whether the machine's time may be trusted enough to delete by it. The answer survives restarts.

Deleting stands still while the kernel's clock is unsynchronised (adjtimex), and after the clock has stepped, forward or
back, by more than a minute in all, until a person confirms the time. Across a restart within the same boot a step shows
as wall time against monotonic time; across a boot, as a wall time behind the last one seen, or far ahead of it.
"""

from __future__ import annotations

import ctypes
import json
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from mingjian.files.whole import replace_file
from mingjian.kernel.clock import DAY_NS, NS_PER_S, Clock
from mingjian.kernel.text import Text

PAUSE_STEP_NS = 60 * NS_PER_S
AWAY_NS = 7 * DAY_NS
CONFIRM_LASTS_NS = 7 * DAY_NS
"""How long a person's word stands in for a missing synchronisation. A step ends it at once."""
_PERSIST_EVERY_NS = 30 * NS_PER_S
_STA_UNSYNC = 0x40
_TIME_ERROR = 5


class KernelTime(Protocol):
    """What the kernel says of its clock; a test gives its own."""

    def synchronised(self) -> bool:
        """Whether something disciplines the clock (NTP, PTP, a receiver)."""
        ...


class Adjtimex:
    """adjtimex(2): reads, never sets."""

    def synchronised(self) -> bool:
        """Whether STA_UNSYNC is clear. False where the call is not to be had."""
        call = getattr(ctypes.CDLL(None, use_errno=True), "adjtimex", None)
        if call is None:
            return False
        timex = ctypes.create_string_buffer(256)  # struct timex: modes (int, 0 = read), then status as the sixth long
        state = call(ctypes.byref(timex))
        status = int.from_bytes(timex.raw[5 * 8 : 5 * 8 + 4], "little")
        return state not in (-1, _TIME_ERROR) and not status & _STA_UNSYNC


def boot_id() -> str:
    """The kernel's name for this boot, empty where it has none."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What lies on disk. `stepped_ns` is the sum of all steps since the last confirmation."""

    wall_ns: int = 0
    mono_ns: int = 0
    boot: str = ""
    stepped_ns: int = 0
    paused: bool = False
    confirmed_ns: int | None = None
    confirmed_by: str = ""
    confirmed_reason: str = ""


class TimeGuard:
    """One per data folder, used by the engine. `look` at least once a minute."""

    def __init__(self, path: Path, clock: Clock, kernel: KernelTime | None = None, boot: str | None = None) -> None:
        self._path = path
        self._clock = clock
        self._kernel = kernel or Adjtimex()
        self._boot = boot_id() if boot is None else boot
        self._lock = threading.Lock()
        self._seen = self._load()
        self._persisted_mono_ns: int | None = None
        if self._seen.wall_ns:
            self._compare_with_last_life()
        self._see()
        self._persist()

    @property
    def paused(self) -> Text | None:
        """Why nothing may be deleted, None when it may."""
        seen = self._seen
        if seen.paused:
            return Text(
                zh="系统时间发生过跳变，删除已暂停，请核对时间后确认",
                en="the machine's time has stepped: deleting stands still until a person confirms the time",
            )
        fresh = seen.confirmed_ns is not None and 0 <= self._clock.now_ns() - seen.confirmed_ns < CONFIRM_LASTS_NS
        if not fresh and not self._kernel.synchronised():
            return Text(
                zh="系统时间未同步，删除已暂停，请启用 NTP 或核对时间后确认",
                en="the machine's time is not synchronised: deleting stands still until it is, or a person confirms the time",
            )
        return None

    def look(self) -> Text | None:
        """Notice a step since the last look, remember the time, and answer like `paused`."""
        with self._lock:
            self._compare(self._expected())
            self._see()
            if self._persisted_mono_ns is None or self._seen.mono_ns - self._persisted_mono_ns >= _PERSIST_EVERY_NS:
                self._persist()
            return self.paused

    def notice(self) -> None:
        """Notice a step since the last look; writes to disk only if there was one that pauses deleting."""
        with self._lock:
            self._compare(self._expected())
            self._see()

    def confirm(self, person: str, reason: str) -> None:
        """A person says that the time is right now."""
        with self._lock:
            self._see()
            self._seen = replace(
                self._seen, paused=False, stepped_ns=0, confirmed_ns=self._clock.now_ns(), confirmed_by=person,
                confirmed_reason=reason,
            )  # fmt: skip
            self._persist()

    def _expected(self) -> int:
        return self._seen.wall_ns + self._clock.mono_ns() - self._seen.mono_ns

    def _compare_with_last_life(self) -> None:
        now_ns = self._clock.now_ns()
        if self._boot and self._boot == self._seen.boot:
            self._compare(self._expected())
        elif now_ns < self._seen.wall_ns - PAUSE_STEP_NS or now_ns > self._seen.wall_ns + AWAY_NS:
            self._seen = replace(self._seen, paused=True, confirmed_ns=None)

    def _compare(self, expected_ns: int) -> None:
        step_ns = self._clock.now_ns() - expected_ns
        if abs(step_ns) < NS_PER_S:
            return
        total_ns = self._seen.stepped_ns + abs(step_ns)
        self._seen = replace(self._seen, stepped_ns=total_ns)
        if total_ns > PAUSE_STEP_NS:
            self._seen = replace(self._seen, paused=True, confirmed_ns=None)
            self._see()
            self._persist()

    def _see(self) -> None:
        self._seen = replace(self._seen, wall_ns=self._clock.now_ns(), mono_ns=self._clock.mono_ns(), boot=self._boot)

    def _load(self) -> _Seen:
        if not self._path.exists():
            return _Seen()
        try:
            return _Seen(**json.loads(self._path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            return _Seen(wall_ns=1, paused=True)  # unreadable: a person must look

    def _persist(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, json.dumps(asdict(self._seen)).encode())
        self._persisted_mono_ns = self._seen.mono_ns
