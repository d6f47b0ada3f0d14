"""The client's side of RTSP as a machine: messages in, events out, requests queued as bytes (RFC 2326 section 10).

    client = RtspClient(url, credentials, cnonce=secrets.token_hex(8))
    client.start()                                  # OPTIONS, then DESCRIBE
    events = client.on_message(message)             # Described: choose, then
    client.setup([SetupRequest(track, spec), ...])  # SETUP each, then PLAY
    client.keepalive()                              # every client.keepalive_s seconds while playing
    client.teardown()

One request is under way at a time while a session is built, since cameras cannot be trusted with more; keepalives run
beside it. Replies are matched by CSeq, in any order; one without CSeq answers the oldest request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.wire.rtsp.auth import Challenge, Credentials, authorization, parse_challenges
from mingjian.wire.rtsp.control import base_url, resolve
from mingjian.wire.rtsp.message import Header, Message, Request, Response
from mingjian.wire.rtsp.transport import TransportSpec, format_transport, parse_transports
from mingjian.wire.sdp import MediaDescription, SessionDescription, parse_sdp

_DEFAULT_TIMEOUT_S = 60  # RFC 2326 12.37
_MAX_TRIES = 3  # of one request, against 401
_MAX_PENDING = 64


@dataclass(frozen=True, slots=True)
class OfferedTrack:
    """A medium of the description and the URL that controls it."""

    index: int
    media: MediaDescription
    url: str


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A track to set up and the transport to ask for. A refused `optional` track is left out, not an end."""

    track: OfferedTrack
    transport: TransportSpec
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """Choose tracks and call `setup`."""

    description: SessionDescription
    tracks: tuple[OfferedTrack, ...]


@dataclass(frozen=True, slots=True)
class SetupDone:
    """The transport in force for a track; media may come before the reply to PLAY."""

    track: OfferedTrack
    transport: TransportSpec


@dataclass(frozen=True, slots=True)
class Playing:
    """PLAY was answered."""

    rtp_info: str | None


@dataclass(frozen=True, slots=True)
class Redirected:
    """Close and connect to `url`."""

    url: str


@dataclass(frozen=True, slots=True)
class AuthenticationFailed:
    """401 to our credentials, or `needed` when we have none; 403 when `status` says so."""

    status: int
    needed: bool


@dataclass(frozen=True, slots=True)
class TransportRefused:
    """461: ask for another transport."""

    track: OfferedTrack


@dataclass(frozen=True, slots=True)
class SessionLost:
    """454, or the server tore the session down: begin anew."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Another status that ends the attempt."""

    method: str
    status: int


ClientEvent = (
    Described | SetupDone | Playing | Redirected | AuthenticationFailed | TransportRefused | SessionLost | Refused
)


@dataclass(slots=True)
class _Pending:
    method: str
    url: str
    headers: tuple[Header, ...]
    tries: int = 1
    nonce: str | None = None  # the challenge it answered
    setup: SetupRequest | None = None
    keepalive: bool = False


