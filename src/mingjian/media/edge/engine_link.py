"""The edge's one connection to an engine: questions, and the frames of live channels. It comes back by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.wire.feed import BrokenFeed, Frame, FrameReader, Kind, decode_json, encode_json

_LOG = logging.getLogger(__name__)
_FIRST_RETRY_S, _LAST_RETRY_S = 0.1, 1.0

ChannelHandler = Callable[[Frame], None]


class EngineLink:
    """Keeps a connection to `socket`. `on_down` is called on the event loop each time it is lost."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._protocol: _Protocol | None = None
        self._task: asyncio.Task[None] | None = None
        self._channels: dict[int, ChannelHandler] = {}
        self._unclaimed: dict[int, list[Frame]] = {}
        self._up = asyncio.Event()
        self.on_down: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        """Whether the engine is there."""
        return self._protocol is not None

    async def wait_up(self) -> None:
        """Until the engine is there."""
        await self._up.wait()

    async def start(self) -> None:
        """Begin to connect; does not wait for the engine."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Hang up for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def request(self, method: str, params: dict[str, Any] | None = None, timeout_s: float = 5.0) -> Any:
        """The engine's answer. Raises MingjianError: `engine_away`, or what the engine says."""
        protocol = self._protocol
        if protocol is None:
            raise engine_away()
        try:
            async with asyncio.timeout(timeout_s):
                return await protocol.request(method, params or {})
        except TimeoutError as error:
            raise engine_away() from error

    async def subscribe(self, camera: str, stream: str, handler: ChannelHandler) -> int:
        """Open a live channel whose frames go to `handler`, the ones that came with the answer included."""
        answer = await self.request("subscribe", {"camera": camera, "stream": stream})
        channel = int(answer["channel"])
        self._channels[channel] = handler
        for frame in self._unclaimed.pop(channel, ()):
            handler(frame)
        if self._protocol is None or not self._protocol.expects_channels:
            self._unclaimed.clear()
        return channel

    def unsubscribe(self, channel: int) -> None:
        """Close a channel; frames still under way are thrown away."""
        self._channels.pop(channel, None)
        if self._protocol is not None:
            self._protocol.tell("unsubscribe", {"channel": channel})

    def on_frame(self, frame: Frame) -> None:
        """A frame of a channel. One that overtakes the answer to its `subscribe` waits for it."""
        handler = self._channels.get(frame.channel)
        if handler is not None:
            handler(frame)
        elif self._protocol is not None and self._protocol.expects_channels:
            self._unclaimed.setdefault(frame.channel, []).append(frame)

    async def _keep(self) -> None:
        wait_s = _FIRST_RETRY_S
        loop = asyncio.get_running_loop()
        while True:
            try:
                _, protocol = await loop.create_unix_connection(lambda: _Protocol(self), str(self._socket))
            except OSError:
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, _LAST_RETRY_S)
                continue
            wait_s = _FIRST_RETRY_S
            self._protocol = protocol
            _LOG.info("connected to the engine")
            try:
                self._up.set()
                await asyncio.shield(protocol.closed)
            finally:
                self._protocol = None
                self._up.clear()
                protocol.close()
                self._channels.clear()
                self._unclaimed.clear()
                self.on_down()
            _LOG.warning("the engine is away")


class _Protocol(asyncio.Protocol):
    def __init__(self, link: EngineLink) -> None:
        self._link = link
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._next = 1
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._subscribing: set[int] = set()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def expects_channels(self) -> bool:
        return bool(self._subscribing)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._reader.feed(data):
                if frame.kind is Kind.RESPONSE:
                    self._answered(decode_json(frame.payload))
                else:
                    self._link.on_frame(frame)
        except BrokenFeed as error:
            _LOG.error("the engine's connection is broken: %s", error.detail)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(engine_away())
        self._waiting.clear()
        if not self.closed.done():
            self.closed.set_result(None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def tell(self, method: str, params: dict[str, Any]) -> int:
        """Send a request whose answer nobody awaits."""
        number, self._next = self._next, self._next + 1
        if self._transport is not None:
            self._transport.write(encode_json(Kind.REQUEST, 0, {"id": number, "method": method, "params": params}))
        return number

    async def request(self, method: str, params: dict[str, Any]) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        number = self.tell(method, params)
        self._waiting[number] = future
        if method == "subscribe":
            self._subscribing.add(number)
        try:
            return await future
        finally:
            self._waiting.pop(number, None)
            self._subscribing.discard(number)

    def _answered(self, value: dict[str, Any]) -> None:
        future = self._waiting.get(value.get("id", 0))
        if future is None or future.done():
            return
        error = value.get("error")
        if error is None:
            future.set_result(value.get("result"))
        else:
            future.set_exception(_engine_says(error))


def engine_away() -> MingjianError:
    """The engine does not answer."""
    return MingjianError(
        "engine_away",
        Text(zh="录像引擎没有响应", en="the recording engine does not answer"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="它会自动重新启动，请稍候", en="it is started again by itself; wait a moment"),
    )


def _engine_says(error: dict[str, Any]) -> MingjianError:
    text = Text(zh=str(error.get("zh", "")), en=str(error.get("en", "")))
    fault = error.get("fault")
    known = Fault(fault) if fault in tuple(Fault) else Fault.OURS
    return MingjianError(str(error.get("code", "internal")), text, fault=known)
