"""The Merkle tree hash of RFC 6962 section 2.1 (the same in RFC 9162 section 2.1), over SHA-256 or SM3.

leaf = H(0x00 || data), node = H(0x01 || left || right); a tree of n leaves splits at the largest power of two below n.
The empty tree's root is H of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.sm3 import Sm3

ALGORITHMS = ("sha256", "sm3")
HASH_BYTES = 32
_MAKERS: dict[str, Callable[[], Hasher]] = {}  # what `allow_plain_sm3` adds


class Hasher(Protocol):
    """What hashlib gives: update with bytes, then digest."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take more bytes."""
        ...

    def digest(self) -> bytes:
        """The hash of all bytes taken."""
        ...


def allow_plain_sm3() -> None:
    """Let this process hash with our own SM3 where OpenSSL has none: a thousand times slower, so only a checker asks."""
    _MAKERS.setdefault("sm3", Sm3)


def hasher(algorithm: str) -> Callable[[], Hasher]:
    """A maker of hashers. Raises MingjianError `no_digest` when this machine cannot make that digest."""
    if algorithm == "sha256":
        return hashlib.sha256
    if algorithm == "sm3" and "sm3" in hashlib.algorithms_available:
        return lambda: hashlib.new("sm3")
    if algorithm in _MAKERS:
        return _MAKERS[algorithm]
    raise MingjianError(
        "no_digest",
        Text(zh=f"本机不支持摘要算法 {algorithm}", en=f"this machine cannot make the digest {algorithm}"),
        fault=Fault.ENVIRONMENT,
        field="digest",
        remedy=Text(zh="请改用 sha256，或安装带 SM3 的 OpenSSL", en="use sha256, or an OpenSSL that has SM3"),
    )


def leaf_hash(algorithm: str, parts: Iterable[bytes | bytearray | memoryview]) -> bytes:
    """H(0x00 || parts): the hash of one leaf given in pieces."""
    state = hasher(algorithm)()
    state.update(b"\x00")
    for part in parts:
        state.update(part)
    return state.digest()


def node_hash(algorithm: str, left: bytes, right: bytes) -> bytes:
    """H(0x01 || left || right)."""
    state = hasher(algorithm)()
    state.update(b"\x01" + left + right)
    return state.digest()


class Frontier:
    """A tree that only grows: keeps one hash per complete subtree (at most 64), so appending is cheap for ever."""

    __slots__ = ("_peaks", "algorithm", "size")

    def __init__(self, algorithm: str = "sha256") -> None:
        hasher(algorithm)
        self.algorithm = algorithm
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        size = self.size
        while size & 1:  # as many merges as the old size has trailing one bits
            leaf = node_hash(self.algorithm, self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def copy(self) -> Frontier:
        """The tree as of now, which goes on growing by itself."""
        twin = Frontier.__new__(Frontier)
        twin.algorithm, twin.size, twin._peaks = self.algorithm, self.size, self._peaks.copy()
        return twin

    def root(self) -> bytes:
        """The tree's hash as of now."""
        if not self._peaks:
            return hasher(self.algorithm)().digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(self.algorithm, peak, root)
        return root


def tree_root(algorithm: str, leaves: Iterable[bytes]) -> bytes:
    """The tree hash over leaf hashes."""
    frontier = Frontier(algorithm)
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(algorithm: str, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves) of RFC 6962 2.1.1, from the leaf upward. Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_proof(algorithm, leaves[:split], index), tree_root(algorithm, leaves[split:])]
    return [*inclusion_proof(algorithm, leaves[split:], index - split), tree_root(algorithm, leaves[:split])]


def verify_inclusion(algorithm: str, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from `leaf` at `index` of a tree of `size` leaves to `root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    value = leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(algorithm, sibling, value)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            value = node_hash(algorithm, value, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and value == root
