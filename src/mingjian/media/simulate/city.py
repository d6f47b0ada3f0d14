"""The synthetic city: streets, a river, and who moves on them. A pure function of a seed and the wall time.

Every process that knows the seed computes the same city, so that an actor who leaves one camera's picture enters the
next one's when the streets between them say so. No state, no randomness but the seed's, no I/O.

Lengths are metres, times UTC nanoseconds since 1970. A Route is a closed line through the places it stops at; an Actor
is somewhere on his route at each instant; a camera sees the stretch of `half_view_m` to both sides of its place.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.text import Text

LIGHT_CYCLE_S = 40
_CHINA_OFFSET_S = 8 * 3600
_DAY_S = 86_400


class PlaceKind(StrEnum):
    """The places of the city that have a camera; the order is that of the cameras."""

    CROSSING = "crossing"
    SQUARE = "square"
    BRIDGE = "bridge"
    TUNNEL = "tunnel"
    PIER = "pier"
    SCHOOL = "school"
    MARKET = "market"
    COMPOUND = "compound"
    GAUGE = "gauge"


PLACE_NAMES = {
    PlaceKind.CROSSING: Text("望江路口", "Wangjiang Crossing"),
    PlaceKind.SQUARE: Text("云溪广场", "Yunxi Square"),
    PlaceKind.BRIDGE: Text("明川大桥", "Mingchuan Bridge"),
    PlaceKind.TUNNEL: Text("青屏隧道", "Qingping Tunnel"),
    PlaceKind.PIER: Text("柳渡码头", "Liudu Ferry Pier"),
    PlaceKind.SCHOOL: Text("育林小学校门", "Yulin School Gate"),
    PlaceKind.MARKET: Text("南塘市场", "Nantang Market"),
    PlaceKind.COMPOUND: Text("锦和苑大门", "Jinhe Compound Gate"),
    PlaceKind.GAUGE: Text("明川水位站", "Mingchuan Flood Gauge"),
}


class ActorKind(StrEnum):
    """Who moves. People are abstract figures: nobody in this city can be recognised."""

    CAR = "car"
    TAXI = "taxi"
    BUS = "bus"
    BICYCLE = "bicycle"
    PERSON = "person"
    FERRY = "ferry"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a route: its distance from the route's start, how far its camera sees, and which axis of it this is."""

    place: PlaceKind
    at_m: float
    half_view_m: float
    axis: str  # the lane of the scene: "main" or "cross"


@dataclass(frozen=True, slots=True)
class Route:
    """A closed line through places."""

    name: str
    length_m: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """One who goes round his route for ever.

    `timetable` gives corner points (seconds within the period, metres along the route); between them he moves evenly.
    """

    id: int
    kind: ActorKind
    route: Route
    period_ns: int
    offset_ns: int
    timetable: tuple[tuple[float, float], ...]
    look: int  # chooses colours; the same in every picture

    def at(self, now_ns: int) -> tuple[float, int]:
        """Metres along the route, and the heading: +1 along it, -1 against it."""
        second = ((now_ns + self.offset_ns) % self.period_ns) / NS_PER_S
        heading = 1
        for (start_s, start_m), (end_s, end_m) in pairwise(self.timetable):
            if end_m != start_m:
                heading = 1 if end_m > start_m else -1
            if second < end_s:
                return start_m + (end_m - start_m) * (second - start_s) / (end_s - start_s), heading
        return self.timetable[-1][1], heading


@dataclass(frozen=True, slots=True)
class Sighting:
    """An actor in one place's view: `along` runs from 0 to 1 through the view, in the direction of the route."""

    actor: Actor
    axis: str
    along: float
    heading: int


