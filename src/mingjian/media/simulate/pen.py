"""Draws backdrops: smooth shapes in picture coordinates, and the lights that come on at night."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH = 640
HEIGHT = 360
_FINE = 2  # drawn so many times larger, then averaged down

Colour = tuple[int, int, int]
Point = tuple[float, float]

SKY_TOP: Colour = (96, 154, 214)
SKY_LOW: Colour = (214, 232, 244)
ASPHALT: Colour = (84, 88, 94)
PAVEMENT: Colour = (176, 172, 164)
LINE: Colour = (232, 232, 226)
GRASS: Colour = (112, 152, 86)
WATER: Colour = (88, 132, 150)
STONE: Colour = (150, 148, 142)


@dataclass(slots=True)
class Lamp:
    """A light: where, how far its glow reaches (pixels), its colour."""

    x: float
    y: float
    reach: float
    colour: Colour


@dataclass(slots=True)
class Window:
    """A pane that may be lit at night, unless something was drawn over it later."""

    x0: float
    y0: float
    x1: float
    y1: float
    glass: Colour


@dataclass(slots=True)
class Pen:
    """One backdrop in the making; coordinates are those of a 640 x 360 picture."""

    seed: int
    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE)))
    lamps: list[Lamp] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """A filled upright rectangle."""
        ImageDraw.Draw(self.image).rectangle((x0 * _FINE, y0 * _FINE, x1 * _FINE - 1, y1 * _FINE - 1), fill=colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        """A filled polygon."""
        ImageDraw.Draw(self.image).polygon([(x * _FINE, y * _FINE) for x, y in points], fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1) -> None:
        """A polyline."""
        ImageDraw.Draw(self.image).line(
            [(x * _FINE, y * _FINE) for x, y in points], fill=colour, width=max(1, round(width * _FINE)), joint="curve"
        )

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """A filled ellipse around (x, y)."""
        ImageDraw.Draw(self.image).ellipse(
            ((x - rx) * _FINE, (y - ry) * _FINE, (x + rx) * _FINE, (y + ry) * _FINE), fill=colour
        )

    def fade(self, y0: float, y1: float, top: Colour, low: Colour) -> None:
        """A vertical gradient over the whole width."""
        first, last = round(y0 * _FINE), round(y1 * _FINE)
        draw = ImageDraw.Draw(self.image)
        for y in range(first, last):
            share = (y - first) / max(1, last - first - 1)
            colour = tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True))
            draw.line(((0, y), (WIDTH * _FINE, y)), fill=colour)

    def sky(self, horizon: float, cloud_at: Sequence[Point] = ()) -> None:
        """Sky down to the horizon, with clouds."""
        self.fade(0, horizon, SKY_TOP, SKY_LOW)
        self.box(0, horizon, WIDTH, HEIGHT, (150, 158, 158))
        for x, y in cloud_at:
            for dx, dy, size in ((-22, 3, 15), (0, -2, 20), (20, 2, 16), (38, 5, 10)):
                self.disc(x + dx, y + dy, size * 1.3, size * 0.5, (240, 245, 249))

    def skyline(self, horizon: float, tallest: float, colour: Colour, step: float = 34) -> None:
        """A row of distant blocks along the horizon, paler than what is near."""
        x = -8.0
        number = 0
        while x < WIDTH:
            width = step * (0.55 + 0.9 * self.roll("skyline", horizon, number))
            height = tallest * (0.35 + 0.65 * self.roll("tall", horizon, number))
            tone = 0.92 + 0.16 * self.roll("tone", horizon, number)
            self.building(x, horizon - height, x + width, horizon, shade(colour, tone), floor=9, pane=7)
            x += width + step * 0.12
            number += 1

    def building(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, floor: float = 14, pane: float = 12
    ) -> None:
        """A block with rows of windows and a shaded side."""
        self.box(x0, y0, x1, y1, colour)
        self.box(x1 - (x1 - x0) * 0.16, y0, x1, y1, shade(colour, 0.86))
        self.box(x0, y0, x1, y0 + 2, shade(colour, 1.12))
        glass = mix(colour, (70, 98, 124), 0.62)
        y = y0 + floor * 0.5
        while y + floor * 0.6 < y1 - 2:
            x = x0 + pane * 0.45
            while x + pane * 0.55 < x1 - 2:
                self.window(x, y, x + pane * 0.55, y + floor * 0.5, glass)
                x += pane
            y += floor

    def window(self, x0: float, y0: float, x1: float, y1: float, glass: Colour) -> None:
        """A pane of glass."""
        self.box(x0, y0, x1, y1, glass)
        self.windows.append(Window(x0, y0, x1, y1, glass))

    def tree(self, x: float, y: float, size: float) -> None:
        """A round tree standing at (x, y), `size` pixels high."""
        self.box(x - size * 0.04, y - size * 0.4, x + size * 0.04, y, (98, 78, 60))
        for dx, dy, part, tone in (
            (0, 0.62, 0.3, 0.86),
            (-0.16, 0.55, 0.22, 0.95),
            (0.16, 0.56, 0.22, 1.0),
            (0.02, 0.78, 0.22, 1.1),
        ):
            self.disc(x + dx * size, y - dy * size, part * size, part * size * 0.92, shade((86, 134, 76), tone))

    def street_lamp(self, x: float, y: float, height: float, side: int = 1) -> None:
        """A lamp post standing at (x, y), its arm to the right (1) or left (-1)."""
        self.line(((x, y), (x, y - height), (x + side * height * 0.28, y - height * 1.03)), (112, 116, 120), 1.6)
        head_x = x + side * height * 0.28
        self.box(head_x - 4, y - height * 1.05, head_x + 4, y - height * 1.02, (226, 226, 216))
        self.lamps.append(Lamp(head_x, y - height * 1.0, height * 0.9, (255, 214, 150)))

    def dashes(self, start: Point, end: Point, count: int, width0: float, width1: float) -> None:
        """A dashed road line that narrows with distance; dash lengths follow the perspective."""
        ratio = max(0.05, width1 / width0)
        for number in range(count):
            a = _foreshorten(number / count, ratio)
            b = _foreshorten((number + 0.5) / count, ratio)
            points = [_between(start, end, a), _between(start, end, b)]
            self.line(points, LINE, width0 + (width1 - width0) * a)

    def roll(self, *what: object) -> float:
        """A number in [0, 1) that belongs to this backdrop and `what`."""
        digest = hashlib.blake2b(repr((self.seed, *what)).encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") / (1 << 48)

    def _hidden(self, window: Window) -> bool:
        x = round((window.x0 + window.x1) / 2 * _FINE)
        y = round((window.y0 + window.y1) / 2 * _FINE)
        if not (0 <= x < WIDTH * _FINE and 0 <= y < HEIGHT * _FINE):
            return True
        return self.image.getpixel((x, y)) != window.glass

    def by_day(self) -> Image.Image:
        """The finished picture in daylight."""
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)

    def by_night(self) -> Image.Image:
        """The same at night: dark and bluish, some windows lit, lamps with their glow."""
        tint = Image.new("RGB", self.image.size, (62, 70, 98))
        night = ImageChops.multiply(self.image, tint)
        draw = ImageDraw.Draw(night)
        for number, window in enumerate(self.windows):
            if self._hidden(window):
                continue
            if self.roll("lit", number) < 0.42:
                warm = (255, 216, 140) if self.roll("warm", number) < 0.7 else (210, 228, 246)
                x0, y0, x1, y1 = (value * _FINE for value in (window.x0, window.y0, window.x1, window.y1))
                draw.rectangle((x0, y0, x1, y1), fill=shade(warm, 0.55 + 0.4 * self.roll("power", number)))
        night = night.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        glow = Image.new("RGB", (WIDTH, HEIGHT))
        brush = ImageDraw.Draw(glow)
        for lamp in self.lamps:
            reach = lamp.reach
            brush.ellipse(
                (lamp.x - reach, lamp.y - reach, lamp.x + reach, lamp.y + reach), fill=shade(lamp.colour, 0.13)
            )
            pool = (lamp.x - reach * 1.3, lamp.y + reach * 0.55, lamp.x + reach * 1.3, lamp.y + reach * 1.5)
            brush.ellipse(pool, fill=shade(lamp.colour, 0.2))
        glow = glow.filter(ImageFilter.GaussianBlur(16))
        night = ImageChops.screen(night, glow)
        brush = ImageDraw.Draw(night)
        for lamp in self.lamps:
            brush.ellipse((lamp.x - 4, lamp.y - 2, lamp.x + 4, lamp.y + 2), fill=(255, 246, 220))
        return night


def shade(colour: Colour, factor: float) -> Colour:
    """Darker (below 1) or lighter."""
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other colour."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _foreshorten(share: float, ratio: float) -> float:
    """Where evenly spaced points of a receding line fall in the picture; `ratio` is far width over near width."""
    if abs(1 - ratio) < 0.05:
        return share
    scale = 1 / ((1 - share) + share / ratio)
    return (1 - scale) / (1 - ratio)
