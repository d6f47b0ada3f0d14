"""One frame decoded, in a process of its own: a decoder that crashes on damaged bytes takes this proof's frame with it,
not the pass. Jobs and answers are plain values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame

from mingjian.media import apart
from mingjian.media.video_decoder import annex_b, video_decoder
from mingjian.wire.fmp4.entries import TrackSpec

_NICE = 19
_LIMIT_S = 30.0


class UndecodableError(Exception):
    """No picture comes out; the message says why, for programmers."""


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """A keyframe as it lies in the file, and its track."""

    track: TrackSpec
    data: bytes


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """What came out; `sha256` is over the planes, rows without padding, as `ffmpeg -f rawvideo` writes them."""

    width: int
    height: int
    pixel_format: str
    sha256: str


Decode = Callable[[CodedFrame], DecodedFrame]
"""Raises UndecodableError."""


def decode_frame(coded: CodedFrame) -> DecodedFrame:
    """Decode in this process. Raises UndecodableError."""
    try:
        decoder = video_decoder(coded.track)
        frames = [*decoder.decode(Packet(annex_b(coded.data))), *decoder.decode(None)]
    except (FFmpegError, LookupError) as error:
        raise UndecodableError(str(error)) from None  # a plain cause: it goes back to another process
    if not frames or frames[0].is_corrupt:
        raise UndecodableError("no whole picture comes out")
    frame = frames[0]
    return DecodedFrame(frame.width, frame.height, frame.format.name, _hash(frame))


def _hash(frame: VideoFrame) -> str:
    hashed = hashlib.sha256()
    for number, plane in enumerate(frame.planes):
        part = frame.format.components[number]
        row_bytes, data = part.width * ((part.bits + 7) // 8), memoryview(plane)
        if plane.line_size == row_bytes:
            hashed.update(data[: row_bytes * part.height])
            continue
        for row in range(part.height):
            hashed.update(data[row * plane.line_size : row * plane.line_size + row_bytes])
    return hashed.hexdigest()


class FrameProcess:
    """Use it as a context; the process starts with the first frame and again after a crash."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None

    def decode(self, coded: CodedFrame) -> DecodedFrame:
        """Decode over there. Raises UndecodableError, also when the decoder crashed or took too long."""
        if self._executor is None:
            self._executor = apart.start(1, _NICE)
        try:
            return self._executor.submit(decode_frame, coded).result(_LIMIT_S)
        except BrokenProcessPool:
            self._drop()
            raise UndecodableError("the decoder crashed") from None
        except TimeoutError:
            self._drop()
            raise UndecodableError(f"not done within {_LIMIT_S:.0f} s") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()

    def _drop(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            apart.end(executor, kill=True)
