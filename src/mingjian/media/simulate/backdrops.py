"""The nine backdrops, each drawn once by day and by night, and the river at the flood gauge."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps

from mingjian.kernel.clock import NS_PER_MS
from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import PlaceKind
from mingjian.media.simulate.pen import (
    ASPHALT,
    GRASS,
    HEIGHT,
    LINE,
    PAVEMENT,
    STONE,
    WIDTH,
    Colour,
    Lamp,
    Pen,
    shade,
)

MAIN_SIGNAL = (92, 142)  # upper left corner of the red lamp, even
CROSS_SIGNAL = (492, 150)
_FAR: Colour = (168, 184, 198)
_NEAR: Colour = (196, 186, 172)


def draw(place: PlaceKind, seed: int, mirrored: bool = False) -> tuple[Image.Image, Image.Image]:
    """The place's backdrop by day and by night, 640 x 360 RGB."""
    pen = Pen(seed)
    _PAINTERS[place](pen)
    day, night = pen.by_day(), pen.by_night()
    return (ImageOps.mirror(day), ImageOps.mirror(night)) if mirrored else (day, night)


def _crossing(pen: Pen) -> None:
    pen.sky(150, ((110, 40), (430, 30), (560, 62)))
    pen.skyline(152, 92, _FAR)
    pen.building(0, 44, 96, 190, (188, 166, 148))
    pen.building(102, 78, 214, 188, (160, 176, 188), floor=11, pane=10)
    pen.building(436, 60, 548, 188, (202, 192, 170))
    pen.building(552, 30, 640, 190, (148, 164, 178), floor=12, pane=11)
    pen.box(0, 184, WIDTH, HEIGHT, PAVEMENT)
    pen.shape(((304, 150), (338, 150), (520, HEIGHT), (90, HEIGHT)), ASPHALT)
    pen.box(0, 206, WIDTH, 280, ASPHALT)
    for x in range(0, 640, 44):
        if not 190 < x < 440:
            pen.box(x, 240, x + 22, 242, LINE)
    pen.dashes((318, 360), (320, 288), 3, 4, 2.4)
    pen.dashes((320, 202), (321, 153), 4, 1.8, 0.6)
    for number in range(13):
        x = 150 + number * 26
        pen.shape(((x, 292), (x + 13, 292), (x + 11 - (300 - x) * 0.06, 316), (x - 3 - (300 - x) * 0.06, 316)), LINE)
    for number in range(9):
        y = 210 + number * 8
        pen.shape(((196, y), (226, y), (223, y + 4), (192, y + 4)), LINE)
        pen.shape(((408, y), (438, y), (442, y + 4), (411, y + 4)), LINE)
    for x, y in (MAIN_SIGNAL, CROSS_SIGNAL):
        pen.line(((x + 3, y + 62), (x + 3, y)), (92, 96, 100), 2)
        pen.box(x - 3, y - 4, x + 9, y + 20, (38, 40, 44))
    for x in (40, 238, 420, 610):
        pen.tree(x, 202, 34)
    pen.street_lamp(140, 204, 78)
    pen.street_lamp(470, 204, 78, -1)
    pen.street_lamp(24, 352, 150)