_RING = Route(
    "ring road",
    900.0,
    (
        Stop(PlaceKind.CROSSING, 0.0, 38.0, "main"),
        Stop(PlaceKind.BRIDGE, 300.0, 45.0, "main"),
        Stop(PlaceKind.TUNNEL, 600.0, 45.0, "main"),
    ),
)
_EXPRESS = Route(
    "express way",
    720.0,
    (
        Stop(PlaceKind.BRIDGE, 180.0, 45.0, "main"),
        Stop(PlaceKind.TUNNEL, 520.0, 45.0, "main"),
    ),
)
_OLD_TOWN = Route(
    "old town street",
    800.0,
    (
        Stop(PlaceKind.CROSSING, 0.0, 45.0, "cross"),
        Stop(PlaceKind.SQUARE, 160.0, 50.0, "main"),
        Stop(PlaceKind.MARKET, 320.0, 32.0, "main"),
        Stop(PlaceKind.SCHOOL, 480.0, 26.0, "main"),
        Stop(PlaceKind.COMPOUND, 640.0, 24.0, "main"),
    ),
)
_PROMENADE = Route(
    "promenade",
    560.0,
    (
        Stop(PlaceKind.CROSSING, 0.0, 22.0, "walk"),
        Stop(PlaceKind.SQUARE, 80.0, 27.0, "walk"),
        Stop(PlaceKind.MARKET, 160.0, 22.0, "walk"),
        Stop(PlaceKind.SCHOOL, 240.0, 22.0, "walk"),
        Stop(PlaceKind.COMPOUND, 320.0, 22.0, "walk"),
        Stop(PlaceKind.PIER, 400.0, 18.0, "walk"),
        Stop(PlaceKind.GAUGE, 480.0, 22.0, "walk"),
    ),
)
_RIVER = Route(
    "river",
    900.0,
    (
        Stop(PlaceKind.PIER, 120.0, 75.0, "water"),
        Stop(PlaceKind.BRIDGE, 420.0, 75.0, "water"),
        Stop(PlaceKind.GAUGE, 720.0, 120.0, "water"),
    ),
)


