"""The cost of recording: ours against `ffmpeg -c copy` (one process a camera) and against a null recorder.

All three record the same simulated cameras on the same machine in the same run, one after the other in rounds; the
figures are the medians over the rounds. The recorder is pinned to one core, the sender to another. See README.md.

    python -m bench.record --cameras 100 --seconds 600
    python -m bench.record --ledger-only --seconds 600

The second measures only what digest, leaves and checkpoints cost: ours with and without them, in turn.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import mmap
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
RECORDER_CORE, SENDER_CORE = 0, 1
MOST_FFMPEG = 40
START_TIMEOUT_S = 60.0
PINNED = (os.cpu_count() or 1) > 1
LEDGER_SHARE = 0.30
MiB = 1 << 20


@dataclass(frozen=True)
class Plan:
    cameras: int
    seconds: float
    digest: str
    work: Path
    cache: Path
    pin: bool
    burst: bool = False
    warm_up_s: float = 5.0


class Child:
    """A process of the bench that speaks JSON lines."""

    def __init__(self, module: str, core: int | None, *arguments: str) -> None:
        def pin() -> None:
            if core is not None:
                os.sched_setaffinity(0, {core})

        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=pin,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        )

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} died with {self.process.wait()}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def ask(self, line: str = "mark") -> dict[str, Any]:
        self.tell(line)
        return self.hear()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                self.tell("end")
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextlib.contextmanager
def sender(plan: Plan) -> Iterator[tuple[Child, int]]:
    child = Child(
        "bench.load_sender", SENDER_CORE if plan.pin else None,
        "--cameras", str(plan.cameras), "--cache", str(plan.cache), *(["--burst"] if plan.burst else []),
    )  # fmt: skip
    try:
        yield child, int(child.hear()["port"])
    finally:
        child.close()


@contextlib.contextmanager
def folder(plan: Plan) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=plan.work))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def measure_child(plan: Plan, module: str, *extra: str) -> dict[str, Any]:
    """Run ours or the null recorder; figures over `seconds` after the warm-up."""
    with sender(plan) as (source, port), folder(plan) as out:
        core = RECORDER_CORE if plan.pin else None
        child = Child(module, core, "--port", str(port), "--cameras", str(plan.cameras), "--out", str(out), *extra)
        try:
            child.hear()
            time.sleep(plan.warm_up_s)
            sent_before = source.ask()
            before = child.ask()
            time.sleep(plan.seconds)
            after = child.ask()
            sent = source.ask("pause")
            settle(child, source)
            sent = source.ask()
            child.tell("end")
            last = child.hear()
        finally:
            child.close()
    elapsed_s = after["mono_s"] - before["mono_s"]
    result = {
        "cameras": plan.cameras,
        "seconds": round(elapsed_s, 1),
        "cpu_core_per_camera": (after["cpu_s"] - before["cpu_s"]) / elapsed_s / plan.cameras,
        "rss_mb_per_camera": after["rss_mb"] / plan.cameras,
        "rss_mb": after["rss_mb"],
        "sender_skipped_frames": sent["skipped_frames"],
        "sender_starved_frames": sent["starved_frames"],
        "sender_late_ticks": sent["late_ticks"],
        "sender_core": (sent["cpu_s"] - sent_before["cpu_s"]) / elapsed_s,
    }
    if "frames" in last:
        result["lost_frames"] = sent["sent_frames"] + sent["skipped_frames"] - last["frames"]
        result |= {key: last[key] for key in ("frames", "damaged_frames", "lost_packets", "lost_fragments", "connects")}
        result["lost_fragments_while_measured"] = after["lost_fragments"] - before["lost_fragments"]
        result["closed"] = last["closed"]
    return result


def settle(child: Child, source: Child) -> None:
    """Wait until what was sent has arrived: nothing more comes in, at most 4 s (sources give up after 5 s).

    What a patient connection has left in the kernel is read within two seconds after the sender has stopped.
    """
    previous, same = None, 0
    for _ in range(16):
        figures = child.ask()
        seen = figures.get("units", figures.get("bytes"))
        same = same + 1 if seen == previous else 0
        if same > 9:
            return
        previous = seen
        time.sleep(0.25)


def measure_ffmpeg(plan: Plan, processes: int) -> dict[str, Any]:
    """One ffmpeg a camera, copying into MP4; fewer of them than cameras where 100 do not fit the machine."""
    with sender(plan) as (_, port), folder(plan) as out:
        commands = []
        for number in range(1, processes + 1):
            url = f"rtsp://127.0.0.1:{port}/load{number}/main"
            commands.append(
                ["ffmpeg", "-nostdin", "-v", "error", "-y", "-rtsp_transport", "tcp", "-i", url, "-c", "copy",
                 str(out / f"{number}.mp4")]
            )  # fmt: skip
        children = [subprocess.Popen(command, preexec_fn=pin_to_recorder if plan.pin else None) for command in commands]
        try:
            watched = [psutil.Process(child.pid) for child in children]
            wait_for_files(out, processes)
            time.sleep(plan.warm_up_s)
            began_s, before = time.monotonic(), [cpu_of(process) for process in watched]
            time.sleep(plan.seconds)
            ended_s, after = time.monotonic(), [cpu_of(process) for process in watched]
            rss = [process.memory_info().rss / MiB for process in watched]
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(60)
    cpu = [later - earlier for earlier, later in zip(before, after, strict=True)]
    return {
        "processes": processes,
        "seconds": round(ended_s - began_s, 1),
        "cpu_core_per_camera": sum(cpu) / (ended_s - began_s) / processes,
        "rss_mb_per_camera": sum(rss) / processes,
    }


def pin_to_recorder() -> None:
    os.sched_setaffinity(0, {RECORDER_CORE})


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def wait_for_files(out: Path, count: int) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while sum(1 for path in out.iterdir() if path.stat().st_size > 48) < count:
        if time.monotonic() > deadline_s:
            raise RuntimeError("not every ffmpeg has begun to write")
        time.sleep(0.2)


def median_of(rounds: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[str, float]:
    return {key: round(statistics.median(one[key] for one in rounds), 6) for key in keys}


def plan_of(arguments: argparse.Namespace, work: Path, cameras: int, seconds: float) -> Plan:
    return Plan(cameras, seconds, "sha256", work, arguments.cache, PINNED, arguments.burst, arguments.warm_up)


def run_ledger(arguments: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Ours with and without digest, leaves and checkpoints, each once a round; medians, and the share of each round."""
    order = random.Random(arguments.seed)
    touched_gb = touch_memory(arguments.touch_gb)
    plan = plan_of(arguments, work, arguments.cameras, arguments.seconds / arguments.rounds / 2)
    told: dict[str, list[dict[str, Any]]] = {"--ledger": [], "--no-ledger": []}
    for _ in range(arguments.rounds):
        for option in order.sample(list(told), 2):
            told[option].append(measure_child(plan, "bench.our_recorder", option))
            note(f"ours {option}", told[option][-1])
    key = "cpu_core_per_camera"
    with_it, without = (median_of(rounds, (key,))[key] for rounds in told.values())
    pairs = zip(told["--ledger"], told["--no-ledger"], strict=True)
    return {
        "cpu_core_per_camera": with_it,
        "cpu_core_per_camera_without": without,
        "share": round(1 - without / with_it, 3),
        "share_of_each_round": [round(1 - bare[key] / full[key], 3) for full, bare in pairs],
        "goal": {"share_at_most": LEDGER_SHARE},
        "lost_frames": sum(one["lost_frames"] for rounds in told.values() for one in rounds),
        "conditions": conditions(arguments, touched_gb),
    }