def _square(pen: Pen) -> None:
    pen.sky(160, ((160, 34), (360, 52), (540, 28)))
    pen.skyline(164, 70, _FAR)
    pen.building(196, 74, 444, 178, (206, 190, 166), floor=17, pane=15)
    pen.box(188, 68, 452, 76, (150, 110, 92))
    pen.box(296, 140, 344, 178, (104, 78, 62))
    pen.building(0, 96, 150, 178, (182, 190, 194))
    pen.building(490, 86, 640, 178, (194, 176, 160))
    pen.box(0, 176, WIDTH, 186, PAVEMENT)
    pen.box(0, 186, WIDTH, 210, ASPHALT)
    pen.fade(210, 360, (202, 194, 178), (216, 210, 196))
    for number in range(9):
        y = 214 + number * number * 1.9
        pen.line(((0, y), (WIDTH, y)), (190, 182, 168), 1)
    for number in range(-9, 20):
        pen.line(((320 + (number - 5) * 34, 212), (320 + (number - 5) * 84, 360)), (192, 184, 170), 1)
    pen.disc(320, 246, 92, 17, STONE)
    pen.disc(320, 243, 84, 13, (120, 172, 190))
    for dx, height in ((-30, 22), (-12, 38), (0, 48), (12, 38), (30, 22)):
        pen.line(((320 + dx * 0.4, 240), (320 + dx * 0.8, 240 - height), (320 + dx * 1.3, 242)), (226, 240, 246), 1.5)
    for x in (40, 110, 540, 604):
        pen.tree(x, 236, 66)
        pen.box(x - 18, 234, x + 18, 240, STONE)
    pen.street_lamp(176, 230, 84)
    pen.street_lamp(464, 230, 84, -1)


def _bridge(pen: Pen) -> None:
    pen.sky(170, ((90, 52), (300, 26), (520, 48)))
    pen.skyline(172, 44, shade(_FAR, 1.06), step=26)
    pen.fade(170, 360, (126, 166, 182), (66, 108, 130))
    for number in range(90):
        x, y = pen.roll("x", number) * WIDTH, 214 + pen.roll("y", number) * 144
        pen.line(((x, y), (x + 10 + y * 0.06, y)), (150, 186, 200), 1)
    for x in (150, 470):
        pen.box(x - 9, 196, x + 9, 262, (150, 154, 156))
        pen.shape(((x - 8, 198), (x + 8, 198), (x + 4, 22), (x - 4, 22)), (206, 204, 196))
        for reach in range(24, 165, 20):
            pen.line(((x, 28 + reach * 0.22), (x - reach, 186)), (216, 218, 216), 0.8)
            pen.line(((x, 28 + reach * 0.22), (x + reach, 186)), (216, 218, 216), 0.8)
        pen.lamps.append(Lamp(x, 24, 14, (255, 80, 70)))
    pen.box(0, 176, WIDTH, 200, ASPHALT)
    pen.box(0, 200, WIDTH, 212, (172, 174, 174))
    pen.box(0, 200, WIDTH, 202, (206, 206, 202))
    for x in range(0, 640, 40):
        pen.box(x, 185, x + 18, 186, LINE)
    for x in range(20, 640, 80):
        pen.street_lamp(x, 178, 40, 1 if x % 160 < 80 else -1)


def _tunnel(pen: Pen) -> None:
    pen.sky(120, ((140, 30), (500, 44)))
    pen.shape(
        ((0, 96), (120, 42), (250, 66), (330, 30), (470, 70), (560, 36), (640, 80), (640, 230), (0, 230)),
        (104, 134, 92),
    )
    for number in range(60):
        x, y = pen.roll("x", number) * WIDTH, 80 + pen.roll("y", number) * 80
        pen.disc(x, y, 13, 9, shade((88, 124, 78), 0.85 + 0.4 * pen.roll("t", number)))
    pen.box(190, 92, 450, 226, (178, 174, 166))
    pen.box(190, 92, 450, 100, (150, 146, 138))
    pen.box(252, 104, 388, 122, (48, 92, 136))
    pen.shape(((216, 214), (216, 160), (240, 134), (320, 126), (400, 134), (424, 160), (424, 214)), (52, 54, 60))
    pen.shape(((262, 206), (262, 176), (320, 162), (378, 176), (378, 206)), (34, 36, 42))
    for share in (0.0, 0.35, 0.62, 0.82):
        for side in (-1, 1):
            x, y = 320 + side * (86 - 56 * share), 146 + 26 * share
            pen.box(x - 5 + 3 * share, y, x + 5 - 3 * share, y + 3, (252, 214, 130))
            pen.lamps.append(Lamp(x, y, 22 - 14 * share, (255, 206, 120)))
    pen.shape(((0, 230), (190, 212), (216, 214), (30, 360), (0, 360)), GRASS)
    pen.shape(((640, 230), (450, 212), (424, 214), (610, 360), (640, 360)), GRASS)
    pen.shape(((224, 206), (416, 206), (640, 330), (640, 360), (0, 360), (0, 330)), ASPHALT)
    pen.line(((320, 204), (322, 360)), (240, 196, 84), 4)
    pen.dashes((180, 360), (272, 206), 6, 4, 1)
    pen.dashes((462, 360), (368, 206), 6, 4, 1)
    pen.line(((30, 342), (224, 208)), LINE, 2)
    pen.line(((610, 342), (416, 208)), LINE, 2)
    pen.street_lamp(128, 250, 118)
    pen.street_lamp(512, 250, 118, -1)


