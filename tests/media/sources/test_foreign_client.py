"""Our server machine and packetizers, judged by ffmpeg as the client: every picture comes out as it went in."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import av
import pytest

from mingjian.wire.h26x import split_annex_b
from mingjian.wire.rtp.formats import StreamFormat, aac_config, media_description
from mingjian.wire.rtp.payloads import RtpWriter, aac_payloads, h264_payloads, h265_payloads
from mingjian.wire.rtsp.server import DescribeAsked, Ended, PlayAsked, RtspServer, SetupAsked
from mingjian.wire.rtsp.transport import TransportSpec
from mingjian.wire.sdp import SessionDescription, format_sdp

from .collect import picture_hashes

pytestmark = pytest.mark.peer


class FileServer(asyncio.Protocol):
    """Sends a file's units over TCP as fast as they are taken, then closes."""

    def __init__(self, codec: str, units: list[bytes], sound: list[bytes]) -> None:
        self._codec, self._units, self._sound = codec, units, sound
        self._server = RtspServer(session="1234")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for event in self._server.receive(data):
            match event:
                case DescribeAsked(request):
                    self._server.answer_describe(request, self._sdp())
                case SetupAsked(request, _):
                    channels = (0, 1) if request.url.endswith("0") else (2, 3)
                    self._server.answer_setup(request, TransportSpec(tcp=True, interleaved=channels))
                case PlayAsked(request):
                    self._server.answer(request)
                    self._transport.write(self._server.take_output() + self._media())
                    self._transport.close()
                case Ended():
                    pass
        if not self._transport.is_closing():
            self._transport.write(self._server.take_output())

    def _sdp(self) -> bytes:
        media = [media_description(StreamFormat(self._codec, 96, 90_000), "track0")]
        if self._sound:
            aac = StreamFormat("aac", 97, 44_100, 1, (aac_config(44_100, 1),))
            media.append(media_description(aac, "track1"))
        return format_sdp(SessionDescription(tuple(media), control="*"))

    def _media(self) -> bytes:
        cut = h264_payloads if self._codec == "h264" else h265_payloads
        video, sound = RtpWriter(96, ssrc=1), RtpWriter(97, ssrc=2)
        out = [
            video.interleaved(cut(split_annex_b(unit), aggregate=True), 3600 * number, 0)
            for number, unit in enumerate(self._units)
        ]
        out += [sound.interleaved(aac_payloads([frame]), 1024 * number, 2) for number, frame in enumerate(self._sound)]
        return b"".join(out)


def _units(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0] if kind == "video" else container.streams.audio[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


@pytest.mark.parametrize("codec", ["h264", "h265"])
async def test_ffmpeg_pulls_from_us(tmp_path: Path, codec: str) -> None:
    library, quiet = (
        ("libx264", ["-x264-params", "log=-1"]) if codec == "h264" else ("libx265", ["-x265-params", "log-level=0"])
    )
    raw, sound, pulled = tmp_path / f"in.{codec}", tmp_path / "in.m4a", tmp_path / "out.mkv"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2"]
    kind = "hevc" if codec == "h265" else "h264"
    subprocess.run(
        ["ffmpeg", "-v", "error", *picture, "-c:v", library, *quiet, "-bf", "0", "-f", kind, str(raw)], check=True
    )
    tone = ["-f", "lavfi", "-i", "sine=duration=2:sample_rate=44100"]
    subprocess.run(["ffmpeg", "-v", "error", *tone, "-ac", "1", "-c:a", "aac", str(sound)], check=True)
    frames = _units(sound, "audio")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: FileServer(codec, _units(raw, "video"), frames), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", f"rtsp://127.0.0.1:{port}/x"),
        *("-map", "0", "-c", "copy", str(pulled)),
        stdin=subprocess.DEVNULL,
    )
    async with asyncio.timeout(20):
        assert await process.wait() == 0
    server.close()
    await server.wait_closed()
    assert picture_hashes(pulled) == picture_hashes(raw)
    assert _units(pulled, "audio") == frames