def conditions(arguments: argparse.Namespace, touched_gb: float) -> dict[str, Any]:
    """Under which it was measured."""
    return {
        "cameras": arguments.cameras,
        "seconds": arguments.seconds,
        "rounds": arguments.rounds,
        "seed": arguments.seed,
        "pinned": PINNED,
        "touched_gb": touched_gb,
        "burst": arguments.burst,
        "load_average": os.getloadavg(),
    }


def run(arguments: argparse.Namespace, work: Path) -> dict[str, Any]:
    order = random.Random(arguments.seed)

    def plan(cameras: int, seconds: float) -> Plan:
        return plan_of(arguments, work, cameras, seconds)

    touched_gb = touch_memory(arguments.touch_gb)
    per_round_s = arguments.seconds / arguments.rounds
    short_s = min(per_round_s, 60.0)
    processes = min(arguments.cameras, MOST_FFMPEG, arguments.ffmpeg)
    ours: list[dict[str, Any]] = []
    null: list[dict[str, Any]] = []
    ffmpeg: list[dict[str, Any]] = []
    for _ in range(arguments.rounds):
        jobs = ["ours", "null", "ffmpeg"]
        order.shuffle(jobs)
        for job in jobs:
            if job == "ours":
                ours.append(measure_child(plan(arguments.cameras, per_round_s), "bench.our_recorder"))
            elif job == "null":
                null.append(measure_child(plan(arguments.cameras, short_s), "bench.null_recorder"))
            else:
                ffmpeg.append(measure_ffmpeg(plan(arguments.cameras, short_s), processes))
            note(job, {"ours": ours, "null": null, "ffmpeg": ffmpeg}[job][-1])
    flat = []
    for cameras in arguments.flat:
        flat.append(measure_child(plan(cameras, short_s), "bench.our_recorder"))
        note(f"ours at {cameras}", flat[-1])
    without = measure_child(plan(arguments.cameras, short_s), "bench.our_recorder", "--no-ledger")
    note("ours without digest and ledger", without)
    sm3 = None
    if arguments.sm3:
        sm3 = measure_child(plan(arguments.cameras, short_s), "bench.our_recorder", "--digest", "sm3")
        note("ours with SM3", sm3)
    keys = ("cpu_core_per_camera", "rss_mb_per_camera")
    our_figures = median_of(ours, keys) | {"lost_frames": sum(one["lost_frames"] for one in ours)}
    ffmpeg_figures, null_figures = median_of(ffmpeg, keys), median_of(null, keys)
    return {
        "ours": our_figures,
        "ffmpeg": ffmpeg_figures | {"processes": processes},
        "null": null_figures,
        "ratio": round(ffmpeg_figures[keys[0]] / our_figures[keys[0]], 2),
        "ratio_to_null": round(our_figures[keys[0]] / null_figures[keys[0]], 2),
        "flat": flat,
        "sm3": sm3,
        "ledger": {
            "cpu_core_per_camera_without": without[keys[0]],
            "share": round(1 - without[keys[0]] / our_figures[keys[0]], 3),
        },
        "conditions": conditions(arguments, touched_gb)
        | {
            "ffmpeg": subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split()[
                2
            ],
            "rounds_of_ours": ours,
            "rounds_of_ffmpeg": ffmpeg,
            "rounds_of_null": null,
        },
    }


