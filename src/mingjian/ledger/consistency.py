"""Proofs for large trees from stored subtree hashes, and where each hash is stored.

Node (level, index) is the hash of the complete subtree over leaves [index * 2**level, (index + 1) * 2**level); level 0
are leaf hashes. Only complete subtrees are stored, each written once and never changed. A proof reads O(log n) of them.

The layout is one append-only row of 32-byte hashes: leaf n's hash, then each parent that n completes, upward. So
`position(level, index)` is where a node stands (times 32 is its byte offset), and a tree of n leaves has
`stored_nodes(n)` = 2n - popcount(n) of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mingjian.ledger.merkle import hasher, node_hash

ReadNode = Callable[[int, int], bytes]
"""(level, index) of a complete subtree -> its hash."""


def position(level: int, index: int) -> int:
    """Where the node stands in the row, counted in hashes from 0."""
    last = ((index + 1) << level) - 1  # the leaf that completes it
    return 2 * last - last.bit_count() + level


def stored_nodes(size: int) -> int:
    """How many hashes a tree of `size` leaves has in the row."""
    return 2 * size - size.bit_count()


def reader_of_row(read_at: Callable[[int], bytes]) -> ReadNode:
    """A ReadNode over the row; `read_at` takes a position and gives 32 bytes."""
    return lambda level, index: read_at(position(level, index))


def peaks_of(begin: int, end: int) -> list[tuple[int, int]]:
    """Nodes that make up leaves [begin, end), from the left. `begin` must be a multiple of a power of two >= end - begin,
    as every range is that RFC 6962 splits off.
    """
    found: list[tuple[int, int]] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


class RowWriter:
    """Appends leaves; says which hashes to write behind the row. Keeps at most 64 hashes."""

    __slots__ = ("_peaks", "algorithm", "size")

    def __init__(self, algorithm: str = "sha256") -> None:
        hasher(algorithm)
        self.algorithm = algorithm
        self.size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def resume(cls, algorithm: str, size: int, read: ReadNode) -> RowWriter:
        """Go on behind a stored tree of `size` leaves."""
        writer = cls(algorithm)
        writer.size = size
        writer._peaks = [read(level, index) for level, index in peaks_of(0, size)]
        return writer

    def append(self, leaf: bytes) -> bytes:
        """The hashes to write, one after the other, behind what is stored: the leaf's and the parents it completes."""
        written = [leaf]
        size = self.size
        while size & 1:
            leaf = node_hash(self.algorithm, self._peaks.pop(), leaf)
            written.append(leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1
        return b"".join(written)

    def root(self) -> bytes:
        """The tree's hash as of now."""
        return _join(self.algorithm, self._peaks)


def _join(algorithm: str, peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return hasher(algorithm)().digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(algorithm, peak, root)
    return root


def _range_hash(algorithm: str, read: ReadNode, begin: int, end: int) -> bytes:
    return _join(algorithm, [read(level, index) for level, index in peaks_of(begin, end)])


def stored_root(algorithm: str, read: ReadNode, size: int) -> bytes:
    """The root of the first `size` leaves, from stored nodes."""
    return _range_hash(algorithm, read, 0, size)


def stored_inclusion_proof(algorithm: str, read: ReadNode, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162 2.1.3.1, from the leaf upward. Raises IndexError outside the tree.

    `merkle.verify_inclusion` checks it.
    """
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} of a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append(_range_hash(algorithm, read, split, end))
            end = split
        else:
            path.append(_range_hash(algorithm, read, begin, split))
            begin = split
    path.reverse()
    return path


def consistency_proof(algorithm: str, read: ReadNode, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 9162 2.1.4.1. Empty for old == 0 and old == new. Raises IndexError unless old <= new."""
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {old} leaves within one of {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    begin, end = 0, new
    whole = True  # SUBPROOF's b: [begin, old) is still the whole old tree, whose root the verifier knows
    while old != end:
        split = begin + _split(end - begin)
        if old <= split:
            path.append(_range_hash(algorithm, read, split, end))
            end = split
        else:
            path.append(_range_hash(algorithm, read, begin, split))
            begin, whole = split, False
    if not whole:
        path.append(_range_hash(algorithm, read, begin, end))
    path.reverse()
    return path


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def verify_consistency(
    algorithm: str, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `old` leaves is the beginning of that of `new` leaves (RFC 9162 2.1.4.2).

    The RFC leaves out old == 0: every tree begins with the empty one, whose root must be the empty tree's.
    """
    if old == 0:
        return new >= 0 and not proof and old_root == hasher(algorithm)().digest()
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:  # step 2: a complete old tree is itself the first hash
        path.insert(0, old_root)
    node, last = old - 1, new - 1
    while node & 1:  # step 4
        node >>= 1
        last >>= 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            was = node_hash(algorithm, sibling, was)
            now = node_hash(algorithm, sibling, now)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            now = node_hash(algorithm, now, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and was == old_root and now == new_root
