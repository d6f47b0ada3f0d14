"""Load: many cameras of 1080p25 H.264 at 4 Mb/s, GOP of 2 s, from one coded loop; cheap to send.

Cameras form groups; the cameras of a group send the same bytes (same SSRC, sequence and timestamps), packetised once.
Groups are spread over the frame interval and over the loop, so that neither pictures nor keyframes of all cameras fall
together. Sequence and time go on over the loop's seam.

Each camera sends as if its link had 100 Mb/s, as cameras' links have: one RTP packet every 120 us at most, in turn with
the other cameras. With `burst` a picture's packets go in one piece, which no network does and every receiver likes.
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
import time
from collections import deque
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S, Clock, SystemClock
from mingjian.kernel.media_time import ns_to_90k
from mingjian.media.simulate.load_loop import FRAME_NS, CodedLoop
from mingjian.media.simulate.server import CNAME, Channel, FarmServer, Viewer
from mingjian.wire.rtcp import sender_report
from mingjian.wire.rtp.formats import StreamFormat
from mingjian.wire.rtp.payloads import RtpWriter

PACKET_NS = 120_000  # 1500 bytes at 100 Mb/s
_MOST_WAITING = 4096  # packets of one camera: about 5 MB
_REPORT_EVERY_FRAMES = 125
_SSRC = 0x4D4A0001


@dataclass(slots=True)
class LoadCounters:
    """What was sent. `skipped_frames` were not, because a connection took too little; `starved_frames` because this
    sender got too little of its processor: then the load was not what it should be. A late tick is a frame late.
    """

    sent_frames: int = 0
    skipped_frames: int = 0
    starved_frames: int = 0
    late_ticks: int = 0


class _Group:
    """Cameras that send the same bytes."""

    def __init__(self, loop: CodedLoop, number: int, count: int) -> None:
        self.channels: list[Channel] = []
        self.ssrc = _SSRC + number
        self.writer = RtpWriter(96, self.ssrc, number * 997)
        self.shift = number * len(loop.payloads) // count
        self.delay_ns = number * FRAME_NS // count


class LoadFarm:
    """`start`, then cameras are at /load1/main to /loadN/main; `pause` stops the pictures, `stop` everything."""

    def __init__(self, cameras: int, loop: CodedLoop, *, burst: bool = False, clock: Clock | None = None) -> None:
        self.counters = LoadCounters()
        self._clock = clock or SystemClock()
        self._server = FarmServer()
        count = min(20, cameras)
        self._groups = [_Group(loop, number, count) for number in range(count)]
        formats = (StreamFormat("h264", 96, 90_000, config=loop.config, frame_rate="25"),)
        for number in range(1, cameras + 1):
            group = self._groups[number % count]
            channel = Channel(f"load{number}/main", formats, lambda anybody, key: None, ssrc=group.ssrc)
            group.channels.append(channel)
            self._server.add(channel)
        self._pacer = _Pacer(self._groups, loop, self._clock, self.counters, burst=burst)

    @property
    def viewers(self) -> int:
        """How many connections play."""
        return sum(len(channel.viewers) for group in self._groups for channel in group.channels)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen and send; the port."""
        await self._server.start(host, port)
        self._pacer.start(asyncio.get_running_loop())
        return self._server.port

    async def pause(self) -> None:
        """No more pictures; what is under way is still sent, connections stay."""
        await asyncio.to_thread(self._pacer.stop)

    async def stop(self) -> None:
        """Close everything. Raises what made the sending fail, if anything did."""
        await self.pause()
        await self._server.stop()
        if self._pacer.failure is not None:
            raise self._pacer.failure


