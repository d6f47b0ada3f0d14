"""Real coded pictures and sound for tests: ffmpeg encodes, PyAV takes the packets apart; nothing of ours is used."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True)
class Packet:
    data: bytes
    pts: int  # 90 kHz for video, samples for audio
    keyframe: bool


@dataclass(frozen=True)
class Footage:
    """One encoded stream: `config` as in ports.media.Track, packets in decoding order."""

    codec: str
    config: tuple[bytes, ...]
    clock_rate: int
    channels: int
    width: int
    height: int
    packets: tuple[Packet, ...]
    file: Path


_AUDIO = {
    "aac": ["-c:a", "aac", "-ar", "48000", "-b:a", "64k"],
    "pcma": ["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"],
    "pcmu": ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
}


@functools.cache
def video(
    codec: str = "h264",
    seconds: int = 8,
    gop: int = 25,
    bframes: int = 0,
    size: str = "320x180",
    open_gop: bool = False,
) -> Footage:
    """A moving test picture at 25 frames a second, encoded once per set of parameters."""
    path = Path(tempfile.mkdtemp(prefix="mj-footage-")) / f"{codec}.mp4"
    common = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={bframes}:open-gop={int(open_gop)}"
    encoder = {
        "h264": ["-c:v", "libx264", "-preset", "veryfast", "-x264-params", common],
        "h265": ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params", f"{common}:log-level=1"],
    }[codec]
    source = f"testsrc2=size={size}:rate=25:duration={seconds}"
    _ffmpeg(["-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", *encoder, str(path)])
    return _demux(path, codec)


@functools.cache
def audio(codec: str, seconds: int = 8) -> Footage:
    """A tone."""
    path = Path(tempfile.mkdtemp(prefix="mj-footage-")) / f"{codec}.{'mp4' if codec == 'aac' else 'mov'}"
    _ffmpeg(["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", *_AUDIO[codec], str(path)])
    return _demux(path, codec)


def _ffmpeg(arguments: list[str]) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, timeout=60)


def _demux(path: Path, codec: str) -> Footage:
    with av.open(str(path)) as container:
        stream = container.streams[0]
        context = stream.codec_context
        is_video = stream.type == "video"
        rate = 90_000 if is_video else context.sample_rate
        packets = []
        for packet in container.demux(stream):
            if packet.size == 0 or packet.pts is None:
                continue
            pts = round(packet.pts * packet.time_base * rate)
            packets.append(Packet(bytes(packet), pts, packet.is_keyframe))
        config = _config(codec, bytes(context.extradata or b""))
        return Footage(
            codec,
            config,
            rate,
            0 if is_video else context.channels,
            context.width if is_video else 0,
            context.height if is_video else 0,
            tuple(packets),
            path,
        )


def _config(codec: str, extra: bytes) -> tuple[bytes, ...]:
    if codec == "aac":
        return (extra,)
    if codec in ("pcma", "pcmu"):
        return ()
    nals: list[bytes] = []
    if codec == "h264":
        groups = [(6, extra[5] & 31)]
        at, count = groups[0]
        at = _take(extra, at, count, nals)
        _take(extra, at + 1, extra[at], nals)
    else:
        at = 23
        for _ in range(extra[22]):
            kind, count = extra[at] & 63, int.from_bytes(extra[at + 1 : at + 3], "big")
            found: list[bytes] = []
            at = _take(extra, at + 3, count, found)
            nals += found if kind in (32, 33, 34) else []
    return tuple(nals)


def _take(data: bytes, at: int, count: int, into: list[bytes]) -> int:
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        into.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return at


def frame_hashes(path: Path, kind: str = "v") -> list[str]:
    """ffmpeg's hashes of every decoded frame, in presentation order."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:{kind}:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return [line.rsplit(",", 1)[1].strip() for line in done.stdout.splitlines() if line and not line.startswith("#")]
