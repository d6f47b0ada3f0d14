"""One camera at work: draws its place, burns in name, clock and time strip, encodes main and sub stream, packetises."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.isotime import utc_day
from mingjian.kernel.media_time import ns_to_90k
from mingjian.media.simulate import lettering
from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import City
from mingjian.media.simulate.encoder import CodedPicture, VideoEncoder
from mingjian.media.simulate.scenes import Scene
from mingjian.media.simulate.sound import Ambience, ambience
from mingjian.media.simulate.specs import CameraSpec
from mingjian.media.simulate.time_strip import draw_strip
from mingjian.wire.rtp.formats import StreamFormat
from mingjian.wire.rtp.payloads import aac_payloads, h264_payloads, h265_payloads

MAIN, SUB = "main", "sub"
_CHINA_NS = 8 * 3600 * NS_PER_S
_SUB_EVERY = 2  # the sub stream takes every second picture
_KEY_AT_MOST_NS = NS_PER_S  # a viewer who joins gets a keyframe, but not more often than this


@dataclass(frozen=True, slots=True)
class Parcel:
    """RTP payloads of one unit, ready for every viewer: `track` by index, `timestamp` in the track's clock, unwrapped."""

    stream: str
    track: int
    payloads: tuple[bytes, ...]
    timestamp: int
    capture_ns: int
    keyframe: bool


@dataclass(slots=True)
class _Output:
    """One stream's encoder and what its viewers want."""

    encoder: VideoEncoder
    wanted: bool = False
    key_wanted: bool = False
    key_ns: int = 0
    running: bool = field(default=False)