class RtspClient:
    """One connection's session. `url` is without user and password. Raises SdpError from `on_message`."""

    def __init__(self, url: str, credentials: Credentials | None, *, cnonce: str, user_agent: str = "Mingjian") -> None:
        self.url = url
        self.session: str | None = None
        self.timeout_s = _DEFAULT_TIMEOUT_S
        self.public: frozenset[str] = frozenset()
        self._credentials = credentials
        self._cnonce = cnonce
        self._user_agent = user_agent
        self._challenge: Challenge | None = None
        self._nonce_uses = 0
        self._authenticated = False
        self._cseq = 0
        self._pending: dict[int, _Pending] = {}
        self._output = bytearray()
        self._aggregate = url
        self._setups: list[SetupRequest] = []
        self._ready: list[OfferedTrack] = []
        self._plays: list[str] = []
        self._apart = False
        self._keepalive_method: str | None = None
        self.playing = False

    @property
    def waiting(self) -> bool:
        """Whether a request that builds the session is unanswered."""
        return any(not pending.keepalive for pending in self._pending.values())

    @property
    def keepalive_s(self) -> float:
        """How often to call `keepalive`: well within the server's timeout (RFC 2326 12.37)."""
        return max(2.0, min(self.timeout_s / 2, 30.0))

    def start(self) -> None:
        """Ask for the methods the server knows."""
        self._request("OPTIONS", self.url)

    def setup(self, requests: Sequence[SetupRequest]) -> None:
        """Set these tracks up in order, then play."""
        self._setups = list(requests)
        self._next_setup()

    def keepalive(self) -> None:
        """GET_PARAMETER if the server knows it, else OPTIONS (RFC 2326 10.8)."""
        if len(self._pending) >= _MAX_PENDING:
            return  # a server that streams but never answers: its media keeps it alive
        method = self._keepalive_method or ("GET_PARAMETER" if "GET_PARAMETER" in self.public else "OPTIONS")
        self._request(method, self._aggregate, keepalive=True)

    def teardown(self) -> None:
        """End the session; no reply needs to be waited for."""
        if self.session is not None:
            self._request("TEARDOWN", self._aggregate, keepalive=True)

    def take_output(self) -> bytes:
        """The bytes to send; empty when there are none."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def on_message(self, message: Message) -> list[ClientEvent]:
        """What a message means."""
        if isinstance(message, Request):
            return self._on_request(message)
        pending = self._match(message)
        if pending is None or message.status < 200:
            return []
        if message.status == 401:
            return self._unauthorized(message, pending)
        if pending.nonce is not None and message.status < 300:
            self._authenticated = True
        if message.status == 454:
            return [SessionLost()] if pending.method != "TEARDOWN" else []
        if pending.keepalive:
            return self._on_keepalive(message, pending)
        if message.status in (301, 302, 303, 305, 307) and (location := message.get("Location")):
            return [Redirected(location.strip())]
        if message.status == 403:
            return [AuthenticationFailed(403, needed=self._credentials is None)]
        return self._on_reply(message, pending)

    def _on_reply(self, message: Response, pending: _Pending) -> list[ClientEvent]:
        if pending.method == "OPTIONS":
            # Refused or not: many servers know no OPTIONS, and DESCRIBE will tell.
            words = ",".join(message.get_all("Public")).upper().split(",")
            self.public = frozenset(word.strip() for word in words)
            self._request("DESCRIBE", self.url, (("Accept", "application/sdp"),))
            return []
        if pending.method == "DESCRIBE":
            return self._on_described(message)
        if pending.setup is not None:
            return self._on_setup(message, pending.setup)
        return self._on_play(message)

    def _on_described(self, message: Response) -> list[ClientEvent]:
        if message.status >= 300:
            return [Refused("DESCRIBE", message.status)]
        description = parse_sdp(message.body)
        base = base_url(message, self.url)
        self._aggregate = resolve(base, description.control)
        return [
            Described(
                description,
                tuple(
                    OfferedTrack(index, media, resolve(base, media.control))
                    for index, media in enumerate(description.media)
                ),
            )
        ]

    def _next_setup(self) -> None:
        if self._setups:
            request = self._setups[0]
            self._request("SETUP", request.track.url, (("Transport", format_transport(request.transport)),), request)
        else:
            self._play([self._aggregate])

    def _on_setup(self, message: Response, request: SetupRequest) -> list[ClientEvent]:
        if message.status == 461:
            return [TransportRefused(request.track)]
        if message.status >= 300 and not request.optional:
            return [Refused("SETUP", message.status)]
        self._setups = self._setups[1:]
        events: list[ClientEvent] = []
        if message.status < 300:
            self._note_session(message)
            self._ready.append(request.track)
            events.append(SetupDone(request.track, _in_force(message, request.transport)))
        self._next_setup()
        return events

    def _note_session(self, message: Response) -> None:
        value = message.get("Session")
        if value is None:
            return
        self.session = message.session
        for parameter in value.split(";")[1:]:
            key, _, seconds = parameter.partition("=")
            seconds = seconds.strip()
            if key.strip().lower() == "timeout" and seconds.isascii() and seconds.isdigit():
                self.timeout_s = min(max(int(seconds[:6]), 1), 3600)

    def _play(self, urls: list[str]) -> None:
        self._plays = urls
        self._request("PLAY", urls[0], (("Range", "npt=0.000-"),))

    def _on_play(self, message: Response) -> list[ClientEvent]:
        if message.status == 459 and self._ready and not self._apart:
            self._apart = True
            self._play([track.url for track in self._ready])  # aggregate operation not allowed: one by one
            return []
        if message.status >= 300:
            return [Refused("PLAY", message.status)]
        if len(self._plays) > 1:
            self._play(self._plays[1:])
            return []
        self.playing = True
        return [Playing(message.get("RTP-Info"))]

    def _on_keepalive(self, message: Response, pending: _Pending) -> list[ClientEvent]:
        if message.status >= 400 and pending.method == "GET_PARAMETER":
            self._keepalive_method = "OPTIONS"
            self.keepalive()
        return []

    def _on_request(self, request: Request) -> list[ClientEvent]:
        """A server may ask too: REDIRECT (10.10), OPTIONS, SET_PARAMETER, ANNOUNCE, and TEARDOWN in the field."""
        headers: tuple[Header, ...] = (("CSeq", request.get("CSeq") or "0"),)
        if self.session is not None:
            headers = (*headers, ("Session", self.session))
        self._output += Response(200, headers=headers).to_bytes()
        if request.method == "REDIRECT":
            return [Redirected((request.get("Location") or self.url).strip())]
        return [SessionLost()] if request.method == "TEARDOWN" else []

    def _unauthorized(self, message: Response, pending: _Pending) -> list[ClientEvent]:
        challenges = parse_challenges(message.get_all("WWW-Authenticate"))
        if self._credentials is None or not challenges:
            return [AuthenticationFailed(401, needed=self._credentials is None)]
        challenge = challenges[0]
        fresh = challenge.scheme == "digest" and challenge.nonce != pending.nonce
        # A second 401 is a wrong password, unless the nonce aged: told by stale, or by a change after we were let in.
        again = pending.nonce is None or (fresh and (challenge.stale or self._authenticated))
        if not again or pending.tries >= _MAX_TRIES:
            return [AuthenticationFailed(401, needed=False)]
        self._challenge, self._nonce_uses = challenge, 0
        self._send(replace(pending, tries=pending.tries + 1))
        return []

    def _match(self, response: Response) -> _Pending | None:
        if not self._pending:
            return None
        cseq = response.cseq
        return self._pending.pop(next(iter(self._pending)) if cseq is None else cseq, None)

    def _request(
        self,
        method: str,
        url: str,
        headers: tuple[Header, ...] = (),
        setup: SetupRequest | None = None,
        *,
        keepalive: bool = False,
    ) -> None:
        self._send(_Pending(method, url, headers, setup=setup, keepalive=keepalive))

    def _send(self, pending: _Pending) -> None:
        self._cseq += 1
        headers: list[Header] = [("CSeq", str(self._cseq)), ("User-Agent", self._user_agent), *pending.headers]
        if self.session is not None:
            headers.append(("Session", self.session))
        if self._challenge is not None and self._credentials is not None:
            self._nonce_uses += 1
            value = authorization(
                self._challenge, self._credentials, pending.method, pending.url, self._nonce_uses, self._cnonce
            )
            headers.append(("Authorization", value))
            pending.nonce = self._challenge.nonce
        self._pending[self._cseq] = pending
        self._output += Request(pending.method, pending.url, tuple(headers)).to_bytes()


def _in_force(message: Response, asked: TransportSpec) -> TransportSpec:
    """The server's transport; what it leaves out is as asked."""
    offered = parse_transports(message.get("Transport") or "")
    if not offered or offered[0].tcp != asked.tcp:
        return asked
    given = offered[0]
    return replace(
        given,
        interleaved=given.interleaved or asked.interleaved,
        client_port=asked.client_port,  # our sockets are where they are, whatever the reply says
    )
