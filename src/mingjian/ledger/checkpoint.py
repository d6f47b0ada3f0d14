"""Signed checkpoints: what a log says of itself at one moment, and the rule that it never says two things.

The form is C2SP tlog-checkpoint, with our own lines behind its three: a person can read it, witnesses that know
nothing of us can cosign it, and text has one spelling. To the byte: docs/design/ledger.md section 4.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.consistency import verify_consistency
from mingjian.ledger.fields import MAX_NS
from mingjian.ledger.merkle import ALGORITHMS, HASH_BYTES, hasher, leaf_hash, tree_root

_VERSION_LINE = "mingjian-checkpoint 1"
_MAX_SIZE = 1 << 62
_LINES = 8


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """A segment still being written: its running root over `leaves` leaves, all synced to disk."""

    segment: str
    leaves: int
    root: bytes

    def encode(self) -> bytes:
        """Canonical bytes: a leaf of the tree of open segments."""
        return canonical_bytes({"leaves": self.leaves, "root": self.root.hex(), "segment": self.segment})


def open_root(algorithm: str, segments: Iterable[OpenSegment]) -> bytes:
    """The tree root over all open segments, in the order of their ids. Raises ValueError when one comes twice."""
    ordered = sorted(segments, key=lambda one: one.segment.encode())
    if len({one.segment for one in ordered}) != len(ordered):
        raise ValueError("an open segment is listed twice")
    return tree_root(algorithm, [leaf_hash(algorithm, (one.encode(),)) for one in ordered])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed. `time_ns` is the signing machine's wall time, `previous` the `note_hash` of the checkpoint before.

    `open_count` and `open_root` commit to the running roots of segments that are not leaves yet.
    """

    origin: str
    size: int
    root: bytes
    algorithm: str
    time_ns: int
    previous: bytes | None
    open_count: int
    open_root: bytes

    def text(self) -> str:
        """The note's text, eight lines. Raises MingjianError `checkpoint_unreadable` when a value cannot be written."""
        self._check()
        previous = "-" if self.previous is None else _b64(self.previous)
        return (
            f"{self.origin}\n{self.size}\n{_b64(self.root)}\n{_VERSION_LINE}\ndigest {self.algorithm}\n"
            f"time {self.time_ns}\nprevious {previous}\nopen {self.open_count} {_b64(self.open_root)}\n"
        )

    def _check(self) -> None:
        origin_ok = self.origin and self.origin == self.origin.strip() and not any(ord(c) < 0x20 for c in self.origin)
        hashes = [self.root, self.open_root, *([] if self.previous is None else [self.previous])]
        numbers = 0 <= self.size < _MAX_SIZE and 0 <= self.time_ns <= MAX_NS and 0 <= self.open_count < _MAX_SIZE
        if not (origin_ok and numbers and self.algorithm in ALGORITHMS and all(len(h) == HASH_BYTES for h in hashes)):
            raise _unreadable("a value is out of range")

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint of a note's text; any other spelling raises MingjianError `checkpoint_unreadable`."""
        lines = text.split("\n")
        if len(lines) != _LINES + 1 or lines[3] != _VERSION_LINE:
            raise _unreadable("not eight lines of version 1")
        words = [line.split(" ") for line in lines[4:8]]
        if [word[0] for word in words] != ["digest", "time", "previous", "open"]:
            raise _unreadable("its lines are others")
        try:
            (_, algorithm), (_, time_ns), (_, previous), (_, count, opened) = words
            found = cls(
                lines[0], int(lines[1]), _unb64(lines[2]), algorithm, int(time_ns),
                None if previous == "-" else _unb64(previous), int(count), _unb64(opened),
            )  # fmt: skip
        except (ValueError, binascii.Error) as error:
            raise _unreadable("a value cannot be read") from error
        if found.text() != text:
            raise _unreadable("its spelling is another")
        return found

    def hash(self) -> bytes:
        """What the next checkpoint and merging logs name it by: H(text), without signatures."""
        return note_hash(self.algorithm, self.text())

    def sign(self, signer: note.Signer) -> str:
        """The signed note. Only `CheckpointState.sign` may call it for a log that lives."""
        text = self.text()
        return note.join(text, [note.sign_text(text, signer)])


def note_hash(algorithm: str, text: str) -> bytes:
    """H(text) of a note's text."""
    state = hasher(algorithm)()
    state.update(text.encode())
    return state.digest()


def open_checkpoint(signed: str, key: note.PublicKey) -> Checkpoint:
    """The checkpoint of a note that `key` signed. Raises MingjianError `note_...`, `checkpoint_unreadable`."""
    return Checkpoint.parse(note.signed_by(signed, key))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _unreadable(why: str) -> MingjianError:
    return MingjianError(
        "checkpoint_unreadable",
        Text(zh="检查点无法读取", en=f"the checkpoint cannot be read: {why}"),
        fault=Fault.USER,
    )


def _refused(code: str, zh: str, en: str) -> MingjianError:
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.ENVIRONMENT)


def check_successor(last: Checkpoint, following: Checkpoint, proof: Sequence[bytes]) -> None:
    """Whether a log that said `last` may say `following`. Raises MingjianError

    `checkpoint_other_log` (origin or digest algorithm differ), `checkpoint_smaller`, `checkpoint_split` (same size,
    another root), `checkpoint_inconsistent` (the proof does not lead from one to the other).
    Time is not judged: a clock may step, and what it said is part of the record.
    """
    if (last.origin, last.algorithm) != (following.origin, following.algorithm):
        raise _refused("checkpoint_other_log", "检查点属于另一本账", "the checkpoint is another log's")
    if following.size < last.size:
        raise _refused(
            "checkpoint_smaller",
            f"账本变小：已签 {last.size} 条，现为 {following.size} 条",
            f"the log became smaller: {last.size} leaves were signed, now there are {following.size}",
        )
    if following.size == last.size and following.root != last.root:
        raise _refused(
            "checkpoint_split",
            f"同为 {last.size} 条，根却不同",
            f"another root for the same {last.size} leaves",
        )
    if not verify_consistency(last.algorithm, last.size, last.root, following.size, following.root, proof):
        raise _refused(
            "checkpoint_inconsistent",
            "新的账本不是旧账本的延续",
            "the log is not a continuation of what was signed",
        )


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """What a signer has signed last; None at the very beginning. Kept durably before a signature leaves."""

    last: Checkpoint | None = None

    def sign(self, following: Checkpoint, proof: Sequence[bytes], signer: note.Signer) -> tuple[CheckpointState, str]:
        """The next state and the signed note. Raises what `check_successor` raises, and `checkpoint_chain` when
        `previous` does not name the last checkpoint.
        """
        expected = None if self.last is None else self.last.hash()
        if following.previous != expected:
            raise _refused("checkpoint_chain", "检查点没有接在上一个之后", "the checkpoint does not name the last one")
        if self.last is not None:
            check_successor(self.last, following, proof)
        return CheckpointState(following), following.sign(signer)
