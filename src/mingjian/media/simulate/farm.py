"""The camera farm: cameras, studio and RTSP server in one process, and a control line to cause faults.

Control (TCP, one command a line, answered by `ok` or `error: ...`), for tests and for showing an outage:

    unplug N | plug N       the connections of camera N are cut and none is answered
    freeze N | thaw N       connected, but no media flows
    lock N | unlock N       every password is refused
    status                  one JSON line
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mingjian.kernel.clock import NS_PER_MS, Clock, SystemClock
from mingjian.media.simulate.camera import MAIN, SUB, Parcel, SimulatedCamera
from mingjian.media.simulate.city import City
from mingjian.media.simulate.server import Channel, FarmServer
from mingjian.media.simulate.specs import CameraSpec, camera_spec
from mingjian.media.simulate.studio import Studio
from mingjian.wire.rtsp.auth import Credentials


@dataclass(frozen=True, slots=True)
class FarmConfig:
    """How to run a farm. Port 0 takes a free one. `control_port` None means no control line.

    `passwords` gives a camera (by number) a user and password. `drop_outs` False keeps every camera always on.
    """

    cameras: int = 9
    port: int = 8554
    host: str = "127.0.0.1"
    control_port: int | None = None
    seed: int = 1
    passwords: dict[int, Credentials] = field(default_factory=dict)
    drop_outs: bool = True


@dataclass(frozen=True, slots=True)
class FarmAddress:
    """Where a running farm is."""

    host: str
    port: int
    control_port: int | None
    cameras: tuple[CameraSpec, ...]

    def url(self, number: int, stream: str = MAIN) -> str:
        """The RTSP URL of a camera's stream, without credentials."""
        return f"rtsp://{self.host}:{self.port}/cam{number}/{stream}"


