"""The reorder window: order restored, holes given up in time, nothing kept for ever."""

import random

from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtp.payloads import RtpWriter
from mingjian.wire.rtp.reorder import ReorderWindow


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 0xFFFF))
def test_packets_shuffled_within_the_window_come_out_in_order(seed: int, count: int, first: int) -> None:
    packets = RtpWriter(96, ssrc=1, sequence=first).packets([bytes((n,)) for n in range(count)], 0)
    rest = packets[1:]
    random.Random(seed).shuffle(rest)
    window = ReorderWindow(max_packets=64)
    out = window.push(packets[0], 0)
    for packet in rest:
        out += window.push(packet, 0)
    assert out == packets
    assert window.deadline_ns is None


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 5_000_000)), max_size=150))
def test_the_window_is_bounded_and_never_loses_what_it_took(arrivals: list[tuple[int, int]]) -> None:
    window = ReorderWindow(max_packets=8, max_ns=20_000_000)
    now, out, pushed = 0, 0, 0
    seen = set()
    for sequence, step in arrivals:
        now += step
        packet = b"\x80\x60" + sequence.to_bytes(2, "big") + bytes(8)
        doubled = sequence in seen
        seen.add(sequence)
        got = window.push(packet, now)
        pushed += 1 if not doubled or got else 0
        out += len(got)
        assert pushed - out <= 8
    out += len(window.expire(now + 10**9))
    assert window.deadline_ns is None
    assert out >= len(seen)


def test_a_hole_is_given_up_after_its_time() -> None:
    first, _, third = RtpWriter(96, ssrc=1).packets([b"a", b"b", b"c"], 0)
    window = ReorderWindow(max_ns=100)
    assert window.push(first, 0) == [first]
    assert window.push(third, 10) == []
    assert window.deadline_ns == 110
    assert window.expire(109) == []
    assert window.expire(110) == [third]
