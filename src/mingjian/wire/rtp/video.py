"""Access units out of RTP for H.264 (RFC 6184) and H.265 (RFC 7798): what both have in common.

A unit grows in one bytearray of length-prefixed NAL units; a payload is copied once, from the socket's buffer to its
place. An access unit ends with the marker bit, or when the timestamp changes, or, after a loss, where a NAL unit begins
that can only begin a unit.

Deliberate deviations, each for cameras in the field:
- a unit without a picture (parameter sets with a marker or a timestamp of their own) is joined to the next one;
- a camera that sets the marker on every slice is recognised by a slice that continues the picture just delivered;
  from then on only a new timestamp ends a unit;
- start codes inside a payload (Annex B over RTP) are split.
A NAL unit that lost a part is left out; its unit is marked damaged.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterator

from mingjian.wire.h26x import split_annex_b
from mingjian.wire.rtp.receiver import MAX_UNIT_BYTES, RtpReceiver, UnitHandler

ConfigHandler = Callable[[tuple[bytes, ...]], None]
MAX_PARAMETER_SET = 4096
_FRAME = struct.Struct(">HHHHIII")  # $ and channel, length, RTP bytes 0-1, sequence, timestamp, SSRC, payload's first 4
_NO_LENGTH = bytes(4)
_BEGINS, _ENDS, _MARKER = 0x80, 0x40, 0x80


@functools.lru_cache(maxsize=512)
def _frames(size: int, head_bytes: int) -> Callable[[memoryview], Iterator[tuple[bytes, int, bytes, bytes]]]:
    """Of frames of `size` bytes each: ($, channel, length, RTP bytes 0-1), sequence, (timestamp, SSRC, head), content."""
    return struct.Struct(f">6sH{8 + head_bytes}s{size - 16 - head_bytes}s").iter_unpack


class VideoReceiver(RtpReceiver):
    """State of the unit under way. `config` is the parameter sets in force, ordered as ports.media.Track wants."""

    def __init__(
        self,
        payload_type: int,
        channel: int,
        config: tuple[bytes, ...],
        on_unit: UnitHandler,
        on_config: ConfigHandler,
    ) -> None:
        super().__init__(payload_type, channel, on_unit)
        self.on_config = on_config
        self.timestamp = -1
        self.unit = bytearray()
        self.nal_start = -1  # where the length prefix of a fragmented NAL unit waits, -1 when none is under way
        self.fragment = -1  # the payload head (indicator, type) that continues it
        self.damaged = False
        self.marker_lies = False
        self._keyframe = False
        self._pictures = 0  # slices begun
        self._whole = 0  # slices complete
        self._delivered = -1  # timestamp of the last unit that a marker ended
        self._sets: dict[tuple[int, int], bytes] = {}
        self._config_changed = False
        for nal in config:
            self._note_set(nal)
        self._config_changed = False

    @property
    def config(self) -> tuple[bytes, ...]:
        """Parameter sets by kind, then id."""
        return tuple(self._sets[key] for key in sorted(self._sets))

    def run(self, buf: bytearray, view: memoryview, position: int, end: int) -> int:
        """Take the fragments of slices, picture after picture: nearly all that a camera sends.

        The pieces of a picture are joined once. What is not just so is left to `packet`, and nothing is taken that
        `packet` would take otherwise.
        """
        unpack, magic, plain, shift = _FRAME.unpack_from, self.magic, self.plain, 32 - 8 * self.head_bytes
        content, sender = 16 + self.head_bytes, self.ssrc
        fragment, timestamp, expected = self.fragment, self.timestamp, self.expected
        pieces: list[bytes | memoryview] = []
        while end - position >= _FRAME.size:
            frame_magic, length, rtp, sequence, frame_timestamp, ssrc, word = unpack(buf, position)
            stop = position + 4 + length
            if sequence != expected or stop > end or frame_magic != magic or ssrc != sender or length < 16:
                break
            head = word >> shift
            if head == fragment:
                if frame_timestamp != timestamp or rtp != plain:
                    break
                pieces.append(view[position + content : stop])
                expected = (sequence + 1) & 0xFFFF
            elif fragment >= 0:
                if head != fragment | _ENDS or frame_timestamp != timestamp or rtp | _MARKER != plain | _MARKER:
                    break
                pieces.append(view[position + content : stop])
                expected = (sequence + 1) & 0xFFFF
                self._join(pieces, expected)
                self._end_fragment()
                self._close(rtp != plain)
                fragment, pieces = -1, []
            else:
                # the first of a new picture, or another slice of the one under way
                nal = self._begins_slice(head)
                fits = not (self.unit or self._pictures) if frame_timestamp != timestamp else self.unit
                if nal is None or rtp != plain or not fits:
                    break
                self.timestamp = timestamp = frame_timestamp
                self.fragment = fragment = head - _BEGINS
                self.nal_start = len(self.unit)
                self._pictures += 1
                pieces = [_NO_LENGTH, nal, view[position + content : stop]]
                expected = (sequence + 1) & 0xFFFF
            if fragment >= 0:
                more = self._alike(view, position, stop, end, expected, pieces)
                expected = (expected + more) & 0xFFFF
                stop += more * (stop - position)
            position = stop
        if pieces:
            self._join(pieces, expected)
            self._close(marker=False)
        return position

    def _alike(
        self, view: memoryview, start: int, stop: int, end: int, expected: int, pieces: list[bytes | memoryview]
    ) -> int:
        """How many frames behind the one at `start` are of its length and go on with its NAL unit: into `pieces`.

        All but the last fragments of a NAL unit are of one length. So they are taken by one unpacking that gives all of
        them, and compared as bytes: half of what a frame costs alone.
        """
        size = stop - start
        count = (end - stop) // size
        if not count:
            return 0
        front = bytes(view[start : start + 6])
        same = bytes(view[start + 8 : start + 16]) + self.fragment.to_bytes(self.head_bytes, "big")
        due = expected
        for its_front, sequence, its_same, content in _frames(size, self.head_bytes)(view[stop : stop + count * size]):
            if sequence != due or its_front != front or its_same != same:
                break
            pieces.append(content)
            due += 1
        return due - expected

    def _join(self, pieces: list[bytes | memoryview], expected: int) -> None:
        """Pieces of packets up to `expected` to the unit: one growth instead of one for each packet."""
        if self.unit:
            self.unit += b"".join(pieces)
        else:
            self.unit = bytearray().join(pieces)
        self.packets += (expected - self.expected) & 0xFFFF
        self.cycles += expected < self.expected
        self.expected = expected
        self._resume_at = -1

    # What the codecs give.

    head_bytes: int
    """Of a fragment's payload: what says whose it is and where (FU indicator and header)."""

    def _begins_slice(self, head: int) -> bytes | None:
        """The NAL unit's header if a payload with this head is the first fragment, and not the last, of a slice."""
        raise NotImplementedError

    def _is_slice(self, nal_first: int) -> bool:
        raise NotImplementedError

    def _is_key(self, nal_first: int) -> bool:
        raise NotImplementedError

    def _set_key(self, nal: bytes | bytearray) -> tuple[int, int] | None:
        """(kind, id) of a parameter set, None for any other NAL unit or a broken one."""
        raise NotImplementedError

    def _is_set(self, nal_first: int) -> bool:
        raise NotImplementedError

    def _begins_unit(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        """Whether the payload begins with what can only begin an access unit."""
        raise NotImplementedError

    def _continues_picture(self, buf: bytearray | bytes, start: int, stop: int) -> bool:
        """Whether the payload begins a slice that is not the first of its picture."""
        raise NotImplementedError

    # Boundaries.

    def _open(self, buf: bytearray | bytes, start: int, stop: int, timestamp: int, gap: bool) -> None:
        """Before a payload: end the unit under way where that is due, and note a gap."""
        if gap:
            self._drop_fragment()
        if timestamp == self.timestamp and not gap:
            if not self.unit and timestamp == self._delivered and self._continues_picture(buf, start, stop):
                self.marker_lies = self.damaged = True
            return
        begins = gap and self._begins_unit(buf, start, stop)
        if self._pictures and (timestamp != self.timestamp or begins):
            self.damaged |= gap
            self._end_unit()
        # Nobody can say on which side of the boundary the lost packets lay: both units are marked.
        self.damaged |= gap
        self.timestamp = timestamp

    def _close(self, marker: bool) -> None:
        """After a payload."""
        if marker and self._pictures and not self.marker_lies:
            self._delivered = self.timestamp
            self._end_unit()
        elif len(self.unit) > MAX_UNIT_BYTES:
            self.damaged = True
            self._whole = 0
            self._end_unit()

    def _end_unit(self) -> None:
        self._drop_fragment()
        unit, keyframe, damaged, whole = self.unit, self._keyframe, self.damaged, self._whole
        self.unit = bytearray()
        self._keyframe = self.damaged = False
        self._pictures = self._whole = 0
        self.damaged_units += damaged
        if not whole:
            self.damaged = True  # nothing to hand over, and what refers to it will not be right either
            return
        if self._config_changed:
            self._config_changed = False
            self.on_config(self.config)
        self.on_unit(self.timestamp, unit, keyframe, damaged)

    # NAL units.

    def _drop_fragment(self) -> None:
        if self.nal_start >= 0:
            del self.unit[self.nal_start :]
            self.nal_start = self.fragment = -1
            self.damaged = True

    def _begin_fragment(self, head: bytes, fragment: int) -> None:
        self._drop_fragment()
        unit = self.unit
        self.nal_start = len(unit)
        self.fragment = fragment
        unit += _NO_LENGTH
        unit += head
        if self._is_slice(head[0]):
            self._pictures += 1

    def _end_fragment(self) -> None:
        unit, start = self.unit, self.nal_start
        self.nal_start = self.fragment = -1
        unit[start : start + 4] = (len(unit) - start - 4).to_bytes(4, "big")
        first = unit[start + 4]
        if self._is_slice(first):
            self._whole += 1
            self._keyframe = self._keyframe or self._is_key(first)
        elif self._is_set(first):
            self._note_set(bytes(unit[start + 4 :]))

    def _single(self, view: memoryview, start: int, stop: int) -> None:
        self._drop_fragment()
        if stop <= start:
            return
        first = view[start]
        if self._is_slice(first):
            self._pictures += 1
            self._whole += 1
            self._keyframe = self._keyframe or self._is_key(first)
        else:
            parts = split_annex_b(bytes(view[start:stop]))
            if len(parts) > 1:
                self._annex_b(parts)
                return
            if self._is_set(first):
                self._note_set(bytes(view[start:stop]))
        self.unit += (stop - start).to_bytes(4, "big")
        self.unit += view[start:stop]

    def _annex_b(self, parts: list[bytes]) -> None:
        for part in parts:
            first = part[0]
            if self._is_slice(first):
                self._pictures += 1
                self._whole += 1
                self._keyframe = self._keyframe or self._is_key(first)
            elif self._is_set(first):
                self._note_set(part)
            self.unit += len(part).to_bytes(4, "big")
            self.unit += part

    def _aggregate(self, buf: bytearray | bytes, view: memoryview, start: int, stop: int) -> None:
        """NAL units with a 16-bit length before each (RFC 6184 5.7.1, RFC 7798 4.4.2)."""
        while start + 2 <= stop:
            size = buf[start] << 8 | buf[start + 1]
            start += 2
            if start + size > stop:
                self.odd_packets += 1
                self.damaged = True
                return
            self._single(view, start, start + size)
            start += size

    def _note_set(self, nal: bytes) -> None:
        key = self._set_key(nal) if len(nal) <= MAX_PARAMETER_SET else None
        if key is not None and self._sets.get(key) != nal:
            self._sets[key] = nal
            self._config_changed = True
