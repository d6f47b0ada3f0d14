"""The server's side of RTSP as a machine: bytes in, events out, answers queued as bytes (RFC 2326 section 10).

It serves both directions: DESCRIBE/SETUP/PLAY (we send) and ANNOUNCE/SETUP/RECORD (we receive). Its user decides what
a URL means; the machine does the rest: CSeq, session ids, authentication, OPTIONS, keepalives, TEARDOWN.

    server = RtspServer(session="8f3a", nonce=secrets.token_hex(16))
    for event in server.receive(data):
        match event:
            case DescribeAsked(request): server.answer_describe(request, sdp)
            case SetupAsked(request, transports): server.answer_setup(request, transports[0])
            case PlayAsked(request): server.answer(request)
            case Ended(): ...
    transport.write(server.take_output())

Every ...Asked event must get exactly one `answer...` or `refuse`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.wire.rtsp.auth import Challenge, Credentials, check_authorization, format_challenge
from mingjian.wire.rtsp.message import REASONS, Header, Message, Request, Response
from mingjian.wire.rtsp.reader import Frame, StreamReader
from mingjian.wire.rtsp.transport import TransportSpec, format_transport, parse_transports

_PUBLIC = "OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, RECORD, TEARDOWN, GET_PARAMETER, SET_PARAMETER"
_DEFAULT_TIMEOUT_S = 60  # RFC 2326 12.37


@dataclass(frozen=True, slots=True)
class DescribeAsked:
    """Answer with `answer_describe`, or refuse (404)."""

    request: Request


@dataclass(frozen=True, slots=True)
class AnnounceAsked:
    """The peer wants to push what the request's body (SDP) describes. `answer`, or refuse (403, 404, 415)."""

    request: Request


@dataclass(frozen=True, slots=True)
class SetupAsked:
    """`transports` in the peer's order of preference, never empty. `answer_setup`, or refuse (404, 461)."""

    request: Request
    transports: tuple[TransportSpec, ...]


@dataclass(frozen=True, slots=True)
class PlayAsked:
    """Media may flow after `answer`."""

    request: Request


@dataclass(frozen=True, slots=True)
class RecordAsked:
    """Media will come after `answer`."""

    request: Request


@dataclass(frozen=True, slots=True)
class Ended:
    """The peer tore the session down; already answered. Flush the output, then close."""


ServerEvent = DescribeAsked | AnnounceAsked | SetupAsked | PlayAsked | RecordAsked | Ended | Frame


class RtspServer:
    """One connection. With `credentials` every request but OPTIONS must authenticate by Digest (MD5, qop=auth).

    `nonce` must be unpredictable and fresh for each connection. Reading raises RtspError for what is no RTSP.
    """

    def __init__(
        self,
        *,
        session: str,
        nonce: str = "",
        realm: str = "mingjian",
        credentials: Credentials | None = None,
        timeout_s: int = _DEFAULT_TIMEOUT_S,
        server_name: str = "Mingjian",
    ) -> None:
        if credentials is not None and not nonce:
            raise ValueError("authentication needs a nonce")
        self.session = session
        self.timeout_s = timeout_s
        self._challenge = Challenge("digest", realm=realm, nonce=nonce, algorithm="MD5", qop_auth=True)
        self._credentials = credentials
        self._server_name = server_name
        self._reader = StreamReader()
        self._output = bytearray()
        self.state = "init"  # init, ready, playing, recording, ended (RFC 2326 A.2)

    def receive(self, data: bytes) -> list[ServerEvent]:
        """What the peer's bytes mean. Responses of the peer are passed over: we ask nothing."""
        events: list[ServerEvent] = []
        for item in self._reader.receive(data):
            if isinstance(item, Frame):
                events.append(item)
            else:
                events.extend(self.on_message(item))
        return events

    def on_message(self, message: Message) -> list[ServerEvent]:
        """The same for a message that somebody else has read."""
        if isinstance(message, Response):
            return []
        if message.cseq is None:  # RFC 2326 12.17: every request has one
            self.refuse(message, 400)
            return []
        if message.method != "OPTIONS" and not self._authenticated(message):
            self._respond(message, 401, (("WWW-Authenticate", format_challenge(self._challenge)),))
            return []
        if message.session is not None and message.session != self.session:
            self.refuse(message, 454)
            return []
        return self._dispatch(message)

    def take_output(self) -> bytes:
        """The bytes to send; empty when there are none."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def answer(self, request: Request, headers: tuple[Header, ...] = ()) -> None:
        """200 to ANNOUNCE, PLAY or RECORD."""
        if request.method in ("PLAY", "RECORD"):
            self.state = "playing" if request.method == "PLAY" else "recording"
            headers = (("Session", self.session), *headers)
        self._respond(request, 200, headers)

    def answer_describe(self, request: Request, sdp: bytes, content_base: str | None = None) -> None:
        """200 with a description; its relative control URLs stand below `content_base`, by default the URL asked for."""
        base = content_base or request.url
        base = base if base.endswith("/") else base + "/"
        self._respond(request, 200, (("Content-Base", base), ("Content-Type", "application/sdp")), sdp)

    def answer_setup(self, request: Request, chosen: TransportSpec) -> None:
        """200 with the transport in force: for TCP its `interleaved` channels, for UDP both sides' ports."""
        self.state = "ready" if self.state == "init" else self.state
        session = f"{self.session};timeout={self.timeout_s}"
        self._respond(request, 200, (("Transport", format_transport(chosen)), ("Session", session)))

    def refuse(self, request: Request, status: int) -> None:
        """An error status."""
        self._respond(request, status, ())

    def _dispatch(self, request: Request) -> list[ServerEvent]:
        method = request.method
        if method == "OPTIONS":
            self._respond(request, 200, (("Public", _PUBLIC),))
        elif method in ("GET_PARAMETER", "SET_PARAMETER"):
            self._respond(request, 200, (("Session", self.session),))
        elif method == "TEARDOWN":
            self.state = "ended"
            self._respond(request, 200, (("Session", self.session),))
            return [Ended()]
        elif method == "DESCRIBE":
            return [DescribeAsked(request)]
        elif method == "ANNOUNCE" and self.state == "init":
            return [AnnounceAsked(request)]
        elif method == "SETUP" and self.state in ("init", "ready"):
            return self._setup(request)
        elif method == "PLAY" and self.state in ("ready", "playing"):
            return [PlayAsked(request)]
        elif method == "RECORD" and self.state == "ready":
            return [RecordAsked(request)]
        else:
            known = method in ("ANNOUNCE", "SETUP", "PLAY", "RECORD")
            self.refuse(request, 455 if known else 501)
        return []

    def _setup(self, request: Request) -> list[ServerEvent]:
        offered = tuple(parse_transports(request.get("Transport") or ""))
        if not offered:
            self.refuse(request, 461)
            return []
        return [SetupAsked(request, offered)]

    def _authenticated(self, request: Request) -> bool:
        if self._credentials is None:
            return True
        value = request.get("Authorization")
        return value is not None and check_authorization(value, self._challenge, self._credentials, request.method)

    def _respond(self, request: Request, status: int, headers: tuple[Header, ...], body: bytes = b"") -> None:
        cseq = (request.get("CSeq") or "0").strip()
        common: tuple[Header, ...] = (("CSeq", cseq), ("Server", self._server_name))
        if status >= 400 and request.method in ("SETUP", "PLAY", "RECORD") and request.session == self.session:
            common = (*common, ("Session", self.session))
        self._output += Response(status, REASONS.get(status, ""), common + headers, body).to_bytes()
