"""The whole system as its user runs it: `init`, `run`, cameras added while it runs, kills, a clean stop.

Real processes throughout: the supervisor with engine, web and edge, and a camera farm over RTSP.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.app.processes import free_port, wait_until

from mingjian.kernel.clock import NS_PER_S, SystemClock
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns

ENVIRONMENT = {**os.environ, "MINGJIAN_LANG": "en", "PYTHONPATH": "src"}
PASSWORD = "correct-horse-battery-9"


@dataclass
class System:
    data: Path
    port: int
    farm_port: int
    push_port: int
    supervisor: subprocess.Popen[bytes] | None = None

    def cli(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mingjian.app.cli", *arguments, "--data", str(self.data)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=False, timeout=120, env=ENVIRONMENT
        )

    def json(self, *arguments: str) -> Any:
        done = self.cli(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self) -> None:
        command = [sys.executable, "-m", "mingjian.app.cli", "run", "--data", str(self.data), "--port", str(self.port)]
        self.supervisor = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.get("/readyz") == 200)

    def stop(self) -> float:
        assert self.supervisor is not None
        begun = time.monotonic()
        self.supervisor.terminate()
        assert self.supervisor.wait(15) == 0
        return time.monotonic() - begun

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0

    def url(self, number: int, stream: str = "main") -> str:
        return f"rtsp://127.0.0.1:{self.farm_port}/cam{number}/{stream}"

    def pid(self, name: str) -> int:
        """The last pid the supervisor's log names for a process."""
        lines = [json.loads(line) for line in (self.data / "logs" / "supervisor.log").read_text().splitlines()]
        return next(int(line["pid"]) for line in reversed(lines) if line["message"] == f"started {name}")

    def states(self) -> dict[str, str]:
        return {row["name"]: row["state"] for row in self.json("camera", "list")}

    def spans(self, camera: str, from_ns: int, to_ns: int) -> list[dict[str, Any]]:
        answer = self.json(
            "recordings", "--camera", camera, "--from", format_iso_ns(from_ns), "--to", format_iso_ns(to_ns)
        )
        return list(answer["spans"])


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    data = tmp_path_factory.mktemp("system") / "d"
    system = System(data, free_port(), free_port(), free_port())
    farm = subprocess.Popen(
        [sys.executable, "-m", "mingjian.app.cli", "simulate", "--cameras", "2", "--port", str(system.farm_port)],
        env=ENVIRONMENT,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert system.cli("init", "--demo").returncode == 0
        settings = data / "mingjian.toml"
        settings.write_text(settings.read_text().replace("push_port = 0", f"push_port = {system.push_port}"))
        yield system
    finally:
        if system.supervisor is not None and system.supervisor.poll() is None:
            system.supervisor.kill()
            system.supervisor.wait()
        farm.terminate()
        farm.wait(10)


class TestSystem:
    """One story, told in order: each step stands on the one before."""

    camera = ""
    pusher: subprocess.Popen[bytes] | None = None
    begun_ns = 0

    def test_a_user_and_a_camera_before_the_first_run(self, system: System) -> None:
        made = system.cli(
            "user", "create", "--name", "admin", "--role", "admin", "--password-stdin", stdin=PASSWORD + "\n"
        )
        assert made.returncode == 0, made.stderr
        TestSystem.begun_ns = SystemClock().now_ns()
        TestSystem.camera = system.json("camera", "add", "--name", "Gate", "--url", system.url(1))["id"]
        assert system.json("camera", "list")[0]["state"] == "engine_down"

    def test_run_records_it(self, system: System) -> None:
        system.start()
        wait_until(lambda: system.states().get("Gate") == "streaming")
        assert system.get("/healthz") == 200
        wait_until(lambda: system.get("/api/v1/cameras") != 503)  # recording waits for nobody; web loads meanwhile
        assert system.get("/api/v1/cameras") == 401

    def test_a_camera_added_while_it_runs_is_recorded_without_a_restart(self, system: System) -> None:
        engine = system.pid("engine")
        added = ["--name", "Square", "--url", system.url(2), "--sub-url", system.url(2, "sub")]
        square = system.json("camera", "add", *added)["id"]
        added_ns = SystemClock().now_ns()
        wait_until(lambda: system.states().get("Square") == "streaming")
        spans = system.spans(square, added_ns - 60 * NS_PER_S, added_ns + 3 * NS_PER_S)
        assert {span["kind"] for span in spans} & {"gap", "recorded"}, "it was not taken up within 3 s"
        assert system.pid("engine") == engine

    def test_a_camera_that_pushes_is_recorded(self, system: System) -> None:
        url = f"rtsp://camera:push-secret-1@127.0.0.1:{system.push_port}/pier"
        system.json("camera", "add", "--name", "Pier", "--url", url, "--push")
        picture = ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10"]
        coding = ["-c:v", "libx264", "-tune", "zerolatency", "-g", "20", "-f", "rtsp", "-rtsp_transport", "tcp", url]

        def pushed() -> bool:
            if self.pusher is None or self.pusher.poll() is not None:  # refused until the engine has the plan
                TestSystem.pusher = subprocess.Popen(["ffmpeg", "-v", "quiet", "-re", *picture, *coding])
            return system.states().get("Pier") == "streaming"

        try:
            wait_until(pushed)
        finally:
            if self.pusher is not None:
                self.pusher.terminate()
                self.pusher.wait(10)
        assert "push-secret-1" not in "".join(path.read_text() for path in (system.data / "logs").glob("*.log"))

    def test_a_camera_that_is_not_there_is_named(self, system: System) -> None:
        span = ["--from", "2026-11-26T08:00:00Z", "--to", "2026-11-26T09:00:00+00:00"]
        for command in (
            ["recordings", "--camera", "none", *span, "--json"],
            ["camera", "remove", "none", "--reason", "test"],
        ):
            done = system.cli(*command)
            assert (done.returncode, done.stdout) == (2, "")
            assert done.stderr == "mingjian: [camera] there is no such camera. mingjian camera list shows the ids\n"

    def test_a_second_run_on_the_same_folder_is_refused(self, system: System) -> None:
        second = system.cli("run", "--port", str(free_port()))
        assert second.returncode == 2
        assert "already" in second.stderr

    def test_a_killed_engine_comes_back_and_the_loss_is_told(self, system: System) -> None:
        self._await_recorded(system, 3)
        killed_ns = SystemClock().now_ns()
        os.kill(system.pid("engine"), signal.SIGKILL)
        wait_until(lambda: system.get("/readyz") == 503 or system.pid("engine"))
        wait_until(lambda: system.states().get("Gate") == "streaming")

        def told() -> list[dict[str, Any]]:
            spans = system.spans(self.camera, killed_ns - 10 * NS_PER_S, SystemClock().now_ns())
            gaps = [span for span in spans if span["kind"] == "gap"]
            back = (
                spans[-1]["kind"] in ("recorded", "future")
                and spans[-1 if len(spans) < 2 else -2]["kind"] == "recorded"
            )
            return gaps if back or spans[-1]["kind"] == "recorded" else []

        gaps = wait_until(told)
        assert {gap["reason"] for gap in gaps} == {"engine_down"}
        lost_ns = sum(parse_iso_ns(gap["end"]) - parse_iso_ns(gap["start"]) for gap in gaps)
        assert lost_ns < 15 * NS_PER_S

    def test_a_killed_web_leaves_recording_alone(self, system: System) -> None:
        begun_ns = SystemClock().now_ns()
        engine = system.pid("engine")
        os.kill(system.pid("web"), signal.SIGKILL)
        wait_until(lambda: system.get("/api/v1/setup") == 200)
        self._await_recorded(system, 3, begun_ns)
        kinds = {span["kind"] for span in system.spans(self.camera, begun_ns, begun_ns + 3 * NS_PER_S)}
        assert kinds == {"recorded"}
        assert system.pid("engine") == engine

    def test_every_second_is_classified_and_no_reason_is_unknown(self, system: System) -> None:
        from_ns, to_ns = self.begun_ns - 60 * NS_PER_S, SystemClock().now_ns() + 60 * NS_PER_S
        spans = system.spans(self.camera, from_ns, to_ns)
        assert parse_iso_ns(spans[0]["start"]) == from_ns
        assert parse_iso_ns(spans[-1]["end"]) == to_ns
        for one, other in pairwise(spans):
            assert one["end"] == other["start"]
        assert [span["kind"] for span in (spans[0], spans[-1])] == ["not_planned", "future"]
        assert all((span["kind"] == "gap") == (span["reason"] is not None) for span in spans)
        assert "unknown" not in {span["reason"] for span in spans}

    def test_extract_is_audited_and_played_by_ffmpeg(self, system: System, tmp_path: Path) -> None:
        from_ns = SystemClock().now_ns()
        self._await_recorded(system, 5, from_ns)
        out = tmp_path / "out.mp4"
        span = ["--from", format_iso_ns(from_ns), "--to", format_iso_ns(from_ns + 5 * NS_PER_S)]
        refused = system.cli("store", "extract", "--camera", self.camera, *span, "--reason", " ", "-o", str(out))
        assert refused.returncode == 2
        assert not out.exists()
        done = system.cli("store", "extract", "--camera", self.camera, *span, "--reason", "test", "-o", str(out))
        assert done.returncode == 0, done.stderr
        decoded = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(out), "-f", "framemd5", "-"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert decoded.stderr == ""
        pictures = re.findall(r"^0,", decoded.stdout, re.MULTILINE)
        assert len(pictures) >= 5 * 12

    def test_a_backup_while_it_runs(self, system: System, tmp_path: Path) -> None:
        assert system.json("backup", str(tmp_path / "b.tgz"))["members"] > 5

    def test_sigterm_stops_all_within_ten_seconds_and_seals(self, system: System) -> None:
        assert system.stop() < 10
        report = system.json("store", "check", "--hash")
        assert report["errors"] == []
        assert report["segments"] >= 4
        for path in (system.data / "volumes").rglob("*.mp4"):
            probed = subprocess.run(["ffprobe", "-v", "error", str(path)], capture_output=True, text=True, check=False)
            assert (probed.returncode, probed.stderr) == (0, ""), path

    def test_rebuild_gives_the_same_answer(self, system: System) -> None:
        to_ns = SystemClock().now_ns()
        before = system.spans(self.camera, self.begun_ns, to_ns)
        system.json("store", "rebuild")
        assert system.json("store", "check", "--hash")["errors"] == []
        after = system.spans(self.camera, self.begun_ns, to_ns)
        assert after == before

    def test_a_removed_camera_keeps_its_footage(self, system: System) -> None:
        before = list((system.data / "volumes").rglob(f"{self.camera}/**/*.mp4"))
        assert system.cli("camera", "remove", self.camera, "--reason", "scrapped").returncode == 0
        assert list((system.data / "volumes").rglob(f"{self.camera}/**/*.mp4")) == before
        assert [row["name"] for row in system.json("camera", "list")] == ["Pier", "Square"]

    def _await_recorded(self, system: System, seconds: int, from_ns: int | None = None) -> None:
        start_ns = from_ns or SystemClock().now_ns()
        end_ns = start_ns + seconds * NS_PER_S

        def recorded() -> bool:
            spans = system.spans(self.camera, start_ns, end_ns)
            return [span["kind"] for span in spans] == ["recorded"]

        wait_until(recorded)
