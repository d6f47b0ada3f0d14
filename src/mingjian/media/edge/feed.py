"""One camera's stream on this edge: fed once, shared by all viewers.

A fragment's WebSocket message is joined once; every viewer's transport gets the same bytes object. What came since the last
keyframe is kept while somebody looks, so that the next viewer sees a picture at once.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mingjian.kernel.media_time import RATE_90K
from mingjian.wire.feed import FragmentFlag, LiveFragment, LiveInit
from mingjian.wire.websocket_frame import BINARY, TEXT, build_frame, frame_header

_HEADER = struct.Struct(">B3xIQQ")
MAX_RECENT_BYTES = 32 << 20
LAG_S = 3
"""A viewer may lie this far behind before it is cut to the next keyframe."""

_LEAST_LIMIT, _FIRST_LIMIT, _MOST_LIMIT = 256 << 10, 2 << 20, 16 << 20


@dataclass(frozen=True, slots=True)
class Notice:
    """Why no pictures come for now, or why they end: a gap reason or a code of ours, and the sentence for people."""

    reason: str
    zh: str
    en: str

    def json(self) -> dict[str, str]:
        """As it is sent."""
        return {"reason": self.reason, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class SharedFragment:
    """A fragment and its finished WebSocket message; `media_at` is where moof+mdat begin in it."""

    flags: int
    start_ns: int
    arrival_ns: int
    duration_90k: int
    message: bytes
    media_at: int

    @property
    def keyframe(self) -> bool:
        """Whether a decoder can begin here."""
        return bool(self.flags & FragmentFlag.KEYFRAME)

    @property
    def media(self) -> memoryview:
        """moof+mdat, not copied."""
        return memoryview(self.message)[self.media_at :]


@dataclass(frozen=True, slots=True)
class SharedInit:
    """An init segment and its finished messages: the text, then the binary."""

    init: LiveInit
    message: bytes


class FeedListener(Protocol):
    """Takes what a feed gives; called on the event loop, must not block."""

    def on_init(self, init: SharedInit) -> None:
        """What follows needs this."""
        ...

    def on_fragment(self, fragment: SharedFragment) -> None:
        """The next picture."""
        ...

    def on_notice(self, notice: Notice | None) -> None:
        """No pictures come for now; None: they do again."""
        ...

    def on_end(self, notice: Notice) -> None:
        """Nothing will come any more."""
        ...


def text_message(value: object) -> bytes:
    """A text message of one JSON object, as a WebSocket frame."""
    return build_frame(TEXT, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def share_fragment(fragment: LiveFragment) -> SharedFragment:
    """Build the message every viewer gets (docs/architecture.md: 24-byte header, moof+mdat)."""
    header = _HEADER.pack(fragment.flags, fragment.duration_90k, fragment.start_ns, fragment.arrival_ns)
    length = len(header) + len(fragment.data)
    outer = frame_header(BINARY, length)
    message = b"".join((outer, header, fragment.data))
    return SharedFragment(
        fragment.flags,
        fragment.start_ns,
        fragment.arrival_ns,
        fragment.duration_90k,
        message,
        len(outer) + len(header),
    )


class Feed:
    """Fans out to its listeners. Whoever makes the pictures calls `give_init`, `give`, `say` and `end`."""

    def __init__(self, on_empty: Callable[[], None] = lambda: None) -> None:
        self.listeners: list[FeedListener] = []
        self.limit_bytes = _FIRST_LIMIT
        self.notice: Notice | None = None
        self.ended: Notice | None = None
        self._on_empty = on_empty
        self._pending: LiveInit | None = None
        self._init: SharedInit | None = None
        self._recent: list[SharedFragment] = []
        self._recent_bytes = 0
        self._recent_90k = 0

    def add(self, listener: FeedListener) -> None:
        """A listener joins: init and everything since the last keyframe come at once."""
        self.listeners.append(listener)
        if self._init is not None and self._recent:
            listener.on_init(self._init)
            for fragment in self._recent:
                listener.on_fragment(fragment)
        if self.notice is not None:
            listener.on_notice(self.notice)
        if self.ended is not None:
            listener.on_end(self.ended)

    def remove(self, listener: FeedListener) -> None:
        """It looks no longer."""
        if listener in self.listeners:
            self.listeners.remove(listener)
            if not self.listeners:
                self._on_empty()

    def give_init(self, init: LiveInit) -> None:
        """The next keyframe needs this; it is sent together with it."""
        self._pending = init
        self._init = None
        self._forget()

    def give(self, fragment: LiveFragment) -> SharedFragment | None:
        """A picture for everybody; None when it came before any keyframe."""
        if fragment.keyframe:
            self._learn_limit()
            self._forget()
            if self._pending is not None:
                self._begin(self._pending, fragment.start_ns)
        if self._init is None:
            return None
        shared = share_fragment(fragment)
        if self._recent or fragment.keyframe:
            self._keep(shared)
        for listener in tuple(self.listeners):
            listener.on_fragment(shared)
        return shared

    def say(self, notice: Notice | None) -> None:
        """Tell everybody why nothing comes, once; or that it does again."""
        if notice != self.notice:
            self.notice = notice
            for listener in tuple(self.listeners):
                listener.on_notice(notice)

    def lost(self) -> None:
        """The source went away: nobody can join what was."""
        self._init = self._pending = None
        self._forget()

    def end(self, notice: Notice) -> None:
        """Over for good."""
        self.ended = notice
        for listener in tuple(self.listeners):
            listener.on_end(notice)

    def _begin(self, init: LiveInit, start_ns: int) -> None:
        self._pending = None
        told = {
            "mime": init.mime,
            "codecs": init.codecs,
            "width": init.width,
            "height": init.height,
            "start_ns": start_ns,
        }
        self._init = SharedInit(init, text_message({"init": told}) + build_frame(BINARY, init.data))
        for listener in tuple(self.listeners):
            listener.on_init(self._init)

    def _keep(self, shared: SharedFragment) -> None:
        self._recent.append(shared)
        self._recent_bytes += len(shared.message)
        self._recent_90k += shared.duration_90k
        if self._recent_bytes > MAX_RECENT_BYTES:
            self._forget()

    def _forget(self) -> None:
        self._recent = []
        self._recent_bytes = self._recent_90k = 0

    def _learn_limit(self) -> None:
        """From the GOP that just ended: how many bytes LAG_S seconds are."""
        if self._recent_90k >= RATE_90K // 4:
            lag = self._recent_bytes * LAG_S * RATE_90K // self._recent_90k
            self.limit_bytes = max(_LEAST_LIMIT, min(lag, _MOST_LIMIT))