class _Pacer:
    """The sending thread: no event loop can wait for 120 us."""

    def __init__(
        self, groups: list[_Group], loop: CodedLoop, clock: Clock, counters: LoadCounters, *, burst: bool
    ) -> None:
        self._groups = groups
        self._loop = loop
        self._clock = clock
        self._counters = counters
        self._burst = burst
        self._waiting: dict[Viewer, deque[bytes]] = {}
        self._blocked: set[Viewer] = set()  # the receiver's window was full at the last try
        self._stopping = False
        self._events: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="pacer", daemon=True)
        self.failure: BaseException | None = None

    def start(self, events: asyncio.AbstractEventLoop) -> None:
        """Begin; connections that break are cut on `events`."""
        self._events = events
        self._thread.start()

    def stop(self) -> None:
        """Begin no more pictures; returns when those begun are sent."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._pace()
        except BaseException as error:
            self.failure = error
            raise

    def _pace(self) -> None:
        mono_ns = self._clock.mono_ns
        zero_ns, wall_zero_ns = mono_ns(), self._clock.now_ns()
        count = len(self._groups)
        turn = 0  # counts the groups' pictures in the order of their times
        while not self._stopping or any(self._waiting.values()):
            now_ns = mono_ns()
            due_ns = self._due_ns(zero_ns, turn)
            while due_ns <= now_ns and not self._stopping:
                self._counters.late_ticks += now_ns - due_ns > FRAME_NS
                self._begin(self._groups[turn % count], turn // count, wall_zero_ns + due_ns - zero_ns)
                turn += 1
                due_ns = self._due_ns(zero_ns, turn)
            if self._send_round():
                due_ns = min(due_ns, now_ns + PACKET_NS)
            wait_ns = due_ns - mono_ns()
            if wait_ns > 0:
                time.sleep(wait_ns / NS_PER_S)

    def _due_ns(self, zero_ns: int, turn: int) -> int:
        tick, number = divmod(turn, len(self._groups))
        return zero_ns + tick * FRAME_NS + self._groups[number].delay_ns

    def _begin(self, group: _Group, tick: int, capture_ns: int) -> None:
        """Packetise one picture and queue it for every viewer of the group."""
        index = (tick + group.shift) % len(self._loop.payloads)
        timestamp = ns_to_90k(capture_ns) & 0xFFFFFFFF
        chunks = [
            b"$\x00" + len(packet).to_bytes(2, "big") + packet
            for packet in group.writer.packets(self._loop.payloads[index], timestamp)
        ]
        if tick % _REPORT_EVERY_FRAMES == 0:
            writer = group.writer
            report = sender_report(group.ssrc, capture_ns, timestamp, writer.packets_sent, writer.octets_sent, CNAME)
            chunks.append(b"$\x01" + len(report).to_bytes(2, "big") + report)
        if self._burst:
            chunks = [b"".join(chunks)]
        for channel in group.channels:
            for viewer in tuple(channel.viewers):
                if not viewer.begun(self._loop.keyframes[index]):
                    continue
                queue = self._waiting.setdefault(viewer, deque())
                if len(queue) > _MOST_WAITING:
                    if viewer in self._blocked:
                        self._counters.skipped_frames += 1
                    else:
                        self._counters.starved_frames += 1
                else:
                    queue.extend(chunks)
                    self._counters.sent_frames += 1

    def _send_round(self) -> bool:
        """One packet of each camera that has any; whether there are more."""
        more = False
        gone: list[Viewer] = []
        for viewer, queue in self._waiting.items():
            if queue:
                try:
                    self._write(viewer.fileno, queue)
                    self._blocked.discard(viewer)
                except BlockingIOError:
                    self._blocked.add(viewer)
                except OSError:
                    gone.append(viewer)
                more = more or bool(queue)
        for viewer in gone:
            del self._waiting[viewer]
            self._blocked.discard(viewer)
            assert self._events is not None
            self._events.call_soon_threadsafe(viewer.cut)
        return more

    def _write(self, fileno: int, queue: deque[bytes]) -> None:
        sent = os.write(fileno, queue[0])
        chunk = queue.popleft()
        while sent < len(chunk):  # a packet once begun is finished, lest an answer come into its middle
            if not select.select([], [fileno], [], 5)[1]:
                raise TimeoutError("the receiver takes nothing")
            sent += os.write(fileno, chunk[sent:])
