"""Access units out of packets: what goes in comes out, whatever the cuts; losses are marked; cameras' odd habits."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.wire.h26x import join_length_prefixed
from mingjian.wire.rtp.h264 import H264Receiver
from mingjian.wire.rtp.h265 import H265Receiver
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtp.payloads import RtpWriter, h264_payloads, h265_payloads
from mingjian.wire.rtp.video import VideoReceiver

SPS, PPS = b"\x67\x4d\x00\x1f\x95\xa0", b"\x68\xee\x3c\x80"
IDR, SLICE = b"\x65\x88", b"\x41\x9a"


class Sink:
    def __init__(self, codec: str = "h264", config: tuple[bytes, ...] = ()) -> None:
        self.units: list[tuple[int, bytes, bool, bool]] = []
        self.configs: list[tuple[bytes, ...]] = []
        made = H264Receiver if codec == "h264" else H265Receiver
        self.receiver: VideoReceiver = made(96, 0, config, self._on_unit, self.configs.append)
        self.ingest = InterleavedIngest(lambda message: None)
        self.ingest.add(0, self.receiver, 1, lambda packet: None)
        self._buf = bytearray(1 << 20)
        self._view = memoryview(self._buf)
        self._tail = b""

    def _on_unit(self, timestamp: int, data: bytes | bytearray, keyframe: bool, damaged: bool) -> None:
        self.units.append((timestamp, bytes(data), keyframe, damaged))

    def feed(self, data: bytes) -> None:
        """As a connection does: tail to the front of a shared buffer, then what was read."""
        end = len(self._tail) + len(data)
        self._buf[:end] = self._tail + data
        position = self.ingest.feed(self._buf, self._view, 0, end)
        self._tail = bytes(self._buf[position:end])

    def packets(self, packets: list[bytes]) -> None:
        for packet in packets:
            self.receiver.packet(packet, memoryview(packet), 0, len(packet))


def _nal(codec: str, kind: int, content: bytes) -> bytes:
    # No start code may occur inside a NAL unit; content begins with first_mb_in_slice / first_slice_segment set.
    clean = b"\x80" + content.replace(b"\x00\x00", b"\x00\x01").replace(b"\x00\x00", b"\x00\x01")
    return (bytes((0x60 | kind,)) if codec == "h264" else bytes((kind << 1, 1))) + clean + b"\x01"


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["h264", "h265"]), st.booleans(), st.integers(40, 300))
def test_what_goes_in_comes_out_for_any_cuts(data: st.DataObject, codec: str, aggregate: bool, mtu: int) -> None:
    kinds = st.sampled_from([1, 5, 6]) if codec == "h264" else st.sampled_from([1, 19, 39])
    units = data.draw(st.lists(st.lists(st.tuples(kinds, st.binary(max_size=700)), min_size=1, max_size=4), max_size=5))
    writer = RtpWriter(96, ssrc=7, sequence=0xFFFA)
    cut = h264_payloads if codec == "h264" else h265_payloads
    raw, expected = b"", []
    for number, unit in enumerate(units):
        nals = [_nal(codec, 1, b""), *(_nal(codec, kind, content) for kind, content in unit)]
        raw += writer.interleaved(cut(nals, mtu, aggregate=aggregate), 3600 * number, 0)
        expected.append((3600 * number, join_length_prefixed(nals), any(kind in (5, 19) for kind, _ in unit), False))
    sink = Sink(codec)
    rng = random.Random(data.draw(st.integers(0, 999)))
    while raw:
        size = rng.randint(1, 900)
        sink.feed(raw[:size])
        raw = raw[size:]
    assert sink.units == expected
    assert (sink.receiver.lost_packets, sink.receiver.damaged_units, sink.receiver.odd_packets) == (0, 0, 0)
    assert sink.receiver.packets == writer.packets_sent


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from(["h264", "h265"]))
def test_after_losses_every_undamaged_unit_is_one_that_was_sent(seed: int, codec: str) -> None:
    rng = random.Random(seed)
    writer = RtpWriter(96, ssrc=7)
    cut = h264_payloads if codec == "h264" else h265_payloads
    sent, packets = {}, []
    for number in range(12):
        nals = [_nal(codec, 1, rng.randbytes(rng.randint(1, 400))) for _ in range(rng.randint(1, 3))]
        sent[number * 3000] = join_length_prefixed(nals)
        packets += writer.packets(cut(nals, 100), number * 3000)
    kept = [packet for index, packet in enumerate(packets) if index == 0 or rng.random() > 0.05]
    sink = Sink(codec)
    sink.packets(kept)
    for timestamp, unit, _, damaged in sink.units:
        assert damaged or unit == sent[timestamp]
    inner = packets.index(kept[-1]) + 1 - len(kept)
    assert sink.receiver.lost_packets == inner
    if inner and len(sink.units) > 1:
        assert sink.receiver.damaged_units > 0 or sink.receiver.damaged


@given(st.lists(st.binary(max_size=60), max_size=30), st.sampled_from(["h264", "h265"]))
def test_garbage_packets_never_raise(chunks: list[bytes], codec: str) -> None:
    sink = Sink(codec)
    sink.packets([b"\x80\x60\x00" + bytes((n,)) + bytes(8) + chunk for n, chunk in enumerate(chunks)])
    sink.packets(chunks)
    assert all(len(unit[1]) < 4000 for unit in sink.units)


HEADS = {
    # fragments that begin, go on and end, of slices and others, with bits that nobody should set; single NAL units
    "h264": [b"\x7c\x85", b"\x7c\x81", b"\x7c\x01", b"\x7c\x05", b"\x7c\x41", b"\x7c\x45", b"\x7c\xc1", b"\x7c\xa1",
             b"\x7c\x87", b"\x7c\x47", b"\x5c\x01", b"\x61\x80", b"\x65\x10", b"\x67\x4d", b"\x06\x01"],
    "h265": [b"\x62\x01\x93", b"\x62\x01\x81", b"\x62\x01\x01", b"\x62\x01\x13", b"\x62\x01\x41", b"\x62\x01\x53",
             b"\x62\x01\xc1", b"\x62\x01\xa1", b"\x62\x01\x61", b"\x63\x01\x01", b"\x02\x01\x80", b"\x42\x01\x01"],
}  # fmt: skip


@settings(max_examples=200)
@given(st.data(), st.sampled_from(["h264", "h265"]), st.integers(0, 0xFFFF))
def test_many_at_once_are_taken_as_one_by_one(data: st.DataObject, codec: str, sequence: int) -> None:
    """Whole pictures in one read are what the same packets are one by one, whatever is in them."""
    usual = st.just(1) | st.integers(0, 3)
    packets = []
    timestamp = 90_000
    for head, size, step, later, marker, ssrc in data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(HEADS[codec]), st.integers(0, 40), usual, st.booleans(), st.booleans(),
                st.sampled_from([7, 7, 7, 7, 7, 8]),
            ),
            max_size=40,
        )
    ):  # fmt: skip
        sequence = (sequence + step) & 0xFFFF
        timestamp += 3600 * later
        header = bytes((0x80, 96 | marker << 7)) + sequence.to_bytes(2, "big") + timestamp.to_bytes(4, "big")
        packets.append(header + ssrc.to_bytes(4, "big") + head + bytes(range(1, size + 1)))
    alone, together = Sink(codec), Sink(codec)
    alone.packets(packets)
    stream = b"".join(b"$\0" + len(packet).to_bytes(2, "big") + packet for packet in packets)
    while stream:
        taken = data.draw(st.integers(1, len(stream)))
        together.feed(stream[:taken])
        stream = stream[taken:]
    assert together.units == alone.units
    assert together.configs == alone.configs
    names = ("expected", "cycles", "packets", "lost_packets", "late_packets", "odd_packets", "damaged_units")
    left = ("timestamp", "unit", "nal_start", "fragment", "damaged", "marker_lies")
    for name in names + left:
        assert getattr(together.receiver, name) == getattr(alone.receiver, name), name


def test_parameter_sets_in_band_are_told_before_the_unit_that_needs_them() -> None:
    sink = Sink(config=(SPS, PPS))
    order: list[str] = []
    sink.receiver.on_config = lambda config: order.append(f"config {len(config)}")
    sink.receiver.on_unit = lambda *unit: order.append("unit")
    writer = RtpWriter(96, ssrc=1)
    sink.packets(writer.packets([SPS, PPS, IDR], 0))
    changed = SPS + b"\x01"
    sink.packets(writer.packets([changed, PPS, IDR], 3600))
    assert order == ["unit", "config 2", "unit"]
    assert sink.receiver.config == (changed, PPS)


def test_parameter_sets_with_a_marker_of_their_own_join_the_next_picture() -> None:
    sink = Sink()
    writer = RtpWriter(96, ssrc=1)
    for payload, timestamp in ((SPS, 10), (PPS, 10), (IDR, 20)):
        sink.packets(writer.packets([payload], timestamp))
    assert sink.units == [(20, join_length_prefixed([SPS, PPS, IDR]), True, False)]


def test_a_new_timestamp_ends_a_unit_without_marker() -> None:
    sink = Sink()
    writer = RtpWriter(96, ssrc=1)
    sink.packets(writer.packets([IDR], 0, marker=False))
    sink.packets(writer.packets([SLICE], 3600, marker=False))
    assert sink.units == [(0, join_length_prefixed([IDR]), True, False)]


def test_after_a_loss_the_same_timestamp_is_ended_by_what_begins_a_unit() -> None:
    sink = Sink()
    writer = RtpWriter(96, ssrc=1)
    packets = writer.packets([IDR, b"\x41\x1a", b"\x09\xf0", SLICE], 0)
    sink.packets([packets[0], packets[2], packets[3]])
    assert [(unit[1][4], unit[3]) for unit in sink.units] == [(0x65, True), (0x09, True)]


def test_markers_on_every_slice_are_seen_through() -> None:
    sink = Sink()
    writer = RtpWriter(96, ssrc=1)
    first, second = b"\x41\x9a\x01", b"\x41\x1a\x02"  # first_mb_in_slice is 0, then not
    for number in range(4):
        for nal in (first, second):
            sink.packets(writer.packets([nal], number * 3600))
    assert sink.receiver.marker_lies
    assert sink.units[0][1] == join_length_prefixed([first])
    assert sink.units[-1] == (7200, join_length_prefixed([first, second]), False, False)


def test_annex_b_inside_a_payload_is_split() -> None:
    sink = Sink()
    payload = SPS + b"\x00\x00\x00\x01" + PPS + b"\x00\x00\x01" + IDR
    sink.packets(RtpWriter(96, ssrc=1).packets([payload], 0))
    assert sink.units == [(0, join_length_prefixed([SPS, PPS, IDR]), True, False)]
    assert sink.receiver.config == (SPS, PPS)


def test_padding_extension_and_csrc_are_passed_over() -> None:
    sink = Sink()
    head = bytes((0xB1, 0xE0)) + bytes(2) + bytes(8) + bytes(4) + b"\xbe\xde\x00\x01" + bytes(4)
    sink.packets([head + IDR + b"\x00\x00\x03"])
    assert sink.units == [(0, join_length_prefixed([IDR]), True, False)]


def test_a_restarted_sequence_is_believed_at_its_second_packet() -> None:
    sink = Sink()
    sink.packets(RtpWriter(96, ssrc=1, sequence=50_000).packets([IDR], 0))
    again = RtpWriter(96, ssrc=1, sequence=100)
    for number in range(1, 4):
        sink.packets(again.packets([SLICE], number * 3600))
    assert [unit[0] for unit in sink.units] == [0, 7200, 10800]
    assert (sink.receiver.lost_packets, sink.receiver.late_packets) == (0, 1)


def test_a_sender_that_begins_anew_with_another_ssrc() -> None:
    sink = Sink()
    sink.packets(RtpWriter(96, ssrc=1).packets([IDR], 0))
    sink.packets(RtpWriter(96, ssrc=2, sequence=9).packets([IDR], 5))
    assert len(sink.units) == 2
    assert sink.receiver.ssrc == 2


def test_a_unit_beyond_bounds_is_given_up() -> None:
    sink = Sink()
    writer = RtpWriter(96, ssrc=1)
    sink.packets(writer.packets([b"\x7c\x85" + bytes(10)], 0, marker=False))
    middle = b"\x7c\x05" + bytes(60_000)
    for _ in range(300):
        sink.feed(writer.interleaved([middle], 0, 0, marker=False))
    assert len(sink.receiver.unit) < 16 * 1024 * 1024 + 60_000
    assert sink.receiver.damaged_units == 1
    assert sink.units == []


def test_h265_decoding_order_numbers_are_left_out() -> None:
    units: list[bytes] = []
    receiver = H265Receiver(96, 0, (), lambda t, data, k, d: units.append(bytes(data)), print, has_donl=True)
    nal = b"\x26\x01\x80" + bytes(range(1, 20))
    fragments = [b"\x62\x01\x93\x00\x07" + nal[2:10], b"\x62\x01\x53" + nal[10:]]
    for packet in RtpWriter(96, ssrc=1).packets(fragments, 0):
        receiver.packet(packet, memoryview(packet), 0, len(packet))
    single = b"\x02\x01\x00\x08\x80\x55"
    aggregate = b"\x60\x01\x00\x09\x00\x04\x02\x01\x80\x01\x00\x00\x04\x02\x01\x80\x02"
    for packet in RtpWriter(96, ssrc=1, sequence=2).packets([single, aggregate], 9):
        receiver.packet(packet, memoryview(packet), 0, len(packet))
    assert units == [
        join_length_prefixed([nal]),
        join_length_prefixed([b"\x02\x01\x80\x55", b"\x02\x01\x80\x01", b"\x02\x01\x80\x02"]),
    ]
