"""Burned-in text: the place name drawn once, the clock put together from cached digits each frame."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_LIKELY_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
_PAPER_LUMA = 30  # behind the text
_INK_LUMA = 235


@lru_cache(maxsize=1)
def chinese_font_path() -> str | None:
    """A font with Chinese glyphs: the usual places of Noto CJK first, then what fontconfig knows; None without one."""
    for path in _LIKELY_FONTS:
        if Path(path).is_file():
            return path
    try:
        found = subprocess.run(
            ["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    paths = sorted(line.rstrip(": ").strip() for line in found.splitlines())
    return next((path for path in paths if path.endswith((".ttc", ".otf", ".ttf"))), None)


def missing_font_error() -> MingjianError:
    """What to tell the person when no Chinese font is there; the farm goes on with English names."""
    return MingjianError(
        "no_chinese_font",
        Text(
            "没有找到中文字体，模拟画面中的地名改用英文", "no Chinese font was found; the pictures carry English names"
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text("请安装 fonts-noto-cjk", "install fonts-noto-cjk"),
    )


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = chinese_font_path()
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(path, size)


def plate(text: str, size: int) -> NDArray[np.uint8]:
    """A line of text as a luma plate: light on dark, even width and height."""
    font = _font(size)
    left, top, right, bottom = font.getbbox(text)
    width = (int(right - left) + 12 + 1) // 2 * 2
    height = (size + 10) // 2 * 2
    image = Image.new("L", (width, height), _PAPER_LUMA)
    y = (height - (bottom - top)) / 2 - top
    ImageDraw.Draw(image).text((6 - left, y), text, fill=_INK_LUMA, font=font)
    return np.asarray(image, dtype=np.uint8).copy()


class ClockFace:
    """Digits of one size, cached as tiles; a clock text is their concatenation."""

    def __init__(self, size: int) -> None:
        font = _font(size)
        advance = max(int(font.getlength(digit)) for digit in "0123456789") + 1
        self.height = (size + 10) // 2 * 2
        self._tiles: dict[str, NDArray[np.uint8]] = {}
        _, top, _, bottom = font.getbbox("0")
        for character in "0123456789-:. ":
            width = advance if character.isdigit() or character == "-" else max(4, advance * 2 // 3)
            image = Image.new("L", (width, self.height), _PAPER_LUMA)
            x = (width - font.getlength(character)) / 2
            y = (self.height - (bottom - top)) / 2 - top
            ImageDraw.Draw(image).text((x, y), character, fill=_INK_LUMA, font=font)
            self._tiles[character] = np.asarray(image, dtype=np.uint8).copy()

    def render(self, text: str) -> NDArray[np.uint8]:
        """The luma plate of a text of digits, '-', ':', '.' and space."""
        return np.concatenate([self._tiles[character] for character in text], axis=1)
