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
            Text(zh="系统没有中文字体,无法写水印", en="no Chinese font is installed, so no watermark can be written"),
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
    """The picture with `lines` at its lower left, white on a dark band, at a size that follows the picture's.

    Lines too long for the picture are broken, never cut. Raises `font_missing`.
    """
    path, index = require_cjk_font()
    size = max(10, min(picture.width, picture.height * 16 // 9) // 42)
    font = _font(str(path), index, size)
    margin = size // 2
    broken = [part for line in lines for part in _break(line, font, max(size, picture.width - 2 * margin))]
    step = size * 4 // 3
    top = max(0, picture.height - margin - step * len(broken))
    stamped = picture.convert("RGBA")
    band = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(band)
    draw.rectangle((0, top - margin // 2, picture.width, picture.height), fill=(0, 0, 0, 128))
    for number, line in enumerate(broken):
        draw.text((margin, top + number * step), line, font=font, fill=(255, 255, 255, 235))
    return Image.alpha_composite(stamped, band).convert("RGB")


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
