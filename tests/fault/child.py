"""A process that says by lines where it stands, to be killed. It is waited for as long as it gets on, however slowly."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

STUCK_S = 120.0
"""So long it may neither compute, nor wait for a core, nor wait for the disk."""
_LOOK_S = 0.5


class Child:
    """`python -m MODULE ARGUMENTS`. Every line of its output is "WORD" or "WORD NS" (monotonic), written at once."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": f"src{os.pathsep}."},
        )  # fmt: skip
        assert self._process.stdout is not None
        self._out = self._process.stdout.fileno()
        self._rest = b""

    def line(self) -> list[str]:
        """The next line's words. Raises AssertionError when it ended or is stuck."""
        while b"\n" not in self._rest:
            self._wait()
            piece = os.read(self._out, 1 << 16)
            assert piece, f"it ended by itself: {self._process.wait()}"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode().split()

    def kill(self) -> list[list[str]]:
        """Kill it; the lines that nobody had read."""
        self._process.send_signal(signal.SIGKILL)
        while piece := os.read(self._out, 1 << 16):
            self._rest += piece
        self._process.wait()
        return [line.decode().split() for line in self._rest.split(b"\n")[:-1]]

    def _wait(self) -> None:
        seen, since_s = _work_of(self._process.pid), time.monotonic()
        while not select.select([self._out], [], [], _LOOK_S)[0]:
            now = _work_of(self._process.pid)
            if now != seen or now is None:
                seen, since_s = now, time.monotonic()
            assert time.monotonic() - since_s < STUCK_S, f"it did nothing for {STUCK_S:.0f} s"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


def _work_of(pid: int) -> int | None:
    """Nanoseconds for which its threads ran or waited for a core; None while one waits for the disk, or it has ended."""
    total = 0
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            if (task / "stat").read_text().rpartition(")")[2].split()[0] == "D":
                return None
            ran, waited, _ = (task / "schedstat").read_text().split()
            total += int(ran) + int(waited)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return total
