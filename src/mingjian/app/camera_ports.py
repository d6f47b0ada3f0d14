"""Web's ports to cameras, answered by media: judging a URL, trying a camera, finding cameras.

ONVIF's libraries are imported by whoever searches: they take half a second that every command and process would pay.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources.address import check_host, parse_address
from mingjian.media.sources.makers import maker_of
from mingjian.media.sources.probe import CameraTest, FoundServer, parse_range, probe_range
from mingjian.ports.camera_probe import DeviceStream, FoundDevice, ProbeStep, SearchWatch, SearchWish
from mingjian.ports.camera_url import CheckedUrl
from mingjian.wire.rtsp.auth import Credentials

if TYPE_CHECKING:
    from mingjian.media.sources.discovery import OnvifDevice

_LOG = logging.getLogger(__name__)
_ASK_CANCELLED_S = 0.2


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

    def discover(
        self, wish: SearchWish, *, allow_loopback: bool, watch: SearchWatch | None = None
    ) -> tuple[FoundDevice, ...]:
        """Search until done, or until `watch` calls it off."""
        watch = watch or _Unwatched()
        if wish.method == "onvif":
            devices = _by_onvif(allow_loopback, watch)
        elif wish.address_range:
            devices = _in_range(parse_range(wish.address_range, allow_loopback=allow_loopback), wish.port, watch)
        else:
            raise MingjianError(
                "bad_range",
                Text(zh="请填写地址范围", en="give an address range"),
                fault=Fault.USER,
                field="range",
                remedy=Text(zh="例如 10.0.0.0/24", en="such as 10.0.0.0/24"),
            )
        return asyncio.run(_collect(devices, watch))

    def streams(
        self, address: str, port: int, user: str, password: str, *, allow_loopback: bool
    ) -> tuple[DeviceStream, ...]:
        """Ask an ONVIF device for its stream URLs."""
        from mingjian.media.sources.discovery import OnvifDevice, stream_urls

        check_host(address, allow_loopback=allow_loopback, field_name="address")
        device = OnvifDevice(address, port, "", "")
        credentials = Credentials(user, password) if user else None
        found = asyncio.run(stream_urls(device, credentials, allow_loopback=allow_loopback))
        return tuple(DeviceStream(one.profile, one.url, one.codec, one.width, one.height) for one in found)


class _Unwatched:
    """Nobody looks on: a search runs to its end."""

    def on_tried(self, tried: int, total: int) -> None:
        """Of no use here."""

    def on_found(self, device: FoundDevice) -> None:
        """Of no use here."""

    def is_cancelled(self) -> bool:
        """Never."""
        return False


async def _collect(devices: AsyncIterator[FoundDevice], watch: SearchWatch) -> tuple[FoundDevice, ...]:
    """All devices, or those found until it was called off."""
    found: list[FoundDevice] = []

    async def take() -> None:
        async for device in devices:
            found.append(device)
            watch.on_found(device)

    task = asyncio.create_task(take())
    while not task.done() and not watch.is_cancelled():
        await asyncio.wait([task], timeout=_ASK_CANCELLED_S)
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return tuple(found)


async def _by_onvif(allow_loopback: bool, watch: SearchWatch) -> AsyncIterator[FoundDevice]:
    from mingjian.media.sources.discovery import find_devices

    watch.on_tried(0, 0)
    devices = await find_devices(allow_loopback=allow_loopback)
    for tried, device in enumerate(devices, 1):
        yield await _told(device, allow_loopback)
        watch.on_tried(tried, len(devices))


async def _told(device: OnvifDevice, allow_loopback: bool) -> FoundDevice:
    """The device with its streams, where it tells them without a password."""
    from mingjian.media.sources.discovery import stream_urls

    urls: tuple[str, ...] = ()
    needs_password = False
    try:
        urls = tuple(stream.url for stream in await stream_urls(device, None, allow_loopback=allow_loopback))
    except MingjianError as error:
        needs_password = error.code == "onvif_password"
        _LOG.info("an ONVIF device does not tell its streams: %s", error.code)
    maker = maker_of(device.name, device.hardware)
    return FoundDevice(
        address=device.host,
        port=device.port,
        name=device.name,
        vendor=maker.name if maker else "",
        model=device.hardware,
        method="onvif",
        urls=urls,
        needs_password=needs_password,
    )


async def _in_range(addresses: list[str], port: int, watch: SearchWatch) -> AsyncIterator[FoundDevice]:
    total = len(addresses)
    watch.on_tried(0, total)
    async for server in probe_range(addresses, port=port, on_tried=lambda tried: watch.on_tried(tried, total)):
        yield _server(server)


def _server(server: FoundServer) -> FoundDevice:
    """An RTSP server says nothing of its streams: their URLs are its maker's usual ones, where the maker shows."""
    maker = maker_of(server.server, server.realm)
    host = f"[{server.host}]" if ":" in server.host else server.host
    root = f"rtsp://{host}" if server.port == 554 else f"rtsp://{host}:{server.port}"
    return FoundDevice(
        address=server.host,
        port=server.port,
        name=server.server,
        vendor=maker.name if maker else "",
        model="",
        method="range",
        urls=tuple(root + path for path in maker.paths) if maker else (f"{root}/",),
        needs_password=server.needs_password,
    )
