"""Pictures painted over and written as an MP4 that any player shows: H.264, moov at the end, no sound."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.media_time import RATE_90K, ns_to_90k
from mingjian.kernel.text import Text

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
Paint = Callable[[int, Planes, Planes], None]
"""Called with (wall time, planes as they are, planes to fill): luma, and blue and red at half the size."""

_OPTIONS = {"preset": "ultrafast", "crf": "24", "bf": "0"}
_GOP = 50
_THREADS = 2
_LONGEST_STILL_NS = NS_PER_S


class Film:
    """Written picture by picture into `out`, which must be seekable. The size is the first picture's, made even.

    Pictures that are not later than the one before are left out; a gap is cut to a second. Use it as a context: its end closes the file.
    """

    def __init__(self, out: BinaryIO, paint_for: Callable[[int, int], Paint]) -> None:
        self._container: OutputContainer = av.open(out, mode="w", format="mp4")
        self._paint_for = paint_for
        self._paint: Paint | None = None
        self._stream: VideoStream | None = None
        self._start_ns = self._last_ns = 0
        self._last_90k = -1
        self.pictures = 0

    def add(self, at_ns: int, frame: VideoFrame) -> None:
        """One picture, painted. Raises FFmpegError."""
        if self._stream is None:
            self._begin(at_ns, frame)
        assert self._stream is not None
        assert self._paint is not None
        self._start_ns += max(0, at_ns - self._last_ns - _LONGEST_STILL_NS)
        self._last_ns = max(self._last_ns, at_ns)
        pts_90k = ns_to_90k(at_ns - self._start_ns)
        if pts_90k <= self._last_90k:
            return
        self._last_90k = pts_90k
        width, height = self._stream.width, self._stream.height
        if (
            frame.format.name not in ("yuv420p", "yuvj420p")
            or abs(frame.width - width) + abs(frame.height - height) > 2
        ):
            frame = frame.reformat(width, height, format="yuv420p")
        made = VideoFrame(width, height, "yuv420p")
        self._paint(at_ns, planes_of(frame, width, height), planes_of(made, width, height))
        made.pts, made.time_base = pts_90k, Fraction(1, RATE_90K)
        made.color_range = frame.color_range
        for packet in self._stream.encode(made):
            self._container.mux(packet)
        self.pictures += 1

    @property
    def shift_ns(self) -> int:
        """Wall time less the film's own time of what is added now: it grows where a gap was cut."""
        return self._start_ns

    def _begin(self, at_ns: int, frame: VideoFrame) -> None:
        width, height = frame.width // 2 * 2, frame.height // 2 * 2
        stream = self._container.add_stream("libx264", rate=25, options=dict(_OPTIONS))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, RATE_90K)
        context = stream.codec_context
        context.gop_size, context.thread_count = _GOP, _THREADS
        context.color_range, context.colorspace = frame.color_range, frame.colorspace
        context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
        self._stream = stream
        self._start_ns = self._last_ns = at_ns
        self._paint = self._paint_for(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._stream is not None:
            for packet in self._stream.encode(None):
                self._container.mux(packet)
        self._container.close()


def film_unwritable(what: Text, error: FFmpegError | OSError) -> MingjianError:
    """The error `output_unwritable` of a film, most likely for a full disk."""
    why = getattr(error, "strerror", None) or str(error)
    return MingjianError(
        "output_unwritable",
        Text(zh=f"无法写入{what.zh}：{why}", en=f"{what.en} cannot be written: {why}"),
        fault=Fault.ENVIRONMENT,
        detail=str(error),
    )


def copying(_width: int, _height: int) -> Paint:
    """For pictures that are painted already."""

    def paint(_at_ns: int, planes: Planes, out: Planes) -> None:
        for plane, target in zip(planes, out, strict=True):
            np.copyto(target, plane)

    return paint


def planes_of(frame: VideoFrame, width: int, height: int) -> Planes:
    """The planes of a 4:2:0 frame as arrays, views cut to width x height."""
    found = []
    for number, plane in enumerate(frame.planes):
        across, down = (width, height) if not number else (math.ceil(width / 2), math.ceil(height / 2))
        found.append(np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:down, :across])
    luma, blue, red = found
    return luma, blue, red
