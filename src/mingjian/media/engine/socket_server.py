"""The engine's socket: answers questions and carries live channels to edges. Frames: wire/feed.

An edge that does not read loses pictures, never the engine its time: over a limit a channel is cut to the next keyframe.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.engine.hub import StreamHub
from mingjian.ports.media import SourceStatus
from mingjian.wire.feed import (
    BrokenFeed,
    Frame,
    FrameReader,
    Kind,
    LiveFragment,
    LiveInit,
    decode_json,
    encode_fragment,
    encode_init,
    encode_json,
)

_LOG = logging.getLogger(__name__)

MAX_WAITING_BYTES = 64 << 20
RESUME_BELOW_BYTES = 8 << 20

Method = Callable[[dict[str, Any]], "Awaitable[Any] | Any"]


class EngineSocket:
    """Listens on `path` (mode 0600). `find_hub` gives the hub of a camera's stream, None when there is none.

    `on_watch` hears whether any channel is open, each time that may have changed.
    """

    def __init__(
        self,
        path: Path,
        find_hub: Callable[[str, str], StreamHub | None],
        on_watch: Callable[[bool], None] = lambda _watched: None,
    ) -> None:
        self._path = path
        self._find_hub = find_hub
        self._on_watch = on_watch
        self._methods: dict[str, Method] = {}
        self._server: asyncio.Server | None = None
        self.connections: set[_Connection] = set()

    def method(self, name: str, call: Method) -> None:
        """Answer `name`; `call` gets the params and gives JSON, raises MingjianError, KeyError, TypeError or ValueError."""
        self._methods[name] = call

    async def start(self) -> None:
        """Listen; a socket left behind by a dead engine is replaced."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.get_running_loop().create_unix_server(
                lambda: _Connection(self), str(self._path), backlog=64
            )
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Tell every channel that the engine stops, hang up, remove the socket."""
        for connection in tuple(self.connections):
            connection.finish()
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    def hub_removed(self, hub: StreamHub) -> None:
        """A stream left the plan: its channels end."""
        for connection in tuple(self.connections):
            connection.end_channels_of(hub)

    def channels_changed(self) -> None:
        """A connection opened or closed channels."""
        self._on_watch(any(connection.watches for connection in self.connections))

    async def answer(self, method: str, params: dict[str, Any]) -> Any:
        """The result of a method. Raises MingjianError."""
        call = self._methods.get(method)
        if call is None:
            raise _bad_request(f"there is no method {method[:40]!r}")
        try:
            result = call(params)
            return await result if inspect.isawaitable(result) else result
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_request(repr(error)) from error

    def hub(self, params: dict[str, Any]) -> StreamHub:
        """The hub a subscription asks for. Raises MingjianError `no_such_stream`."""
        hub = self._find_hub(str(params["camera"]), str(params["stream"]))
        if hub is None:
            raise MingjianError(
                "no_such_stream",
                Text(zh="这路摄像机未启用或已移除", en="this camera's stream is not enabled or was removed"),
                fault=Fault.USER,
                field="camera",
            )
        return hub


class _Channel:
    """One subscription: a TapListener that writes frames to its connection.

    Between the loss of a connection and `connection_lost` uvloop raises for a write; that must not reach other listeners.
    """

    def __init__(self, number: int, hub: StreamHub, transport: asyncio.WriteTransport) -> None:
        self.number = number
        self.hub = hub
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it
        self._dropping = False

    def on_init(self, init: LiveInit) -> None:
        self._write(encode_init(self.number, init))

    def on_fragment(self, fragment: LiveFragment) -> None:
        if self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        if self._dropping:
            if not fragment.keyframe or waiting > RESUME_BELOW_BYTES:
                return
            self._dropping = False
        elif waiting > MAX_WAITING_BYTES:
            self._dropping = True
            return
        self._transport.write(encode_fragment(self.number, fragment))

    def on_state(self, status: SourceStatus) -> None:
        self._write(encode_json(Kind.EVENT, self.number, state_json(status)))

    def end(self, reason: str, zh: str, en: str) -> None:
        self._write(encode_json(Kind.LIVE_END, self.number, {"reason": reason, "zh": zh, "en": en}))

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


def state_json(status: SourceStatus) -> dict[str, Any]:
    """A state event's payload."""
    reason = None if status.reason is None else status.reason.value
    return {"state": status.state.value, "reason": reason, "zh": status.detail_zh, "en": status.detail_en}


