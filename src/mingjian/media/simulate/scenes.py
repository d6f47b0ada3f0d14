"""Each place as a camera sees it: the lanes on which its actors move through the picture, and the frame's composition.

A Lane is a line in the picture with a scale (pixels per metre) at both ends; positions between follow the perspective.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS
from mingjian.media.simulate import backdrops
from mingjian.media.simulate.canvas import Picture, Sprite, stamp
from mingjian.media.simulate.city import ActorKind, City, PlaceKind, Sighting, daylight, main_axis_is_green
from mingjian.media.simulate.sprites import POSES, sprite

_STRIDE_NS = 150 * NS_PER_MS
_LIGHT_STEPS = 8


@dataclass(frozen=True, slots=True)
class Lane:
    """From (x0, y0) where a stretch of the route begins to (x1, y1) where it ends; scales in pixels per metre."""

    x0: float
    y0: float
    scale0: float
    x1: float
    y1: float
    scale1: float
    view: str = "side"  # how one sees who moves along the route: side, away, toward

    def at(self, along: float) -> tuple[float, float, float]:
        """Picture position and scale of a point of the stretch, `along` from 0 to 1."""
        scale = 1 / ((1 - along) / self.scale0 + along / self.scale1)
        spread = self.scale1 - self.scale0
        share = (scale - self.scale0) / spread if abs(spread) > 0.01 * self.scale0 else along
        return self.x0 + (self.x1 - self.x0) * share, self.y0 + (self.y1 - self.y0) * share, scale


def _across(y_right: float, scale_right: float, y_left: float, scale_left: float) -> tuple[Lane, Lane]:
    """Two side-view lanes: who follows the route moves right on the first, who goes against it left on the second."""
    return (
        Lane(-70, y_right, scale_right, 710, y_right, scale_right),
        Lane(-70, y_left, scale_left, 710, y_left, scale_left),
    )


_LANES: dict[tuple[PlaceKind, str], tuple[Lane, Lane]] = {
    (PlaceKind.CROSSING, "main"): _across(262, 14, 226, 11),
    (PlaceKind.CROSSING, "cross"): (
        Lane(455, 420, 30, 332, 152, 2.6, "away"),
        Lane(160, 420, 30, 306, 152, 2.6, "toward"),
    ),
    (PlaceKind.CROSSING, "walk"): _across(336, 25, 198, 9),
    (PlaceKind.SQUARE, "main"): _across(204, 9, 192, 8),
    (PlaceKind.SQUARE, "walk"): _across(318, 24, 262, 16),
    (PlaceKind.BRIDGE, "main"): _across(196, 9, 180, 8),
    (PlaceKind.BRIDGE, "water"): _across(312, 7, 276, 5),
    (PlaceKind.TUNNEL, "main"): (
        Lane(470, 430, 40, 342, 196, 5, "away"),
        Lane(150, 430, 40, 298, 196, 5, "toward"),
    ),
    (PlaceKind.PIER, "water"): _across(226, 7, 192, 4.5),
    (PlaceKind.PIER, "walk"): _across(340, 28, 300, 21),
    (PlaceKind.SCHOOL, "main"): _across(318, 17, 286, 14),
    (PlaceKind.SCHOOL, "walk"): _across(246, 17, 234, 15),
    (PlaceKind.MARKET, "main"): _across(336, 17, 312, 15),
    (PlaceKind.MARKET, "walk"): _across(282, 22, 244, 17),
    (PlaceKind.COMPOUND, "main"): _across(328, 19, 294, 16),
    (PlaceKind.COMPOUND, "walk"): _across(254, 18, 240, 16),
    (PlaceKind.GAUGE, "water"): (
        Lane(-110, 236, 6.5, 336, 168, 1.4),
        Lane(-110, 214, 5.5, 336, 165, 1.4),
    ),
    (PlaceKind.GAUGE, "walk"): _across(344, 30, 344, 30),
}


class Scene:
    """Draws one place. `mirrored` turns the picture, for a second camera at the same place."""

    def __init__(self, city: City, place: PlaceKind, mirrored: bool = False) -> None:
        self.city = city
        self.place = place
        self._mirrored = mirrored
        day, night = backdrops.draw(place, city.seed, mirrored)
        self._day, self._night = Picture.from_image(day), Picture.from_image(night)
        self._width = self._day.width
        self._lit: tuple[int, Picture] | None = None
        self._river = backdrops.gauge_water(mirrored) if place is PlaceKind.GAUGE else None

    def draw(self, picture: Picture, now_ns: int) -> None:
        """Fill the picture with what this place looks like at `now_ns`."""
        light = daylight(now_ns)
        picture.copy_from(self._backdrop(light))
        if self._river is not None:
            self._river.pour(picture, self.city.river_level_m(now_ns), now_ns, light)
        if self.place is PlaceKind.CROSSING:
            self._signals(picture, now_ns)
        placed = [
            self._place(sighting, now_ns, round(light * _LIGHT_STEPS))
            for sighting in self.city.sightings(self.place, now_ns)
        ]
        placed.sort(key=lambda item: item[0])
        for y, x, figure in placed:
            stamp(picture, figure, x, y)

    def _place(self, sighting: Sighting, now_ns: int, light: int) -> tuple[int, int, Sprite]:
        actor = sighting.actor
        along_lane, against_lane = _LANES[self.place, sighting.axis]
        lane = along_lane if sighting.heading > 0 else against_lane
        x, y, scale = lane.at(sighting.along)
        if actor.kind in (ActorKind.PERSON, ActorKind.BICYCLE) and lane.view == "side":
            y += (actor.look % 5) * 0.09 * scale  # not all in one file
        if actor.kind is ActorKind.BICYCLE:
            y += 0.9 * scale if lane.view == "side" else 0.0
        left = sighting.heading < 0
        if self._mirrored:
            x, left = self._width - x, not left
        walks = actor.kind in (ActorKind.PERSON, ActorKind.BICYCLE)
        pose = (now_ns // _STRIDE_NS + actor.look) % POSES if walks else 0
        left = left if lane.view == "side" else False
        size = round(scale) if scale < 12 else round(scale / 2) * 2
        return round(y), round(x), sprite(actor.kind, actor.look, lane.view, left, max(2, size), pose, light)

    def _backdrop(self, light: float) -> Picture:
        step = round(light * 32)
        if self._lit is None or self._lit[0] != step:
            self._lit = (step, self._night.blend(self._day, step / 32))
        return self._lit[1]

    def _signals(self, picture: Picture, now_ns: int) -> None:
        """The traffic lights: three lamps on each of the two posts, the burning one bright."""
        main_green = main_axis_is_green(now_ns)
        for x, y, green in ((*backdrops.MAIN_SIGNAL, main_green), (*backdrops.CROSS_SIGNAL, not main_green)):
            column = self._width - x - 6 if self._mirrored else x
            for number, (blue, red) in enumerate(((90, 240), (54, 34))):
                burning = (number == 1) == green
                top = y + number * 10
                picture.luma[top : top + 6, column : column + 6] = (145 if number else 110) if burning else 30
                half = (slice(top // 2, top // 2 + 3), slice(column // 2, column // 2 + 3))
                picture.blue[half] = blue if burning else 128
                picture.red[half] = red if burning else 128
