"""Where a camera's URL may point, and what it is made of.

A URL is checked twice: as text when a person enters it, and each address it resolves to when we connect, so that a name
cannot later come to mean our own machine or a cloud's metadata service. Private networks are where cameras live.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.wire.rtsp.auth import Credentials

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}  # RFC 7826 section 4.2 for rtsps
MAX_URL = 2048

# Metadata services of clouds that are not link-local: AWS IPv6, Alibaba, Oracle.
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data"})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class CameraAddress:
    """A camera URL in parts. `url` is without user and password and is what requests carry; credentials never show."""

    scheme: str
    host: str  # a name, an IPv4 address, or an IPv6 address without brackets
    port: int
    path: str  # with query, beginning with "/" or empty
    credentials: Credentials | None = field(default=None, repr=False)

    @property
    def tls(self) -> bool:
        """Whether the connection is TLS from its start."""
        return self.scheme == "rtsps"

    @property
    def url(self) -> str:
        """The URL as requests carry it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def host_key(self) -> str:
        """What the connection gate counts by."""
        return self.host.lower()


def parse_address(url: str, *, allow_loopback: bool = False, field_name: str = "url") -> CameraAddress:
    """Parse and check a camera URL. Raises MingjianError `bad_camera_url` or `address_refused` (fault: user).

    The user part ends at the last `@` before the path: passwords with `@`, `/` before it, `:` or `#` are common, and
    percent escapes are taken as such where they are valid.
    """
    text = url.strip()
    if not text or len(text) > MAX_URL or any(ord(char) < 33 or ord(char) == 127 for char in text):
        raise _bad(field_name, "地址为空、过长或含有空格", "it is empty, too long or contains blanks")
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in DEFAULT_PORTS:
        raise _bad(field_name, "地址须以 rtsp:// 或 rtsps:// 开头", "it must begin with rtsp:// or rtsps://")
    user_info, authority, path = _split(rest)
    host, port = _host_and_port(authority, DEFAULT_PORTS[scheme], field_name)
    check_host(host, allow_loopback=allow_loopback, field_name=field_name)
    return CameraAddress(scheme, host, port, path, _credentials(user_info))


def check_host(host: str, *, allow_loopback: bool = False, field_name: str = "url") -> None:
    """Refuse names and literal addresses that point where no camera is. Raises MingjianError `address_refused`."""
    lowered = host.lower().rstrip(".")
    if lowered in _METADATA_NAMES:
        raise _refused(field_name)
    if (lowered == "localhost" or lowered.endswith(".localhost")) and not allow_loopback:
        raise _refused(field_name)
    literal = _literal(lowered)
    if literal is not None:
        check_ip(literal, allow_loopback=allow_loopback, field_name=field_name)


def check_ip(address: str, *, allow_loopback: bool = False, field_name: str = "url") -> None:
    """Refuse a resolved address: loopback, link-local, multicast, unspecified, broadcast, reserved, metadata."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError as error:
        raise _refused(field_name) from error
    for inner in _with_inner(ip):
        if inner.is_loopback:
            if not allow_loopback:
                raise _refused(field_name)
        elif (
            inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved or inner in _METADATA
        ):
            raise _refused(field_name)


_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _with_inner(ip: _Ip) -> list[_Ip]:
    """The address itself, or the IPv4 address that it only wraps."""
    if isinstance(ip, ipaddress.IPv4Address):
        # "This network" reaches the machine itself on Linux.
        return [ipaddress.IPv4Address(0)] if int(ip) >> 24 == 0 else [ip]
    if ip.ipv4_mapped is not None:
        return _with_inner(ip.ipv4_mapped)
    if ip.sixtofour is not None:
        return _with_inner(ip.sixtofour)
    if ip in _NAT64:
        return _with_inner(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [ip]


def _literal(host: str) -> str | None:
    """The address a host text stands for when it is one, also in the odd spellings that resolvers accept."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    parts = host.split(".")
    numbers = []
    for part in parts:
        try:
            numbers.append(int(part, 8 if part.startswith("0") and part.isdigit() else 0))
        except ValueError:
            return None
    if not 1 <= len(numbers) <= 4 or any(number < 0 for number in numbers):
        return None
    value = numbers[-1]  # inet_aton: the last part fills what is left
    for index, number in enumerate(numbers[:-1]):
        value |= number << (24 - 8 * index)
    return str(ipaddress.IPv4Address(value)) if value <= 0xFFFFFFFF else None


def _split(rest: str) -> tuple[str | None, str, str]:
    """(user info, authority, path with query) of what follows `://`."""
    slash = _first(rest, "/?")
    at = rest.rfind("@", 0, slash)
    if at < 0 and "@" in rest[slash:]:
        # A password with a "/" in it: the part before the last "@" must look like user:password then.
        later = rest.rfind("@")
        if ":" in rest[:slash] and not _is_port(rest[:slash].rpartition(":")[2]):
            at, slash = later, later + 1 + _first(rest[later + 1 :], "/?")
    if at < 0:
        return None, rest[:slash], rest[slash:]
    return rest[:at], rest[at + 1 : slash], rest[slash:]


def _first(text: str, chars: str) -> int:
    return min((index for index in map(text.find, chars) if index >= 0), default=len(text))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5


def _host_and_port(authority: str, default: int, field_name: str) -> tuple[str, int]:
    if authority.startswith("["):
        host, bracket, port_text = authority[1:].partition("]")
        try:
            ipaddress.IPv6Address(host.partition("%")[0])
        except ValueError as error:
            raise _bad(field_name, "IPv6 地址无效", "the IPv6 address is not valid") from error
        if not bracket or (port_text and not port_text.startswith(":")):
            raise _bad(field_name, "IPv6 地址后的端口写法有误", "the port after the IPv6 address is not written right")
        port_text = port_text[1:]
    else:
        host, _, port_text = authority.partition(":")
    if not host or any(char in host for char in '<>"\\^`{|}@#'):
        raise _bad(field_name, "地址中没有有效的主机名或 IP", "there is no valid host name or address in it")
    if not port_text:
        return host, default
    if not _is_port(port_text) or not 1 <= int(port_text) <= 65535:
        raise _bad(field_name, "端口须为 1 到 65535", "the port must be from 1 to 65535")
    return host, int(port_text)


def _credentials(user_info: str | None) -> Credentials | None:
    if not user_info:
        return None
    user, _, password = user_info.partition(":")
    return Credentials(unquote(user), unquote(password))


def _bad(field_name: str, zh: str, en: str) -> MingjianError:
    return MingjianError(
        "bad_camera_url",
        Text(zh=f"摄像机地址无效：{zh}", en=f"the camera URL is not valid: {en}"),
        fault=Fault.USER,
        field=field_name,
        remedy=Text(
            zh="示例：rtsp://用户:密码@10.0.0.8:554/路径", en="example: rtsp://user:password@10.0.0.8:554/path"
        ),
    )


def _refused(field_name: str) -> MingjianError:
    return MingjianError(
        "address_refused",
        Text(
            zh="不允许连接该地址：它指向本机、链路本地、组播或云元数据服务",
            en="this address is refused: it points at this machine, link-local, multicast or a cloud's metadata service",
        ),
        fault=Fault.USER,
        field=field_name,
        remedy=Text(
            zh="请填写摄像机在局域网或专网中的地址", en="give the camera's address in its local or private network"
        ),
    )
