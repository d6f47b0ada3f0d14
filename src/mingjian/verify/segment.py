"""Is this segment file byte for byte what was recorded? Needs the file and its digest, nothing else.

Every byte counts: the init segment and the fragments against the digest, each leaf box and the closing table against
what these must be. A fragment is judged by its hash before anything in it is understood, so that damage is found
where it lies and not where it first confuses a reader. File format: docs/architecture.md; tree: RFC 6962 2.1.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.kernel.text import Text
from mingjian.ledger.merkle import hasher, leaf_hash, tree_root, verify_inclusion
from mingjian.verify.report import Altered, Part, Report, Step
from mingjian.wire.fmp4.box import BrokenFile, ReadAt, walk
from mingjian.wire.fmp4.build import LEAF_UUID, TableRow, build_leaf, build_mfra
from mingjian.wire.fmp4.read import InitInfo, read_fragment, read_init, read_table
from mingjian.wire.fmp4.row import quick_row

_CHUNK_BYTES = 256 << 10  # stays in the processor's cache between read and hash
_LEAF_BOX_BYTES = 64


def verify_segment(
    read: ReadAt, size: int, digest: bytes, algorithm: str, kept: Sequence[bytes] | None = None
) -> Report:
    """Check a sealed segment file of `size` bytes against its digest (the tree root, 32 bytes).

    `kept` are the leaf hashes as known elsewhere: with them an altered fragment is named even when its leaf box was
    altered with it; they are used only if they lead to the digest. Raises MingjianError `no_digest` for an algorithm
    that this machine cannot make, and what `read` raises.
    """
    hasher(algorithm)
    if kept is not None and tree_root(algorithm, kept) != digest:
        kept = None
    check = _Check(read, size, digest, algorithm, kept)
    if check.init_segment():
        check.walk()
        check.settle()
        check.say_fragments()
        check.say_root()
        check.table()
    return Report(tuple(check.steps), check.altered, check.proved)


def verify_fragment(
    data: bytes, index: int, count: int, proof: Sequence[bytes], digest: bytes, algorithm: str
) -> Report:
    """Check bytes cut out of a segment, `prft moof mdat` of fragment `index` (0: the init segment), by their proof.

    `count` is the number of leaves of the segment: its fragments and one.
    """
    good = verify_inclusion(algorithm, leaf_hash(algorithm, (data,)), index, count, proof, digest)
    said = _text("与摘要一致", "proved by the digest") if good else _text("与摘要不符", "not what the digest says")
    step = Step(1, _text(f"第 {index} 片段的包含证明", f"inclusion proof of fragment {index}"), good, said)
    part = Part.FRAGMENT if index else Part.INIT
    return Report((step,), None if good else Altered(part, index, 0, len(data)), good)


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


@dataclass(slots=True)
class _Check:
    """One check under way; `leaves` are computed from the bytes, `altered` is the first finding."""

    read: ReadAt
    size: int
    digest: bytes
    algorithm: str
    kept: Sequence[bytes] | None
    steps: list[Step] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    altered: Altered | None = None
    broken: Altered | None = None  # where the walk stopped, if not at the closing table
    end: int = 0  # behind the last leaf box
    init: InitInfo | None = None
    listed: list[TableRow] = field(default_factory=list)
    proved: bool = False

    def step(self, name: Text, passed: bool, said: Text) -> None:
        self.steps.append(Step(len(self.steps) + 1, name, passed, said))

    def init_segment(self) -> bool:
        """Step 1: the file begins as ours do. False when nothing can follow."""
        name = _text("文件头", "the beginning of the file")
        try:
            self.init = read_init(self.read, self.size)
        except BrokenFile as error:
            part = Part.INIT if self.size else Part.FILE
            self.altered = Altered(part, 0, 0, min(self.size, error.offset + 1))
            self.step(name, False, _text(f"在第 {error.offset} 字节处损坏", f"damaged at byte {error.offset}"))
            return False
        self.end = self.init.size
        self.leaves.append(self._hash(0, self.end))
        self.listed = read_table(self.read, self.size) or []
        if self.kept and self.leaves[0] != self.kept[0]:
            self.altered = Altered(Part.INIT, 0, 0, self.end)
            self.step(name, False, _text("与记录不符", "not what was recorded"))
        else:
            self.step(name, True, _text(f"可读，{self.end} 字节", f"readable, {self.end} bytes"))
        return True

    def walk(self) -> None:
        """Hash every fragment and hold it against the leaf box behind it (and against the kept leaves)."""
        while self.end < self.size:
            index, at = len(self.leaves), self.end
            try:
                end = self._fragment_end(at)
            except BrokenFile:
                self.broken = self._describe(Part.FRAGMENT, index, at, self.size)
                return
            if end is None:
                return
            leaf = self._hash(at, end)
            self.leaves.append(leaf)
            self.offsets.append((at, end))
            self.end = min(end + _LEAF_BOX_BYTES, self.size)
            part = self._judge(index, leaf, end)
            if part is None:
                continue
            self.altered = self.altered or self._describe(part, index, at if part is Part.FRAGMENT else end, self.end)
            row = self._row(index, at)
            if row is not None:  # go on where the table says, since the fragment's own lengths may be what was altered
                self.end = row.offset + row.size + row.trailer_bytes

    def settle(self) -> None:
        """What the tree over all of it tells that one fragment could not."""
        self.proved = hmac.compare_digest(tree_root(self.algorithm, self.leaves), self.digest)
        if not self.proved:
            self.altered = self.altered or self.broken or self._unboxed()
            return
        self.broken = None  # all footage is there: what stands at the end is the closing table, damaged
        if self.altered and self.altered.part is Part.FRAGMENT:  # the fragment is proved, so its leaf box is not
            index = self.altered.fragment
            end = self.offsets[index - 1][1]
            self.altered = self._describe(Part.LEAF_BOX, index, end, min(end + _LEAF_BOX_BYTES, self.size))

    def _unboxed(self) -> Altered:
        """Every fragment fits its leaf box: so the part without a box differs, or something was cut off.

        (Or a fragment was altered together with its box, which only kept leaves can tell.)
        """
        expected = len(self.kept) if self.kept is not None else len(self.listed) + 1
        if len(self.leaves) < expected or self.end == self.size:
            return self._describe(Part.MISSING, len(self.leaves), self.end, self.end)
        return Altered(Part.INIT, 0, 0, self.init.size if self.init else 0)

    def say_fragments(self) -> None:
        """Step 2."""
        count = len(self.leaves) - 1
        name = _text("逐片段校验", "each fragment")
        if self.altered and self.altered.part in (Part.FRAGMENT, Part.LEAF_BOX):
            self.step(name, False, _finding(self.altered))
        elif self.altered and self.altered.part is Part.MISSING:
            self.step(name, False, _text(f"第 {count} 片段之后有缺失", f"something is missing after fragment {count}"))
        else:
            self.step(name, True, _text(f"{count} 个片段与各自的哈希一致", f"{count} fragments have their hashes"))

    def say_root(self) -> None:
        """Step 3."""
        said = _text("与已知摘要一致", "as known") if self.proved else _text("与已知摘要不符", "not as known")
        self.step(_text("整段摘要", "the digest of the segment"), self.proved, said)

    def _fragment_end(self, at: int) -> int | None:
        """Behind the mdat of the fragment at `at`; None at the closing table. Raises BrokenFile."""
        for found in walk(self.read, at, self.size):
            if found.kind == b"mfra" and found.offset == at:
                return None
            if found.kind == b"mdat":
                return found.end
            if found.usertype == LEAF_UUID:
                return found.offset
        raise BrokenFile("a fragment without its end", at)

    def _judge(self, index: int, leaf: bytes, end: int) -> Part | None:
        """What of fragment `index` is not as it must be."""
        written = self.read(end, _LEAF_BOX_BYTES)
        boxed = written == build_leaf(self.algorithm, index, leaf)
        if self.kept is not None:
            known = index < len(self.kept) and self.kept[index] == leaf
            return Part.FRAGMENT if not known else None if boxed else Part.LEAF_BOX
        return None if boxed else Part.FRAGMENT

    def table(self) -> None:
        """Step 4: the closing table says exactly what the fragments say, and nothing follows it."""
        name = _text("结尾索引表", "the closing table")
        written = self.read(self.end, self.size - self.end) if self.end < self.size else b""
        try:
            good = written == self._table_of_fragments()
        except (BrokenFile, struct.error):  # an altered init segment may ask for times that no table can hold
            good = False
        if good:
            self.step(name, True, _text("与片段一致", "fits the fragments"))
            return
        self.altered = self.altered or Altered(Part.TABLE, 0, self.end, self.size)
        self.step(name, False, _text("与片段不符或缺失", "missing, or does not fit the fragments"))

    def _table_of_fragments(self) -> bytes:
        assert self.init is not None
        rows = [self._row_of(at, end, self.init) for at, end in self.offsets]
        return build_mfra((self.init.video or self.init.tracks[0]).track_id, rows)

    def _row_of(self, at: int, end: int, init: InitInfo) -> TableRow:
        trailer = min(_LEAF_BOX_BYTES, self.size - end)
        row = quick_row(self.read, at, end - at, trailer, init)
        if row is not None:
            return row
        fragment = read_fragment(self.read, at, end + trailer, init)
        if fragment is None:
            raise BrokenFile("no fragment", at)
        return fragment.row(init)

    def _row(self, index: int, at: int) -> TableRow | None:
        """The table's row of fragment `index`, if it says that the fragment begins at `at`."""
        row = self.listed[index - 1] if 0 < index <= len(self.listed) else None
        return row if row is not None and row.offset == at else None

    def _describe(self, part: Part, index: int, at: int, end: int) -> Altered:
        """With the table's word on where and when the fragment is, if the table is readable."""
        begun = self.offsets[index - 1][0] if part is Part.LEAF_BOX else at
        row = self._row(index, begun)
        if row is None:
            return Altered(part, index, at, end)
        if part is Part.FRAGMENT:
            end = min(row.offset + row.size + row.trailer_bytes, self.size)
        until_ns = row.start_ns + ticks_90k_to_ns(row.duration_90k)
        return Altered(part, index, at, end, row.start_ns, until_ns, row.start_90k)

    def _hash(self, at: int, end: int) -> bytes:
        state = hasher(self.algorithm)()
        state.update(b"\x00")
        while at < end:
            data = self.read(at, min(_CHUNK_BYTES - at % _CHUNK_BYTES, end - at))  # whole pages are read faster
            if not data:
                break  # shorter than it was: the hash will not fit
            state.update(data)
            at += len(data)
        return state.digest()


def _finding(found: Altered) -> Text:
    where = f"{found.offset}-{found.end}"
    box = found.part is Part.LEAF_BOX
    zh, en = f"第 {found.fragment} 片段", f"fragment {found.fragment}"
    if box:
        zh, en = f"{zh}后的哈希盒", f"the leaf box behind {en}"
    zh, en = f"{zh}（字节 {where}）", f"{en} (bytes {where})"
    if found.start_ns is not None and found.end_ns is not None:
        when = f"{format_iso_ns(found.start_ns)} - {format_iso_ns(found.end_ns)}"
        zh, en = f"{zh},{when}", f"{en}, {when},"
    return _text(f"{zh} 与记录不符", f"{en} is not what was recorded")
