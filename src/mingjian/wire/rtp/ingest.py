"""The hot path of a source over TCP: one connection's bytes to its receivers, in place.

The caller reads into a buffer that all connections share, with this connection's unread tail copied to its start, and
calls `feed`. Frames go to the receiver of their channel without an object in between; text goes to the RTSP reader and
comes back through `on_message`. Nothing here holds on to the buffer.
"""

from __future__ import annotations

from collections.abc import Callable

from mingjian.wire.rtp.receiver import RtpReceiver
from mingjian.wire.rtsp.message import Message
from mingjian.wire.rtsp.reader import TextReader

_DOLLAR = 0x24
RtcpHandler = Callable[[bytes], None]


class InterleavedIngest:
    """Dispatches `$` frames (RFC 2326 10.12) and RTSP text.

    `on_message` is called for each RTSP message and may add channels. A frame of a channel nobody knows is counted in
    `stray_frames` and dropped. `feed` raises RtspError for what is no RTSP.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._text = TextReader()
        self._media: dict[int, RtpReceiver] = {}
        self._control: dict[int, RtcpHandler] = {}
        self.stray_frames = 0
        self.bytes = 0

    def add(self, channel: int, receiver: RtpReceiver, control_channel: int, on_rtcp: RtcpHandler) -> None:
        """Media of `channel` to `receiver`, its RTCP packets of `control_channel` to `on_rtcp`."""
        self._media[channel] = receiver
        if control_channel != channel:
            self._control[control_channel] = on_rtcp

    def feed(self, buf: bytearray, view: memoryview, position: int, end: int) -> int:
        """Take buf[position:end]; returns where the unread tail begins (less than one frame, at most 65538 bytes)."""
        self.bytes += end - position
        media = self._media
        text = self._text
        if end - position > 1 and text.at_boundary and buf[position] == _DOLLAR:
            under_way = media.get(buf[position + 1])  # most reads begin in the middle of a picture
            if under_way is not None:
                position = under_way.run(buf, view, position, end)
        while position < end:
            if buf[position] != _DOLLAR or not text.at_boundary:
                position, message = text.push(buf, position, end)
                if message is not None:
                    self._on_message(message)
                continue
            if end - position < 4:
                break
            stop = position + 4 + (buf[position + 2] << 8 | buf[position + 3])
            if stop > end:
                break
            receiver = media.get(buf[position + 1])
            if receiver is None:
                self._other(buf[position + 1], bytes(view[position + 4 : stop]))
                position = stop
                continue
            receiver.packet(buf, view, position + 4, stop)
            position = receiver.run(buf, view, stop, end)
        return position

    def _other(self, channel: int, payload: bytes) -> None:
        handler = self._control.get(channel)
        if handler is None:
            self.stray_frames += 1
        else:
            self._text.frame_seen()
            handler(payload)
