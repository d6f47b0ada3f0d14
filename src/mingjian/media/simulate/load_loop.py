"""What the cameras of a load send: one coded loop of 1080p25 H.264 at 4 Mb/s with a GOP of 2 s, made once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.codec.context
import numpy as np
from av.video.frame import VideoFrame

from mingjian.kernel.clock import NS_PER_S
from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import City, PlaceKind
from mingjian.media.simulate.encoder import parameter_sets, split_annex_b
from mingjian.media.simulate.scenes import Scene
from mingjian.wire.rtp.payloads import h264_payloads

FRAME_NS = NS_PER_S // 25
GOP_FRAMES = 50
LOOP_GOPS = 4
BITS_PER_S = 4_000_000


@dataclass(frozen=True, slots=True)
class CodedLoop:
    """Pictures to send again and again; the first of each GOP carries the parameter sets."""

    config: tuple[bytes, ...]
    payloads: tuple[tuple[bytes, ...], ...]
    keyframes: tuple[bool, ...]

    @property
    def bytes(self) -> int:
        """All payload bytes of one turn."""
        return sum(len(payload) for payloads in self.payloads for payload in payloads)


def coded_loop(cache: Path) -> CodedLoop:
    """The loop, from `cache` (an H.264 byte stream) when an earlier run left it there, else encoded (some seconds)."""
    if not cache.is_file():
        cache.parent.mkdir(parents=True, exist_ok=True)
        draft = cache.with_suffix(".part")
        draft.write_bytes(b"".join(b"\x00\x00\x00\x01" + unit for unit in _encode_loop()))
        draft.replace(cache)
    pictures: list[tuple[bytes, ...]] = []
    units: list[bytes] = []
    for unit in split_annex_b(cache.read_bytes()):
        units.append(unit)
        if unit[0] & 31 in (1, 5):  # a slice, and a picture has but one
            pictures.append(tuple(units))
            units = []
    config = tuple(unit for unit in pictures[0] if unit[0] & 31 in (7, 8))
    return CodedLoop(
        config,
        tuple(tuple(h264_payloads(picture)) for picture in pictures),
        tuple(picture[-1][0] & 31 == 5 for picture in pictures),
    )


def _encode_loop() -> list[bytes]:
    """The city's crossing at 1920 x 1080 under film grain, which costs the bits a real street does."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 1920, 1080, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
    context.gop_size = GOP_FRAMES
    context.bit_rate = BITS_PER_S
    context.thread_count = 1
    context.options = {
        "preset": "ultrafast",
        "maxrate": str(BITS_PER_S),
        "bufsize": str(BITS_PER_S),
        "x264-params": f"keyint={GOP_FRAMES}:min-keyint={GOP_FRAMES}:scenecut=0:bframes=0:sliced-threads=0",
    }
    context.flags |= av.codec.context.Flags.global_header
    context.open()
    config = parameter_sets("h264", context.extradata or b"")
    scene, picture = Scene(City(1), PlaceKind.CROSSING), Picture(640, 360)
    grain = np.random.default_rng(1).integers(-9, 10, (1080, 1920 + 256), dtype=np.int16)
    coded: list[bytes] = []
    noon_ns = 1_795_406_400_000_000_000

    def take(frame: VideoFrame | None) -> None:
        for packet in context.encode(frame):
            coded.extend(
                (*config, *split_annex_b(bytes(packet))) if packet.is_keyframe else split_annex_b(bytes(packet))
            )

    for number in range(GOP_FRAMES * LOOP_GOPS):
        scene.draw(picture, noon_ns + number * FRAME_NS)
        large = VideoFrame.from_ndarray(picture.whole, format="yuv420p").reformat(1920, 1080).to_ndarray()
        shift = number * 37 % 256
        large[:1080] = np.clip(large[:1080] + grain[:, shift : shift + 1920], 16, 235)
        frame = VideoFrame.from_ndarray(large, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        take(frame)
    take(None)
    return coded
