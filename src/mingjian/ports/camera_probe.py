"""Trying a camera before it is registered, and finding cameras on a network. `app` injects what does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """One step of a camera test, in the order name, reach, authenticate, describe, first_frame.

    `state` is ok, failed or skipped; the sentences say what was found or what to do, without URL or credentials.
    """

    step: str
    state: str
    zh: str
    en: str
    ms: int


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that answered: by ONVIF WS-Discovery or by RTSP. `urls` carry no credentials."""

    address: str
    port: int
    name: str
    vendor: str
    model: str
    method: str  # "onvif" or "range"
    urls: tuple[str, ...] = ()
    needs_password: bool = False


@dataclass(frozen=True, slots=True)
class SearchWish:
    """How to search: "onvif" on the local network, or "range" by RTSP at `port` within `address_range`."""

    method: str
    address_range: str | None = None  # CIDR or first-last
    port: int = 554


@dataclass(frozen=True, slots=True)
class DeviceStream:
    """A media profile that an ONVIF device tells. `stream_url` carries no credentials; sizes are 0 when it does not say."""

    profile: str
    stream_url: str
    codec: str
    width: int
    height: int


class SearchWatch(Protocol):
    """Told how a search goes on, in the thread of the search."""

    def on_tried(self, tried: int, total: int) -> None:
        """So many of so many addresses have been asked; a total of 0 means that nobody can say."""
        ...

    def on_found(self, device: FoundDevice) -> None:
        """A device answered."""
        ...

    def is_cancelled(self) -> bool:
        """Asked several times a second; once true, the search ends with what it has."""
        ...


class CameraProbe(Protocol):
    """The calls block for a bounded time (a test at most about 15 s) and are called off the event loop."""

    def test(self, url: str, transport: str, *, allow_loopback: bool) -> tuple[ProbeStep, ...]:
        """Try the camera; a camera that fails is an answer with a failed step, not an error."""
        ...

    def discover(
        self, wish: SearchWish, *, allow_loopback: bool, watch: SearchWatch | None = None
    ) -> tuple[FoundDevice, ...]:
        """The devices found.

        Raises MingjianError (fault: user, field: range) for a range that is none, too wide or not to be probed.
        """
        ...

    def streams(
        self, address: str, port: int, user: str, password: str, *, allow_loopback: bool
    ) -> tuple[DeviceStream, ...]:
        """What an ONVIF device tells to that account, the main stream first.

        Raises MingjianError (fault: peer) `onvif_password` or `onvif_failed`, and (user) for an address not to be asked.
        """
        ...
