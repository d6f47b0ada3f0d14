"""Session descriptions (RFC 8866, formerly RFC 4566) as cameras write them: read leniently, written strictly.

Only what RTSP needs is kept: per medium its payload types, rtpmap, fmtp, control URL and direction. Unknown lines are
passed over, since cameras invent many. Reading never raises for odd lines, only for what is no description at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_MAX_BYTES = 256 * 1024
_MAX_MEDIA = 32
_MAX_ATTRIBUTES = 256


class SdpError(MingjianError):
    """The peer's session description cannot be used."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "sdp_malformed",
            Text(zh="设备返回的媒体描述无法识别", en="the device's media description cannot be read"),
            fault=Fault.PEER,
            remedy=Text(zh="请检查取流地址是否正确", en="check that the stream URL is right"),
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class RtpMap:
    """`a=rtpmap:<payload type> <encoding>/<clock rate>[/<channels>]` (RFC 8866 section 6.6). `encoding` in upper case."""

    encoding: str
    clock_rate: int
    channels: int = 1


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One `m=` section. `payload_types` is empty when the formats were no numbers; keys of `fmtp` are in lower case."""

    kind: str
    port: int = 0
    protocol: str = "RTP/AVP"
    payload_types: tuple[int, ...] = ()
    rtpmaps: dict[int, RtpMap] = field(default_factory=dict)
    fmtps: dict[int, dict[str, str]] = field(default_factory=dict)
    control: str | None = None
    direction: str | None = None
    frame_rate: str | None = None


@dataclass(frozen=True, slots=True)
class SessionDescription:
    """A whole description. `control` is the aggregate control URL as written, None when absent (RFC 2326 C.1.1)."""

    media: tuple[MediaDescription, ...] = ()
    name: str = "-"
    control: str | None = None


def parse_sdp(raw: bytes) -> SessionDescription:
    """Read a description. Raises SdpError when it is oversized or holds no single line `<letter>=<value>`."""
    if len(raw) > _MAX_BYTES:
        raise SdpError(f"{len(raw)} bytes")
    name, control = "-", None
    sections: list[tuple[str, list[str]]] = []
    lines_seen = 0
    for line in raw.decode("utf-8", "replace").replace("\r", "\n").split("\n"):
        line = line.strip("\x00 \t")
        if len(line) < 2 or line[1] != "=":
            continue
        lines_seen += 1
        letter, value = line[0], line[2:].strip()
        if letter == "m" and len(sections) < _MAX_MEDIA:
            sections.append((value, []))
        elif letter == "a" and sections and len(sections[-1][1]) < _MAX_ATTRIBUTES:
            sections[-1][1].append(value)
        elif letter == "a" and not sections and value.startswith("control:"):
            control = value[8:].strip() or None
        elif letter == "s" and not sections:
            name = value or "-"
    if not lines_seen:
        raise SdpError("no line of the form <letter>=<value>")
    return SessionDescription(tuple(_media(first, attributes) for first, attributes in sections), name, control)


def format_sdp(description: SessionDescription, address: str = "0.0.0.0") -> bytes:  # noqa: S104
    """Write a description with CRLF lines, in the order of RFC 8866 section 5."""
    family = "IP6" if ":" in address else "IP4"
    lines = ["v=0", f"o=- 0 0 IN {family} {address}", f"s={description.name}", f"c=IN {family} {address}", "t=0 0"]
    if description.control is not None:
        lines.append(f"a=control:{description.control}")
    for media in description.media:
        formats = " ".join(str(number) for number in media.payload_types)
        lines.append(f"m={media.kind} {media.port} {media.protocol} {formats}")
        lines.extend(_attribute_lines(media))
    return ("\r\n".join(lines) + "\r\n").encode()


def _attribute_lines(media: MediaDescription) -> list[str]:
    lines = []
    for number, rtpmap in media.rtpmaps.items():
        channels = f"/{rtpmap.channels}" if rtpmap.channels > 1 else ""
        lines.append(f"a=rtpmap:{number} {rtpmap.encoding}/{rtpmap.clock_rate}{channels}")
    for number, parameters in media.fmtps.items():
        text = ";".join(f"{key}={value}" if value else key for key, value in parameters.items())
        lines.append(f"a=fmtp:{number} {text}")
    if media.frame_rate is not None:
        lines.append(f"a=framerate:{media.frame_rate}")
    if media.direction is not None:
        lines.append(f"a={media.direction}")
    if media.control is not None:
        lines.append(f"a=control:{media.control}")
    return lines


def _media(first: str, attributes: list[str]) -> MediaDescription:
    words = first.split()
    control = direction = frame_rate = None
    rtpmaps: dict[int, RtpMap] = {}
    fmtps: dict[int, dict[str, str]] = {}
    for attribute in attributes:
        key, _, value = attribute.partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "control":
            control = value or None
        elif key in ("sendonly", "recvonly", "sendrecv", "inactive"):
            direction = key
        elif key == "framerate":
            frame_rate = value or None
        elif key == "rtpmap":
            _add_rtpmap(rtpmaps, value)
        elif key == "fmtp":
            _add_fmtp(fmtps, value)
    return MediaDescription(
        kind=words[0].lower() if words else "",
        port=_number(words[1].partition("/")[0]) if len(words) > 1 else 0,
        protocol=words[2] if len(words) > 2 else "RTP/AVP",
        payload_types=tuple(int(word) for word in words[3:] if word.isascii() and word.isdigit() and len(word) <= 3),
        rtpmaps=rtpmaps,
        fmtps=fmtps,
        control=control,
        direction=direction,
        frame_rate=frame_rate,
    )


def _add_rtpmap(rtpmaps: dict[int, RtpMap], value: str) -> None:
    number, _, rest = value.partition(" ")
    parts = rest.strip().split("/")
    if not (number.isascii() and number.isdigit()) or len(number) > 3 or not parts[0]:
        return
    clock_rate = _number(parts[1]) if len(parts) > 1 else 0
    channels = _number(parts[2]) if len(parts) > 2 else 1
    rtpmaps[int(number)] = RtpMap(parts[0].strip().upper(), clock_rate, channels or 1)


def _add_fmtp(fmtps: dict[int, dict[str, str]], value: str) -> None:
    number, _, rest = value.partition(" ")
    if not (number.isascii() and number.isdigit()) or len(number) > 3:
        return
    parameters = fmtps.setdefault(int(number), {})
    for item in rest.split(";"):
        key, _, parameter = item.partition("=")
        if key.strip():
            parameters[key.strip().lower()] = parameter.strip()


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
