"""The mark of one copy: a keyed pattern of 128 x 72 fields, each a little brighter or darker, the same in every picture.

A field is 15 pixels of a 1080p picture and 5 of a 360p one, so that scaling and the quantisation of a low bit rate leave
it; luma only; two levels of 255 at most. Pictures are cut into fields by their own width and height: any size will do.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FIELDS_ACROSS = 128
FIELDS_DOWN = 72
FIELDS = FIELDS_ACROSS * FIELDS_DOWN
_STRENGTH = 1.4  # before rounding: mostly one level, two where neighbours agree
_DOMAIN = b"mingjian trace mark 1\x00"

Luma = NDArray[np.uint8]
Fields = NDArray[np.float32]


def mark_of(secret: bytes, copy: str) -> NDArray[np.int8]:
    """The signs of a copy's fields, row by row: FIELDS times -1 or 1, by SHAKE-256 over secret and the copy's id."""
    drawn = hashlib.shake_256(_DOMAIN + len(secret).to_bytes(2, "big") + secret + copy.encode()).digest(FIELDS // 8)
    return (np.unpackbits(np.frombuffer(drawn, np.uint8)).astype(np.int8) << 1) - 1


class Marker:
    """Draws one copy's mark into pictures of one size: four passes over bytes, no wider numbers."""

    def __init__(self, secret: bytes, copy: str, width: int, height: int) -> None:
        fields = Image.fromarray(mark_of(secret, copy).astype(np.float32).reshape(FIELDS_DOWN, FIELDS_ACROSS))
        smooth = np.asarray(fields.resize((width, height), Image.Resampling.BICUBIC)) * _STRENGTH
        levels = np.rint(smooth)
        self._up = np.maximum(levels, 0).astype(np.uint8)
        self._down = np.maximum(-levels, 0).astype(np.uint8)
        self._ceiling = 255 - self._up

    def draw(self, luma: Luma, out: Luma, top: int = 0) -> None:
        """Rows of a picture, from row `top` on, with the mark into `out`; black and white saturate."""
        rows = slice(top, top + len(luma))
        np.minimum(luma, self._ceiling[rows], out=out)
        out += self._up[rows]
        np.maximum(out, self._down[rows], out=out)
        out -= self._down[rows]
