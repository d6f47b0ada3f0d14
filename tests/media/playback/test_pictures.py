"""Snapshots to the exact frame, thumbnails and their cache, the pool that decodes."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.media.footage import Footage, video
from tests.media.playback.archive import START_NS
from tests.media.playback.conftest import Edge, at, narrowed

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.media.playback import watermark
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.thumb_cache import ThumbCache, ThumbKey

Pixels = NDArray[np.int16]


def source_frames(source: Footage) -> list[Pixels]:
    """Every frame as ffmpeg decodes it."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(source.file), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    frames = np.frombuffer(done.stdout, np.uint8).reshape(-1, source.height, source.width, 3)
    return [frame.astype(np.int16) for frame in frames]


def nearest(jpeg: bytes, frames: list[Pixels]) -> int:
    """Which source frame a JPEG shows, judged above the watermark."""
    picture = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(np.int16)
    upper = slice(0, picture.shape[0] * 2 // 3)
    errors = [float(np.abs(picture[upper] - frame[upper]).mean()) for frame in frames]
    return int(np.argmin(errors))


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 2), ("h265", 0)])
async def test_a_snapshot_is_the_very_frame_of_its_instant(edge: Edge, codec: str, bframes: int) -> None:
    source = video(codec, seconds=8, gop=25, bframes=bframes)
    frames = source_frames(source)
    edge.archive.record(source)
    for seconds, number in ((0, 0), (0.039, 0), (0.04, 1), (2.5, 62), (3.0, 75), (5.679, 141), (7.999, 199)):
        response = await edge.ok("snapshot.jpg", at=at(seconds))
        assert response.content_type == "image/jpeg"
        assert response.headers["X-Mingjian-At"] == at(number / 25)
        assert nearest(await response.read(), frames) == number, seconds


async def test_a_snapshot_carries_viewer_camera_and_time_in_chinese(edge: Edge) -> None:
    edge.archive.record(video(size="1280x720", seconds=1))
    response = await edge.ok("snapshot.jpg", at=at(0.5))
    marked = Image.open(io.BytesIO(await response.read())).convert("RGB")
    assert marked.size == (1280, 720)
    plain = Image.new("RGB", (1280, 720), (128, 128, 128))
    lines = ["人民路口 东  2025-11-25 00:00:00.480 +08:00", "张三(市局指挥中心)  案件 2026-118"]
    expected = np.asarray(watermark.stamp(plain, lines)).astype(np.int16)
    letters = expected[:, :, 0] > 200
    assert letters.sum() > 2000
    assert np.asarray(marked).astype(np.int16)[letters].mean() > 190


async def test_no_footage_is_said_with_its_reason(edge: Edge) -> None:
    edge.archive.record(video())
    response = await edge.get("snapshot.jpg", at=at(60))
    assert (response.status, await response.json()) == (404, {"code": "no_footage", "field": "at"})


async def test_thumbnails_are_kept_once_and_marked_for_each_viewer(edge: Edge) -> None:
    edge.archive.record(video())
    first = await edge.ok("thumb.jpg", at=at(2.9), width="160")
    picture = Image.open(io.BytesIO(await first.read()))
    assert (picture.size, first.headers["X-Mingjian-At"]) == ((160, 90), at(2))
    kept = [path for path in edge.thumbs.rglob("*.jpg")]
    assert len(kept) == 1
    raw = kept[0].read_bytes()
    kept[0].write_bytes(_white(160, 90))
    again = await edge.ok("thumb.jpg", at=at(2.1), width="160")
    shown = np.asarray(Image.open(io.BytesIO(await again.read())))
    assert shown[:30].min() > 240, "the kept picture was used"
    assert shown[60:].min() < 200, "and marked anew"
    assert np.asarray(Image.open(io.BytesIO(raw))).shape == (90, 160, 3)


async def test_a_kept_thumbnail_is_not_given_to_a_ticket_that_does_not_cover_it(edge: Edge) -> None:
    edge.archive.record(video())
    await edge.ok("thumb.jpg", at=at(2.9))
    edge.ticket = narrowed(edge.ticket, 5, 6)
    response = await edge.get("thumb.jpg", at=at(2.9))
    assert (response.status, (await response.json())["code"]) == (403, "not_covered")


def _white(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (255, 255, 255)).save(out, "JPEG")
    return out.getvalue()


