"""Are the stored leaves those that were signed? Judged by checkpoints held outside the machine. Pure.

Whoever is root on the machine can rewrite leaves, hashes, and sign anew: so only anchors, which lie elsewhere, prove.
They prove that something changed; with leaf hashes kept apart from the leaves (level 0 of `consistency`'s row) the very
leaf is found, since kept hashes that lead to an anchor's root are as good as the anchor. Without them the answer is the
range between the last anchor that fits and the first that does not: one a minute narrows it to a minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mingjian.ledger.audit_report import (
    AuditReport,
    Change,
    Exposure,
    Finding,
    exact_finding,
    range_finding,
    rolled_back_finding,
)
from mingjian.ledger.checkpoint import Checkpoint
from mingjian.ledger.merkle import Frontier, leaf_hash

WINDOW = 4096
"""How many leaves behind the first wrong one are looked at to tell what happened."""

_Stored = tuple[bytes, bytes]  # hash, leaf


@dataclass(frozen=True, slots=True)
class KeptHashes:
    """Leaf hashes stored apart from the leaves: `read(index)` for index below `size`."""

    size: int
    read: Callable[[int], bytes]


def audit(
    stored: Iterable[bytes],
    anchors: Sequence[Checkpoint],
    now_ns: int,
    current: Checkpoint | None = None,
    kept: KeptHashes | None = None,
) -> AuditReport:
    """Judge the stored leaves, in order, by anchors whose signatures the caller has verified.

    `current` is the log's own last checkpoint. Its word alone covers nothing, but it must not contradict leaves or
    anchors. Anchors of another origin or algorithm than the first one's raise ValueError.
    """
    ordered = sorted(anchors, key=lambda one: one.size)
    algorithm = _algorithm([*ordered, *([] if current is None else [current])])
    known = _attested(algorithm, ordered, kept)
    hints = kept.size if kept is not None and known.size else 0
    walk = _Walk(algorithm, {one.size for one in ordered} | ({current.size} if current else set()), known, hints)
    walk.run(stored)
    findings: list[Finding] = [] if walk.found is None else [walk.found]
    held = [one for one in ordered if walk.roots.get(one.size) == one.root]
    broken = next((one for one in ordered if walk.roots.get(one.size) != one.root), None)
    if broken is not None and walk.found is None:
        fits = max((one.size for one in held if one.size < broken.size), default=0)
        findings.append(range_finding(fits, broken.size, walk.count))
    findings += _judge_current(current, ordered, walk, broken is not None)
    findings.sort(key=lambda one: one.first)
    return AuditReport(tuple(findings), walk.count, _covered(ordered), _exposure(ordered, walk.count, now_ns))


def _algorithm(checkpoints: Sequence[Checkpoint]) -> str:
    if len({(one.origin, one.algorithm) for one in checkpoints}) > 1:
        raise ValueError("checkpoints of several logs")
    return checkpoints[0].algorithm if checkpoints else "sha256"


def _covered(ordered: Sequence[Checkpoint]) -> int:
    return ordered[-1].size if ordered else 0


def _exposure(ordered: Sequence[Checkpoint], stored: int, now_ns: int) -> Exposure:
    if not ordered:
        return Exposure(0, stored, None)
    last = ordered[-1]
    return Exposure(last.size, max(0, stored - last.size), max(0, now_ns - last.time_ns))


def _attested(algorithm: str, ordered: Sequence[Checkpoint], kept: KeptHashes | None) -> KeptHashes:
    """The kept hashes as far as an anchor's root proves them; none when they prove nothing."""
    nothing = KeptHashes(0, lambda index: b"")
    if kept is None:
        return nothing
    frontier = Frontier(algorithm)
    proved = 0
    for one in ordered:
        if one.size > kept.size:
            break
        while frontier.size < one.size:
            frontier.append(kept.read(frontier.size))
        if frontier.root() == one.root:
            proved = one.size
    return KeptHashes(proved, kept.read) if proved else nothing


def _judge_current(
    current: Checkpoint | None, ordered: Sequence[Checkpoint], walk: _Walk, known_broken: bool
) -> list[Finding]:
    """What the log's own last word adds."""
    if current is None:
        return []
    last = _covered(ordered)
    if current.size < last:
        return [rolled_back_finding(last, current.size)]
    if walk.roots.get(current.size) == current.root or known_broken or walk.found is not None:
        return []
    return [range_finding(last if current.size > last else 0, current.size, walk.count)]


class _Walk:
    """One pass over the stored leaves: roots at the sizes asked for, and the first leaf that is not the kept one.

    `known` are proved hashes. Up to `hints` more can be read that are not: they never make a finding, but help to tell
    a leaf that moved up from one that was altered where the proved ones end.
    """

    def __init__(self, algorithm: str, sizes: set[int], known: KeptHashes, hints: int) -> None:
        self._hints = hints
        self._algorithm = algorithm
        self._sizes = sizes
        self._known = known
        self.roots: dict[int, bytes] = {}
        self.found: Finding | None = None
        self.count = 0

    def run(self, stored: Iterable[bytes]) -> None:
        frontier = Frontier(self._algorithm)
        self._note_root(frontier)
        source = self._hashed(stored)
        ahead: deque[_Stored] = deque()  # read to tell what happened, not yet in the tree
        while True:
            item = ahead.popleft() if ahead else next(source, None)
            if item is None:
                break
            index = frontier.size
            if self.found is None and index < self._known.size and item[0] != self._known.read(index):
                ahead.extend(islice(source, WINDOW))
                self.found = self._classify(index, [item, *ahead])
            frontier.append(item[0])
            self._note_root(frontier)
        self.count = frontier.size
        if self.found is None and self.count < self._known.size:
            self.found = exact_finding(Change.MISSING, self.count, self._known.size, None)

    def _hashed(self, stored: Iterable[bytes]) -> Iterator[_Stored]:
        return ((leaf_hash(self._algorithm, (data,)), data) for data in stored)

    def _note_root(self, frontier: Frontier) -> None:
        if frontier.size in self._sizes:
            self.roots[frontier.size] = frontier.root()

    def _classify(self, index: int, stands: Sequence[_Stored]) -> Finding:
        """What happened at `index`, where `stands[0]` is not what was signed."""
        until = min(index + len(stands) + WINDOW, self._hints)
        signed = [self._known.read(at) for at in range(index, until)]
        there = [one for one, _ in stands]
        here, data = stands[0]
        strangers = here not in signed
        kept_later = signed[0] in there
        if strangers and not kept_later:
            return exact_finding(Change.ALTERED, index, index + 1, data)
        if kept_later and (strangers or there.count(here) > signed.count(here)):
            return exact_finding(Change.INSERTED, index, index + there.index(signed[0]), data)
        if not kept_later:
            return exact_finding(Change.MISSING, index, index + signed.index(here), data)
        return exact_finding(Change.REORDERED, index, index + 1, data, belongs=index + signed.index(here))
