"""The supervisor with real child processes: a dead one comes back, SIGTERM ends all within 10 s, even a deaf one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.app.processes import wait_until

SCRIPT = """
import json, sys
from mingjian.app.supervisor import ChildSpec, Supervisor
from mingjian.kernel.clock import SystemClock
specs = [ChildSpec(name, (sys.executable, "-c", code)) for name, code in json.loads(sys.argv[1])]
Supervisor(specs, SystemClock()).run()
"""
CHILD = """
import os, signal, sys, time, pathlib
out = pathlib.Path({folder!r})
(out / "{name}.pid").write_text(str(os.getpid()))
def stop(*_):
    with (out / "order").open("a") as file: file.write("{name}\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if {deaf} else stop)
with (out / "{name}.starts").open("a") as file: file.write("x")
while True: time.sleep(0.05)
"""


@contextmanager
def supervised(folder: Path, *names: str, deaf: str = "") -> Iterator[subprocess.Popen[bytes]]:
    children = [(name, CHILD.format(folder=str(folder), name=name, deaf=name == deaf)) for name in names]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(children)], env={**os.environ, "PYTHONPATH": "src"}
    )
    try:
        wait_until(lambda: all((folder / f"{name}.starts").exists() for name in names))
        yield process
    finally:
        process.kill()
        process.wait()


def pid_of(folder: Path, name: str) -> int:
    return int((folder / f"{name}.pid").read_text() or 0)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_killed_child_is_started_again_and_its_sibling_never_notices(tmp_path: Path) -> None:
    with supervised(tmp_path, "engine", "web") as supervisor:
        sibling = pid_of(tmp_path, "engine")
        os.kill(pid_of(tmp_path, "web"), signal.SIGKILL)
        wait_until(lambda: (tmp_path / "web.starts").read_text() == "xx")
        assert pid_of(tmp_path, "engine") == sibling
        assert alive(sibling)
        supervisor.terminate()
        assert supervisor.wait(10) == 0


def test_sigterm_stops_every_child_and_leaves_nobody(tmp_path: Path) -> None:
    with supervised(tmp_path, "engine", "web", "edge") as supervisor:
        pids = [pid_of(tmp_path, name) for name in ("engine", "web", "edge")]
        supervisor.terminate()
        assert supervisor.wait(10) == 0
    assert sorted((tmp_path / "order").read_text().split()) == ["edge", "engine", "web"]
    assert not any(alive(pid) for pid in pids)


def test_a_deaf_child_is_killed_within_ten_seconds(tmp_path: Path) -> None:
    with supervised(tmp_path, "engine", "web", deaf="web") as supervisor:
        pid = pid_of(tmp_path, "web")
        start = time.monotonic()
        supervisor.terminate()
        assert supervisor.wait(15) == 0
        assert time.monotonic() - start < 10
    assert not alive(pid)
