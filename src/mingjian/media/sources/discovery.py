"""Finding cameras: ONVIF WS-Discovery on the local network, and the stream URLs a device gives (GetStreamUri).

Both speak through libraries (wsdiscovery, onvif-zeep-async). What a device says is not believed: its service addresses
are bent back to the host it answered from, and every stream URL passes the rules of `address`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp
import zeep.exceptions
from onvif import ONVIFCamera
from onvif.exceptions import ONVIFAuthError, ONVIFError
from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources.address import check_host, parse_address
from mingjian.wire.rtsp.auth import Credentials

_NVT = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter", "dn")
_MAX_DEVICES = 2000
_MAX_PROFILES = 32
_SCOPE = "onvif://www.onvif.org/"


@dataclass(frozen=True, slots=True)
class OnvifDevice:
    """A device that answered. Texts are its own word, at most 80 characters each."""

    host: str
    port: int
    name: str
    hardware: str


@dataclass(frozen=True, slots=True)
class OnvifStream:
    """One media profile. `url` is without credentials; sizes are 0 when the device does not say."""

    profile: str
    url: str
    codec: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device said in its ProbeMatch: service URLs and scopes."""

    service_urls: tuple[str, ...]
    scopes: tuple[str, ...]


Search = Callable[[int], Sequence[Answer]]


def search_network(seconds: int) -> list[Answer]:
    """WS-Discovery for network video transmitters on every interface; blocks for `seconds`. Raises OSError."""
    discovery = ThreadedWSDiscovery()
    discovery.start()
    try:
        services = discovery.searchServices(types=[_NVT], timeout=seconds)
        return [
            Answer(tuple(map(str, service.getXAddrs() or ())), tuple(str(scope) for scope in service.getScopes() or ()))
            for service in services[:_MAX_DEVICES]
        ]
    finally:
        discovery.stop()


async def find_devices(
    seconds: int = 3, *, allow_loopback: bool = False, search: Search = search_network
) -> list[OnvifDevice]:
    """The ONVIF devices of the local network, sorted by address, each once. Raises MingjianError `discovery_failed`."""
    try:
        answers = await asyncio.to_thread(search, seconds)
    except OSError as error:
        raise MingjianError(
            "discovery_failed",
            Text(zh="无法在局域网内搜索摄像机", en="the local network cannot be searched for cameras"),
            fault=Fault.ENVIRONMENT,
            remedy=Text(
                zh="请检查网卡和组播设置，或按地址范围搜索", en="check network and multicast, or search a range"
            ),
            detail=str(error),
        ) from error
    devices = {device.host: device for answer in answers if (device := _device(answer, allow_loopback)) is not None}
    return [devices[host] for host in sorted(devices)]


def _device(answer: Answer, allow_loopback: bool) -> OnvifDevice | None:
    for url in answer.service_urls:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
            if host is None:
                continue
            check_host(host, allow_loopback=allow_loopback)
        except (ValueError, MingjianError):
            continue  # a device may list an address we must not use beside one we may
        return OnvifDevice(host, port, _scope(answer.scopes, "name"), _scope(answer.scopes, "hardware"))
    return None


def _scope(scopes: tuple[str, ...], kind: str) -> str:
    prefix = f"{_SCOPE}{kind}/"
    return next((unquote(scope[len(prefix) :])[:80] for scope in scopes if scope.startswith(prefix)), "")


async def stream_urls(
    device: OnvifDevice, credentials: Credentials | None, *, allow_loopback: bool = False, timeout_s: float = 10.0
) -> list[OnvifStream]:
    """The RTSP URLs of a device's media profiles, in its order (the first is usually the main stream).

    Raises MingjianError `onvif_password` or `onvif_failed` (fault: peer). URLs that point where they may not are left out.
    """
    camera = ONVIFCamera(
        device.host,
        device.port,
        credentials.user if credentials else "",
        credentials.password if credentials else "",
        adjust_time=True,
        nat_override=True,
    )
    try:
        async with asyncio.timeout(timeout_s):
            return await _ask(camera, allow_loopback)
    except ONVIFAuthError as error:
        raise _password() from error
    except zeep.exceptions.Fault as error:
        words = f"{error.message} {error.code} {error.subcodes}".lower()
        raise (_password() if "auth" in words else _failed(error)) from error
    except (ONVIFError, zeep.exceptions.Error, aiohttp.ClientError, OSError, ValueError) as error:
        raise _failed(error) from error
    finally:
        await camera.close()


async def _ask(camera: Any, allow_loopback: bool) -> list[OnvifStream]:
    await camera.update_xaddrs()
    media = await camera.create_media_service()
    streams = []
    for profile in (await media.GetProfiles() or [])[:_MAX_PROFILES]:
        answer = await media.GetStreamUri(
            {
                "StreamSetup": {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}},
                "ProfileToken": profile.token,
            }
        )
        try:
            url = parse_address(str(answer.Uri), allow_loopback=allow_loopback).url
        except MingjianError:
            continue
        encoder = profile.VideoEncoderConfiguration
        size = encoder.Resolution if encoder is not None else None
        streams.append(
            OnvifStream(
                profile=str(profile.Name)[:80],
                url=url,
                codec=str(encoder.Encoding) if encoder is not None else "",
                width=int(size.Width) if size is not None else 0,
                height=int(size.Height) if size is not None else 0,
            )
        )
    return streams


def _password() -> MingjianError:
    return MingjianError(
        "onvif_password",
        Text(zh="设备拒绝了 ONVIF 用户名或密码", en="the device refuses the ONVIF user name or password"),
        fault=Fault.PEER,
        field="password",
        remedy=Text(
            zh="请核对账号；部分设备的 ONVIF 账号需要单独创建",
            en="check the account; some devices have separate ONVIF accounts",
        ),
    )


def _failed(error: Exception) -> MingjianError:
    return MingjianError(
        "onvif_failed",
        Text(zh="设备没有正确应答 ONVIF 请求", en="the device does not answer ONVIF requests properly"),
        fault=Fault.PEER,
        remedy=Text(
            zh="请在设备上启用 ONVIF，或直接填写取流地址",
            en="enable ONVIF on the device, or enter the stream URL by hand",
        ),
        detail=type(error).__name__,
    )
