"""Reading RTSP text out of a byte stream that also carries `$` frames (RFC 2326 10.12).

`TextReader` takes text piecewise and leaves every `$` frame to its caller: the hot path of a source parses frames in
place and comes here only for text. `StreamReader` puts both together for everybody who is in no hurry.

Deliberate leniency, each seen in the field: LF without CR; blank lines and stray text between messages; a `$` frame at
the beginning of any header line or of the body (servers whose media thread writes into a reply under way); folded or
odd header lines. Everything is bounded: a line, a head, a body, and stray bytes between two messages.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.wire.rtsp.message import Message, is_start_line, malformed, parse_head, too_large, with_body

MAX_LINE = 16 * 1024
MAX_HEAD = 64 * 1024
MAX_BODY = 1024 * 1024
MAX_STRAY = 64 * 1024
_DOLLAR = 0x24


@dataclass(frozen=True, slots=True)
class Frame:
    """An interleaved binary frame."""

    channel: int
    payload: bytes


class TextReader:
    """Collects messages from text. `at_boundary` says whether a `$` coming next begins a frame.

    Raises RtspError `rtsp_malformed` or `rtsp_too_large` beyond the bounds above, after which it is of no further use.
    """

    def __init__(self) -> None:
        self.at_boundary = True
        self.idle = True  # between two messages
        self._line = bytearray()
        self._lines: list[bytes] = []
        self._head_bytes = 0
        self._stray_bytes = 0
        self._head: Message | None = None
        self._body = bytearray()
        self._body_left = 0

    def push(self, data: bytes | bytearray, position: int, end: int) -> tuple[int, Message | None]:
        """Consume from data[position:end]. Returns the new position and the message that became whole, if one did.

        Stops after a message, before a `$` at a boundary, or at `end`.
        """
        while position < end:
            if self.at_boundary and data[position] == _DOLLAR:
                return position, None
            if self._head is not None:
                position, message = self._push_body(data, position, end)
            else:
                position, message = self._push_line(data, position, end)
            if message is not None:
                return position, message
        return position, None

    def frame_seen(self) -> None:
        """The caller found a whole frame: the stream is in step again."""
        if self.idle:
            self._stray_bytes = 0

    def _push_line(self, data: bytes | bytearray, position: int, end: int) -> tuple[int, Message | None]:
        newline = data.find(b"\n", position, end)
        stop = end if newline < 0 else newline + 1
        if len(self._line) + stop - position > MAX_LINE:
            raise too_large("a line beyond 16 KiB")
        self._line += data[position:stop]
        size, position = len(self._line), stop
        if newline < 0:
            self.at_boundary = False
            return position, None
        line = bytes(self._line).rstrip(b"\r\n")
        self._line.clear()
        self.at_boundary = True
        return position, self._take_line(line, size)

    def _take_line(self, line: bytes, size: int) -> Message | None:
        if self.idle:
            if is_start_line(line):
                self.idle = False
                self._lines = [line]
                self._head_bytes = size
                self._stray_bytes = 0
            else:
                self._stray_bytes += size
                if self._stray_bytes > MAX_STRAY:
                    raise malformed("64 KiB between messages that are no RTSP")
            return None
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD:
            raise too_large("headers beyond 64 KiB")
        if line:
            self._lines.append(line)
            return None
        return self._end_of_head()

    def _end_of_head(self) -> Message | None:
        head = parse_head(self._lines)
        self._lines = []
        length_text = (head.get("Content-Length") or "0").strip()
        length = int(length_text) if length_text.isascii() and length_text.isdigit() and len(length_text) < 12 else 0
        if length > MAX_BODY:
            raise too_large(f"a body of {length} bytes announced")
        if length == 0:
            self.idle = True
            return head
        self._head, self._body_left = head, length
        return None

    def _push_body(self, data: bytes | bytearray, position: int, end: int) -> tuple[int, Message | None]:
        size = min(self._body_left, end - position)
        self._body += data[position : position + size]
        self._body_left -= size
        self.at_boundary = False
        if self._body_left or self._head is None:
            return position + size, None
        message = with_body(self._head, bytes(self._body))
        self._head = None
        self._body.clear()
        self.at_boundary = self.idle = True
        return position + size, message


class StreamReader:
    """Bytes in, messages and frames out, in order; the same for any chunking."""

    def __init__(self) -> None:
        self._text = TextReader()
        self._rest = b""

    def receive(self, data: bytes) -> list[Message | Frame]:
        """Everything that became whole. Raises RtspError; what was whole before the fault is lost with it."""
        data = self._rest + data
        position, end = 0, len(data)
        out: list[Message | Frame] = []
        while position < end:
            if data[position] == _DOLLAR and self._text.at_boundary:
                if end - position < 4:
                    break
                stop = position + 4 + int.from_bytes(data[position + 2 : position + 4], "big")
                if stop > end:
                    break
                out.append(Frame(data[position + 1], data[position + 4 : stop]))
                self._text.frame_seen()
                position = stop
                continue
            position, message = self._text.push(data, position, end)
            if message is not None:
                out.append(message)
        self._rest = data[position:]
        return out
