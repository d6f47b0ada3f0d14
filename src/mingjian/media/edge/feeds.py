"""All feeds of this edge: one per camera and stream, however many look, opened with the first and closed with the last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.edge.engine_link import EngineLink, engine_away
from mingjian.media.edge.feed import Feed, FeedListener, Notice
from mingjian.media.edge.metrics import EdgeMetrics
from mingjian.media.edge.worker_feed import Quota, WorkerFeed
from mingjian.wire.feed import BrokenFeed, Frame, Kind, decode_fragment, decode_init, decode_json

_LOG = logging.getLogger(__name__)

_RETRY_S = 0.5
_UNKNOWN_FOR_NS = 10 * NS_PER_S
"""A camera that was just added is not known to the engine at once; after this long it is told as absent."""

FeedKey = tuple[str, str, str]
"""Camera, stream, variant: "" as the camera sends it, "h264" transcoded, "jpeg" single pictures, "masked:POLYGONS" (as
ports.masks.polygons_text) with these filled in, "jpeg:POLYGONS" single pictures of that. Other polygons are another feed,
so that nobody gets pictures under masks of before."""


def notice_of(error: MingjianError) -> Notice:
    """An error as viewers are told."""
    return Notice(error.code, error.message.zh, error.message.en)


class EngineFeed:
    """Fills a Feed from the engine and comes back to it when the engine does."""

    def __init__(
        self, link: EngineLink, clock: Clock, metrics: EdgeMetrics, camera: str, stream: str, feed: Feed
    ) -> None:
        self._link = link
        self._clock = clock
        self._metrics = metrics
        self._camera = camera
        self._stream = stream
        self._feed = feed
        self._lost = asyncio.Event()
        self.task = asyncio.create_task(self._keep())

    def close(self) -> None:
        """Nobody looks any more."""
        self.task.cancel()

    def engine_lost(self) -> None:
        """The connection to the engine is gone."""
        self._feed.lost()
        self._feed.say(notice_of(engine_away()))
        self._lost.set()

    async def _keep(self) -> None:
        unknown_since_ns: int | None = None
        while True:
            if not self._link.connected:
                self._feed.say(notice_of(engine_away()))
                await self._link.wait_up()
            self._lost.clear()
            try:
                channel = await self._link.subscribe(self._camera, self._stream, self._on_frame)
            except MingjianError as error:
                now_ns = self._clock.mono_ns()
                unknown_since_ns = unknown_since_ns or now_ns
                self._feed.say(notice_of(error))
                if error.code == "no_such_stream" and now_ns - unknown_since_ns > _UNKNOWN_FOR_NS:
                    self._feed.end(notice_of(error))
                    return
                await asyncio.sleep(_RETRY_S)
                continue
            unknown_since_ns = None
            try:
                await self._lost.wait()
            finally:
                self._link.unsubscribe(channel)

    def _on_frame(self, frame: Frame) -> None:
        feed = self._feed
        if frame.kind is Kind.LIVE_FRAGMENT:
            self._metrics.fragments.inc()
            if feed.notice is not None:
                feed.say(None)
            feed.give(decode_fragment(frame.payload))
        elif frame.kind is Kind.LIVE_INIT:
            feed.give_init(decode_init(frame.payload))
        elif frame.kind in (Kind.EVENT, Kind.LIVE_END):
            told = decode_json(frame.payload)
            if told.get("state") != "streaming":
                reason = str(told.get("reason") or told.get("state") or "unknown")
                feed.say(Notice(reason, str(told.get("zh", "")), str(told.get("en", ""))))
            if frame.kind is Kind.LIVE_END:
                feed.lost()
                self._lost.set()
        else:
            raise BrokenFeed(f"a live channel carries a frame of kind {frame.kind}")


class Feeds:
    """Joins listeners to feeds. `quotas` bounds how many feeds of each variant a worker makes at the same time."""

    def __init__(self, link: EngineLink, clock: Clock, metrics: EdgeMetrics, quotas: dict[str, int]) -> None:
        self._link = link
        self._clock = clock
        self._metrics = metrics
        self._open: dict[FeedKey, tuple[Feed, EngineFeed | WorkerFeed]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._quotas = {variant: Quota(places) for variant, places in quotas.items()}
        link.on_down = self._engine_lost

    def join(self, key: FeedKey, listener: FeedListener) -> Feed:
        """The feed, with `listener` in it."""
        opened = self._open.get(key)
        if opened is None:
            feed = Feed(on_empty=self._closer(key))
            opened = self._open[key] = feed, self._fill(key, feed)
            self._metrics.feeds.set(len(self._open))
        opened[0].add(listener)
        return opened[0]

    @property
    def transcodes(self) -> int:
        """How many workers run."""
        return sum(quota.used for quota in self._quotas.values())

    async def close(self) -> None:
        """Stop all, workers included."""
        for key in tuple(self._open):
            self._close(key)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _fill(self, key: FeedKey, feed: Feed) -> EngineFeed | WorkerFeed:
        camera, stream, variant = key
        kind, _, polygons = variant.partition(":")
        if kind:
            source = (camera, stream, f"masked:{polygons}" if polygons and kind != "masked" else "")
            work = (kind, polygons) if kind == "masked" else (kind,)
            return WorkerFeed(work, feed, lambda listener: self.join(source, listener), self._quotas[kind])
        return EngineFeed(self._link, self._clock, self._metrics, camera, stream, feed)

    def _closer(self, key: FeedKey) -> Callable[[], None]:
        return lambda: self._close(key)

    def _close(self, key: FeedKey) -> None:
        opened = self._open.pop(key, None)
        if opened is not None:
            opened[1].close()
            self._ending.add(opened[1].task)
            opened[1].task.add_done_callback(self._ending.discard)
            self._metrics.feeds.set(len(self._open))

    def _engine_lost(self) -> None:
        for _, source in tuple(self._open.values()):
            source.engine_lost()
