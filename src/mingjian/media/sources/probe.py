"""The live test of a camera, step by step; and a careful look for RTSP over a range of addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources import failure
from mingjian.media.sources.address import CameraAddress, check_ip, parse_address
from mingjian.media.sources.connection import ConnectionOptions, OtherTransport, Redirect, RtspConnection
from mingjian.media.sources.connector import connect, resolve
from mingjian.media.sources.failure import SourceFailure
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.ports.camera_probe import ProbeStep
from mingjian.ports.media import AccessUnit, SenderReport, SourceStatus, StreamCounters, Track
from mingjian.wire.rtsp.message import Request, Response, RtspError
from mingjian.wire.rtsp.reader import StreamReader

STEPS = ("name", "reach", "authenticate", "describe", "first_frame")
MAX_RANGE = 1024
_REALM = re.compile(r'realm="([^"]*)"', re.IGNORECASE)
_GOOD = {
    "name": Text(zh="主机名解析成功", en="the host name is known"),
    "reach": Text(zh="设备端口可以连接", en="the device's port answers"),
    "authenticate": Text(zh="设备接受了用户名和密码", en="the device accepts user name and password"),
    "describe": Text(zh="设备开始播放", en="the device plays the stream"),
    "first_frame": Text(zh="收到第一帧画面", en="the first picture arrived"),
}
_SKIPPED = Text(zh="前面的步骤未通过，未进行", en="not tried, a step before failed")


class _FirstPicture:
    """A sink that waits for one picture."""

    def __init__(self) -> None:
        self.tracks: tuple[Track, ...] = ()
        self.arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None:
        self.tracks = tracks

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks

    def on_unit(self, unit: AccessUnit) -> None:
        if unit.keyframe and self.tracks[unit.track].codec.is_video and not self.arrived.done():
            self.arrived.set_result(None)

    def on_sender_report(self, report: SenderReport) -> None:
        """Of no use here."""

    def on_stop(self, now_ns: int) -> None:
        """Of no use here."""

    def on_status(self, status: SourceStatus) -> None:
        """Of no use here."""


class CameraTest:
    """The live test. `run` yields each step as it is decided; afterwards `tracks` tells what the camera sends.

    A wrong password is tried once only. `picture_s` must outlast the longest GOP that is to be expected.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        gate: HostGate | None = None,
        transport: str = "tcp",
        allow_loopback: bool = False,
        picture_s: float = 15.0,
    ) -> None:
        self.tracks: tuple[Track, ...] = ()
        self._url = url
        self._clock = clock
        self._gate = gate or HostGate(clock)
        self._udp = transport == "udp"
        self._allow_loopback = allow_loopback
        self._picture_s = picture_s
        self._since_ns = clock.mono_ns()
        self._passed: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> AsyncIterator[ProbeStep]:
        """The five steps in order; after a failed one the rest is skipped."""
        done = 0
        task = asyncio.create_task(self._attempt())
        try:
            while done < len(STEPS):
                getter = asyncio.create_task(self._passed.get())
                await asyncio.wait([getter, task], return_when=asyncio.FIRST_COMPLETED)
                if not getter.done():
                    getter.cancel()
                    break
                step = getter.result()
                while STEPS[done] != step:  # a step that went by without a word of its own
                    yield self._step(STEPS[done], "ok", _GOOD[STEPS[done]])
                    done += 1
                yield self._step(step, "ok", _GOOD[step])
                done += 1
            if done < len(STEPS):
                for outcome in self._failed(task, done):
                    yield outcome
        finally:
            task.cancel()
            await asyncio.wait([task])

    def _failed(self, task: asyncio.Task[None], done: int) -> Iterator[ProbeStep]:
        error = task.exception()
        if not isinstance(error, SourceFailure):
            raise error or RuntimeError("the test ended without a word")
        at = max(done, STEPS.index(error.step))
        for step in STEPS[done:at]:
            yield self._step(step, "ok", _GOOD[step])
        yield self._step(STEPS[at], "failed", error.text)
        for step in STEPS[at + 1 :]:
            yield self._step(step, "skipped", _SKIPPED)

    def _step(self, step: str, state: str, text: Text) -> ProbeStep:
        now = self._clock.mono_ns()
        ms, self._since_ns = (now - self._since_ns) // NS_PER_MS, now
        return ProbeStep(step, state, text.zh, text.en, ms)

    async def _attempt(self) -> None:
        try:
            address = parse_address(self._url, allow_loopback=self._allow_loopback)
        except MingjianError as error:
            raise failure.address_refused(error) from error
        for _ in range(5):
            try:
                await self._play(address)
            except Redirect as redirect:
                target = parse_address(redirect.url, allow_loopback=self._allow_loopback)
                same = target.host_key == address.host_key
                credentials = address.credentials if same else None
                address = CameraAddress(target.scheme, target.host, target.port, target.path, credentials)
            except OtherTransport:
                self._udp = not self._udp
            else:
                return
        raise failure.refused("SETUP", 461)

    async def _play(self, address: CameraAddress) -> None:
        await resolve(address, allow_loopback=self._allow_loopback)
        self._passed.put_nowait("name")
        await self._gate.wait_turn(address.host_key)
        sink = _FirstPicture()
        options = ConnectionOptions(
            url=address.url, credentials=address.credentials, udp=self._udp, silent_s=self._picture_s
        )

        def on_step(step: str) -> None:
            if step != "first_frame":  # that means parameter sets; a picture is what we want to see
                self._passed.put_nowait(step)

        _, connection = await connect(
            address,
            lambda: RtspConnection(
                options, sink, self._clock, StreamCounters(), SharedBuffer(rest_s=0, patient_s=0), on_step
            ),
            allow_loopback=self._allow_loopback,
        )
        self._passed.put_nowait("reach")
        try:
            await asyncio.wait(
                [connection.finished, sink.arrived], return_when=asyncio.FIRST_COMPLETED, timeout=self._picture_s
            )
            if connection.finished.done():
                connection.finished.result()
            if not sink.arrived.done():
                raise failure.silent(False, self._udp)
            self.tracks = sink.tracks
            self._passed.put_nowait("first_frame")
        finally:
            connection.close()
            await connection.wait_closed()


