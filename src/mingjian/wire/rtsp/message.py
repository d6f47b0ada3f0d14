"""RTSP requests and responses as values, and as bytes (RFC 2326 sections 4 to 7).

Bytes are decoded as UTF-8 with surrogate escapes, so that whatever a peer sent comes back out as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

Header = tuple[str, str]

REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    415: "Unsupported Media Type",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class RtspError(MingjianError):
    """The peer broke the protocol; the connection is of no further use."""

    def __init__(self, code: str, zh: str, en: str, detail: str | None = None) -> None:
        super().__init__(code, Text(zh=zh, en=en), fault=Fault.PEER, detail=detail)


def malformed(detail: str) -> RtspError:
    """The error for bytes that are no RTSP."""
    return RtspError("rtsp_malformed", "对方发来的数据不是有效的 RTSP", "the peer sent what is not RTSP", detail)


def too_large(detail: str) -> RtspError:
    """The error for messages beyond our bounds."""
    return RtspError(
        "rtsp_too_large", "对方发来的 RTSP 消息过大", "the peer sent an RTSP message beyond bounds", detail
    )


class _Message:
    """What requests and responses share."""

    __slots__ = ()
    headers: tuple[Header, ...]

    def get(self, name: str) -> str | None:
        """The first header of that name (any case), None when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def get_all(self, name: str) -> list[str]:
        """Every header of that name, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def cseq(self) -> int | None:
        """The sequence number (RFC 2326 12.17); None when absent or no number."""
        digits = (self.get("CSeq") or "").strip()
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else None

    @property
    def session(self) -> str | None:
        """The session id without its parameters (RFC 2326 12.37)."""
        value = self.get("Session")
        return value.partition(";")[0].strip() or None if value else None


@dataclass(frozen=True, slots=True)
class Request(_Message):
    """`METHOD URL RTSP/1.0`, headers, body. Content-Length is written by `to_bytes`, never listed by hand."""

    method: str
    url: str
    headers: tuple[Header, ...] = ()
    body: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """The message on the wire."""
        return _to_bytes(f"{self.method} {self.url} RTSP/1.0", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Response(_Message):
    """`RTSP/1.0 STATUS REASON`, headers, body."""

    status: int
    reason: str = ""
    headers: tuple[Header, ...] = ()
    body: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """The message on the wire."""
        reason = self.reason or REASONS.get(self.status, "Status")
        return _to_bytes(f"RTSP/1.0 {self.status} {reason}", self.headers, self.body)


Message = Request | Response


def interleaved(channel: int, payload: bytes) -> bytes:
    """One embedded binary frame: `$`, channel, 16-bit length, data (RFC 2326 10.12)."""
    return b"$" + channel.to_bytes(1, "big") + len(payload).to_bytes(2, "big") + payload


def is_start_line(line: bytes) -> bool:
    """Whether a line can begin a message."""
    if line.startswith(b"RTSP/"):
        status = line.split(None, 2)[1:2]
        return bool(status) and len(status[0]) == 3 and status[0].isdigit()
    words = line.split(b" ")
    return len(words) >= 3 and words[-1].startswith(b"RTSP/") and words[0].replace(b"_", b"").isalpha()


def parse_head(lines: list[bytes]) -> Message:
    """A message without its body from its lines; the first satisfies `is_start_line`. Odd header lines are dropped."""
    headers: list[Header] = []
    for raw in lines[1:]:
        text = raw.decode("utf-8", "surrogateescape")
        if text[0] in " \t" and headers:  # a folded header (RFC 822 3.1.1)
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {text.strip()}".strip())
            continue
        name, colon, value = text.partition(":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
    if lines[0].startswith(b"RTSP/"):
        words = lines[0].split(None, 2)  # as bytes: text knows more kinds of blank than RTSP does
        reason = words[2].decode("utf-8", "surrogateescape").strip() if len(words) > 2 else ""
        return Response(int(words[1]), reason, tuple(headers))
    first = lines[0].decode("utf-8", "surrogateescape")
    method, _, rest = first.partition(" ")
    return Request(method, rest.rpartition(" ")[0].strip(), tuple(headers))


def with_body(head: Message, body: bytes) -> Message:
    """The message of that head with its body."""
    if isinstance(head, Response):
        return Response(head.status, head.reason, head.headers, body)
    return Request(head.method, head.url, head.headers, body)


def _to_bytes(first: str, headers: tuple[Header, ...], body: bytes) -> bytes:
    lines = [first, *(f"{name}: {_one_line(value)}" for name, value in headers if name.lower() != "content-length")]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def _one_line(value: str) -> str:
    # A line break in a value would let the peer's text become a header of ours.
    return value.replace("\r", " ").replace("\n", " ")
