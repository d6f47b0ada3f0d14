"""Web's ports to cameras, answered by media: judging a URL, trying a camera, finding cameras."""

from __future__ import annotations

import asyncio
import logging

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.discovery import OnvifDevice, find_devices, stream_urls
from mingjian.media.sources.probe import CameraTest, parse_range, probe_range
from mingjian.ports.camera_probe import FoundDevice, ProbeStep
from mingjian.ports.camera_url import CheckedUrl

_LOG = logging.getLogger(__name__)


def check_url(url: str, *, allow_loopback: bool, field: str) -> CheckedUrl:
    """`ports.camera_url.CameraUrlCheck`, by the rules of `media.sources.address`."""
    address = parse_address(url, allow_loopback=allow_loopback, field_name=field)
    host = f"[{address.host}]" if ":" in address.host else address.host
    return CheckedUrl(url=url.strip(), host=f"{host}:{address.port}", has_credentials=address.credentials is not None)


class RtspProbe:
    """`ports.camera_probe.CameraProbe` by `media.sources`; each call runs an event loop of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def test(self, url: str, transport: str, *, allow_loopback: bool) -> tuple[ProbeStep, ...]:
        """Try the camera step by step."""

        async def collect() -> tuple[ProbeStep, ...]:
            trial = CameraTest(url, self._clock, transport=transport, allow_loopback=allow_loopback)
            return tuple([step async for step in trial.run()])

        return asyncio.run(collect())

    def discover(self, method: str, address_range: str | None) -> tuple[FoundDevice, ...]:
        """Devices found by "onvif" or, within `address_range`, by "range"."""
        if method == "onvif":
            return asyncio.run(_by_onvif())
        if not address_range:
            raise MingjianError(
                "bad_range",
                Text(zh="请填写地址范围", en="give an address range"),
                fault=Fault.USER,
                field="range",
                remedy=Text(zh="例如 10.0.0.0/24", en="such as 10.0.0.0/24"),
            )
        return asyncio.run(_in_range(address_range))


async def _by_onvif() -> tuple[FoundDevice, ...]:
    return tuple([await _told(device) for device in await find_devices()])


async def _told(device: OnvifDevice) -> FoundDevice:
    """The device with its streams, where it tells them without a password."""
    try:
        urls = tuple(stream.url for stream in await stream_urls(device, None))
    except MingjianError as error:
        _LOG.info("an ONVIF device does not tell its streams: %s", error.code)
        urls = ()
    return FoundDevice(
        address=device.host,
        port=device.port,
        name=device.name,
        vendor="",
        model=device.hardware,
        method="onvif",
        urls=urls,
    )


async def _in_range(address_range: str) -> tuple[FoundDevice, ...]:
    found = probe_range(parse_range(address_range))
    return tuple(
        [
            FoundDevice(
                address=server.host,
                port=server.port,
                name=server.server,
                vendor="",
                model="",
                method="range",
                urls=(f"rtsp://{server.host}:{server.port}/",),
            )
            async for server in found
        ]
    )
