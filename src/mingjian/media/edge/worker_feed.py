"""Feeds made of other feeds by a worker process (H.264 of H.265, JPEG pictures, masked pictures), under a quota.

A worker lives while somebody looks. One that dies is started again; one that is too slow skips to the next keyframe.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence

from mingjian.media.edge.feed import Feed, FeedListener, Notice, SharedFragment, SharedInit
from mingjian.wire.feed import (
    FrameReader,
    Kind,
    LiveFragment,
    decode_fragment,
    decode_init,
    encode_fragment,
    encode_init,
)

_LOG = logging.getLogger(__name__)

MAX_WAITING_BYTES = 4 << 20
_RETRY_S = 1.0
_READ_BYTES = 1 << 18

BUSY = Notice("busy", "服务器转码任务已满，请稍候", "the server transcodes as many pictures as it may; wait a moment")
MASK_BUSY = Notice(
    "mask_busy",
    "带隐私遮蔽的实时画面路数已满，不能显示未遮蔽的画面，请稍候",
    "as many live pictures with privacy masks are made as may be; unmasked ones are not shown: wait a moment",
)
FAILED = Notice("transcode_failed", "转码中断，正在重新开始", "transcoding broke off and begins again")


class Quota:
    """How many workers may run at the same time."""

    def __init__(self, places: int) -> None:
        self._places = places
        self.used = 0

    def take(self) -> bool:
        """A place, if there is one."""
        if self.used >= self._places:
            return False
        self.used += 1
        return True

    def give_back(self) -> None:
        """A place is free again."""
        self.used -= 1


class WorkerFeed:
    """Fills `feed` with what a worker makes of another feed, which `join` joins. A FeedListener of that one.

    `work`: h264, jpeg, or masked with its polygons.
    """

    def __init__(self, work: Sequence[str], feed: Feed, join: Callable[[FeedListener], Feed], quota: Quota) -> None:
        self._work = tuple(work)
        self._kind = self._work[0]
        self._feed = feed
        self._join = join
        self._quota = quota
        self._pipe: asyncio.WriteTransport | None = None
        self._dropping = False
        self.task = asyncio.create_task(self._keep())

    def close(self) -> None:
        """Nobody looks any more."""
        self.task.cancel()

    def engine_lost(self) -> None:
        """The source feed tells the same."""

    def on_init(self, init: SharedInit) -> None:
        """To the worker."""
        self._dropping = False
        if self._pipe is not None and not self._pipe.is_closing():
            self._pipe.write(encode_init(0, init.init))

    def on_fragment(self, fragment: SharedFragment) -> None:
        """To the worker, unless it is too slow."""
        pipe = self._pipe
        if pipe is None or pipe.is_closing():  # a worker that just died; uvloop raises for a write to its pipe
            return
        if self._dropping and not fragment.keyframe:
            return
        self._dropping = pipe.get_write_buffer_size() > MAX_WAITING_BYTES
        if not self._dropping:
            media = bytes(fragment.media)
            pipe.write(
                encode_fragment(
                    0,
                    LiveFragment(fragment.flags, fragment.start_ns, fragment.arrival_ns, fragment.duration_90k, media),
                )
            )

    def on_notice(self, notice: Notice | None) -> None:
        """The camera's troubles are ours."""
        if notice is not None:
            self._feed.say(notice)

    def on_end(self, notice: Notice) -> None:
        """So is its end."""
        self._feed.end(notice)

    async def _keep(self) -> None:
        while True:
            if not self._quota.take():
                self._feed.say(MASK_BUSY if self._kind == "masked" else BUSY)
                await asyncio.sleep(_RETRY_S)
                continue
            try:
                await self._run()
            finally:
                self._quota.give_back()
            _LOG.warning("a %s worker ended and is started again", self._kind)
            self._feed.lost()
            self._feed.say(FAILED)
            await asyncio.sleep(_RETRY_S)

    async def _run(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "mingjian.media.live.worker", *self._work,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        self._pipe = process.stdin.transport
        source = self._join(self)
        try:
            await self._read(process.stdout)
        finally:
            source.remove(self)
            self._pipe = None
            process.stdin.close()
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _read(self, output: asyncio.StreamReader) -> None:
        reader = FrameReader()
        while data := await output.read(_READ_BYTES):
            for frame in reader.feed(data):
                if frame.kind is Kind.LIVE_INIT:
                    self._feed.give_init(decode_init(frame.payload))
                else:
                    self._feed.say(None)
                    self._feed.give(decode_fragment(frame.payload))
