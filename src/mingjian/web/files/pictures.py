"""Pictures are decoded and encoded anew: what is kept is pixels, without place, author, thumbnail or anything appended."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from mingjian.web.files.contents import JPEG, PNG, unaccepted

PIXEL_LIMIT = 50_000_000
"""More than any site photo; decoded it takes 200 MB."""

_FORMATS = {PNG: "PNG", JPEG: "JPEG"}
_QUALITY = 92


def encode_anew(path: Path, media_type: str) -> tuple[int, int]:
    """Replace the file by the same picture, upright and without metadata. Gives width and height in pixels.

    Raises MingjianError `invalid` for what cannot be decoded whole or has more than PIXEL_LIMIT pixels.
    """
    kind = _FORMATS[media_type]
    try:
        with Image.open(path, formats=[kind]) as opened:  # reads the header only
            if opened.width * opened.height > PIXEL_LIMIT:
                raise _too_large()
            upright = ImageOps.exif_transpose(opened)
            clean = upright.convert(_mode(upright, kind))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError, IndexError) as error:
        raise unaccepted("图片已损坏，无法读取", "the picture is damaged and cannot be read") from error
    clean.info.clear()  # what encoders would write again: comments, profiles, EXIF
    clean.save(path, kind, **({"quality": _QUALITY} if kind == "JPEG" else {}))
    return clean.width, clean.height


def _mode(picture: Image.Image, kind: str) -> str:
    if kind == "PNG" and ("A" in picture.getbands() or "transparency" in picture.info):
        return "RGBA"
    return "L" if picture.mode in ("1", "L") else "RGB"


def _too_large() -> Exception:
    return unaccepted("图片过大，最多 5000 万像素", "the picture is too large: at most 50 million pixels")
