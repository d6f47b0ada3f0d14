"""The pictures of a leaked file, whatever it is: a photograph of one frame, or some seconds of video."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.trace.mark import Luma

_EVERY_S = 0.5
_AT_MOST = 240
_NARROWEST = 160  # pixels: below that a field of the mark is less than a pixel wide


def pictures_of(path: Path) -> Iterator[Luma]:
    """Two pictures a second, of two minutes at most; of an image that one. Luma, height x width.

    Raises MingjianError `unreadable_picture`, also for pictures too small to hold a mark.
    """
    count = 0
    try:
        with av.open(str(path), mode="r") as container:
            if not container.streams.video:
                raise _unreadable(path, "no video stream")
            next_s = -1.0
            for frame in container.decode(container.streams.video[0]):
                at_s = 0.0 if frame.time is None else frame.time
                if count and 0 <= next_s - at_s <= _EVERY_S:
                    continue
                next_s = at_s + _EVERY_S
                count += 1
                yield _luma(path, frame)
                if count == _AT_MOST:
                    return
    except (FFmpegError, OSError) as error:
        if not count:
            raise _unreadable(path, str(error)) from error
    if not count:
        raise _unreadable(path, "no picture")


def luma_of(frame: VideoFrame) -> Luma:
    """The luma plane of a planar 8-bit frame as an array, height x width; a view."""
    plane = frame.planes[0]
    rows: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _luma(path: Path, frame: VideoFrame) -> Luma:
    if frame.width < _NARROWEST or frame.height < _NARROWEST // 2:
        raise _unreadable(path, "too small")
    return luma_of(frame if frame.format.name == "yuv420p" else frame.reformat(format="gray")).copy()


def _unreadable(path: Path, why: str) -> MingjianError:
    return MingjianError(
        "unreadable_picture",
        Text(zh=f"无法从 {path} 读出画面", en=f"no picture can be read from {path}"),
        fault=Fault.USER,
        field="file",
        detail=why,
        remedy=Text(
            zh="请提供图片或者视频文件，宽度不少于 160 像素", en="give a picture or a video, at least 160 pixels wide"
        ),
    )