class _Connection(asyncio.Protocol):
    def __init__(self, server: EngineSocket) -> None:
        self._server = server
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._channels: dict[int, _Channel] = {}
        self._next = 1
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def watches(self) -> bool:
        return bool(self._channels)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        for channel in self._channels.values():
            channel.hub.leave(channel)
        self._channels.clear()
        self._server.channels_changed()

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._reader.feed(data):
                self._take(frame)
        except BrokenFeed as error:
            _LOG.error("a client of the engine's socket sent no frames: %s", error.detail)
            self._abort()

    def finish(self) -> None:
        for number in tuple(self._channels):
            self._end(number, "engine_down", "录像引擎正在停止", "the recording engine stops")
        if self._transport is not None:
            self._transport.close()

    def end_channels_of(self, hub: StreamHub) -> None:
        for number, channel in tuple(self._channels.items()):
            if channel.hub is hub:
                self._end(number, "disabled", "这路视频已停用或设置已更改", "this stream was switched off or changed")

    def _end(self, number: int, reason: str, zh: str, en: str) -> None:
        channel = self._channels.pop(number)
        channel.hub.leave(channel)
        self._server.channels_changed()
        channel.end(reason, zh, en)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _take(self, frame: Frame) -> None:
        if frame.kind is not Kind.REQUEST:
            raise BrokenFeed(f"a client sent a frame of kind {frame.kind}")
        request = decode_json(frame.payload)
        task = asyncio.get_running_loop().create_task(self._serve(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: dict[str, Any]) -> None:
        number, params = request.get("id"), request.get("params") or {}
        try:
            method = str(request.get("method"))
            if not isinstance(params, dict):
                raise _bad_request("params are no object")
            if method == "subscribe":
                self._subscribe(number, params)
                return
            if method == "unsubscribe":
                result: Any = self._unsubscribe(params)
            else:
                result = await self._server.answer(method, params)
            self._write({"id": number, "result": result})
        except MingjianError as error:
            self._write({"id": number, "error": error_json(error)})
        except Exception:  # noqa: BLE001 - one bad answer must not end the engine; logged, told as ours
            _LOG.exception("the engine's socket could not answer")
            text = Text(zh="录像引擎内部错误", en="an internal error of the engine")
            self._write({"id": number, "error": error_json(MingjianError("internal", text, fault=Fault.OURS))})

    def _subscribe(self, number: Any, params: dict[str, Any]) -> None:
        try:
            hub = self._server.hub(params)
        except KeyError as error:
            raise _bad_request(f"{error} is missing") from error
        if self._transport is None or self._transport.is_closing():
            return
        channel = _Channel(self._next, hub, self._transport)
        self._next += 1
        self._channels[channel.number] = channel
        self._write({"id": number, "result": {"channel": channel.number}})
        self._server.channels_changed()
        hub.join(channel)

    def _unsubscribe(self, params: dict[str, Any]) -> dict[str, Any]:
        channel = self._channels.pop(int(params.get("channel", 0)), None)
        if channel is not None:
            channel.hub.leave(channel)
            self._server.channels_changed()
        return {}

    def _write(self, value: dict[str, Any]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(encode_json(Kind.RESPONSE, 0, value))


def error_json(error: MingjianError) -> dict[str, Any]:
    """An error as the socket tells it."""
    return {
        "code": error.code,
        "zh": error.message.zh,
        "en": error.message.en,
        "fault": error.fault.value,
        "field": error.field,
    }


def _bad_request(detail: str) -> MingjianError:
    text = Text(zh="发给录像引擎的请求有误", en=f"a wrong request to the engine: {detail}")
    return MingjianError("bad_request", text, fault=Fault.OURS, detail=detail)
