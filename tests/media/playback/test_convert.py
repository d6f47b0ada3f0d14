"""H.265 and G.711 for browsers without them: ffprobe and Chromium judge what comes out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.media.footage import audio, frame_hashes, video
from tests.media.playback.archive import START_NS
from tests.media.playback.conftest import Edge, at
from tests.media.playback.test_pictures import source_frames

from mingjian.kernel.clock import NS_PER_S


async def converted(edge: Edge) -> list[dict[str, Any]]:
    answer = await (await edge.ok("plan", **{"from": at(0), "to": at(8), "as": "h264"})).json()
    return answer["chunks"]


def probed(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_packets", "-of", "json", str(path)],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert not done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def decoded(path: Path, width: int, height: int) -> np.ndarray[Any, Any]:
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3).astype(np.int16)


async def test_h265_becomes_the_same_pictures_in_h264_at_the_same_times(edge: Edge, tmp_path: Path) -> None:
    source = video("h265", seconds=8, gop=25)
    frames = source_frames(source)
    edge.archive.record(source, audio("aac"))
    chunks = await converted(edge)
    assert len(chunks) == 8
    for number, chunk in enumerate(chunks):
        assert chunk["init"] is None
        assert chunk["codecs"] == "avc1.640028,mp4a.40.2"
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(await (await edge.ok(chunk["url"])).read())
        told = probed(path)
        picture, sound = told["streams"]
        assert (picture["codec_name"], picture["profile"], picture["level"]) == ("h264", "High", 40)
        assert sound["codec_name"] == "aac"
        times = [round(float(one["pts_time"]) * 25) for one in told["packets"] if one["codec_type"] == "video"]
        first = chunk["start_90k"] // 3600
        assert times == list(range(first, first + 25))
        got = decoded(path, 320, 180)
        errors = [float(np.abs(got[at_] - frames[number * 25 + at_]).mean()) for at_ in range(25)]
        assert max(errors) < 6, errors


@pytest.mark.parametrize("law", ["pcma", "pcmu"])
async def test_g711_becomes_the_same_sound_in_flac_and_the_picture_stays(edge: Edge, tmp_path: Path, law: str) -> None:
    source, sound = video(seconds=8, gop=25), audio(law)
    edge.archive.record(source, sound)
    chunks = await converted(edge)
    assert chunks[0]["codecs"].endswith(",flac")
    pictures: list[str] = []
    heard = b""
    for number, chunk in enumerate(chunks):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(await (await edge.ok(chunk["url"])).read())
        pictures += frame_hashes(path)
        heard += subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-f", "s16le", "-"],
            check=True, capture_output=True, timeout=30,
        ).stdout  # fmt: skip
    assert pictures == frame_hashes(source.file)
    expected = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(sound.file), "-f", "s16le", "-"], check=True, capture_output=True
    ).stdout
    assert heard == expected[: len(heard)]
    assert len(heard) > len(expected) * 0.98


async def test_a_chunk_that_goes_on_is_converted_from_its_keyframe_on(edge: Edge, tmp_path: Path) -> None:
    source = video("h265", seconds=8, gop=100)
    record = edge.archive.record(source, gops_a_segment=9)[0]
    _, refs = edge.archive.held[record.id]
    assert not refs[1].keyframe
    tail = f"data/{record.id}/{refs[1].offset}-{refs[1].size}"
    path = tmp_path / "tail.mp4"
    path.write_bytes(await (await edge.ok(tail, **{"as": "h264"})).read())
    got = decoded(path, 320, 180)
    frames = source_frames(source)[50:100]
    assert len(got) == 50
    assert float(np.abs(got[0] - frames[0]).mean()) < 6


async def test_trick_play_of_h265_comes_as_h264_with_its_holes(edge: Edge, tmp_path: Path) -> None:
    source = video("h265", seconds=8, gop=25)
    frames = source_frames(source)
    edge.archive.record(source)
    edge.archive.record(source, start_ns=START_NS + 16 * NS_PER_S, run="run2")
    query = {"from": at(0), "to": at(24), "speed": "-8", "as": "h264"}
    listed = await (await edge.ok("trick.json", **query)).json()
    assert listed["codecs"] == "avc1.640028"
    response = await edge.ok(listed["url"])
    assert response.headers["Content-Type"] == listed["mime"]
    path = tmp_path / "trick.mp4"
    path.write_bytes(await response.read())
    times = [float(one["pts_time"]) for one in probed(path)["packets"]]
    assert times == [picture["t_90k"] / 90_000 for picture in listed["pictures"]]
    assert times[8] == 2.0
    got = decoded(path, 320, 180)
    shown = [frames[second * 25] for second in (*range(7, -1, -1), *range(7, -1, -1))]
    assert max(float(np.abs(one - other).mean()) for one, other in zip(got, shown, strict=True)) < 6


async def test_other_conversions_are_refused(edge: Edge) -> None:
    response = await edge.get("plan", **{"from": at(0), "to": at(8), "as": "vp9"})
    assert (response.status, await response.json()) == (400, {"code": "bad_parameter", "field": "as"})
