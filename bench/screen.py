"""What a guard sees: the first picture after a click, and how old a picture is on the screen, in Chromium.

`mingjian demo` runs as users run it (farm, engine, edge, web, recording on); a page at the live wall shows one camera.
First picture: from the key that puts a camera on the wall to the first frame that the browser presents, the ticket and
the WebSocket included; each time from an empty wall. Glass to glass: the time of the browser's frame callback minus the
time that the frame's own strip tells, which is when the farm drew it: drawing, encoding, RTSP, engine, edge, Media
Source, decoding are in it. The peer is ffmpeg (`-fflags nobuffer -flags low_delay`) on the same camera in the same run,
decoding into a pipe: no browser, no server, no ticket. Farm and clocks are this machine's.

usage: PYTHONPATH=src:. python bench/screen.py [--times 20] [--frames 250] [--cameras 2] [--json]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from measure import options, percentile, report
from tests.chromium import ARGUMENTS, PATH
from tests.e2e.conftest import free_port
from tests.e2e.strip import SAMPLE, reading

from mingjian.media.simulate.time_strip import read_strip

ROOT = Path(__file__).resolve().parents[1]
START_S = 120
WIDTH, HEIGHT, STRIP_ROWS = 640, 360, 10
FIRST_PICTURE = """async (index) => {
  document.querySelector("[data-test=clear]").click();
  while (document.querySelector("[data-test=tile] video")) await new Promise(requestAnimationFrame);
  const row = document.querySelectorAll("[data-tree-camera]")[index];
  const begun = performance.now();
  row.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  let video = null;
  while (!(video = document.querySelector("[data-test=tile] video"))) await new Promise(requestAnimationFrame);
  return await new Promise((done) => video.requestVideoFrameCallback(() => done(performance.now() - begun)));
}"""
AGES = """async (frames) => {
  const sample = SAMPLE;
  const video = document.querySelector("[data-test=tile] video");
  const seen = [];
  while (seen.length < frames) {
    await new Promise((done) => video.requestVideoFrameCallback(done));
    seen.push([Date.now(), sample(video)]);
  }
  return seen;
}""".replace("SAMPLE", SAMPLE)


def figures_of(values: list[float]) -> dict[str, float]:
    """Percentiles in ms."""
    return {
        "samples": len(values), "p50_ms": round(percentile(values, 50)), "p95_ms": round(percentile(values, 95)),
        "most_ms": round(max(values)),
    }  # fmt: skip


@contextmanager
def demo(folder: Path, cameras: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a running demo, and its facts."""
    port = free_port()
    with (folder / "told").open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "mingjian.app.cli", "demo", "--data", str(folder / "data"), "--port", str(port),
             "--cameras", str(cameras), "--no-city"],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=told, stderr=told,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + START_S
        while str(port) not in (folder / "told").read_text() or not _answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit((folder / "told").read_text())
            time.sleep(0.2)
        yield address, json.loads((folder / "data" / "demo.json").read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["web"])
    except OSError:
        return False


def in_chromium(page: Page, address: str, password: str, times: int, frames: int, cameras: int) -> dict[str, Any]:
    """Both figures of ours."""
    page.goto(f"{address}/live")
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", password)
    page.click("[data-test=login]")
    page.wait_for_selector("[data-test=wall]")
    page.click("[data-test=layout-1]")
    page.wait_for_function(f"() => document.querySelectorAll('[data-tree-camera]').length >= {cameras}")
    page.evaluate(FIRST_PICTURE, 0)  # code is loaded and compiled: a guard's first click of the day is not counted
    first = []
    for number in range(times):
        first.append(float(page.evaluate(FIRST_PICTURE, number % cameras)))
        page.wait_for_timeout(300)
    page.wait_for_timeout(3000)  # a wall settles to its distance from the live edge within seconds
    seen = [(now_ms, reading(levels)) for now_ms, levels in page.evaluate(AGES, frames)]
    ages = [now_ms - strip.time_ms for now_ms, strip in seen if strip is not None]
    return {"first_picture": figures_of(first), "glass_to_glass": figures_of(ages), "unreadable": len(seen) - len(ages)}


def by_ffmpeg(url: str, times: int, frames: int) -> dict[str, Any]:
    """The same of ffmpeg: from its start to the first decoded picture, and how old pictures are then."""
    first, ages = [], []
    for number in range(max(1, times // 4)):
        begun = time.monotonic()
        process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-fflags", "nobuffer", "-flags", "low_delay", "-rtsp_transport", "tcp", "-i", url,
             "-an", "-vf", f"crop={WIDTH}:{STRIP_ROWS}:0:{HEIGHT - STRIP_ROWS}", "-pix_fmt", "gray", "-f", "rawvideo", "-"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, bufsize=0,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            for at in range(frames if number == 0 else 1):
                data = b""
                while len(data) < WIDTH * STRIP_ROWS:
                    piece = process.stdout.read(WIDTH * STRIP_ROWS - len(data))
                    if not piece:
                        raise SystemExit("ffmpeg gave no picture")
                    data += piece
                if at == 0:
                    first.append((time.monotonic() - begun) * 1000)
                strip = _strip(data)
                if at > 25 and strip is not None:
                    ages.append(time.time() * 1000 - strip)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
    return {"first_picture": figures_of(first), "glass_to_pipe": figures_of(ages)}


def _strip(rows: bytes) -> int | None:
    plane = np.frombuffer(rows, np.uint8).reshape(STRIP_ROWS, WIDTH)
    whole = np.vstack([np.zeros((HEIGHT - STRIP_ROWS, WIDTH), np.uint8), plane])
    told = read_strip(whole)
    return None if told is None else told.time_ms


def main() -> None:
    chosen = options("screen", times=20, frames=250, cameras=2)
    with tempfile.TemporaryDirectory(prefix="mj-screen-") as name, demo(Path(name), chosen.cameras) as (address, facts):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
            page = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN").new_page()
            ours = in_chromium(page, address, facts["passwords"]["admin"], chosen.times, chosen.frames, chosen.cameras)
            browser.close()
        ffmpeg = by_ffmpeg(f"rtsp://127.0.0.1:{facts['farm_port']}/cam1/main", chosen.times, chosen.frames)
    goals = {"first_picture_p95_ms": 500, "glass_to_glass_p95_ms": 500}
    load = [round(one, 1) for one in os.getloadavg()]
    report(chosen, {"ours": ours, "ffmpeg": ffmpeg, "goals": goals, "conditions": {"load_average": load}})


if __name__ == "__main__":
    main()
