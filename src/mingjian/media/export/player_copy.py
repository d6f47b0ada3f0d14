"""A player copy of one clip of a sealed package: who got it written over the picture, and marked invisibly as his.

The evidence is the package; this is for looking at. Runs in a process of its own (media/apart), so it takes plain values.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media import apart
from mingjian.media.export.draft import Draft
from mingjian.media.export.film import Film, Plane, Planes, film_unwritable
from mingjian.media.export.progress import Progress
from mingjian.media.export.sealed import SealedPackage
from mingjian.media.playback.plan import no_footage
from mingjian.media.playback.watermark import caption, watermark_time
from mingjian.media.trace.mark import Marker
from mingjian.ports.evidence import CopyWish, PackageWatch

_NICE = 10


def make_copy(wish: CopyWish, secret: bytes, zone: dt.tzinfo, output: Path, watch: PackageWatch) -> int:
    """Write the copy to `output`, which must not exist; its bytes. Progress is in milliseconds of footage.

    Called off, failed or killed, nothing of it is left. Raises MingjianError `package_unreadable`, `no_footage`,
    `undecodable`, `font_missing`, `output_exists`, `output_unwritable`, `cancelled`.
    """
    return in_process(partial(_make, wish, secret, zone, output), watch)


_Answer = TypeVar("_Answer")


def in_process(job: Callable[[apart.Tell], _Answer], watch: PackageWatch) -> _Answer:
    """The job apart, with its progress. Raises MingjianError as the job does, `undecodable` (it crashed), `cancelled`."""
    try:
        return apart.run(job, _NICE, watch.on_progress, watch.is_cancelled)
    except apart.CalledOffError:
        raise MingjianError(
            "cancelled",
            Text(zh="制作已取消，没有留下文件", en="it was called off; no file was left"),
            fault=Fault.USER,
        ) from None
    except apart.CrashedError as error:
        raise MingjianError(
            "undecodable",
            Text(zh="录像无法解码，制作中断", en="the footage cannot be decoded: the process broke off"),
            fault=Fault.ENVIRONMENT,
            detail=str(error),
        ) from None


def _make(wish: CopyWish, secret: bytes, zone: dt.tzinfo, output: Path, tell: apart.Tell) -> int:
    with SealedPackage(wish.package) as package, Draft(output) as draft:
        name, rows = _rows_of(package, wish)
        if not rows:
            raise no_footage(None)
        progress = Progress(rows, tell)
        try:
            with (
                open(os.dup(draft.fd), "w+b") as out,
                Film(out, partial(Overlay, wish, name, secret, zone)) as film,
            ):
                for row in rows:
                    for at_ns, frame in package.pictures(row):
                        if at_ns >= wish.to_ns:
                            break
                        film.add(at_ns, frame)
                        progress.at(row, at_ns)
                    progress.past(row)
            if not film.pictures:
                raise no_footage(None)
            size = os.fstat(draft.fd).st_size
            draft.publish()
        except (FFmpegError, OSError) as error:  # most likely a full disk
            raise film_unwritable(Text(zh="播放副本", en="the player copy"), error) from error
        progress.end()
    return size


def _rows_of(package: SealedPackage, wish: CopyWish) -> tuple[str, list[dict[str, Any]]]:
    """The camera's name and the members that show any of the time, the earliest first: masks may cut it into several clips."""
    clips = [one for one in package.manifest["clips"] if one["camera"] == wish.camera]
    rows = [
        row
        for clip in clips
        for row in [*clip["parts"], *clip["derived"]]
        if int(row["start_ns"]) < wish.to_ns and int(row["end_ns"]) > wish.from_ns
    ]
    return str(clips[0]["name"]) if clips else "", sorted(rows, key=lambda row: int(row["start_ns"]))


@dataclass(frozen=True, slots=True)
class _Caption:
    """What of the picture shines through, of 256, and what is added, from row `top` down; chroma at half the size."""

    top: int
    luma_passes: NDArray[np.uint16]
    luma_adds: NDArray[np.uint16]
    chroma_passes: NDArray[np.uint16]
    chroma_adds: NDArray[np.uint16]


class Overlay:
    """The paint: time and place, recipient, unit and number at the lower left, a new caption each second; then the mark."""

    def __init__(self, wish: CopyWish, camera: str, secret: bytes, zone: dt.tzinfo, width: int, height: int) -> None:
        self._lines = [f"{wish.recipient}  {wish.unit}".rstrip(), f"{wish.title} {wish.copy}"]
        self._camera, self._zone = camera, zone
        self._size = width, height
        self._marker = Marker(secret, wish.copy, width, height)
        self._second = -1
        self._band: _Caption | None = None

    def __call__(self, at_ns: int, planes: Planes, out: Planes) -> None:
        """Paint one picture."""
        if at_ns // NS_PER_S != self._second or self._band is None:
            self._second = at_ns // NS_PER_S
            self._band = self._caption(self._second * NS_PER_S)
        band = self._band
        luma, made = planes[0], out[0]
        self._marker.draw(luma[: band.top], made[: band.top], 0)
        self._marker.draw(_laid(luma[band.top :], band.luma_passes, band.luma_adds), made[band.top :], band.top)
        half = band.top // 2
        for plane, target in zip(planes[1:], out[1:], strict=True):
            target[:half] = plane[:half]
            target[half:] = _laid(plane[half:], band.chroma_passes, band.chroma_adds)

    def _caption(self, at_ns: int) -> _Caption:
        shown = watermark_time(at_ns, self._zone).replace(".000", "", 1)
        top, band = caption(*self._size, [f"{self._camera}  {shown}", *self._lines])
        pixels = np.asarray(band).astype(np.uint32)
        skip = top % 2  # chroma rows are pairs
        pixels, top = pixels[skip:], top + skip
        alpha = (pixels[..., 3] * 256 + 127) // 255
        grey = 16 + pixels[..., 0] * 219 // 255
        passes = (256 - alpha).astype(np.uint16)
        chroma = passes[::2, ::2]
        return _Caption(top, passes, (grey * alpha).astype(np.uint16), chroma, ((256 - chroma) * 128).astype(np.uint16))


def _laid(plane: Plane, passes: NDArray[np.uint16], adds: NDArray[np.uint16]) -> Plane:
    return ((plane * passes + adds) >> 8).astype(np.uint8)