def test_the_cache_stays_within_its_bytes_and_drops_the_longest_unused(tmp_path: Path) -> None:
    cache = ThumbCache(tmp_path, max_bytes=1000)
    keys = [ThumbKey("c", "main", f"s{number}", 0, 160) for number in range(5)]
    for key in keys[:3]:
        cache.put(key, bytes(300))
    assert cache.get(keys[0]) == bytes(300)
    cache.put(keys[3], bytes(300))
    assert cache.get(keys[1]) is None
    assert cache.get(keys[0]) is not None
    (tmp_path / "c" / "main" / ".dead.partial").write_bytes(bytes(10))
    reopened = ThumbCache(tmp_path, max_bytes=1000)
    reopened.put(keys[4], bytes(300))
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in left) <= 1000
    assert len(left) == 3


def test_no_small_picture_outlives_a_day(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    cache = ThumbCache(tmp_path, clock=clock)
    old, young = ThumbKey("c", "main", "s1", 0, 160), ThumbKey("c", "main", "s2", 0, 160)
    cache.put(old, bytes(300))
    clock.advance(DAY_NS - NS_PER_S)
    cache.put(young, bytes(300))
    clock.advance(NS_PER_S * 700)
    assert cache.get(old) is None
    assert cache.get(young) == bytes(300)
    assert [path.name for path in tmp_path.rglob("*.jpg")] == ["s2-0-160.jpg"]


def test_without_a_chinese_font_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "find_cjk_font", lambda: None)
    with pytest.raises(MingjianError) as caught:
        watermark.stamp(Image.new("RGB", (320, 180)), ["x"])
    assert caught.value.code == "font_missing"
    assert "fonts-noto-cjk" in caught.value.say("zh")


def test_every_glyph_of_a_chinese_line_is_there_and_long_lines_are_broken() -> None:
    font = watermark._font(*_font_arguments())  # the font that stamp uses
    missing = font.getmask("\U0010ffff").getbbox()
    assert all(font.getmask(char).getbbox() != missing for char in "张三市局指挥中心案件")
    lines = watermark._break("市" * 100, font, 200)
    assert "".join(lines) == "市" * 100
    assert all(font.getlength(line) <= 200 for line in lines)


def _font_arguments() -> tuple[str, int, int]:
    path, index = watermark.require_cjk_font()
    return str(path), index, 20


def _crash() -> None:
    os.abort()


def _refuse() -> None:
    raise MingjianError("no_footage", watermark.Text(zh="无", en="none"), fault=watermark.Fault.USER, field="at")


def _wait() -> None:
    import threading

    threading.Event().wait(60)


async def test_a_crashing_decoder_takes_one_picture_with_it() -> None:
    pool = WorkPool(workers=1)
    try:
        with pytest.raises(MingjianError) as crashed:
            await pool.run(_crash)
        assert crashed.value.code == "undecodable"
        with pytest.raises(MingjianError) as refused:
            await pool.run(_refuse)
        assert (refused.value.code, refused.value.field, refused.value.say("zh")) == ("no_footage", "at", "无")
        assert await pool.run(os.getpid) != os.getpid()
    finally:
        pool.close()


_SERVER = """
import asyncio, os, sys
from mingjian.media.playback.pool import WorkPool

async def main():
    print(await WorkPool(workers=1).run(os.getpid), flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_workers_end_when_the_server_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(_SERVER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        worker = psutil.Process(int(server.stdout.readline()))
        server.kill()
    worker.wait(timeout=10)
    assert not worker.is_running()


async def test_the_quota_and_the_time_limit_hold() -> None:
    pool = WorkPool(workers=1, waiting=0, limit_s=1.0)
    try:
        slow = asyncio.ensure_future(pool.run(_wait))
        await asyncio.sleep(0)
        with pytest.raises(MingjianError) as caught:
            await pool.run(os.getpid)
        assert caught.value.code == "busy"
        with pytest.raises(MingjianError) as late:
            await slow
        assert late.value.code == "undecodable"
    finally:
        pool.close()


async def test_damaged_bytes_are_said_to_be_undecodable(edge: Edge) -> None:
    record = edge.archive.record(video(seconds=1))[0]
    path = edge.archive.root / record.path
    data = bytearray(path.read_bytes())
    ref = edge.archive.held[record.id][1][0]
    for position in range(ref.offset + 600, ref.offset + ref.size):
        data[position] = 0
    path.write_bytes(data)
    response = await edge.get("snapshot.jpg", at=at(0.5))
    assert (response.status, (await response.json())["code"]) == (422, "undecodable")
