"""How the engine makes a source of a camera's plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.sealing import unseal
from mingjian.kernel.text import Text
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.push import PushMount, PushServer, PushSource
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.ports.media import MediaSink, StreamCounters
from mingjian.ports.plan import CameraPlan, StreamPlan


class Source(Protocol):
    """What feeds one sink for as long as `run` runs."""

    counters: StreamCounters

    async def run(self) -> None:
        """Until `stop`; retries by itself. An exception is a defect."""
        ...

    def watch(self, watched: bool) -> None:
        """Somebody looks at this stream from now on, or nobody does any more: how soon media must be handed on."""
        ...

    async def stop(self) -> None:
        """End; returns when the sink has heard its last word."""
        ...


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """All that, changed, needs the stream started anew. The URL is open here and never shown."""

    camera: str
    stream: str
    url: str
    transport: str
    push: bool
    audio: bool
    priority: int

    def __repr__(self) -> str:
        return f"StreamOrder({self.camera}/{self.stream})"


SourceFactory = Callable[[StreamOrder, MediaSink], Source]
"""Raises MingjianError when the order's URL is none, or points where no camera may be."""


def order_of(camera: CameraPlan, stream: StreamPlan, key: bytes) -> StreamOrder:
    """Open a stream's URL. Raises MingjianError `unseal_failed`."""
    url = unseal(key, f"camera/{camera.id}/{stream.name}", stream.url_sealed)
    return StreamOrder(camera.id, stream.name, url, stream.transport, stream.push, camera.record_audio, camera.priority)


def rtsp_sources(
    clock: Clock, buffer: SharedBuffer, *, allow_loopback: bool, push: PushServer | None = None
) -> SourceFactory:
    """Sources that pull by RTSP, or wait at `push`; all of a process share one gate and one receive buffer."""
    gate = HostGate(clock)

    def make(order: StreamOrder, sink: MediaSink) -> Source:
        if order.push:
            # Nothing connects to this URL: its path is where the camera announces itself, so any host will do.
            named = parse_address(order.url, allow_loopback=True)
            return PushSource(_open(push), named.path, PushMount(sink, named.credentials, audio=order.audio))
        options = SourceOptions(transport=order.transport, audio=order.audio, allow_loopback=allow_loopback)
        address = parse_address(order.url, allow_loopback=allow_loopback)
        return RtspSource(address, sink, clock, gate=gate, buffer=buffer, options=options)

    return make


def _open(push: PushServer | None) -> PushServer:
    if push is None:
        raise MingjianError(
            "push_closed",
            Text(zh="本机没有开启推流接收端口", en="this machine does not receive pushed streams"),
            fault=Fault.USER,
            field="push",
            remedy=Text(
                zh="请在 mingjian.toml 的 [sources] 中设置 push_port 后重启",
                en="set push_port in mingjian.toml and restart",
            ),
        )
    return push
