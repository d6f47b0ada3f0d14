"""Which maker a camera is of, by its own words, and where that maker's cameras serve their streams.

A hint for the person who adds the camera, never more: the live test decides. Paths are those of the makers' own manuals
for the first channel, main stream then sub stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Maker:
    """`signs` is looked for without case in what the device says of itself (server, realm, ONVIF name and hardware)."""

    name: str
    signs: re.Pattern[str]
    paths: tuple[str, ...]


def _maker(name: str, signs: str, *paths: str) -> Maker:
    return Maker(name, re.compile(signs, re.IGNORECASE), paths)


MAKERS = (
    _maker("Hikvision", r"hikvision|\bIP Camera\(|\bDS-\d[A-Z]", "/Streaming/Channels/101", "/Streaming/Channels/102"),
    _maker(
        "Dahua",
        r"dahua|login to [0-9a-z]{12,}|\bDH-|\bIPC-H",
        "/cam/realmonitor?channel=1&subtype=0",
        "/cam/realmonitor?channel=1&subtype=1",
    ),
    _maker("Uniview", r"uniview|\bUNV\b|\bIPC\d{3,}", "/media/video1", "/media/video2"),
    _maker(
        "Axis",
        r"\baxis\b|axis_",
        "/axis-media/media.amp?videocodec=h264",
        "/axis-media/media.amp?videocodec=h264&resolution=640x360",
    ),
    _maker("Hanwha", r"hanwha|wisenet|samsung", "/profile2/media.smp", "/profile3/media.smp"),
    _maker("TP-Link", r"tp-?link|\btapo\b|\bvigi\b", "/stream1", "/stream2"),
    _maker("Bosch", r"\bbosch\b", "/?inst=1", "/?inst=2"),
)


def maker_of(*words: str) -> Maker | None:
    """The first maker whose signs are in the words; None when nothing tells."""
    text = "\n".join(words)
    return next((maker for maker in MAKERS if maker.signs.search(text)), None)