class City:
    """The city of one seed. Cheap to ask, nothing changes inside."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        actors: list[Actor] = []
        self._add_traffic(actors, _RING, 15, green_from_s=1.0)
        self._add_traffic(actors, _OLD_TOWN, 12, green_from_s=21.0)
        self._add_express_traffic(actors, 10)
        self._add_cyclists(actors, 14)
        self._add_walkers(actors, 110)
        self._add_ferries(actors, 3)
        self.actors = tuple(actors)
        self._by_place = {
            place: tuple((actor, stop) for actor in actors for stop in actor.route.stops if stop.place is place)
            for place in PlaceKind
        }

    def sightings(self, place: PlaceKind, now_ns: int) -> list[Sighting]:
        """Everybody in the place's view at `now_ns`, in the order of the actors' numbers."""
        seen: list[Sighting] = []
        for actor, stop in self._by_place[place]:
            at_m, heading = actor.at(now_ns)
            length_m = actor.route.length_m
            delta_m = (at_m - stop.at_m + length_m / 2) % length_m - length_m / 2
            if -stop.half_view_m < delta_m < stop.half_view_m:
                seen.append(Sighting(actor, stop.axis, 0.5 + delta_m / (2 * stop.half_view_m), heading))
        return seen

    def river_level_m(self, now_ns: int) -> float:
        """Water level at the gauge, metres above its zero: a tide, and a swell of some minutes so that one sees it move."""
        second = now_ns / NS_PER_S
        tide = math.sin(2 * math.pi * second / 44_712)
        swell = math.sin(2 * math.pi * second / 600)
        return 3.1 + 0.7 * tide + 0.45 * swell

    def _roll(self, *what: object) -> float:
        """A number in [0, 1) that belongs to the seed and `what`."""
        digest = hashlib.blake2b(repr((self.seed, *what)).encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") / (1 << 48)

    def _add(
        self,
        actors: list[Actor],
        kind: ActorKind,
        route: Route,
        period_s: int,
        passes_start_s: float,
        timetable: tuple[tuple[float, float], ...],
    ) -> None:
        number = len(actors)
        offset_ns = -round(passes_start_s * NS_PER_S)
        look = int(self._roll("look", number) * 1_000)
        actors.append(Actor(number, kind, route, period_s * NS_PER_S, offset_ns, timetable, look))

    def _add_traffic(self, actors: list[Actor], route: Route, each_way: int, green_from_s: float) -> None:
        """Vehicles in three platoons; each passes the crossing (metre 0) while its light is green."""
        period_s = 3 * LIGHT_CYCLE_S
        for heading in (1, -1):
            for number in range(each_way):
                platoon, rank = number % 3, number // 3
                wait_s = 2.0 + rank * 3.0 + self._roll(route.name, heading, number)
                passes_s = platoon * LIGHT_CYCLE_S + green_from_s + wait_s
                kind = self._vehicle(route.name, heading, number)
                self._add(actors, kind, route, period_s, passes_s, _round_trip(route, period_s, heading))

    def _add_express_traffic(self, actors: list[Actor], each_way: int) -> None:
        """Vehicles that pass no lights, spread evenly over bridge and tunnel."""
        period_s = 72
        for heading in (1, -1):
            for number in range(each_way):
                start_s = period_s * (number + 0.5 * self._roll("express", heading, number)) / each_way
                kind = self._vehicle("express", heading, number)
                self._add(actors, kind, _EXPRESS, period_s, start_s, _round_trip(_EXPRESS, period_s, heading))

    def _vehicle(self, *what: object) -> ActorKind:
        dice = self._roll("vehicle", *what)
        return ActorKind.BUS if dice < 0.12 else ActorKind.TAXI if dice < 0.35 else ActorKind.CAR

    def _add_cyclists(self, actors: list[Actor], count: int) -> None:
        period_s = 6 * LIGHT_CYCLE_S
        for number in range(count):
            heading = 1 if number % 2 else -1
            passes_s = (number * 6 // count) * LIGHT_CYCLE_S + 21.0 + 12.0 * self._roll("cyclist", number)
            timetable = _round_trip(_OLD_TOWN, period_s, heading)
            self._add(actors, ActorKind.BICYCLE, _OLD_TOWN, period_s, passes_s, timetable)

    def _add_walkers(self, actors: list[Actor], count: int) -> None:
        for number in range(count):
            heading = 1 if number % 2 else -1
            period_s = int(380 + 140 * self._roll("pace", number))
            start_s = period_s * self._roll("start", number)
            timetable = _round_trip(_PROMENADE, period_s, heading)
            self._add(actors, ActorKind.PERSON, _PROMENADE, period_s, start_s, timetable)

    def _add_ferries(self, actors: list[Actor], count: int) -> None:
        """Up the river and back, with a call at the pier (metre 120) each way."""
        period_s = 240
        timetable = (
            (0.0, 30.0),
            (14.0, 120.0),
            (34.0, 120.0),
            (120.0, 870.0),
            (206.0, 120.0),
            (226.0, 120.0),
            (240.0, 30.0),
        )
        for number in range(count):
            start_s = period_s * number / count
            self._add(actors, ActorKind.FERRY, _RIVER, period_s, start_s, timetable)


def daylight(now_ns: int) -> float:
    """How light it is, 0 (night) to 1 (day), by China Standard Time: dawn about 6:00, dusk about 18:30."""
    hour = ((now_ns / NS_PER_S + _CHINA_OFFSET_S) % _DAY_S) / 3600
    rising = (hour - 5.3) / 1.4
    setting = (19.2 - hour) / 1.4
    linear = max(0.0, min(1.0, rising, setting))
    return linear * linear * (3 - 2 * linear)


def main_axis_is_green(now_ns: int) -> bool:
    """Whether the ring road has green at the crossing; the old town street has it in the other half of the cycle."""
    return (now_ns // NS_PER_S) % LIGHT_CYCLE_S < LIGHT_CYCLE_S // 2


def _round_trip(route: Route, period_s: int, heading: int) -> tuple[tuple[float, float], ...]:
    if heading > 0:
        return ((0.0, 0.0), (float(period_s), route.length_m))
    return ((0.0, route.length_m), (float(period_s), 0.0))
