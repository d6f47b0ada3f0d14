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


class CameraProbe(Protocol):
    """Both calls block for a bounded time (a test at most about 15 s) and are called off the event loop."""

    def test(self, url: str, transport: str, *, allow_loopback: bool) -> tuple[ProbeStep, ...]:
        """Try the camera; a camera that fails is an answer with a failed step, not an error."""
        ...

    def discover(self, method: str, address_range: str | None) -> tuple[FoundDevice, ...]:
        """Devices found by "onvif" or, within `address_range` (CIDR or first-last), by "range".

        Raises MingjianError (fault: user, field: range) for a range that is none, too wide or not to be probed.
        """
        ...