def _pier(pen: Pen) -> None:
    pen.sky(140, ((120, 40), (330, 24), (520, 56)))
    pen.skyline(142, 40, shade(_FAR, 1.08), step=28)
    pen.shape(((0, 142), (640, 142), (640, 152), (0, 150)), (134, 158, 120))
    pen.fade(148, 290, (138, 176, 190), (82, 126, 146))
    for number in range(80):
        x, y = pen.roll("x", number) * WIDTH, 156 + pen.roll("y", number) * 130
        pen.line(((x, y), (x + 12 + y * 0.05, y)), (164, 196, 206), 1)
    pen.shape(((0, 262), (640, 262), (640, 360), (0, 360)), (168, 150, 124))
    for y in range(266, 360, 12):
        pen.line(((0, y), (WIDTH, y)), (146, 128, 104), 1)
    for x in range(24, 640, 74):
        pen.box(x - 4, 246, x + 4, 270, (92, 84, 76))
        pen.disc(x, 246, 5, 2.5, (120, 110, 98))
    pen.line([(x, 254 + 4 * ((x // 37) % 2)) for x in range(24, 640, 37)], (206, 192, 160), 1.4)
    pen.box(20, 196, 170, 268, (230, 226, 214))
    pen.shape(((8, 198), (182, 198), (160, 168), (30, 168)), (158, 84, 66))
    for x in (36, 84, 132):
        pen.window(x, 212, x + 26, 248, (92, 122, 140))
    pen.street_lamp(230, 300, 112)
    pen.street_lamp(430, 300, 112)
    pen.street_lamp(600, 300, 112, -1)


def _school(pen: Pen) -> None:
    pen.sky(150, ((150, 36), (470, 30)))
    pen.skyline(150, 52, _FAR)
    pen.building(60, 62, 580, 214, (226, 200, 168), floor=24, pane=20)
    pen.box(52, 54, 588, 64, (176, 84, 70))
    pen.line(((320, 54), (320, 14)), (190, 190, 190), 1.4)
    pen.shape(((320, 14), (346, 16), (346, 32), (320, 32)), (206, 44, 40))
    pen.box(0, 180, WIDTH, 226, (196, 178, 152))
    pen.box(0, 178, WIDTH, 182, (150, 132, 112))
    pen.box(214, 160, 232, 228, (184, 92, 74))
    pen.box(408, 160, 426, 228, (184, 92, 74))
    pen.box(206, 148, 434, 164, (196, 106, 84))
    pen.box(232, 168, 408, 228, (204, 206, 206))
    for x in range(236, 408, 9):
        pen.line(((x, 168), (x, 228)), (126, 134, 140), 1.4)
    pen.box(0, 226, WIDTH, 262, PAVEMENT)
    pen.box(0, 258, WIDTH, 264, (206, 204, 198))
    pen.box(0, 264, WIDTH, 340, ASPHALT)
    pen.box(0, 340, WIDTH, 360, PAVEMENT)
    for x in range(0, 640, 46):
        if not 250 < x < 400:
            pen.box(x, 300, x + 24, 302, LINE)
    for number in range(9):
        x = 262 + number * 14
        pen.shape(((x, 266), (x + 8, 266), (x + 6, 338), (x - 4, 338)), LINE)
    for x in (30, 130, 510, 612):
        pen.tree(x, 230, 74)
    pen.street_lamp(180, 256, 104)
    pen.street_lamp(466, 256, 104, -1)


def _market(pen: Pen) -> None:
    pen.sky(120, ((200, 30), (480, 40)))
    pen.skyline(124, 50, _FAR)
    pen.building(0, 60, 170, 226, (206, 182, 150), floor=20, pane=18)
    pen.building(176, 40, 330, 226, (188, 172, 158), floor=18, pane=17)
    pen.building(336, 70, 500, 226, (212, 196, 164), floor=19, pane=18)
    pen.building(506, 48, 640, 226, (180, 188, 182), floor=18, pane=16)
    pen.fade(222, 296, (182, 174, 162), (198, 190, 178))
    pen.box(0, 296, WIDTH, 360, ASPHALT)
    pen.box(0, 292, WIDTH, 298, (212, 208, 198))
    awnings: tuple[Colour, ...] = ((206, 66, 58), (58, 126, 92), (226, 168, 62), (62, 106, 162), (188, 88, 128))
    for number in range(8):
        x = 4 + number * 80
        colour = awnings[number % len(awnings)]
        pen.box(x + 4, 184, x + 72, 228, shade((150, 124, 98), 0.9 + 0.2 * pen.roll(number)))
        for stripe in range(6):
            tone = colour if stripe % 2 else (240, 236, 226)
            pen.shape(
                (
                    (x + 4 + stripe * 11.4, 164),
                    (x + 15.4 + stripe * 11.4, 164),
                    (x + 16 + stripe * 12, 184),
                    (x + 4 + stripe * 12, 184),
                ),
                tone,
            )
        for heap in range(5):
            fruit: Colour = ((222, 92, 60), (236, 184, 70), (96, 158, 82), (168, 68, 84))[(number + heap) % 4]
            pen.disc(x + 14 + heap * 12, 218, 7, 5, fruit)
        pen.lamps.append(Lamp(x + 38, 190, 30, (255, 206, 140)))
    for number in range(7):
        pen.disc(50 + number * 92, 132 + (number % 2) * 8, 6, 7, (206, 48, 42))
        pen.lamps.append(Lamp(50 + number * 92, 132 + (number % 2) * 8, 16, (255, 96, 70)))
    pen.line([(4 + x, 122 + (x // 46 % 2) * 8) for x in range(0, 640, 46)], (90, 80, 76), 1)


def _compound(pen: Pen) -> None:
    pen.sky(150, ((80, 40), (330, 30), (560, 46)))
    for x, top, tone in ((10, 26, 1.0), (150, 12, 0.96), (300, 34, 1.04), (440, 18, 0.98), (560, 40, 1.02)):
        pen.building(x, top, x + 92, 204, shade(_NEAR, tone), floor=11, pane=12)
    pen.box(0, 194, WIDTH, 232, (172, 150, 128))
    pen.box(0, 190, WIDTH, 196, (120, 100, 88))
    pen.box(210, 180, 452, 234, ASPHALT)
    pen.box(196, 120, 218, 238, (198, 184, 160))
    pen.box(444, 120, 466, 238, (198, 184, 160))
    pen.box(186, 104, 476, 124, (142, 62, 56))
    pen.box(196, 100, 466, 106, (110, 48, 44))
    pen.box(316, 178, 352, 238, (232, 230, 222))
    pen.window(320, 184, 348, 206, (96, 128, 146))
    for x0, x1 in ((222, 314), (354, 442)):
        for number in range(6):
            a = x0 + (x1 - x0) * number / 6
            pen.box(a, 212, a + (x1 - x0) / 6, 216, (206, 56, 48) if number % 2 else (240, 238, 232))
    pen.box(0, 232, WIDTH, 268, PAVEMENT)
    pen.box(0, 266, WIDTH, 272, (208, 206, 198))
    pen.box(0, 272, WIDTH, 360, ASPHALT)
    for x in range(0, 640, 52):
        pen.box(x, 308, x + 28, 310, LINE)
    for x in (50, 128, 520, 600):
        pen.tree(x, 236, 70)
    pen.street_lamp(166, 262, 110)
    pen.street_lamp(492, 262, 110, -1)


def _gauge(pen: Pen) -> None:
    pen.sky(150, ((130, 44), (420, 30), (580, 60)))
    pen.skyline(152, 36, shade(_FAR, 1.06), step=30)
    pen.shape(((0, 150), (640, 152), (640, 164), (0, 162)), (124, 152, 108))
    pen.fade(162, 300, (136, 172, 184), (90, 132, 148))
    pen.shape(((380, 120), (640, 96), (640, 320), (380, 300)), (158, 156, 150))
    for number in range(9):
        y = 120 + number * 20
        pen.line(((380, y), (640, y - 24 + number * 2.6)), (136, 134, 128), 1)
    pen.box(470, 96, 506, 300, (244, 244, 238))
    for number in range(21):
        mark = 290 - number * 9.2
        wide = 22 if number % 5 == 0 else 12
        pen.box(472, mark, 472 + wide, mark + 4.4, (196, 40, 36) if (number // 5) % 2 else (30, 66, 140))
    pen.box(0, 300, WIDTH, 360, STONE)
    pen.box(0, 298, WIDTH, 304, (186, 184, 178))
    for x in range(10, 380, 44):
        pen.line(((x, 300), (x, 272)), (110, 114, 118), 1.6)
    pen.line(((0, 274), (380, 274)), (110, 114, 118), 1.6)
    pen.street_lamp(90, 306, 130)
    pen.street_lamp(590, 306, 130, -1)


class GaugeWater:
    """The water that rises and falls along the staff: rows of the picture between its surface and the quay."""

    _ZERO_ROW = 290  # the staff's zero
    _ROWS_PER_M = 30
    _QUAY_ROW = 298

    def __init__(self, mirrored: bool) -> None:
        self._columns = slice(WIDTH - 640, WIDTH - 380) if mirrored else slice(380, 640)
        self._columns_half = slice(self._columns.start // 2, self._columns.stop // 2)

    def pour(self, picture: Picture, level_m: float, now_ns: int, light: float) -> None:
        """Cover the staff below the level."""
        surface = round(self._ZERO_ROW - level_m * self._ROWS_PER_M) // 2 * 2
        phase = (now_ns // (250 * NS_PER_MS)) % 16
        luma = round((0.34 + 0.66 * light) * 118)
        area = picture.luma[surface : self._QUAY_ROW, self._columns]
        rows = np.arange(area.shape[0], dtype=np.int16)
        ripple = np.where((rows + phase) % 8 < 2, 8, 0) + rows // 6
        area[:] = np.clip(luma - 10 + ripple, 16, 235).astype(np.uint8)[:, None]
        area[:2] = min(235, luma + 60)
        half = (slice(surface // 2, self._QUAY_ROW // 2), self._columns_half)
        picture.blue[half] = 138
        picture.red[half] = 114


def gauge_water(mirrored: bool) -> GaugeWater:
    """The river of the gauge's scene."""
    return GaugeWater(mirrored)


_PAINTERS: dict[PlaceKind, Callable[[Pen], None]] = {
    PlaceKind.CROSSING: _crossing,
    PlaceKind.SQUARE: _square,
    PlaceKind.BRIDGE: _bridge,
    PlaceKind.TUNNEL: _tunnel,
    PlaceKind.PIER: _pier,
    PlaceKind.SCHOOL: _school,
    PlaceKind.MARKET: _market,
    PlaceKind.COMPOUND: _compound,
    PlaceKind.GAUGE: _gauge,
}
