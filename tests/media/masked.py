"""What of a masked picture can be seen: judged on the pixels that ffmpeg's decoders give."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mingjian.ports.masks import CameraMasks, MaskSpan

SQUARE = ((2500, 2500), (7500, 2500), (7500, 7500), (2500, 7500))
MASKED = CameraMasks("sub", (MaskSpan(SQUARE, 0),))


def frames(media: bytes) -> list[NDArray[np.uint8]]:
    """Every picture of an MP4 as RGB."""
    with av.open(io.BytesIO(media)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def picture(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))


def is_flat(pixels: NDArray[np.uint8]) -> bool:
    """Whether the middle of the square shows nothing: one grey, but for what an encoder makes of it."""
    rows, columns = pixels.shape[:2]
    inside = pixels[rows * 3 // 10 : rows * 6 // 10, columns * 3 // 10 : columns * 7 // 10].astype(np.int16)
    return bool(np.ptp(inside) <= 6 and 30 < inside.mean() < 60)


def difference_outside(pixels: NDArray[np.uint8], original: NDArray[np.uint8]) -> float:
    """The mean difference from the original above the square."""
    rows = slice(0, pixels.shape[0] // 5)
    return float(np.abs(pixels[rows].astype(np.int16) - original[rows].astype(np.int16)).mean())
