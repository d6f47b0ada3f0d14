"""Start the processes, keep them running, stop them in order.

A child that dies is started again after a back-off that doubles to 10 s and is forgiven after a minute of health: its
siblings never notice, since they meet only over sockets that reconnect. SIGTERM and SIGINT stop everything within 10 s:
whoever ignores SIGTERM for 7 s is killed.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mingjian.kernel.clock import NS_PER_S, Clock

_LOG = logging.getLogger(__name__)
_BACK_OFF_MAX_NS = 10 * NS_PER_S
_FORGIVEN_AFTER_NS = 60 * NS_PER_S
_STOP_PATIENCE_S = 7.0
_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process: its name and its command line (never a secret in it: anybody can read it)."""

    name: str
    command: tuple[str, ...]


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    process: subprocess.Popen[bytes] | None = None
    started_mono_ns: int = 0
    restart_mono_ns: int = 0
    back_off_ns: int = NS_PER_S // 4
    starts: int = field(default=0)


class Supervisor:
    """Starts children in the order given; signals them in the opposite order."""

    def __init__(self, specs: Sequence[ChildSpec], clock: Clock) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._clock = clock
        self._stop = threading.Event()

    def run(self, on_started: Callable[[], None] | None = None) -> None:
        """Start all and stay until `stop` or a signal; then stop all. Must run on the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        try:
            for child in self._children:
                self._start(child)
            if on_started is not None:
                on_started()
            while not self._stop.wait(_TICK_S):
                for child in self._children:
                    self._watch(child)
        finally:
            self._stop_all()

    def stop(self) -> None:
        """Ask `run` to return."""
        self._stop.set()

    def pids(self) -> dict[str, int]:
        """The running children's process ids by name."""
        return {child.spec.name: child.process.pid for child in self._children if child.process is not None}

    def _start(self, child: _Child) -> None:
        child.process = subprocess.Popen(child.spec.command, stdin=subprocess.DEVNULL, start_new_session=True)
        child.started_mono_ns = self._clock.mono_ns()
        child.starts += 1
        _LOG.info("started %s", child.spec.name, extra={"data": {"pid": child.process.pid, "starts": child.starts}})

    def _watch(self, child: _Child) -> None:
        now_ns = self._clock.mono_ns()
        if child.process is None:
            if now_ns >= child.restart_mono_ns:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            if now_ns - child.started_mono_ns > _FORGIVEN_AFTER_NS:
                child.back_off_ns = NS_PER_S // 4
            return
        _LOG.error("%s ended by itself", child.spec.name, extra={"data": {"exit_code": code}})
        child.process = None
        child.restart_mono_ns = now_ns + child.back_off_ns
        child.back_off_ns = min(child.back_off_ns * 2, _BACK_OFF_MAX_NS)

    def _stop_all(self) -> None:
        running = [child for child in reversed(self._children) if child.process is not None]
        for child in running:
            _signal(child, signal.SIGTERM)
        deadline_ns = self._clock.mono_ns() + int(_STOP_PATIENCE_S * NS_PER_S)
        for child in running:
            if child.process is None:
                continue
            left_s = max((deadline_ns - self._clock.mono_ns()) / NS_PER_S, 0.05)
            try:
                child.process.wait(left_s)
            except subprocess.TimeoutExpired:
                _LOG.error("%s ignored SIGTERM and is killed", child.spec.name)
                _signal(child, signal.SIGKILL)
                child.process.wait()


def _signal(child: _Child, number: signal.Signals) -> None:
    """Signal the child's whole session, so that its own children (decoders) go with it."""
    if child.process is None or child.process.poll() is not None:
        return
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        _LOG.debug("%s was gone already", child.spec.name)
