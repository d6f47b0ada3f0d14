"""Who looked at which camera and when, written into every picture that leaves as a picture."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

# (file, index in the collection): Simplified Chinese shapes first. Debian, Ubuntu, Fedora, Arch, openEuler places.
_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
)


def find_cjk_font(fonts: Sequence[tuple[str, int]] = _FONTS) -> tuple[Path, int] | None:
    """The first font of the list that is installed, with its index in the file; None when there is none."""
    return next(((Path(name), index) for name, index in fonts if os.path.isfile(name)), None)


def require_cjk_font() -> tuple[Path, int]:
    """The font for watermarks. Raises MingjianError `font_missing` with the line to type."""
    found = find_cjk_font()
    if found is None:
        raise MingjianError(
            "font_missing",
            Text(zh="系统没有中文字体，无法写水印", en="no Chinese font is installed, so no watermark can be written"),
            fault=Fault.ENVIRONMENT,
            remedy=Text(zh="请运行 sudo apt-get install fonts-noto-cjk", en="run sudo apt-get install fonts-noto-cjk"),
        )
    return found


@functools.lru_cache(maxsize=16)
def _font(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index)


def watermark_time(at_ns: int, zone: dt.tzinfo) -> str:
    """An instant as people of `zone` read it, with milliseconds and offset."""
    moment = dt.datetime.fromtimestamp(at_ns // 1_000_000_000, zone)
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d %H:%M:%S}.{at_ns // 1_000_000 % 1000:03d} {offset[:3]}:{offset[3:5]}"


def stamp(picture: Image.Image, lines: Sequence[str]) -> Image.Image:
    """The picture with its `caption`. Raises `font_missing`."""
    top, band = caption(picture.width, picture.height, lines)
    stamped = picture.convert("RGBA")
    stamped.alpha_composite(band, (0, top))
    return stamped.convert("RGB")


def caption(width: int, height: int, lines: Sequence[str]) -> tuple[int, Image.Image]:
    """The row where it begins, and the band (RGBA) down to the lower edge: `lines`, white on half dark.

    At a size that follows the picture's; lines too long for it are broken, never cut. Raises `font_missing`.
    """
    path, index = require_cjk_font()
    size = max(10, min(width, height * 16 // 9) // 42)
    font = _font(str(path), index, size)
    margin = size // 2
    broken = [part for line in lines for part in _break(line, font, max(size, width - 2 * margin))]
    step = size * 4 // 3
    first = max(0, height - margin - step * len(broken))
    top = max(0, first - margin // 2)
    band = Image.new("RGBA", (width, height - top), (0, 0, 0, 128))
    draw = ImageDraw.Draw(band)
    for number, line in enumerate(broken):
        draw.text((margin, first - top + number * step), line, font=font, fill=(255, 255, 255, 235))
    return top, band


def _break(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    parts: list[str] = []
    rest = line
    while rest and font.getlength(rest) > width:
        cut = len(rest) - 1
        while cut > 1 and font.getlength(rest[:cut]) > width:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
    return [*parts, rest] if rest or not parts else parts


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """The picture as JPEG."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=False)
    return out.getvalue()


def stamp_jpeg(data: bytes, lines: Sequence[str], quality: int = 80) -> bytes:
    """A JPEG with its watermark written in."""
    with Image.open(BytesIO(data)) as picture:
        return jpeg(stamp(picture, lines), quality)
