"""Payloads as the RFCs draw them; that they come back whole is shown with the depacketizers."""

import pytest

from mingjian.wire.rtp.payloads import RtpWriter, aac_payloads, h264_payloads, h265_payloads


def test_fu_a_bits() -> None:
    nal = bytes([0x65]) + bytes(range(10))
    assert h264_payloads([nal], mtu=6) == [
        b"\x7c\x85\x00\x01\x02\x03",
        b"\x7c\x05\x04\x05\x06\x07",
        b"\x7c\x45\x08\x09",
    ]


def test_stap_a_takes_the_highest_nri() -> None:
    assert h264_payloads([b"\x67\x01", b"\x28\x02"], aggregate=True) == [b"\x78\x00\x02\x67\x01\x00\x02\x28\x02"]


def test_h265_fu_and_ap() -> None:
    nal = b"\x26\x01" + bytes(range(6))  # IDR_W_RADL
    assert h265_payloads([nal], mtu=6) == [b"\x62\x01\x93\x00\x01\x02", b"\x62\x01\x53\x03\x04\x05"]
    assert h265_payloads([b"\x40\x01\x0c", b"\x42\x01"], aggregate=True) == [
        b"\x60\x01\x00\x03\x40\x01\x0c\x00\x02\x42\x01"
    ]


def test_aac_headers() -> None:
    assert aac_payloads([b"ab", b"cde"]) == [b"\x00\x20\x00\x10\x00\x18abcde"]
    assert aac_payloads([b"abcdef"], mtu=7) == [b"\x00\x10\x00\x30abc", b"\x00\x10\x00\x30def"]
    with pytest.raises(ValueError, match="8191"):
        aac_payloads([bytes(9000)])


def test_headers_wrap_and_mark_the_last() -> None:
    writer = RtpWriter(payload_type=96, ssrc=0x01020304, sequence=0xFFFF)
    first, second = writer.packets([b"a", b"b"], 7)
    assert first == bytes.fromhex("8060ffff0000000701020304") + b"a"
    assert second == bytes.fromhex("80e000000000000701020304") + b"b"
    assert (
        writer.interleaved([b"c"], 8, channel=2) == b"$\x02\x00\x0d" + bytes.fromhex("80e000010000000801020304") + b"c"
    )
    assert (writer.packets_sent, writer.octets_sent) == (3, 3)
