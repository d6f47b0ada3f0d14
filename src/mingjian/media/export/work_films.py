"""Films of a sealed package on which regions are drawn, and the films with those regions filled: both in a process apart.

The first have the name of who draws over every picture and his mark in it, as a player copy has. Whoever draws says at which
instant of the footage a region begins and ends: a film says which wall time its own times are (`anchors`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from av.error import FFmpegError

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.text import Text
from mingjian.media import apart
from mingjian.media.export.film import Film, film_unwritable
from mingjian.media.export.player_copy import Overlay, in_process
from mingjian.media.export.progress import Progress
from mingjian.media.export.redact import redact
from mingjian.media.export.sealed import SealedPackage
from mingjian.ports.evidence import CopyWish, FilledRegion, PackageWatch, WorkFilm, WorkWish

_Made = TypeVar("_Made")
_FILMS = Text(zh="遮蔽处理的录像", en="the films of the redaction")


def make_work_films(
    wish: WorkWish, secret: bytes, zone: dt.tzinfo, folder: Path, watch: PackageWatch
) -> tuple[WorkFilm, ...]:
    """A film for each member with footage, in `folder`, which must not exist. Called off or failed, nothing is left.

    Raises MingjianError `package_unreadable`, `undecodable`, `font_missing`, `output_unwritable`, `cancelled`.
    """
    return _whole_or_gone(folder, lambda: in_process(partial(_make, wish, secret, zone, folder), watch))


def fill_regions(
    package: Path, regions: Sequence[FilledRegion], folder: Path, watch: PackageWatch
) -> tuple[str, tuple[WorkFilm, ...]]:
    """`redact` in a process apart: the digest of its list, and the films. Raises as `redact`, `output_unwritable`, `cancelled`."""
    return _whole_or_gone(folder, lambda: in_process(partial(_fill, package, regions, folder), watch))


def _make(wish: WorkWish, secret: bytes, zone: dt.tzinfo, folder: Path, tell: apart.Tell) -> tuple[WorkFilm, ...]:
    folder.mkdir(mode=0o700)
    films: list[WorkFilm] = []
    with SealedPackage(wish.package) as package:
        progress = Progress(package.rows(), tell)
        for clip in package.manifest["clips"]:
            paint = CopyWish(wish.package, clip["camera"], 0, 0, wish.copy, wish.recipient, wish.unit, wish.title)
            for row in sorted([*clip["parts"], *clip["derived"]], key=lambda one: int(one["start_ns"])):
                path = folder / f"{len(films) + 1:04d}.mp4"
                anchors: dict[int, tuple[int, int]] = {}  # by wall time less the film's
                with (
                    path.open("xb+") as out,
                    Film(out, partial(Overlay, paint, str(clip["name"]), secret, zone)) as film,
                ):
                    for at_ns, frame in package.pictures(row):
                        film.add(at_ns, frame)
                        anchors.setdefault(film.shift_ns, ((at_ns - film.shift_ns) // NS_PER_MS, at_ns))
                        progress.at(row, at_ns)
                progress.past(row)
                films.append(_film(path, clip, row, film.pictures, tuple(anchors.values())))
    return tuple(films)


def _fill(
    package: Path, regions: Sequence[FilledRegion], folder: Path, tell: apart.Tell
) -> tuple[str, tuple[WorkFilm, ...]]:
    digest = redact(package, regions, folder, tell)
    films: list[WorkFilm] = []
    with SealedPackage(package) as original:
        for clip in original.manifest["clips"]:
            for row in [*clip["parts"], *clip["derived"]]:  # as `redact` numbers them
                films.append(_film(folder / f"{len(films) + 1:04d}.mp4", clip, row, 0, ()))
    return digest, tuple(films)


def _film(
    path: Path, clip: dict[str, Any], row: dict[str, Any], pictures: int, anchors: tuple[tuple[int, int], ...]
) -> WorkFilm:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return WorkFilm(
        path.name, clip["camera"], clip["name"], int(row["start_ns"]), int(row["end_ns"]), pictures,
        path.stat().st_size, digest, anchors,
    )  # fmt: skip


def _whole_or_gone(folder: Path, job: Callable[[], _Made]) -> _Made:
    try:
        return job()
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError | FFmpegError):
            raise film_unwritable(_FILMS, error) from error
        raise
