"""Ambient sound of a place: a quiet tone and noise, encoded once as a loop of frames and played for ever."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.audio.codeccontext
import numpy as np
from av.audio.frame import AudioFrame

from mingjian.kernel.clock import NS_PER_S
from mingjian.wire.rtp.formats import StreamFormat, aac_config

AAC_RATE = 16_000
G711_RATE = 8_000
_AAC_SAMPLES = 1024
_G711_SAMPLES = 320
_LOOP_FRAMES = 125


@dataclass(frozen=True, slots=True)
class Ambience:
    """Frame n of all time (n * `samples` / `rate` seconds since 1970) is `frames[n % len(frames)]`."""

    format: StreamFormat
    rate: int
    samples: int
    frames: tuple[bytes, ...]

    def between(self, from_ns: int, to_ns: int) -> list[tuple[int, bytes]]:
        """(start in samples since 1970, frame) of the frames that end in (from_ns, to_ns]."""
        step = self.samples * NS_PER_S
        first = from_ns * self.rate // step
        last = to_ns * self.rate // step
        return [(number * self.samples, self.frames[number % len(self.frames)]) for number in range(first, last)]


def ambience(codec: str, number: int) -> Ambience:
    """The sound of camera `number`: each has its own pitch."""
    if codec == "aac":
        frames = _encode("aac", AAC_RATE, _AAC_SAMPLES, _waves(AAC_RATE, _AAC_SAMPLES, number), "fltp")
        stream = StreamFormat("aac", 97, AAC_RATE, 1, (aac_config(AAC_RATE, 1),))
        return Ambience(stream, AAC_RATE, _AAC_SAMPLES, frames)
    frames = _encode("pcm_alaw", G711_RATE, _G711_SAMPLES, _waves(G711_RATE, _G711_SAMPLES, number), "s16")
    return Ambience(StreamFormat("pcma", 8, G711_RATE, 1), G711_RATE, _G711_SAMPLES, frames)


def _waves(rate: int, samples: int, number: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """One loop in -1 to 1: whole periods of its tone, so that the seam is smooth, under soft noise."""
    count = samples * _LOOP_FRAMES
    time = np.arange(count) / count
    cycles = round((180 + 35 * number) * count / rate)
    noise = np.convolve(np.random.default_rng(number).normal(0, 1, count), np.ones(12) / 12, "same")
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 2 * time)
    wave: np.ndarray[tuple[int], np.dtype[np.float32]] = (
        0.05 * swell * np.sin(2 * np.pi * cycles * time) + 0.03 * noise
    ).astype(np.float32)
    return wave


def _encode(
    codec: str, rate: int, samples: int, wave: np.ndarray[tuple[int], np.dtype[np.float32]], sample_format: str
) -> tuple[bytes, ...]:
    context = cast(av.audio.codeccontext.AudioCodecContext, av.CodecContext.create(codec, "w"))
    context.sample_rate, context.layout, context.format = rate, "mono", sample_format
    context.time_base = Fraction(1, rate)
    if codec == "aac":
        context.bit_rate = 32_000
    context.open()
    frames: list[bytes] = []
    for index in range(_LOOP_FRAMES):
        part = wave[index * samples : (index + 1) * samples].reshape(1, -1)
        if sample_format == "s16":
            part = (part * 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(part, format=sample_format, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, index * samples, Fraction(1, rate)
        frames.extend(bytes(packet) for packet in context.encode(frame))
    frames.extend(bytes(packet) for packet in context.encode(None))
    return tuple(frames)
