"""RTCP: round trips, the figures of a receiver report, garbage; and tshark's judgement of what we write."""

import shutil
import struct
import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtcp import (
    ReceptionStats,
    ReportBlock,
    RtcpGoodbye,
    RtcpReceiverReport,
    RtcpSenderReport,
    parse_rtcp,
    receiver_report,
    sender_report,
)

_U32 = st.integers(0, 2**32 - 1)
_BLOCKS = st.builds(ReportBlock, _U32, st.integers(0, 255), st.integers(-(2**23), 2**23 - 1), _U32, _U32, _U32, _U32)


@given(_U32, st.lists(_BLOCKS, max_size=5).map(tuple), st.text(max_size=20))
def test_receiver_reports_round_trip(ssrc: int, blocks: tuple[ReportBlock, ...], cname: str) -> None:
    assert parse_rtcp(receiver_report(ssrc, blocks, cname)) == [RtcpReceiverReport(ssrc, blocks)]


@given(_U32, st.integers(0, 2_000_000_000 * 10**9), _U32, _U32, _U32)
def test_sender_reports_round_trip(ssrc: int, now_ns: int, timestamp: int, packets: int, octets: int) -> None:
    (report,) = parse_rtcp(sender_report(ssrc, now_ns, timestamp, packets, octets, "c"))
    assert isinstance(report, RtcpSenderReport)
    assert (report.ssrc, report.rtp_timestamp, report.packets, report.octets) == (ssrc, timestamp, packets, octets)
    assert report.ntp_ns is not None
    assert 0 <= now_ns - report.ntp_ns <= 1


def test_a_sender_without_a_clock_and_a_goodbye() -> None:
    raw = struct.pack(">BBH6I", 0x80, 200, 6, 5, 0, 0, 90, 1, 2) + struct.pack(">BBHI", 0x81, 203, 1, 5)
    first, second = parse_rtcp(raw)
    assert isinstance(first, RtcpSenderReport)
    assert first.ntp_ns is None
    assert second == RtcpGoodbye((5,))


@given(st.binary(max_size=200))
def test_garbage_never_raises(raw: bytes) -> None:
    for packet in parse_rtcp(b"\x80\xc8" + raw) + parse_rtcp(raw):
        assert isinstance(packet, RtcpSenderReport | RtcpReceiverReport | RtcpGoodbye)


def test_loss_and_jitter_as_in_appendix_a() -> None:
    stats = ReceptionStats(90_000)
    for number in range(100):
        late_ns = 10_000_000 if number % 2 else 0
        stats.unit(number * 3600, number * 40_000_000 + late_ns)
    stats.sender_report(0xABCD, 3_000_000_000)
    block = stats.block(1, first=10, highest=109, received=90, mono_ns=4_000_000_000)
    assert (block.cumulative_lost, block.fraction_lost) == (10, 25)
    assert 850 <= block.jitter <= 900  # |D| is 10 ms = 900 ticks each time
    assert (block.last_report, block.since_last_report) == (0xABCD, 65536)
    assert stats.block(1, 10, 209, 190, 5_000_000_000).fraction_lost == 0


def test_tshark_finds_nothing_malformed(tmp_path: Path) -> None:
    assert shutil.which("tshark"), "tshark is missing: apt install tshark"
    packets = [
        receiver_report(7, (ReportBlock(9, 25, 3, 70_000, 12, 5, 6),), "mingjian"),
        sender_report(7, 1_700_000_000 * 10**9, 90, 4, 500, "mingjian"),
    ]
    # A capture file of UDP packets on port 5005, by hand: pcap header, then raw IPv4.
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for payload in packets:
        udp = struct.pack(">HHHH", 5005, 5005, 8 + len(payload), 0) + payload
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes(4), bytes(4)) + udp
        out += struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip
    path = tmp_path / "rtcp.pcap"
    path.write_bytes(out)
    fields = ["_ws.malformed", "rtcp.ssrc.fraction", "rtcp.ssrc.cum_nr", "rtcp.sdes.text"]
    done = subprocess.run(
        ["tshark", "-r", str(path), "-d", "udp.port==5005,rtcp", "-T", "fields"]
        + [word for field in fields for word in ("-e", field)],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = (line.split("\t") for line in done.stdout.rstrip("\n").split("\n"))
    assert first == ["", "25", "3", "mingjian"]
    assert second == ["", "", "", "mingjian"]
