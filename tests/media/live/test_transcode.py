"""H.265 as H.264 and as JPEG: the same pictures at the same times, and damage costs only until the next keyframe."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.media.feeding import START_NS, Camera
from tests.media.footage import Footage, audio, video
from tests.media.live.test_tap import Screen

from mingjian.kernel.clock import ManualClock
from mingjian.media.engine.hub import StreamHub
from mingjian.media.live.transcode import H264Transcoder, JpegPictures
from mingjian.wire.feed import (
    FrameReader,
    LiveFragment,
    LiveInit,
    decode_fragment,
    decode_init,
    encode_fragment,
    encode_init,
)


def _fed(footage: Footage, seconds: float, sound: Footage | None = None) -> Screen:
    clock = ManualClock(START_NS)
    hub = StreamHub(clock, None, audio=True)
    screen = Screen()
    hub.join(screen)
    Camera(hub, clock, footage, sound).connect().send(seconds)
    return screen


def _pictures(path: Path, size: tuple[int, int]) -> np.ndarray:
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo",
         "-pix_fmt", "gray", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0]).astype(np.int16)


@pytest.mark.parametrize("bframes", [0, 3])
def test_h265_comes_out_as_h264_with_its_sound_and_times(bframes: int, tmp_path: Path) -> None:
    footage = video("h265", seconds=4, bframes=bframes)
    fed = _fed(footage, 4, audio("pcma", seconds=4))
    work = H264Transcoder()
    work.take_init(fed.inits[0])
    made = [one for fragment in fed.fragments for one in work.take(fragment)]
    init, fragments = made[0], [one for one in made[1:] if isinstance(one, LiveFragment)]
    assert isinstance(init, LiveInit)
    assert init.codecs.startswith("avc1.")
    assert init.codecs.endswith(",flac")
    late = 100 - len(fragments)
    assert late <= bframes + 2, "what the decoder still holds back"
    path = tmp_path / "made.mp4"
    path.write_bytes(init.data + b"".join(fragment.data for fragment in fragments))
    ours, source = _pictures(path, (320, 180)), _pictures(footage.file, (320, 180))
    assert len(ours) == len(fragments)
    assert np.abs(ours - source[: len(ours)]).mean() < 4, "the same pictures in the same order"
    starts = [one.start_ns for one in fragments][4:]  # before, the anchor of the wall clock still settles
    assert starts == sorted(starts)
    assert [index for index, one in enumerate(fragments) if one.keyframe] == [0, 25, 50, 75]
    heard = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-f", "s16le", "-"], capture_output=True, check=True
    )
    assert heard.stderr == b""
    assert len(heard.stdout) > 3 * 8000 * 2


def test_damage_costs_until_the_next_keyframe_and_no_more() -> None:
    fed = _fed(video("h265", seconds=4), 4)
    work = H264Transcoder()
    work.take_init(fed.inits[0])
    times = []
    for index, fragment in enumerate(fed.fragments):
        if index == 30:
            at = fragment.data.index(b"mdat") + 8
            noise = bytes(byte ^ 0xA5 for byte in fragment.data[at:])
            fragment = LiveFragment(
                fragment.flags,
                fragment.start_ns,
                fragment.arrival_ns,
                fragment.duration_90k,
                fragment.data[:at] + noise,
            )
        times += [one.start_ns for one in work.take(fragment) if isinstance(one, LiveFragment)]
    assert len(times) >= 80
    assert times[-1] >= fed.fragments[-3].start_ns


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_jpeg_pictures_come_five_times_a_second(codec: str) -> None:
    footage = video(codec, seconds=4)
    fed = _fed(footage, 4)
    work = JpegPictures()
    work.take_init(fed.inits[0])
    made = [one for fragment in fed.fragments for one in work.take(fragment)]
    pictures = [one for one in made if isinstance(one, LiveFragment)]
    assert 18 <= len(pictures) <= 21
    with Image.open(BytesIO(pictures[10].data)) as picture:
        assert picture.size == (320, 180)
        shown = np.asarray(picture.convert("L"), np.int16)
    source = _pictures(footage.file, (320, 180))
    at = round((pictures[10].start_ns - fed.fragments[0].start_ns) / 40_000_000)
    assert np.abs(shown - source[at]).mean() < 8


async def test_the_worker_speaks_frames_on_its_pipes_and_ends_with_its_input() -> None:
    fed = _fed(video("h265", seconds=4), 2)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mingjian.media.live.worker", "h264",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    sent = encode_init(0, fed.inits[0]) + b"".join(encode_fragment(0, one) for one in fed.fragments)
    output, _ = await process.communicate(sent)
    assert process.returncode == 0
    frames = FrameReader().feed(output)
    assert decode_init(frames[0].payload).codecs.startswith("avc1.")
    assert len([decode_fragment(frame.payload) for frame in frames[1:]]) >= 47
