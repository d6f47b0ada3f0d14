"""One live viewer: shared bytes go straight to its transport. One that is slow is cut to the next keyframe."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from mingjian.media.edge.feed import Feed, Notice, SharedFragment, SharedInit, text_message
from mingjian.media.edge.metrics import EdgeMetrics
from mingjian.wire.websocket_frame import PING, build_frame

_TCP_NOTSENT_LOWAT = 25  # linux/tcp.h: what waits stays with us, where it can be seen and cut
_NOTSENT_BYTES = 256 << 10
_PING = build_frame(PING, b"")


class Viewer:
    """A FeedListener. `on_over` is called when the feed ended; `refuses` says whether an init cannot be played here."""

    def __init__(
        self,
        transport: asyncio.Transport,
        metrics: EdgeMetrics,
        on_over: Callable[[Notice], None],
        refuses: Callable[[SharedInit], bool],
    ) -> None:
        self.dropped = 0
        self._sent_from_ns = self._sent_to_ns = 0
        self._transport = transport
        self._metrics = metrics
        self._on_over = on_over
        self._refuses = refuses
        self._feed: Feed | None = None
        self._dropping = False
        self._started = False
        self._burst = 0
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, _NOTSENT_BYTES)

    def watch(self, join: Callable[[Viewer], Feed]) -> None:
        """Look at a feed from now on."""
        self.leave()
        self._dropping = self._started = False
        self._burst = 0
        feed = join(self)
        self._feed = feed
        self._burst = self._transport.get_write_buffer_size()

    def leave(self) -> None:
        """Look at nothing."""
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.remove(self)

    def ping(self) -> None:
        """Ask whether somebody is there, unless pictures wait before the question."""
        if not self._transport.is_closing() and self._transport.get_write_buffer_size() < _NOTSENT_BYTES:
            self._transport.write(_PING)

    def tell(self, value: object) -> None:
        """A text message."""
        if not self._transport.is_closing():
            self._transport.write(text_message(value))

    def on_init(self, init: SharedInit) -> None:
        """Init segment; pictures follow, unless this viewer cannot play them."""
        if self._transport.is_closing():
            return
        self._started = not self._refuses(init)
        if self._started:
            self._transport.write(init.message)

    def on_fragment(self, fragment: SharedFragment) -> None:
        """The hot path: one write of bytes that all viewers share.

        uvloop raises for a write to a transport that was cut, and a raise here would cost every viewer the engine.
        """
        transport = self._transport
        if not self._started or transport.is_closing():
            return
        waiting = transport.get_write_buffer_size()
        feed = self._feed
        if self._dropping:
            if not fragment.flags & 1 or waiting > _NOTSENT_BYTES:
                return
            self._dropping = False
        elif feed is not None:
            if waiting > feed.limit_bytes + self._burst:
                self._dropping = True
                self.dropped += 1
                self._metrics.dropped.inc()
                return
            if not waiting:
                self._burst = 0
        transport.write(fragment.message)
        self._sent_to_ns = fragment.start_ns
        if not self._sent_from_ns:
            self._sent_from_ns = fragment.start_ns

    def take_sent(self) -> tuple[int, int] | None:
        """From the first to the last picture sent since this was asked (UTC nanoseconds); None for none."""
        if not self._sent_from_ns:
            return None
        span = min(self._sent_from_ns, self._sent_to_ns), max(self._sent_from_ns, self._sent_to_ns)
        self._sent_from_ns = 0
        return span

    def on_notice(self, notice: Notice | None) -> None:
        """Why nothing comes."""
        self.tell({"notice": None if notice is None else notice.json()})

    def on_end(self, notice: Notice) -> None:
        """Over."""
        self._on_over(notice)
