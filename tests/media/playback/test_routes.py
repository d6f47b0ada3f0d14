"""The calls over real HTTP. What leaves is judged by ffmpeg's frame hashes, and refused when the ticket says nothing of it."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.media.footage import audio, frame_hashes, video
from tests.media.playback.archive import CAMERA, START_NS
from tests.media.playback.conftest import Edge, at, narrowed

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import parse_iso_ns


async def whole_plan(edge: Edge, limit: str = "60") -> list[dict[str, Any]]:
    chunks: list[dict[str, Any]] = []
    query = {"from": at(0), "to": at(3000), "limit": limit}
    while True:
        page = await (await edge.ok("plan", **query)).json()
        chunks += page["chunks"]
        if page["next"] is None:
            return chunks
        query["cursor"] = page["next"]


@pytest.mark.parametrize(("codec", "bframes"), [("h264", 0), ("h264", 2), ("h265", 0)])
async def test_chunks_joined_give_back_every_frame_once(edge: Edge, tmp_path: Path, codec: str, bframes: int) -> None:
    source = video(codec, seconds=8, gop=25, bframes=bframes)
    edge.archive.record(source, audio("aac"))
    chunks = await whole_plan(edge, limit="3")
    assert len(chunks) == 8
    hashes: list[str] = []
    for segment in dict.fromkeys(chunk["segment"] for chunk in chunks):
        out = tmp_path / f"{segment}.mp4"
        parts = [await (await edge.ok(f"init/{segment}")).read()]
        parts += [await (await edge.ok(chunk["url"])).read() for chunk in chunks if chunk["segment"] == segment]
        out.write_bytes(b"".join(parts))
        hashes += frame_hashes(out)
    assert hashes == frame_hashes(source.file)
    run_90k = [chunk["offset_90k"] + chunk["start_90k"] for chunk in chunks]
    assert run_90k == [90_000 * second for second in range(8)]
    walls = [parse_iso_ns(chunk["start"]) for chunk in chunks]
    assert walls == [START_NS + second * NS_PER_S for second in range(8)]


async def test_parts_of_a_body_follow_the_range_header(edge: Edge) -> None:
    edge.archive.record(video())
    chunk = (await whole_plan(edge))[0]
    whole = await (await edge.ok(chunk["url"])).read()
    assert len(whole) == chunk["bytes"]
    part = await edge.get(chunk["url"], headers={"Range": "bytes=100-299"})
    assert (part.status, part.headers["Content-Range"]) == (206, f"bytes 100-299/{len(whole)}")
    assert await part.read() == whole[100:300]
    tail = await edge.get(chunk["url"], headers={"Range": "bytes=-50"})
    assert await tail.read() == whole[-50:]
    beyond = await edge.get(chunk["url"], headers={"Range": f"bytes={len(whole)}-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert whole == (await (await edge.get(chunk["url"], headers={"Range": "lines=1-2"})).read())


async def test_footage_is_kept_out_of_caches(edge: Edge) -> None:
    edge.archive.record(video())
    response = await edge.ok((await whole_plan(edge))[0]["url"])
    assert response.headers["Cache-Control"] == "private, no-store"


async def test_a_ticket_opens_nothing_but_its_camera_stream_time_and_rights(edge: Edge) -> None:
    edge.archive.record(video())
    other = edge.archive.record(video(), camera="01jothercamera00000000000", stream="main")[0]
    sub = edge.archive.record(video(), stream="sub")[0]
    chunks = await whole_plan(edge)
    edge.ticket = narrowed(edge.ticket, 4.2, 4.8)
    edge.archive.reads.clear()
    allowed, refused = chunks[4], [chunk for chunk in chunks if chunk is not chunks[4]]
    assert (await edge.get(allowed["url"])).status == 200
    edge.archive.reads.clear()
    for path in [
        *(chunk["url"] for chunk in refused),
        f"init/{chunks[0]['segment']}",
        f"init/{other.id}",
        f"data/{other.id}/{other.init_bytes}-100",
        f"init/{sub.id}",
        "init/..%2F..%2Fetc%2Fpasswd",
        "init/%00",
        f"data/{allowed['segment']}/0-100000",
        f"frames/{chunks[0]['segment']}/{refused[0]['url'].split('/')[-1]}",
    ]:
        response = await edge.get(path)
        assert (response.status, (await response.json())["code"]) == (403, "not_covered"), path
    for call in ("plan", "timeline", "trick", "trick.json", "playback.m3u8"):
        query = {"from": at(0), "to": at(4), "speed": "8"}
        assert (await edge.get(call, **query)).status == 403, call
        query = {"from": at(4), "to": at(5), "speed": "8", "stream": "sub"}
        assert (await edge.get(call, **query)).status == 403, call
    assert edge.archive.reads == [], "a refused call must not touch a file"
    edge.ticket = replace(edge.ticket, rights=("live",))
    for path in ("plan", "timeline", allowed["url"], "trick", "snapshot.jpg", "thumb.jpg"):
        response = await edge.get(path, **{"from": at(4.2), "to": at(4.8), "at": at(4.5), "speed": "8"})
        assert response.status == 403, path


async def test_the_timeline_and_plan_of_a_ticket_end_where_it_ends(edge: Edge) -> None:
    edge.archive.record(video())
    edge.ticket = narrowed(edge.ticket, 2.5, 3.5)
    spans = (await (await edge.ok("timeline", **{"from": at(0), "to": at(60)})).json())["spans"]
    assert [(span["kind"], span["start"], span["end"]) for span in spans] == [("recorded", at(2.5), at(3.5))]
    plan = await (await edge.ok("plan", **{"from": at(0), "to": at(60)})).json()
    assert [chunk["start"] for chunk in plan["chunks"]] == [at(2), at(3)]
    assert (plan["planned_to"], plan["next"]) == (at(3.5), None)


async def test_days_are_those_of_the_asked_zone(edge: Edge) -> None:
    edge.archive.record(video())
    day = dt.datetime.fromtimestamp(START_NS // NS_PER_S, dt.timezone(dt.timedelta(hours=8)))
    answer = await (await edge.ok("days", month=f"{day:%Y-%m}", tz="Asia/Shanghai")).json()
    assert [(one["day"], one["recorded_s"]) for one in answer["days"]] == [(f"{day:%Y-%m-%d}", 8)]


async def test_frame_times_let_a_player_step_exactly(edge: Edge) -> None:
    edge.archive.record(video(bframes=2))
    chunk = (await whole_plan(edge))[1]
    frames = (await (await edge.ok(chunk["url"].replace("data/", "frames/"))).json())["frames"]
    assert [frame["pts_90k"] for frame in frames] == [90_000 + 3_600 * number for number in range(25)]
    assert [frame["at"] for frame in frames] == [at(1 + number / 25) for number in range(25)]
    assert [frame["keyframe"] for frame in frames] == [True] + [False] * 24


async def test_trick_play_and_its_list_tell_the_same(edge: Edge, tmp_path: Path) -> None:
    source = video()
    edge.archive.record(source)
    listed = await (await edge.ok("trick.json", **{"from": at(0), "to": at(8), "speed": "-8"})).json()
    assert [picture["at"] for picture in listed["pictures"]] == [at(second) for second in range(7, -1, -1)]
    response = await edge.ok(listed["url"])
    assert response.headers["Content-Type"] == listed["mime"]
    out = tmp_path / "trick.mp4"
    out.write_bytes(await response.read())
    assert frame_hashes(out) == frame_hashes(source.file)[::25][::-1]
    none = await edge.get("trick", **{"from": at(100), "to": at(200), "speed": "8"})
    assert none.status == 204


async def test_ffmpeg_plays_the_hls_playlist_frame_by_frame(edge: Edge) -> None:
    source = video(seconds=8)
    edge.archive.record(source, audio("aac"))
    response = await edge.ok("playback.m3u8", **{"from": at(0), "to": at(8)})
    assert response.content_type == "application/vnd.apple.mpegurl"
    text = await response.text()
    assert text.count("#EXT-X-MAP") == 3
    assert text.endswith("#EXT-X-ENDLIST\n")
    ffmpeg = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-allowed_extensions", "ALL", "-i", str(response.url), "-map", "0:v:0",
        "-fps_mode", "passthrough", "-f", "framemd5", "-",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await asyncio.wait_for(ffmpeg.communicate(), 60)
    lines = printed.decode().splitlines()
    hashes = [line.rsplit(",", 1)[1].strip() for line in lines if not line.startswith("#")]
    assert hashes == frame_hashes(source.file)


@pytest.mark.parametrize(
    ("path", "query", "code", "field"),
    [
        ("plan", {"from": "yesterday", "to": at(1)}, "bad_time", "from"),
        ("plan", {"from": at(0)}, "bad_time", "to"),
        ("plan", {"from": at(0), "to": at(1), "cursor": "x"}, "bad_cursor", "cursor"),
        ("plan", {"from": at(0), "to": at(1), "limit": "many"}, "bad_parameter", "limit"),
        ("timeline", {"from": at(0), "to": at(1), "max": "-1"}, "bad_parameter", "max"),
        ("days", {"month": "2026-99"}, "bad_month", "month"),
        ("days", {"month": "2026-10", "tz": "Mars"}, "bad_timezone", "tz"),
        ("trick", {"from": at(0), "to": at(1), "speed": "fast"}, "bad_parameter", "speed"),
        ("trick", {"from": at(0), "to": at(1), "speed": "nan"}, "bad_speed", "speed"),
        ("snapshot.jpg", {"at": "2026-11-23T20:00:00"}, "bad_time", "at"),
    ],
)
async def test_bad_input_names_its_field(edge: Edge, path: str, query: dict[str, str], code: str, field: str) -> None:
    response = await edge.get(path, **query)
    assert response.status == 400
    assert await response.json() == {"code": code, "field": field}


async def test_bytes_that_are_gone_are_said_to_be_gone(edge: Edge) -> None:
    edge.archive.record(video())
    chunk = (await whole_plan(edge))[0]
    (edge.archive.root / edge.archive.held[chunk["segment"]][0].path).unlink()
    response = await edge.get(chunk["url"])
    assert (response.status, (await response.json())["code"]) == (410, "footage_missing")
    assert CAMERA not in await response.text()
