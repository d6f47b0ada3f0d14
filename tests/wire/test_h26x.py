"""What an SPS declares, judged by ffprobe over real encoders; garbage."""

import contextlib
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.h26x import (
    h264_info,
    h264_set_key,
    h265_info,
    h265_set_key,
    join_length_prefixed,
    split_annex_b,
    split_length_prefixed,
    video_info,
)


@pytest.mark.parametrize(
    ("codec", "size", "rate", "options"),
    [
        ("h264", "320x240", "25", ["-profile:v", "baseline"]),
        ("h264", "1920x1080", "30000/1001", ["-profile:v", "high", "-bf", "3", "-b-pyramid", "normal"]),
        ("h264", "352x288", "50", ["-flags", "+ilme+ildct", "-x264-params", "tff=1"]),
        ("h264", "642x362", "12.5", ["-pix_fmt", "yuv444p", "-x264-params", "cqm=jvt"]),
        ("h265", "1920x1080", "25", []),
        ("h265", "642x362", "30", ["-bf", "0", "-x265-params", "scaling-list=default:log-level=0"]),
    ],
)
def test_against_ffprobe(tmp_path: Path, codec: str, size: str, rate: str, options: list[str]) -> None:
    library = {"h264": "libx264", "h265": "libx265"}[codec]
    raw = tmp_path / f"x.{codec}"
    quiet = ["-x265-params", "log-level=0"] if codec == "h265" and "-x265-params" not in options else []
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}", "-frames:v", "12"]
    tail = ["-f", "hevc" if codec == "h265" else "h264", str(raw)]
    subprocess.run([*command, "-c:v", library, "-preset", "veryfast", *options, *quiet, *tail], check=True)
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(raw)], check=True, capture_output=True
    )
    stream = json.loads(probe.stdout)["streams"][0]
    nals = split_annex_b(raw.read_bytes())
    info = video_info(codec, nals)
    assert info is not None
    assert (info.width, info.height) == (stream["width"], stream["height"])
    numerator, denominator = (int(part) for part in stream["r_frame_rate"].split("/"))
    field_rate = 2 if "+ilme+ildct" in options else 1
    assert (
        abs(info.fps_milli - numerator * 1000 / denominator / (field_rate if numerator == 50 * field_rate else 1)) <= 1
    )
    assert info.reorder_depth == stream["has_b_frames"]
    if codec == "h264":
        assert info.profile.endswith(f"{stream['level']:02x}")
    else:
        assert f".L{stream['level']}." in info.profile


@given(st.binary(max_size=80))
def test_garbage_raises_only_value_errors(raw: bytes) -> None:
    with contextlib.suppress(ValueError, IndexError):
        h264_info(b"\x67" + raw)
    with contextlib.suppress(ValueError, IndexError):
        h265_info(b"\x42\x01" + raw)
    for codec, head in (("h264", b"\x67"), ("h264", b"\x68"), ("h265", b"\x42\x01"), ("h265", b"\x40\x01")):
        video_info(codec, [head + raw, raw])
        h264_set_key(head + raw)
        h265_set_key(head + raw)


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=6))
def test_length_prefixes_round_trip(nals: list[bytes]) -> None:
    assert split_length_prefixed(join_length_prefixed(nals)) == nals


def test_a_length_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="9 bytes"):
        split_length_prefixed(b"\x00\x00\x00\x09abc")
