"""What each simulated camera is: its place, its codecs, and its faults. The faults are meant: tests read them here."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.media.simulate.city import PLACE_NAMES, PlaceKind

WRONG_CLOCK_MS = 95_000
_PLACES = tuple(PlaceKind)


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """One camera. Streams are served as `/camN/main` (640 x 360) and `/camN/sub` (320 x 180, H.264, silent).

    `clock_error_ms` is by how much its own clock (burned in, and in its RTCP sender reports) is ahead of the truth.
    With `drops_every_s` it is away for the last `drops_for_s` of each such period, counted from 1970.
    """

    number: int
    place: PlaceKind
    name: Text
    codec: str = "h264"  # of the main stream: h264 or h265
    audio: str | None = None  # of the main stream: aac, pcma or None
    frame_ms: int = 80
    gop_s: int = 2
    clock_error_ms: int = 0
    drops_every_s: int = 0
    drops_for_s: int = 0
    mirrored: bool = False

    def drops_at(self, now_ns: int) -> bool:
        """Whether its weak plug is out at this moment."""
        if not self.drops_every_s:
            return False
        return (now_ns // 1_000_000_000) % self.drops_every_s >= self.drops_every_s - self.drops_for_s


def camera_spec(number: int) -> CameraSpec:
    """Camera `number` (from 1). The first nine differ; those after film the same places from the other side."""
    if number < 1 or number > 255:
        raise ValueError("camera numbers go from 1 to 255")
    place = _PLACES[(number - 1) % len(_PLACES)]
    name = PLACE_NAMES[place]
    lap = (number - 1) // len(_PLACES)
    if lap:
        return CameraSpec(
            number, place, Text(f"{name.zh} {lap + 1}号机", f"{name.en} {lap + 1}"), mirrored=lap % 2 == 1
        )
    return _FIRST_NINE[place](number, place, name)


def _crossing(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, audio="aac")


def _bridge(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, codec="h265")


def _tunnel(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, gop_s=10)


def _pier(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, audio="pcma")


def _plain(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name)


def _compound(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, clock_error_ms=WRONG_CLOCK_MS)


def _gauge(number: int, place: PlaceKind, name: Text) -> CameraSpec:
    return CameraSpec(number, place, name, drops_every_s=600, drops_for_s=20)


_FIRST_NINE = {
    PlaceKind.CROSSING: _crossing,
    PlaceKind.SQUARE: _crossing,
    PlaceKind.BRIDGE: _bridge,
    PlaceKind.TUNNEL: _tunnel,
    PlaceKind.PIER: _pier,
    PlaceKind.SCHOOL: _plain,
    PlaceKind.MARKET: _crossing,
    PlaceKind.COMPOUND: _compound,
    PlaceKind.GAUGE: _gauge,
}