@dataclass(frozen=True, slots=True)
class FoundServer:
    """An RTSP server in a range. `server` is its own word about itself, at most 80 characters."""

    host: str
    port: int
    server: str
    needs_password: bool
    realm: str = ""  # of its challenge: many cameras name their maker there and nowhere else


def parse_range(text: str, *, allow_loopback: bool = False) -> list[str]:
    """Addresses of `10.0.0.0/24`, `10.0.0.5-10.0.0.40`, `10.0.0.5-40` or one address; at most 1024, each checked.

    Raises MingjianError `bad_range` or `address_refused` (fault: user).
    """
    try:
        addresses = _addresses(text.strip())
    except ValueError as error:
        raise MingjianError(
            "bad_range",
            Text(zh="地址范围无效", en="the address range is not valid"),
            fault=Fault.USER,
            field="range",
            remedy=Text(
                zh=f"示例：10.0.0.0/24 或 10.0.0.5-40，最多 {MAX_RANGE} 个地址",
                en=f"example: 10.0.0.0/24 or 10.0.0.5-40, at most {MAX_RANGE} addresses",
            ),
            detail=str(error),
        ) from error
    for address in addresses:
        check_ip(address, allow_loopback=allow_loopback, field_name="range")
    return addresses


def _addresses(text: str) -> list[str]:
    if "/" in text:
        network = ipaddress.ip_network(text, strict=False)
        if network.num_addresses > MAX_RANGE:
            raise ValueError(f"{network.num_addresses} addresses")
        return [str(ip) for ip in network.hosts()] or [str(network.network_address)]
    first_text, dash, last_text = (part.strip() for part in text.partition("-"))
    first = ipaddress.ip_address(first_text)
    if not dash:
        return [str(first)]
    if last_text.isascii() and last_text.isdigit() and first.version == 4:
        last_text = f"{str(first).rpartition('.')[0]}.{last_text}"
    last = ipaddress.ip_address(last_text)
    if last.version != first.version or not 0 <= int(last) - int(first) < MAX_RANGE:
        raise ValueError("the end is before the beginning or too far from it")
    return [str(type(first)(number)) for number in range(int(first), int(last) + 1)]


async def probe_range(
    addresses: list[str],
    *,
    port: int = 554,
    concurrency: int = 32,
    per_second: float = 50,
    timeout_s: float = 2.0,
    on_tried: Callable[[int], None] = lambda tried: None,
) -> AsyncIterator[FoundServer]:
    """Ask each address for a description; yields those that speak RTSP, as they are found.

    At most `concurrency` at once and `per_second` new connections, one connection an address. `on_tried` is told how
    many addresses are done with.
    """
    found: asyncio.Queue[FoundServer | None] = asyncio.Queue()
    slots = asyncio.Semaphore(concurrency)
    tried = 0

    async def one(address: str) -> None:
        nonlocal tried
        try:
            server = await _ask(address, port, timeout_s)
            if server is not None:
                found.put_nowait(server)
        finally:
            slots.release()
        tried += 1
        on_tried(tried)

    async def everything() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for address in addresses:
                    await slots.acquire()
                    group.create_task(one(address))
                    await asyncio.sleep(1 / per_second)
        finally:
            found.put_nowait(None)

    task = asyncio.create_task(everything())
    try:
        while (server := await found.get()) is not None:
            yield server
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _ask(address: str, port: int, timeout_s: float) -> FoundServer | None:
    """One DESCRIBE of the root; None when nothing there speaks RTSP."""
    host = f"[{address}]" if ":" in address else address
    request = Request("DESCRIBE", f"rtsp://{host}:{port}/", (("CSeq", "1"), ("Accept", "application/sdp")))
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(request.to_bytes())
            parser = StreamReader()
            while data := await reader.read(4096):
                for item in parser.receive(data):
                    if isinstance(item, Response):
                        realm = _REALM.search(item.get("WWW-Authenticate") or "")
                        return FoundServer(
                            address,
                            port,
                            (item.get("Server") or "")[:80],
                            item.status == 401,
                            realm.group(1)[:80] if realm else "",
                        )
    except (OSError, RtspError):
        return None
    finally:
        if writer is not None:
            writer.close()
    return None
