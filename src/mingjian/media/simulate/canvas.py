"""Pictures in planar YUV 4:2:0 (BT.601, limited range) and sprites blended onto them with numpy.

A Picture is one block of memory in the layout that encoders take, so that nothing is converted after drawing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]


class Picture:
    """A yuv420p picture: `whole` is (height * 3 / 2) x width bytes; `luma`, `blue`, `red` are views into it."""

    def __init__(self, width: int, height: int) -> None:
        if width % 4 or height % 4:
            raise ValueError("width and height are multiples of 4")
        self.width = width
        self.height = height
        self.whole: Plane = np.empty((height * 3 // 2, width), dtype=np.uint8)
        self.luma = self.whole[:height]
        self.blue = self.whole[height : height * 5 // 4].reshape(height // 2, width // 2)
        self.red = self.whole[height * 5 // 4 :].reshape(height // 2, width // 2)

    @classmethod
    def from_image(cls, image: Image.Image) -> Picture:
        """Convert an RGB image."""
        picture = cls(image.width, image.height)
        luma, blue, red = _yuv(np.asarray(image.convert("RGB"), dtype=np.float32))
        picture.luma[:] = luma
        picture.blue[:] = _halve(blue)
        picture.red[:] = _halve(red)
        return picture

    def copy_from(self, other: Picture) -> None:
        """Take over the other's pixels (same size)."""
        np.copyto(self.whole, other.whole)

    def blend(self, other: Picture, share: float) -> Picture:
        """A new picture: `share` of the other, the rest of this one."""
        mixed = Picture(self.width, self.height)
        weight = round(share * 256)
        total = self.whole.astype(np.uint16) * (256 - weight) + other.whole.astype(np.uint16) * weight
        mixed.whole[:] = (total >> 8).astype(np.uint8)
        return mixed


@dataclass(frozen=True, slots=True)
class Sprite:
    """A small picture with soft edges: per plane what it adds (already multiplied by its opacity), and what it lets through.

    The anchor is the point of the sprite that stands on the ground, in luma pixels from its upper left corner.
    """

    width: int
    height: int
    anchor_x: int
    anchor_y: int
    adds: tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]]
    passes: tuple[NDArray[np.uint16], NDArray[np.uint16]]  # luma size, chroma size; 0 to 256

    @classmethod
    def from_image(cls, image: Image.Image, anchor_x: float, anchor_y: float, brightness: float = 1.0) -> Sprite:
        """Convert an RGBA image (even size); `brightness` darkens it for the night."""
        rgba = np.asarray(image, dtype=np.float32)
        alpha = rgba[..., 3]
        luma, blue, red = _yuv(rgba[..., :3] * brightness)
        half_alpha = _halve(alpha)
        opacity = np.rint(alpha * (256 / 255)).astype(np.uint16)
        half_opacity = np.rint(half_alpha * (256 / 255)).astype(np.uint16)
        return cls(
            image.width,
            image.height,
            round(anchor_x),
            round(anchor_y),
            (
                (luma * opacity).astype(np.uint16),
                (_halve(blue) * half_opacity).astype(np.uint16),
                (_halve(red) * half_opacity).astype(np.uint16),
            ),
            (256 - opacity, 256 - half_opacity),
        )


def stamp(picture: Picture, sprite: Sprite, x: int, y: int) -> None:
    """Blend the sprite with its anchor at (x, y), clipped to the picture. Chroma falls on the nearest even pixel."""
    left, top = x - sprite.anchor_x, y - sprite.anchor_y
    _stamp_plane(picture.luma, sprite.adds[0], sprite.passes[0], left, top)
    _stamp_plane(picture.blue, sprite.adds[1], sprite.passes[1], left >> 1, top >> 1)
    _stamp_plane(picture.red, sprite.adds[2], sprite.passes[1], left >> 1, top >> 1)


def _stamp_plane(plane: Plane, adds: NDArray[np.uint16], passes: NDArray[np.uint16], left: int, top: int) -> None:
    height, width = plane.shape
    rows, columns = adds.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + columns), min(height, top + rows)
    if x1 <= x0 or y1 <= y0:
        return
    area = plane[y0:y1, x0:x1]
    inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    mixed = area * passes[inner]
    mixed += adds[inner]
    mixed >>= 8
    area[:] = mixed


def _yuv(rgb: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """BT.601 limited range (ITU-R BT.601-7 section 2.5) from 8-bit RGB."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    cb = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    cr = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    return luma, cb, cr


def _halve(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of each 2 x 2 block."""
    total: NDArray[np.float32] = plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]
    total *= np.float32(0.25)
    return total
