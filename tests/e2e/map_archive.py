"""A customer's map in one file: PMTiles version 3, as its specification has it, of one tile that covers the world."""

from __future__ import annotations

import io
import struct

from PIL import Image

HEADER_BYTES = 127
DEEPEST = 2
_NOT_COMPRESSED, _PNG = 1, 2


def archive_of_one_colour(colour: tuple[int, int, int]) -> bytes:
    """Every tile of the zooms 0 to DEEPEST is the same picture of 256 x 256 pixels."""
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(picture, "PNG")
    tile = picture.getvalue()
    tiles = sum(4**zoom for zoom in range(DEEPEST + 1))
    # one entry: first tile id 0, a run of all tiles, length, offset plus one
    directory = b"".join(_varint(value) for value in (1, 0, tiles, len(tile), 1))
    metadata = b"{}"
    at_metadata = HEADER_BYTES + len(directory)
    at_tiles = at_metadata + len(metadata)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        *(HEADER_BYTES, len(directory), at_metadata, len(metadata), at_tiles, 0, at_tiles, len(tile), tiles, 1, 1),
        *(1, _NOT_COMPRESSED, _NOT_COMPRESSED, _PNG, 0, DEEPEST),
        *(-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0),
    )
    assert len(header) == HEADER_BYTES
    return header + directory + metadata + tile


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))
