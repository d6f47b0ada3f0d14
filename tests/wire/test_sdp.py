"""Session descriptions: those of real cameras and servers, round trips, and garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtp.formats import StreamFormat, aac_config, media_description, stream_format
from mingjian.wire.sdp import MediaDescription, RtpMap, SdpError, SessionDescription, format_sdp, parse_sdp

CAMERA = (
    b"v=0\r\no=- 1109162014219182 1 IN IP4 0.0.0.0\r\ns=Media Presentation\r\nb=AS:5050\r\nt=0 0\r\n"
    b"a=control:rtsp://10.0.0.7:554/Streaming/Channels/101/\r\n"
    b"m=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\na=x-dimensions:1920,1080\r\n"
    b"a=control:rtsp://10.0.0.7:554/Streaming/Channels/101/trackID=1\r\na=rtpmap:96 H264/90000\r\n"
    b"a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKp2oHgCJ+WbgICAoAAAfQAAGGoQgAA==,aO48gAA=\r\n"
    b"m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\na=rtpmap:8 PCMA/8000\r\n"
    b"m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
)


def test_a_camera_with_three_media() -> None:
    description = parse_sdp(CAMERA)
    assert description.control == "rtsp://10.0.0.7:554/Streaming/Channels/101/"
    assert [media.kind for media in description.media] == ["video", "audio", "application"]
    formats = [stream_format(media) for media in description.media]
    assert formats[0] is not None
    assert (formats[0].codec, formats[0].clock_rate, len(formats[0].config)) == ("h264", 90_000, 2)
    assert formats[0].config[0][0] & 31 == 7
    assert formats[1] == StreamFormat("pcma", 8, 8000, channels=1)
    assert formats[2] is None


def test_lf_only_and_static_payload_type_without_rtpmap() -> None:
    description = parse_sdp(b"v=0\ns=x\nm=audio 0 RTP/AVP 0\na=control:t1\n")
    found = stream_format(description.media[0])
    assert found is not None
    assert found.codec == "pcmu"


def test_aac_without_config_gets_one_from_rate_and_channels() -> None:
    description = parse_sdp(b"v=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/44100/2\r\n")
    found = stream_format(description.media[0])
    assert found is not None
    assert found.config == (bytes.fromhex("1210"),)  # the classic AAC-LC 44.1 kHz stereo
    assert aac_config(16_000, 1) == bytes.fromhex("1408")


def test_no_description_at_all() -> None:
    with pytest.raises(SdpError) as caught:
        parse_sdp(b"<html>404</html>")
    assert caught.value.code == "sdp_malformed"


@given(st.binary(max_size=600))
def test_garbage_raises_only_ours(raw: bytes) -> None:
    try:
        description = parse_sdp(raw)
    except SdpError:
        return
    for media in description.media:
        stream_format(media)


_TOKEN = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABC0123456789-_/."), min_size=1, max_size=12)
_MEDIA = st.builds(
    lambda kind, number, encoding, rate, fmtp, control: MediaDescription(
        kind=kind,
        payload_types=(number,),
        rtpmaps={number: RtpMap(encoding, rate)},
        fmtps={number: fmtp} if fmtp else {},
        control=control,
    ),
    st.sampled_from(["video", "audio"]),
    st.integers(0, 127),
    st.sampled_from(["H264", "H265", "MPEG4-GENERIC", "PCMA", "ODD-1"]),
    st.integers(1, 200_000),
    st.dictionaries(st.sampled_from(["sprop-parameter-sets", "config", "mode", "sizelength"]), _TOKEN, max_size=3),
    _TOKEN,
)


@given(st.lists(_MEDIA, max_size=4), _TOKEN)
def test_what_is_written_is_read_back(media: list[MediaDescription], control: str) -> None:
    description = SessionDescription(tuple(media), "camera", control)
    assert parse_sdp(format_sdp(description)) == description


@pytest.mark.parametrize(
    "stream",
    [
        StreamFormat("h264", 96, 90_000, config=(b"\x67\x4d\x00\x1f\x95", b"\x68\xee\x3c\x80")),
        StreamFormat("h265", 98, 90_000, config=(b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1")),
        StreamFormat("aac", 97, 48_000, 2, (aac_config(48_000, 2),)),
        StreamFormat("pcma", 8, 8000, 1),
        StreamFormat("pcmu", 0, 8000, 1),
    ],
)
def test_formats_survive_a_description(stream: StreamFormat) -> None:
    raw = format_sdp(SessionDescription((media_description(stream, "track1"),)))
    assert stream_format(parse_sdp(raw).media[0]) == stream
