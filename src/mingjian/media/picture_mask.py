"""Polygons filled into decoded pictures, so that what lay there is in no byte that leaves.

A pixel that a polygon touches is filled, and with it the chroma sample it shares with its neighbours: what encoders and
scalers mix across the edge is fill on one side. The planes of the picture itself are written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mingjian.ports.masks import SCALE, Polygon

LUMA = 48
"""A dark grey: to be told from black, which a camera gives that is covered or broken."""

_CHROMA = 128
_PLANAR = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True)
class _Stencil:
    """What lies at one place of one plane: bytes to keep (all ones) or drop (zero), and what is put in their stead."""

    top: int
    left: int
    keep: NDArray[np.uint8]
    fill: NDArray[np.uint8]

    def print_on(self, pixels: NDArray[np.uint8]) -> None:
        """Fill in place: two passes of bytewise operations, which is far faster than a masked copy."""
        rows, columns = self.keep.shape
        box = pixels[self.top : self.top + rows, self.left : self.left + columns]
        rows, columns = box.shape
        np.bitwise_and(box, self.keep[:rows, :columns], out=box)
        np.bitwise_or(box, self.fill[:rows, :columns], out=box)


def burn(frame: VideoFrame, polygons: Sequence[Polygon]) -> VideoFrame:
    """The picture with the polygons filled in, as 8-bit 4:2:0; the same object where nothing else holds its pixels.

    A decoder goes on predicting from the pictures it gave: those are copied first, never written to.
    """
    if not polygons:
        return frame
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(format="yuv420p")
    frame.make_writable()
    planes = [_pixels(plane) for plane in frame.planes]
    for luma, chroma in stencils(tuple(polygons), frame.width, frame.height):
        luma.print_on(planes[0])
        chroma.print_on(planes[1])
        chroma.print_on(planes[2])
    return frame


@lru_cache(maxsize=32)
def stencils(polygons: tuple[Polygon, ...], width: int, height: int) -> tuple[tuple[_Stencil, _Stencil], ...]:
    """Luma and chroma of each polygon for pictures of one size. Worked out once, not for each picture."""
    return tuple(_stencils(polygon, width, height) for polygon in polygons)


def _stencils(polygon: Polygon, width: int, height: int) -> tuple[_Stencil, _Stencil]:
    corners = [(x * width / SCALE, y * height / SCALE) for x, y in polygon]
    left = max(0, int(min(x for x, _ in corners)) - 2) & ~1
    top = max(0, int(min(y for _, y in corners)) - 2) & ~1
    right = min(width + (width & 1), (int(max(x for x, _ in corners)) + 4) & ~1)
    bottom = min(height + (height & 1), (int(max(y for _, y in corners)) + 4) & ~1)
    canvas = Image.new("1", (max(2, right - left), max(2, bottom - top)))
    draw, here = ImageDraw.Draw(canvas), [(x - left, y - top) for x, y in corners]
    draw.polygon(here, fill=1)
    for (x, y), following in zip(here, [*here[1:], here[0]], strict=True):  # what the outline only touches
        draw.line([(x, y), following], fill=1, width=3)
        draw.rectangle((x - 1, y - 1, x + 1, y + 1), fill=1)
    inside = np.asarray(canvas, dtype=np.bool_)
    rows, columns = inside.shape
    blocks: NDArray[np.bool_] = np.logical_or.reduce(inside.reshape(rows // 2, 2, columns // 2, 2), axis=(1, 3))
    pixels = blocks.repeat(2, axis=0).repeat(2, axis=1)
    return _stencil(top, left, pixels, LUMA), _stencil(top // 2, left // 2, blocks, _CHROMA)


def _stencil(top: int, left: int, where: NDArray[np.bool_], value: int) -> _Stencil:
    keep = np.where(where, 0, 255).astype(np.uint8)
    return _Stencil(top, left, keep, np.where(where, value, 0).astype(np.uint8))


def _pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """The plane's own memory as rows and columns."""
    memory: Any = plane  # its stubs do not tell that it is a buffer
    rows = np.frombuffer(memory, np.uint8).reshape(-1, plane.line_size)
    found: NDArray[np.uint8] = rows[: plane.height, : plane.width]
    return found
