"""Where retention certificates lie, and how they are read: `ledger/proofs/YYYY-MM-DD.jl`, a line `{"note": ...}` each.

The day is the last one of the window. Several certificates of one camera and day may stand there; the last counts.
Whoever makes them appends and syncs; the engine's log makes leaves of them, web takes its figures from them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.errors import MingjianError
from mingjian.ledger.retention import RetentionCertificate, read_signed

_LOG = logging.getLogger(__name__)
_LOOKED_AT = 40
"""So many of the newest days are looked at for what is new."""


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """A certificate and the signed note it was read from."""

    certificate: RetentionCertificate
    note: str


def proofs_folder(data: Path) -> Path:
    """Where they lie in a data folder."""
    return data / "ledger" / "proofs"


def proved_days(folder: Path) -> list[str]:
    """The days there are certificates of, oldest first."""
    return sorted(path.stem for path in folder.glob("????-??-??.jl"))


def certificates_of(folder: Path, day: str) -> dict[str, StoredCertificate]:
    """The certificates of a day by camera; lines that cannot be read are left out."""
    path = folder / f"{day}.jl"
    if not path.exists():
        return {}
    return {one.certificate.camera: one for one, _ in _lines(path, 0) if one is not None}


def certificate_of(folder: Path, day: str, camera: str) -> StoredCertificate | None:
    """The last certificate of one camera and day, without reading the others."""
    path = folder / f"{day}.jl"
    if not path.exists():
        return None
    found: StoredCertificate | None = None
    for one, _ in _lines(path, 0, f'\\"camera\\":\\"{camera}\\"'.encode()):
        if one is not None and one.certificate.camera == camera:
            found = one
    return found


def digests_of(folder: Path, day: str) -> set[str]:
    """The digests of all certificates of a day, replaced ones included."""
    path = folder / f"{day}.jl"
    if not path.exists():
        return set()
    return {one.certificate.digest() for one, _ in _lines(path, 0) if one is not None}


def new_certificates(folder: Path, cursors: dict[str, int]) -> Iterator[StoredCertificate]:
    """What was added since `cursors` (bytes read, by day), which is kept up to date; days long past are forgotten."""
    days = proved_days(folder)[-_LOOKED_AT:]
    for day in [day for day in cursors if day not in days]:
        del cursors[day]
    for day in days:
        path, begin = folder / f"{day}.jl", cursors.get(day, 0)
        if path.stat().st_size <= begin:
            continue
        for one, end in _lines(path, begin):
            if one is not None:
                yield one
            cursors[day] = end


def _lines(path: Path, begin: int, holding: bytes = b"") -> Iterator[tuple[StoredCertificate | None, int]]:
    """Whole lines from a byte on that hold these bytes, with the byte behind each; None for one that is no certificate."""
    with path.open("rb") as file:
        file.seek(begin)
        for line in file:
            if not line.endswith(b"\n"):
                return
            begin += len(line)
            if holding not in line:
                continue
            try:
                signed = str(json.loads(line)["note"])
                yield StoredCertificate(read_signed(signed), signed), begin
            except (ValueError, KeyError, TypeError, MingjianError):
                _LOG.warning("a line of %s is no certificate", path.name)
                yield None, begin
