"""The time strip: a row of black and white blocks at the foot of each picture from which a program reads the frame time.

Geometry, in fractions of the picture, so that any scaling keeps it (browser tests read it from a canvas the same way):

- the strip is the lowest 10/360 of the picture, over its whole width; 64 blocks of equal width, block 0 on the left
- block i is sampled around its centre: x = (i + 0.5) / 64 * width, y = height * (1 - 5/360)
- a block brighter than the middle (luma 128 of 255) is 1, else 0; block 0 is the most significant bit
- bits 0-47: UTC milliseconds since 1970 of the frame; bits 48-55: camera number; bits 56-63: CRC-8 over the 7 bytes
  before (polynomial 0x07, initial 0x5A, no reflection)

In a browser: draw the video on a canvas, take one pixel of each block's centre, compare its red channel with 128.
The strip tells the true time of the frame also where the camera's own clock, burned in as text, is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCKS = 64
HEIGHT_FRACTION = 10 / 360
LUMA_DARK = 20  # limited range black is 16: a little above, so that ringing does not clip
LUMA_LIGHT = 228
_CRC_INITIAL = 0x5A
_CRC_POLYNOMIAL = 0x07


@dataclass(frozen=True, slots=True)
class StripReading:
    """What a strip says: UTC milliseconds since 1970 and the camera number (0 to 255)."""

    time_ms: int
    camera: int


def strip_rows(height: int) -> int:
    """How many pixel rows the strip takes in a picture of `height` rows."""
    return max(1, round(height * HEIGHT_FRACTION))


def strip_bytes(time_ms: int, camera: int) -> bytes:
    """The 8 bytes a strip carries. Raises ValueError when a value does not fit its bits."""
    if not 0 <= time_ms < 1 << 48:
        raise ValueError(f"{time_ms} ms does not fit 48 bits")
    if not 0 <= camera < 256:
        raise ValueError(f"camera number {camera} does not fit 8 bits")
    body = time_ms.to_bytes(6, "big") + bytes((camera,))
    return body + bytes((_crc8(body),))


def draw_strip(luma: NDArray[np.uint8], time_ms: int, camera: int) -> None:
    """Paint the strip into a luma plane (rows x columns, width a multiple of 64), in place."""
    height, width = luma.shape
    bits = np.unpackbits(np.frombuffer(strip_bytes(time_ms, camera), dtype=np.uint8))
    row = np.repeat(np.where(bits == 1, np.uint8(LUMA_LIGHT), np.uint8(LUMA_DARK)), width // BLOCKS)
    luma[height - strip_rows(height) :] = row


def read_strip(picture: NDArray[np.uint8]) -> StripReading | None:
    """Read the strip of a picture: luma (rows x columns) or RGB (rows x columns x 3). None when the CRC does not fit."""
    plane = picture if picture.ndim == 2 else picture[..., 0]
    height, width = plane.shape
    half_row = max(1, int(height * HEIGHT_FRACTION * 0.15))
    middle = int(height * (1 - HEIGHT_FRACTION / 2))
    rows = plane[max(0, middle - half_row) : middle + half_row].astype(np.uint16)
    block = width / BLOCKS
    reach = max(0, int(block * 0.15))
    levels = np.empty(BLOCKS)
    for index in range(BLOCKS):
        centre = int((index + 0.5) * block)
        levels[index] = rows[:, centre - reach : centre + reach + 1].mean()
    raw = np.packbits((levels > 128).astype(np.uint8)).tobytes()
    if _crc8(raw[:7]) != raw[7]:
        return None
    return StripReading(time_ms=int.from_bytes(raw[:6], "big"), camera=raw[6])


def _crc8(data: bytes) -> int:
    crc = _CRC_INITIAL
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ _CRC_POLYNOMIAL) & 0xFF if crc & 0x80 else crc << 1
    return crc