class Farm:
    """A farm; `start`, then `stop`."""

    def __init__(self, config: FarmConfig, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._server = FarmServer()
        self._channels: dict[tuple[int, str], Channel] = {}
        self._cameras: list[SimulatedCamera] = []
        self._studio: Studio | None = None
        self._control: asyncio.Server | None = None
        self._dropping: asyncio.Task[None] | None = None
        self._pulled: set[int] = set()

    async def start(self) -> FarmAddress:
        """Draw the backdrops, open the encoders, listen. Raises OSError when a port is taken."""
        loop = asyncio.get_running_loop()
        specs = tuple(self._spec(number) for number in range(1, self._config.cameras + 1))
        self._cameras = await loop.run_in_executor(None, self._build, specs)
        for camera in self._cameras:
            for stream in (MAIN, SUB):
                self._add_channel(camera, stream)
        await self._server.start(self._config.host, self._config.port)
        control_port = await self._open_control()

        def deliver(index: int, parcels: list[Parcel]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop closes before the studio has stopped
                loop.call_soon_threadsafe(self._deliver, index, parcels)

        self._studio = Studio(self._cameras, self._clock, deliver)
        self._studio.start()
        if any(spec.drops_every_s for spec in specs):
            self._dropping = asyncio.create_task(self._drop_now_and_then())
        return FarmAddress(self._config.host, self._server.port, control_port, specs)

    async def stop(self) -> None:
        """Stop filming and close every connection."""
        if self._dropping is not None:
            self._dropping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._dropping
        if self._control is not None:
            self._control.close()
        await self._server.stop()
        if self._studio is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._studio.stop)

    def command(self, line: str) -> str:
        """Do one control command; the answer."""
        words = line.split()
        if words == ["status"]:
            return json.dumps(self._status(), ensure_ascii=False)
        if len(words) != 2 or words[0] not in _COMMANDS or not words[1].isdecimal():
            return f"error: say one of {', '.join(sorted(_COMMANDS))} and a camera number, or status"
        number = int(words[1])
        if (number, MAIN) not in self._channels:
            return f"error: there is no camera {number}"
        if words[0] in ("unplug", "plug"):
            (self._pulled.add if words[0] == "unplug" else self._pulled.discard)(number)
        for stream in (MAIN, SUB):
            _COMMANDS[words[0]](self._channels[number, stream])
        return "ok"

    def _build(self, specs: tuple[CameraSpec, ...]) -> list[SimulatedCamera]:
        city = City(self._config.seed)
        return [SimulatedCamera(spec, city) for spec in specs]

    def _spec(self, number: int) -> CameraSpec:
        spec = camera_spec(number)
        return spec if self._config.drop_outs else replace(spec, drops_every_s=0, drops_for_s=0)

    def _add_channel(self, camera: SimulatedCamera, stream: str) -> None:
        number = camera.spec.number

        def wanted(anybody: bool, key: bool) -> None:
            camera.want(stream, anybody, key)

        channel = Channel(
            path=f"cam{number}/{stream}",
            formats=camera.formats(stream),
            wanted=wanted,
            clock_error_ns=camera.spec.clock_error_ms * NS_PER_MS,
            credentials=self._config.passwords.get(number),
        )
        self._channels[number, stream] = channel
        self._server.add(channel)

    def _deliver(self, index: int, parcels: list[Parcel]) -> None:
        number = self._cameras[index].spec.number
        for parcel in parcels:
            channel = self._channels[number, parcel.stream]
            channel.send(parcel.track, parcel.payloads, parcel.timestamp, parcel.capture_ns, parcel.keyframe)

    async def _drop_now_and_then(self) -> None:
        """Pull and push the plugs of cameras with a weak one, by the wall clock."""
        while True:
            now_ns = self._clock.now_ns()
            for camera in self._cameras:
                number = camera.spec.number
                if camera.spec.drops_every_s and number not in self._pulled:
                    for stream in (MAIN, SUB):
                        channel = self._channels[number, stream]
                        if camera.spec.drops_at(now_ns) != channel.unplugged:
                            (_plug if channel.unplugged else Channel.unplug)(channel)
            await asyncio.sleep(0.5)

    async def _open_control(self) -> int | None:
        if self._config.control_port is None:
            return None
        self._control = await asyncio.start_server(self._on_control, "127.0.0.1", self._config.control_port)
        port: int = self._control.sockets[0].getsockname()[1]
        return port

    async def _on_control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(self.command(line.decode("utf-8", "replace")).encode() + b"\n")
            await writer.drain()
        writer.close()

    def _status(self) -> dict[str, object]:
        return {
            "cameras": [
                {
                    "number": number,
                    "stream": stream,
                    "viewers": len(channel.viewers),
                    "unplugged": channel.unplugged,
                    "frozen": channel.frozen,
                    "locked": channel.locked,
                }
                for (number, stream), channel in self._channels.items()
            ],
            "late_frames": self._studio.late_frames if self._studio else 0,
        }


async def run_farm(
    config: FarmConfig, on_ready: Callable[[FarmAddress], None] | None = None, clock: Clock | None = None
) -> None:
    """Run a farm until cancelled; `on_ready` is told where it is."""
    farm = Farm(config, clock)
    address = await farm.start()
    try:
        if on_ready is not None:
            on_ready(address)
        await asyncio.Event().wait()
    finally:
        await farm.stop()


def _plug(channel: Channel) -> None:
    channel.unplugged = False


def _freeze(channel: Channel) -> None:
    channel.frozen = True


def _thaw(channel: Channel) -> None:
    channel.frozen = False


def _lock(channel: Channel) -> None:
    channel.locked = True


def _unlock(channel: Channel) -> None:
    channel.locked = False


_COMMANDS: dict[str, Callable[[Channel], None]] = {
    "unplug": Channel.unplug,
    "plug": _plug,
    "freeze": _freeze,
    "thaw": _thaw,
    "lock": _lock,
    "unlock": _unlock,
}
