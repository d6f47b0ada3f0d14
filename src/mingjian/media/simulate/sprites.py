"""The actors as small pictures, drawn once for each look, size, view and light, then kept.

People are figures without faces. Views: "side" (facing right; mirrored for left), "away" and "toward".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageOps

from mingjian.media.simulate.canvas import Sprite
from mingjian.media.simulate.city import ActorKind
from mingjian.media.simulate.pen import Colour, shade

POSES = 4
_FINE = 3
_SIZE_M = {  # length x height seen from the side, metres; width x height seen along
    ActorKind.CAR: (4.5, 1.6, 1.9),
    ActorKind.TAXI: (4.6, 1.75, 1.9),
    ActorKind.BUS: (10.5, 3.1, 2.5),
    ActorKind.BICYCLE: (1.9, 1.85, 0.8),
    ActorKind.PERSON: (0.8, 1.75, 0.8),
    ActorKind.FERRY: (26.0, 9.5, 9.0),
}
_CAR_COLOURS: tuple[Colour, ...] = (
    (214, 218, 222), (52, 58, 66), (158, 44, 44), (44, 86, 142), (232, 232, 226), (112, 120, 126), (62, 110, 96), (190, 158, 104),
)  # fmt: skip
_CLOTHES: tuple[Colour, ...] = (
    (196, 62, 58), (52, 96, 160), (64, 132, 92), (226, 178, 72), (120, 84, 150), (232, 228, 220), (70, 74, 84), (206, 116, 66), (90, 164, 176),
)  # fmt: skip
_GLASS: Colour = (60, 78, 92)
_BLACK: Colour = (32, 34, 38)
_SKIN: Colour = (222, 184, 154)

Brush = ImageDraw.ImageDraw
Painter = Callable[[Brush, float, float, Colour, str, int], None]


@lru_cache(maxsize=4096)
def sprite(kind: ActorKind, look: int, view: str, left: bool, pixels_per_m: int, pose: int, light: int) -> Sprite:
    """The picture of an actor: `pixels_per_m` his scale, `pose` 0 to 3 of his gait, `light` 0 (night) to 8 (day)."""
    length_m, height_m, width_m = _SIZE_M[kind]
    across_m = length_m if view == "side" else width_m
    width = _even(across_m * pixels_per_m + 2)
    height = _even(height_m * pixels_per_m + 2)
    large = Image.new("RGBA", (width * _FINE, height * _FINE))
    colours = _CLOTHES if kind in (ActorKind.PERSON, ActorKind.BICYCLE) else _CAR_COLOURS
    colour = colours[look % len(colours)]
    _PAINTERS[kind](ImageDraw.Draw(large), width * _FINE, height * _FINE, colour, view, pose)
    small = large.resize((width, height), Image.Resampling.BOX)
    if left:
        small = ImageOps.mirror(small)
    brightness = 0.38 + 0.62 * light / 8
    made = _lit(small, brightness, kind, view, left) if light <= 3 else small
    return Sprite.from_image(made, width / 2, height - 1, 1.0 if light <= 3 else brightness)


def _lit(image: Image.Image, brightness: float, kind: ActorKind, view: str, left: bool) -> Image.Image:
    """Darkened for the night, with the lamps of vehicles on."""
    bands = image.split()
    dark = Image.merge("RGBA", [*(band.point(lambda value: int(value * brightness)) for band in bands[:3]), bands[3]])
    brush = ImageDraw.Draw(dark)
    width, height = dark.size
    lamp = max(1, height // 9)
    if kind in (ActorKind.CAR, ActorKind.TAXI, ActorKind.BUS):
        y = int(height * 0.66)
        front, rear = (255, 246, 214, 255), (236, 52, 40, 255)
        if view == "side":
            ahead, behind = (1, width - 3) if left else (width - 3, 1)
            brush.ellipse((ahead - lamp, y - lamp, ahead + lamp, y + lamp), fill=front)
            brush.ellipse((behind - lamp, y - lamp, behind + lamp, y + lamp), fill=rear)
        else:
            colour = front if view == "toward" else rear
            for x in (int(width * 0.2), int(width * 0.8)):
                brush.ellipse((x - lamp, y - lamp, x + lamp, y + lamp), fill=colour)
    elif kind is ActorKind.FERRY:
        for share in (0.2, 0.32, 0.44, 0.56, 0.68):
            x, y = int(width * share), int(height * 0.5)
            brush.rectangle((x, y, x + max(1, width // 24), y + max(1, height // 12)), fill=(255, 226, 150, 255))
    return dark


def _car(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    roof_sign = None
    _saloon(brush, w, h, colour, view, roof_sign)


def _taxi(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    _saloon(brush, w, h, (242, 190, 60), view, (250, 250, 240))


def _saloon(brush: Brush, w: float, h: float, colour: Colour, view: str, roof_sign: Colour | None) -> None:
    top = 0.12 if roof_sign else 0.0
    brush.ellipse((w * 0.02, h * 0.9, w * 0.98, h), fill=(0, 0, 0, 90))
    if view == "side":
        cabin = [(w * 0.2, h * 0.48), (w * 0.31, h * (top + 0.02)), (w * 0.66, h * (top + 0.02)), (w * 0.82, h * 0.48)]
        brush.polygon(cabin, fill=shade(colour, 0.92))
        brush.polygon(
            [(w * 0.25, h * 0.46), (w * 0.33, h * (top + 0.08)), (w * 0.47, h * (top + 0.08)), (w * 0.47, h * 0.46)],
            fill=_GLASS,
        )
        brush.polygon(
            [(w * 0.5, h * 0.46), (w * 0.5, h * (top + 0.08)), (w * 0.64, h * (top + 0.08)), (w * 0.76, h * 0.46)],
            fill=_GLASS,
        )
        brush.rounded_rectangle((w * 0.01, h * 0.44, w * 0.99, h * 0.84), radius=h * 0.14, fill=colour)
        brush.rectangle((w * 0.02, h * 0.7, w * 0.98, h * 0.76), fill=shade(colour, 0.78))
        for x in (0.2, 0.79):
            brush.ellipse((w * x - h * 0.19, h * 0.62, w * x + h * 0.19, h), fill=_BLACK)
            brush.ellipse((w * x - h * 0.09, h * 0.72, w * x + h * 0.09, h * 0.9), fill=(168, 172, 176))
    else:
        brush.polygon(
            [(w * 0.14, h * 0.46), (w * 0.24, h * (top + 0.02)), (w * 0.76, h * (top + 0.02)), (w * 0.86, h * 0.46)],
            fill=shade(colour, 0.92),
        )
        brush.polygon(
            [(w * 0.2, h * 0.44), (w * 0.28, h * (top + 0.08)), (w * 0.72, h * (top + 0.08)), (w * 0.8, h * 0.44)],
            fill=_GLASS,
        )
        brush.rounded_rectangle((w * 0.04, h * 0.42, w * 0.96, h * 0.88), radius=h * 0.12, fill=colour)
        lamps = (250, 246, 226) if view == "toward" else (190, 40, 36)
        for x in (0.1, 0.74):
            brush.rectangle((w * x, h * 0.54, w * (x + 0.16), h * 0.64), fill=lamps)
        brush.rectangle((w * 0.36, h * 0.7, w * 0.64, h * 0.78), fill=(226, 228, 230))
        for x in (0.1, 0.76):
            brush.rectangle((w * x, h * 0.84, w * (x + 0.14), h), fill=_BLACK)
    if roof_sign:
        brush.rectangle((w * 0.43, 0, w * 0.57, h * 0.12), fill=roof_sign)


def _bus(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    body: Colour = (66, 146, 128) if colour[0] > 100 else (226, 122, 60)
    brush.ellipse((0, h * 0.94, w, h), fill=(0, 0, 0, 90))
    brush.rounded_rectangle((0, h * 0.02, w, h * 0.9), radius=h * 0.07, fill=body)
    brush.rectangle((0, h * 0.62, w, h * 0.7), fill=(240, 238, 228))
    if view == "side":
        for number in range(7):
            x = w * (0.03 + number * 0.135)
            brush.rectangle((x, h * 0.16, x + w * 0.115, h * 0.52), fill=_GLASS)
        for x in (0.18, 0.8):
            brush.ellipse((w * x - h * 0.13, h * 0.74, w * x + h * 0.13, h), fill=_BLACK)
    else:
        brush.rectangle((w * 0.08, h * 0.16, w * 0.92, h * 0.56), fill=_GLASS)
        brush.rectangle((w * 0.2, h * 0.05, w * 0.8, h * 0.13), fill=(250, 196, 84))
        for x in (0.08, 0.74):
            brush.rectangle((w * x, h * 0.86, w * (x + 0.18), h), fill=_BLACK)


def _person(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    swing = (0.0, 0.16, 0.0, -0.16)[pose] * h
    bob = (0.0, 0.012, 0.0, 0.012)[pose] * h
    middle = w * 0.5
    brush.ellipse((middle - h * 0.16, h * 0.95, middle + h * 0.16, h), fill=(0, 0, 0, 80))
    trousers = shade(colour, 0.45) if sum(colour) > 260 else (120, 116, 108)
    thick = max(1, round(h * 0.085))
    hip = h * 0.55
    brush.line((middle, hip, middle + swing, h * 0.98), fill=trousers, width=thick)
    brush.line((middle, hip, middle - swing, h * 0.98), fill=shade(trousers, 0.85), width=thick)
    brush.rounded_rectangle(
        (middle - h * 0.105, h * 0.2 + bob, middle + h * 0.105, h * 0.6), radius=h * 0.07, fill=colour
    )
    arm = max(1, round(h * 0.055))
    brush.line((middle, h * 0.27 + bob, middle - swing * 0.8, h * 0.52), fill=shade(colour, 0.8), width=arm)
    brush.ellipse((middle - h * 0.075, h * 0.02 + bob, middle + h * 0.075, h * 0.18 + bob), fill=_SKIN)
    brush.chord((middle - h * 0.08, h * 0.01 + bob, middle + h * 0.08, h * 0.17 + bob), 170, 370, fill=(54, 46, 42))


def _bicycle(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    line = max(1, round(h * 0.035))
    if view != "side":
        brush.line((w * 0.5, h * 0.55, w * 0.5, h), fill=_BLACK, width=max(2, line * 2))
        _person(brush, w, h * 0.86, colour, view, 0)
        return
    radius = h * 0.19
    for x in (w * 0.2, w * 0.8):
        brush.ellipse((x - radius, h - 2 * radius, x + radius, h - 1), outline=_BLACK, width=line)
    frame = shade(colour, 0.7)
    wheel_y = h - radius
    brush.line((w * 0.2, wheel_y, w * 0.42, h * 0.58, w * 0.7, h * 0.58, w * 0.8, wheel_y), fill=frame, width=line)
    brush.line((w * 0.42, h * 0.58, w * 0.5, wheel_y, w * 0.7, h * 0.58), fill=frame, width=line)
    knee = (0.0, 0.05, 0.0, -0.05)[pose]
    leg = max(1, round(h * 0.065))
    brush.line(
        (w * 0.4, h * 0.52, w * (0.56 + knee), h * 0.64, w * 0.5, h * (0.84 + knee)), fill=(62, 66, 76), width=leg
    )
    brush.line((w * 0.4, h * 0.5, w * 0.54, h * 0.22), fill=colour, width=max(2, round(h * 0.14)))
    brush.line((w * 0.53, h * 0.27, w * 0.7, h * 0.46), fill=shade(colour, 0.8), width=max(1, round(h * 0.05)))
    brush.ellipse((w * 0.57 - h * 0.07, h * 0.01, w * 0.57 + h * 0.07, h * 0.15), fill=_SKIN)
    brush.chord((w * 0.57 - h * 0.08, 0, w * 0.57 + h * 0.08, h * 0.15), 170, 370, fill=colour)


def _ferry(brush: Brush, w: float, h: float, colour: Colour, view: str, pose: int) -> None:
    brush.ellipse((0, h * 0.9, w, h), fill=(230, 240, 244, 110))
    brush.polygon(
        [(w * 0.01, h * 0.62), (w * 0.99, h * 0.58), (w * 0.92, h * 0.95), (w * 0.08, h * 0.95)], fill=(44, 74, 120)
    )
    brush.polygon(
        [(w * 0.03, h * 0.72), (w * 0.965, h * 0.69), (w * 0.955, h * 0.74), (w * 0.04, h * 0.77)], fill=(240, 240, 236)
    )
    brush.rectangle((w * 0.14, h * 0.36, w * 0.84, h * 0.62), fill=(242, 242, 238))
    brush.rectangle((w * 0.3, h * 0.16, w * 0.76, h * 0.36), fill=(230, 232, 232))
    for number in range(9):
        x = w * (0.18 + number * 0.072)
        brush.rectangle((x, h * 0.43, x + w * 0.045, h * 0.53), fill=_GLASS)
    for number in range(5):
        x = w * (0.35 + number * 0.08)
        brush.rectangle((x, h * 0.21, x + w * 0.05, h * 0.3), fill=_GLASS)
    brush.rectangle((w * 0.4, 0, w * 0.47, h * 0.16), fill=(206, 70, 58))
    brush.line((w * 0.7, h * 0.16, w * 0.7, 0), fill=(90, 94, 98), width=max(1, round(h * 0.02)))


_PAINTERS: dict[ActorKind, Painter] = {
    ActorKind.CAR: _car,
    ActorKind.TAXI: _taxi,
    ActorKind.BUS: _bus,
    ActorKind.BICYCLE: _bicycle,
    ActorKind.PERSON: _person,
    ActorKind.FERRY: _ferry,
}


def _even(value: float) -> int:
    return max(4, (round(value) + 1) // 2 * 2)
