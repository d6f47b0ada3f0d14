"""The engine socket's framing: u32 length of what follows, u8 kind, u32 channel, payload; big endian. Sans-I/O.

Contract: docs/architecture.md, "Engine socket". Bytes in, frames out; nothing here knows sockets.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

MAX_FRAME_BYTES = 32 << 20  # one access unit of a 4K camera stays far below
_HEAD = struct.Struct(">IBI")
_AFTER_LENGTH = 5
_FRAGMENT = struct.Struct(">BQQI")


class Kind(IntEnum):
    """What a frame carries."""

    REQUEST = 1
    RESPONSE = 2
    EVENT = 3
    LIVE_INIT = 4
    LIVE_FRAGMENT = 5
    LIVE_END = 6


class FragmentFlag(IntFlag):
    """Flags of a live fragment, the same on the engine socket and on the WebSocket."""

    KEYFRAME = 1
    DAMAGED = 2
    AUDIO = 4


class BrokenFeed(MingjianError):
    """The peer's bytes are no frames: the connection cannot go on."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "broken_feed",
            Text(zh="录像引擎连接中的数据格式有误", en="the bytes on the engine's connection are no frames"),
            fault=Fault.PEER,
            detail=detail,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame."""

    kind: Kind
    channel: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class LiveInit:
    """How to open a decoder: MIME type, RFC 6381 codecs, picture size, the Run, and the fMP4 init segment."""

    mime: str
    codecs: str
    width: int
    height: int
    run: str
    data: bytes


@dataclass(frozen=True, slots=True)
class LiveFragment:
    """One picture and the sound that came with it, as moof+mdat.

    `start_ns` is the wall time at which the picture was taken by the arrival clock, `arrival_ns` the wall time at which
    its last packet was read. `flags` are FragmentFlag.
    """

    flags: int
    start_ns: int
    arrival_ns: int
    duration_90k: int
    data: bytes

    @property
    def keyframe(self) -> bool:
        """Whether a decoder can begin here."""
        return bool(self.flags & FragmentFlag.KEYFRAME)


def encode_frame(kind: Kind, channel: int, *parts: bytes) -> bytes:
    """One frame. Raises ValueError when it is beyond MAX_FRAME_BYTES."""
    size = _AFTER_LENGTH + sum(map(len, parts))
    if size > MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {size} bytes")
    return b"".join((_HEAD.pack(size, kind, channel), *parts))


def encode_json(kind: Kind, channel: int, value: object) -> bytes:
    """A frame of kind REQUEST, RESPONSE, EVENT or LIVE_END."""
    return encode_frame(kind, channel, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def decode_json(payload: bytes) -> dict[str, Any]:
    """The object in a JSON frame. Raises BrokenFeed."""
    try:
        value = json.loads(payload)
    except ValueError as error:
        raise BrokenFeed("a JSON frame does not parse") from error
    if not isinstance(value, dict):
        raise BrokenFeed("a JSON frame holds no object")
    return value


def encode_init(channel: int, init: LiveInit) -> bytes:
    """A LIVE_INIT frame."""
    head = {"mime": init.mime, "codecs": init.codecs, "width": init.width, "height": init.height, "run": init.run}
    line = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    return encode_frame(Kind.LIVE_INIT, channel, line, init.data)


def decode_init(payload: bytes) -> LiveInit:
    """The content of a LIVE_INIT frame. Raises BrokenFeed."""
    line, newline, data = payload.partition(b"\n")
    head = decode_json(line)
    try:
        if not newline:
            raise ValueError("no init segment")
        return LiveInit(
            mime=str(head["mime"]),
            codecs=str(head["codecs"]),
            width=int(head["width"]),
            height=int(head["height"]),
            run=str(head["run"]),
            data=data,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BrokenFeed(f"a broken init frame: {error!r}") from error


def encode_fragment(channel: int, fragment: LiveFragment) -> bytes:
    """A LIVE_FRAGMENT frame."""
    head = _FRAGMENT.pack(fragment.flags, fragment.start_ns, fragment.arrival_ns, fragment.duration_90k)
    return encode_frame(Kind.LIVE_FRAGMENT, channel, head, fragment.data)


def decode_fragment(payload: bytes) -> LiveFragment:
    """The content of a LIVE_FRAGMENT frame. Raises BrokenFeed."""
    if len(payload) < _FRAGMENT.size:
        raise BrokenFeed("a fragment frame is cut short")
    flags, start_ns, arrival_ns, duration_90k = _FRAGMENT.unpack_from(payload)
    return LiveFragment(flags, start_ns, arrival_ns, duration_90k, payload[_FRAGMENT.size :])


class FrameReader:
    """Cuts a byte stream into frames; memory is bounded by MAX_FRAME_BYTES and one read."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._have = 0
        self._need = 4

    def feed(self, data: bytes) -> list[Frame]:
        """Frames completed by `data`, in order. Raises BrokenFeed; the reader is useless afterwards."""
        self._pending.append(data)
        self._have += len(data)
        if self._have < self._need:
            return []
        buffer = data if len(self._pending) == 1 else b"".join(self._pending)
        frames: list[Frame] = []
        at, end = 0, len(buffer)
        while end - at >= 4:
            size = int.from_bytes(buffer[at : at + 4], "big")
            if not _AFTER_LENGTH <= size <= MAX_FRAME_BYTES:
                raise BrokenFeed(f"a frame of {size} bytes")
            if end - at < 4 + size:
                break
            frames.append(_frame(buffer, at, size))
            at += 4 + size
        rest = buffer[at:]
        self._pending = [rest] if rest else []
        self._have = len(rest)
        self._need = 4 + int.from_bytes(rest[:4], "big") if len(rest) >= 4 else 4
        return frames


def _frame(buffer: bytes, at: int, size: int) -> Frame:
    _, kind, channel = _HEAD.unpack_from(buffer, at)
    try:
        known = Kind(kind)
    except ValueError:
        raise BrokenFeed(f"a frame of kind {kind}") from None
    return Frame(known, channel, buffer[at + _HEAD.size : at + 4 + size])
