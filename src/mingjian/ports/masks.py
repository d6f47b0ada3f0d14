"""Privacy masks as edges read them: `plan/masks.json`, written whole by web, replaced atomically. Pure.

`{"format": 2, "cameras": {id: {"live": "sub", "held_from_ms": n?, "masks": [{"from_ms": n, "until_ms": n?, "preset":
text, "points": [[x, y], ...]}], "positions": [{"preset": text, "from_ms": n, "until_ms": n?}]}}}`. Points are fractions
of the picture, of its width and height from its upper left corner, in ten-thousandths, so that one polygon fits every
stream of the camera. A camera that is not named has and had no mask. `preset`: the position of a PTZ camera that a mask
was drawn for, "" for all; `positions`: at which of them it stood (ports/positions.py). Format 1 had neither: all of its
masks hold at all times.

Who may see through masks, and of what, is told by the ticket, never here. Of a file that cannot be read nothing is shown
but what a ticket says is to be seen without masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.positions import PositionSpan, Whereabouts

MASKS_FORMAT = 2
_FORMATS = (1, MASKS_FORMAT)
SCALE = 10_000

Polygon = tuple[tuple[int, int], ...]
"""Corners in ten-thousandths of the picture's width and height."""


@dataclass(frozen=True, slots=True)
class MaskSpan:
    """A polygon and when it was in force, [from_ms, until_ms) in UTC milliseconds; None: it is. `preset`: where the camera
    has to stand for it, "" for wherever it stands."""

    points: Polygon
    from_ms: int
    until_ms: int | None = None
    preset: str = ""


@dataclass(frozen=True, slots=True)
class CameraMasks:
    """One camera. `live`: the stream of which the masked live picture is made.

    `held_from_ms`: since the camera was moved then, nobody has confirmed that the masks still cover what they are for.
    """

    live: str = "main"
    masks: tuple[MaskSpan, ...] = ()
    held_from_ms: int | None = None
    positions: tuple[PositionSpan, ...] = ()
    where: Whereabouts = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", Whereabouts(self.positions))

    def over(self, from_ns: int, to_ns: int) -> tuple[Polygon, ...]:
        """What covers footage of [from, to): the masks in force at any instant of it, and those in force now; of another
        preset only where the camera may have stood there at any instant of it."""
        from_ms, to_ms = from_ns // NS_PER_MS, -(-to_ns // NS_PER_MS)
        found = (
            one.points
            for one in self.masks
            if (one.until_ms is None or (one.from_ms <= to_ms and one.until_ms > from_ms))
            and not self.where.is_elsewhere(one.preset, from_ms, to_ms)
        )
        return tuple(sorted(set(found)))

    def now(self, now_ns: int) -> tuple[Polygon, ...]:
        """What covers the present picture."""
        now_ms = now_ns // NS_PER_MS
        found = (
            one.points
            for one in self.masks
            if one.until_ms is None and not self.where.stands_elsewhere(one.preset, now_ms)
        )
        return tuple(sorted(set(found)))

    def held(self, to_ns: int | None) -> bool:
        """Whether footage that ends at `to_ns` (None: the present) waits for its masks to be confirmed."""
        return self.held_from_ms is not None and (to_ns is None or to_ns > self.held_from_ms * NS_PER_MS)


NO_MASKS = CameraMasks()


def masks_path(data: Path) -> Path:
    """Where the file lies."""
    return data / "plan" / "masks.json"


def masks_to_json(cameras: Mapping[str, CameraMasks]) -> dict[str, Any]:
    """The file's content."""
    return {
        "format": MASKS_FORMAT,
        "cameras": {
            camera: {
                "live": one.live,
                "held_from_ms": one.held_from_ms,
                "masks": [
                    {
                        "from_ms": mask.from_ms, "until_ms": mask.until_ms, "preset": mask.preset,
                        "points": [list(at) for at in mask.points],
                    }
                    for mask in one.masks
                ],
                "positions": [
                    {"preset": at.preset, "from_ms": at.from_ms, "until_ms": at.until_ms} for at in one.positions
                ],
            }
            for camera, one in cameras.items()
        },
    }  # fmt: skip


def masks_from_json(value: Any) -> dict[str, CameraMasks]:
    """Read the file's content. Raises MingjianError `bad_masks` (fault: ours)."""
    try:
        if value["format"] not in _FORMATS:
            raise ValueError(f"format {value['format']}")
        camera_of = _camera_of_format_1 if value["format"] == 1 else _camera
        return {str(camera): camera_of(one) for camera, one in value["cameras"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MingjianError(
            "bad_masks",
            Text(zh="隐私遮蔽清单损坏或版本不符", en="the list of privacy masks is broken or of another version"),
            fault=Fault.OURS,
            detail=repr(error),
        ) from error


def _camera(value: Any) -> CameraMasks:
    held = value["held_from_ms"]
    return CameraMasks(
        live=str(value["live"]),
        held_from_ms=None if held is None else int(held),
        masks=tuple(
            MaskSpan(checked_polygon([(int(x), int(y)) for x, y in one["points"]]), *_times(one), _text(one["preset"]))
            for one in value["masks"]
        ),
        positions=tuple(PositionSpan(_text(one["preset"]), *_times(one)) for one in value["positions"]),
    )


def _camera_of_format_1(value: Any) -> CameraMasks:
    """Nothing in it says that a mask does not hold."""
    return _camera({**value, "positions": [], "masks": [{**one, "preset": ""} for one in value["masks"]]})


def _times(value: Any) -> tuple[int, int | None]:
    return int(value["from_ms"]), None if value["until_ms"] is None else int(value["until_ms"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def checked_polygon(points: Iterable[tuple[int, int]]) -> Polygon:
    """A polygon that covers an area: raises ValueError for fewer than three corners, or one outside the picture."""
    polygon = tuple(points)
    if len(polygon) < 3 or any(not (0 <= x <= SCALE and 0 <= y <= SCALE) for x, y in polygon):
        raise ValueError("no polygon inside the picture")
    return polygon


def polygons_text(polygons: Iterable[Polygon]) -> str:
    """Polygons as one line, the same for the same polygons: `x,y x,y x,y;...`."""
    return ";".join(" ".join(f"{x},{y}" for x, y in polygon) for polygon in sorted(set(polygons)))


def polygons_from_text(text: str) -> tuple[Polygon, ...]:
    """Read `polygons_text` back. Raises ValueError."""
    found = []
    for part in filter(None, text.split(";")):
        corners = [point.split(",") for point in part.split(" ")]
        found.append(checked_polygon([(int(x), int(y)) for x, y in corners]))
    return tuple(found)


def masks_held(therefore: Text) -> MingjianError:
    """The error `masks_held`: a camera was moved and its masks are not confirmed since. `therefore` is what follows."""
    return MingjianError(
        "masks_held",
        Text(
            zh=f"摄像机移动或者转动后，隐私遮蔽尚未重新确认，{therefore.zh}",
            en=f"the camera was moved and its privacy masks are not confirmed yet, {therefore.en}",
        ),
        fault=Fault.USER,
        remedy=Text(
            zh="请有权设置遮蔽的人员对照现有画面确认",
            en="have somebody who may set masks confirm them against the present picture",
        ),
    )