def touch_memory(gigabytes: float | None) -> float:
    """Touch free memory once, so that a virtual machine's host has provided it; the GB touched.

    Otherwise whoever runs first pays for the first use of each page of the page cache (2 s a GB were seen), which says
    nothing about a recorder and hides the differences.
    """
    if gigabytes is None:
        gigabytes = psutil.virtual_memory().free * 0.7 / (1 << 30)
    size = int(gigabytes * (1 << 30)) // mmap.PAGESIZE * mmap.PAGESIZE
    if size:
        with mmap.mmap(-1, size) as memory:
            for at in range(0, size, mmap.PAGESIZE):
                memory[at] = 1
    return round(gigabytes, 1)


def note(what: str, figures: dict[str, Any]) -> None:
    short = {key: round(value, 6) if isinstance(value, float) else value for key, value in figures.items()}
    print(f"{what}: {json.dumps(short)}", file=sys.stderr, flush=True)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600.0, help="measured seconds of ours, over all rounds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ffmpeg", type=int, default=MOST_FFMPEG, help="at most so many ffmpeg processes")
    parser.add_argument("--flat", type=int, nargs="*", default=[100, 200, 300], help="camera counts for flatness")
    parser.add_argument("--sm3", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--warm-up", type=float, default=5.0, help="seconds before each measurement")
    parser.add_argument("--touch-gb", type=float, help="memory to touch first; default: 70 percent of what is free")
    parser.add_argument("--burst", action="store_true", help="a picture's packets are sent in one piece")
    parser.add_argument("--seed", type=int, default=1, help="order of the three within each round")
    parser.add_argument("--cache", type=Path, default=here / "results" / "load-1080p25.h264")
    parser.add_argument("--ledger-only", action="store_true", help="only what digest, leaves and checkpoints cost")
    parser.add_argument("--out", type=Path, help="default: results/record.json, or results/record-ledger.json")
    parser.add_argument("--work", type=Path, help="where recordings go; needs 0.5 MB a second and camera")
    arguments = parser.parse_args(argv)
    if arguments.out is None:
        arguments.out = here / "results" / ("record-ledger.json" if arguments.ledger_only else "record.json")
    return arguments


def main() -> None:
    arguments = parse()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.work, prefix="mingjian-bench-") as work:
        result = (run_ledger if arguments.ledger_only else run)(arguments, Path(work))
    arguments.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