class SimulatedCamera:
    """Used by one thread, except `want`, which any thread may call."""

    def __init__(self, spec: CameraSpec, city: City) -> None:
        self.spec = spec
        self.frame_ns = spec.frame_ms * NS_PER_MS
        self._scene = Scene(city, spec.place, spec.mirrored)
        self._picture = Picture(640, 360)
        self._small = Picture(320, 180)
        gop_frames = spec.gop_s * 1000 // spec.frame_ms
        self._outputs = {
            MAIN: _Output(VideoEncoder(spec.codec, 640, 360, spec.frame_ms, gop_frames, 26)),
            SUB: _Output(VideoEncoder("h264", 320, 180, spec.frame_ms * _SUB_EVERY, gop_frames // _SUB_EVERY, 26)),
        }
        self._sound: Ambience | None = ambience(spec.audio, spec.number) if spec.audio else None
        self._sound_until_ns = 0
        has_font = lettering.chinese_font_path() is not None
        self._name = lettering.plate(spec.name.zh if has_font else spec.name.en, 18)
        self._clock = lettering.ClockFace(14)

    def formats(self, stream: str) -> tuple[StreamFormat, ...]:
        """What the stream's tracks carry: video first."""
        encoder = self._outputs[stream].encoder
        step_ms = self.spec.frame_ms * (1 if stream == MAIN else _SUB_EVERY)
        rate = f"{1000 / step_ms:g}"
        video = StreamFormat(encoder.codec, 96, 90_000, config=encoder.config, frame_rate=rate)
        if stream == MAIN and self._sound is not None:
            return video, self._sound.format
        return (video,)

    def want(self, stream: str, wanted: bool, key: bool = False) -> None:
        """Tell whether anybody takes the stream; `key` asks for a keyframe soon, for one who has just come."""
        output = self._outputs[stream]
        output.wanted = wanted
        output.key_wanted = output.key_wanted or key

    def next_frame_ns(self, now_ns: int) -> int:
        """The first capture time after `now_ns` on this camera's grid; cameras are staggered so that work spreads."""
        phase_ns = self.spec.number * 7 % self.spec.frame_ms * NS_PER_MS
        return (now_ns - phase_ns) // self.frame_ns * self.frame_ns + self.frame_ns + phase_ns

    def film(self, capture_ns: int) -> list[Parcel]:
        """Take the picture of `capture_ns` for whoever wants it."""
        main, sub = self._outputs[MAIN], self._outputs[SUB]
        sub_due = sub.wanted and capture_ns // self.frame_ns % _SUB_EVERY == 0
        parcels: list[Parcel] = []
        if main.wanted or sub_due:
            self._draw(capture_ns)
        if main.wanted:
            self._add_video(parcels, MAIN, self._picture, capture_ns)
            self._add_sound(parcels, capture_ns)
        if sub_due:
            self._shrink(capture_ns)
            self._add_video(parcels, SUB, self._small, capture_ns)
        main.running, sub.running = main.wanted, sub.wanted
        return parcels

    def _draw(self, capture_ns: int) -> None:
        picture = self._picture
        self._scene.draw(picture, capture_ns)
        clock = self._clock.render(clock_text(capture_ns + self.spec.clock_error_ms * NS_PER_MS))
        for plate, x in ((self._name, 8), (clock, 632 - clock.shape[1] // 2 * 2)):
            height, width = plate.shape
            picture.luma[8 : 8 + height, x : x + width] = plate
            half = (slice(4, 4 + height // 2), slice(x // 2, (x + width) // 2))
            picture.blue[half] = 128
            picture.red[half] = 128
        picture.blue[175:] = 128
        picture.red[175:] = 128
        draw_strip(picture.luma, capture_ns // NS_PER_MS, self.spec.number)

    def _shrink(self, capture_ns: int) -> None:
        """Half size: means of 2 x 2 blocks for luma, every second chroma sample; the strip is drawn anew."""
        luma = self._picture.luma
        total = luma[::2, ::2].astype(np.uint16)
        total += luma[1::2, ::2]
        total += luma[::2, 1::2]
        total += luma[1::2, 1::2]
        total >>= 2
        self._small.luma[:] = total
        self._small.blue[:] = self._picture.blue[::2, ::2]
        self._small.red[:] = self._picture.red[::2, ::2]
        draw_strip(self._small.luma, capture_ns // NS_PER_MS, self.spec.number)

    def _add_video(self, parcels: list[Parcel], stream: str, picture: Picture, capture_ns: int) -> None:
        output = self._outputs[stream]
        asked = output.key_wanted and capture_ns - output.key_ns >= _KEY_AT_MOST_NS
        coded = output.encoder.encode(picture, force_key=asked or not output.running)
        if coded is None:
            return
        if coded.keyframe:
            output.key_wanted = False
            output.key_ns = capture_ns
        payloads = _video_payloads(output.encoder.codec, coded)
        parcels.append(Parcel(stream, 0, payloads, ns_to_90k(capture_ns), capture_ns, coded.keyframe))

    def _add_sound(self, parcels: list[Parcel], capture_ns: int) -> None:
        if self._sound is None:
            return
        since_ns = max(self._sound_until_ns, capture_ns - NS_PER_S)
        self._sound_until_ns = capture_ns
        for sample, frame in self._sound.between(since_ns, capture_ns):
            payloads = tuple(aac_payloads([frame])) if self._sound.format.codec == "aac" else (frame,)
            at_ns = sample * NS_PER_S // self._sound.rate
            parcels.append(Parcel(MAIN, 1, payloads, sample, at_ns, True))


def clock_text(now_ns: int) -> str:
    """The burned-in clock: China Standard Time with milliseconds, `2026-11-23 05:29:44.123`."""
    local_ns = now_ns + _CHINA_NS
    second, millisecond = divmod(local_ns // NS_PER_MS, 1000)
    minute, second = divmod(second % 86_400, 60)
    return f"{utc_day(local_ns)} {minute // 60:02d}:{minute % 60:02d}:{second:02d}.{millisecond:03d}"


def _video_payloads(codec: str, coded: CodedPicture) -> tuple[bytes, ...]:
    return tuple(h264_payloads(coded.nal_units) if codec == "h264" else h265_payloads(coded.nal_units))
