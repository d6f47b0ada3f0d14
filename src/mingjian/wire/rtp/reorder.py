"""A window that puts UDP packets back in order by sequence number, bounded in packets and in time."""

from __future__ import annotations

_HALF = 0x8000


class ReorderWindow:
    """Holds packets after a hole until the hole fills, `max_packets` wait, or the oldest waits `max_ns`.

    Times are monotonic nanoseconds. A packet older than what was let through is passed on at once: the receiver counts
    it as late. `reordered` counts packets that arrived out of order and were put right.
    """

    def __init__(self, max_packets: int = 64, max_ns: int = 100_000_000) -> None:
        self._max_packets = max_packets
        self._max_ns = max_ns
        self._next = -1
        self._held: dict[int, tuple[int, bytes]] = {}
        self.reordered = 0

    @property
    def deadline_ns(self) -> int | None:
        """When `expire` has something to let through, None while nothing waits."""
        return min(held[0] for held in self._held.values()) + self._max_ns if self._held else None

    def push(self, packet: bytes, now_ns: int) -> list[bytes]:
        """Take a packet; what may now go to the receiver, in order."""
        if len(packet) < 12:
            return [packet]
        sequence = packet[2] << 8 | packet[3]
        if self._next < 0 or (sequence == self._next and not self._held):
            self._next = (sequence + 1) & 0xFFFF
            return [packet]
        ahead = (sequence - self._next) & 0xFFFF
        if ahead >= _HALF:
            return [packet]
        if ahead and sequence not in self._held:
            self._held[sequence] = (now_ns, packet)
            return self.expire(now_ns)
        if ahead:
            return []  # a double
        self.reordered += 1
        self._next = (sequence + 1) & 0xFFFF
        return [packet, *self._in_order()]

    def expire(self, now_ns: int) -> list[bytes]:
        """What has waited long enough: the hole before it is given up."""
        out: list[bytes] = []
        while self._held and (
            len(self._held) > self._max_packets or min(held[0] for held in self._held.values()) + self._max_ns <= now_ns
        ):
            self._next = min(self._held, key=lambda sequence: (sequence - self._next) & 0xFFFF)
            out.extend(self._in_order())
        return out

    def _in_order(self) -> list[bytes]:
        out = []
        while (held := self._held.pop(self._next, None)) is not None:
            out.append(held[1])
            self._next = (self._next + 1) & 0xFFFF
        return out
