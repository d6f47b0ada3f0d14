"""Opening a socket to a camera: resolve, check every address, connect with a time limit, TLS where the URL says so."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from mingjian.kernel.errors import MingjianError
from mingjian.media.sources import failure
from mingjian.media.sources.address import CameraAddress, check_host, check_ip

CONNECT_TIMEOUT_S = 2.0
_P = TypeVar("_P", bound=asyncio.BufferedProtocol)


async def resolve(address: CameraAddress, *, allow_loopback: bool, timeout_s: float = CONNECT_TIMEOUT_S) -> list[str]:
    """The addresses of the host, all checked. Raises SourceFailure."""
    try:
        check_host(address.host, allow_loopback=allow_loopback)
        async with asyncio.timeout(timeout_s):
            infos = await asyncio.get_running_loop().getaddrinfo(
                address.host, address.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
            )
        found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        for ip in found:
            check_ip(ip, allow_loopback=allow_loopback)
    except MingjianError as error:
        raise failure.address_refused(error) from error
    except (socket.gaierror, UnicodeError, TimeoutError) as error:
        raise failure.name_not_found() from error
    if not found:
        raise failure.name_not_found()
    return found


async def connect(
    address: CameraAddress,
    factory: Callable[[], _P],
    *,
    allow_loopback: bool = False,
    verify_tls: bool = False,
    timeout_s: float = CONNECT_TIMEOUT_S,
) -> tuple[asyncio.Transport, _P]:
    """Connect to the first address that answers. Raises SourceFailure.

    Camera certificates are nearly always self-signed: by default any is taken (its fingerprint can be had from
    `tls_fingerprint`); `verify_tls` demands one that the machine trusts for that host.
    """
    last: OSError = TimeoutError()
    for ip in await resolve(address, allow_loopback=allow_loopback, timeout_s=timeout_s):
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.get_running_loop().create_connection(
                    factory,
                    ip,
                    address.port,
                    ssl=_tls_context(verify_tls) if address.tls else None,
                    server_hostname=address.host if address.tls else None,
                )
        except OSError as error:  # TimeoutError and SSLError are among them
            last = error
    raise failure.connect_error(last) from last


def tls_fingerprint(transport: asyncio.Transport) -> str | None:
    """SHA-256 of the peer's certificate in hex, None without TLS."""
    tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True) if tls is not None else None
    return hashlib.sha256(der).hexdigest() if der else None


def _tls_context(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
