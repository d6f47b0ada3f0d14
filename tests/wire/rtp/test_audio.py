"""AAC and G.711 out of packets."""

from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtp.audio import AacReceiver, G711Receiver
from mingjian.wire.rtp.payloads import RtpWriter, aac_payloads
from mingjian.wire.rtp.receiver import RtpReceiver


def _drive(receiver: RtpReceiver, packets: list[bytes]) -> None:
    for packet in packets:
        receiver.packet(packet, memoryview(packet), 0, len(packet))


@given(
    st.lists(st.lists(st.binary(min_size=1, max_size=900), min_size=1, max_size=4), max_size=6), st.integers(40, 1400)
)
def test_aac_frames_come_out_with_their_times(groups: list[list[bytes]], mtu: int) -> None:
    got: list[tuple[int, bytes]] = []
    receiver = AacReceiver(97, 2, lambda t, data, key, damaged: got.append((t, bytes(data))))
    writer = RtpWriter(97, ssrc=1)
    expected, at = [], 0
    for group in groups:
        whole = 2 + sum(2 + len(frame) for frame in group) <= mtu
        for frames in [group] if whole else [[frame] for frame in group]:
            _drive(receiver, writer.packets(aac_payloads(frames, mtu), at))
            expected += [(at + 1024 * number, frame) for number, frame in enumerate(frames)]
            at += 1024 * len(frames)
    assert got == expected


def test_a_lost_fragment_loses_the_frame_and_marks_the_next() -> None:
    got: list[tuple[bytes, bool]] = []
    receiver = AacReceiver(97, 2, lambda t, data, key, damaged: got.append((bytes(data), damaged)))
    writer = RtpWriter(97, ssrc=1)
    packets = writer.packets(aac_payloads([bytes(100)], 60), 0) + writer.packets(aac_payloads([b"next"]), 1024)
    _drive(receiver, packets[:1] + packets[2:])
    assert got == [(b"next", True)]


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_garbage_never_raises(chunks: list[bytes]) -> None:
    got: list[bytes] = []
    receiver = AacReceiver(97, 2, lambda t, data, key, damaged: got.append(bytes(data)))
    _drive(receiver, [b"\x80\x61\x00" + bytes((n,)) + bytes(8) + chunk for n, chunk in enumerate(chunks)])
    assert sum(map(len, got)) <= sum(map(len, chunks))


def test_g711_packets_are_units_and_a_hole_is_marked() -> None:
    got: list[tuple[int, bytes, bool]] = []
    receiver = G711Receiver(8, 2, lambda t, data, key, damaged: got.append((t, bytes(data), damaged)))
    writer = RtpWriter(8, ssrc=1)
    packets = [writer.packets([bytes((n,)) * 160], n * 160)[0] for n in range(3)]
    _drive(receiver, [packets[0], packets[2]])
    assert got == [(0, bytes(160), False), (320, b"\x02" * 160, True)]
    assert (receiver.lost_packets, receiver.damaged_units) == (1, 1)
