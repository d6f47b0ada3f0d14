"""Steps 6 to 8 of the package check: digests of segments, every fragment, and whether all that was asked for is there."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from mingjian.kernel.ntp import ntp_to_ns
from mingjian.kernel.text import Text
from mingjian.ledger.merkle import hasher, tree_root
from mingjian.verify.package_ledger import LedgerFacts
from mingjian.verify.package_report import AlteredPart, Failed, MaskedClip
from mingjian.wire.evidence_zip import Member, ReadAt
from mingjian.wire.fmp4.build import build_leaf

LEAF_BOX_BYTES = 64
MASK = "mask"
TOLERANCE_NS = 1_000_000_000
"""A hole of at most this much between footage is no hole: frames stand for their duration."""
LONGEST_FRAGMENT_NS = 10_000_000_000
ROUNDING_NS = 1_000
"""A prft box counts 2^-32 s, an index nanoseconds."""
_CHUNK_BYTES = 256 << 10
_PRFT_BYTES = 32


def check_segments(manifest: dict[str, Any], facts: LedgerFacts) -> Text:
    """Step 6: each list of fragment hashes leads to the digest that the ledger holds, of that camera, stream and time."""
    segments = 0
    for clip in manifest["clips"]:
        for part in clip["parts"] + clip["derived"]:
            leaf = facts.leaf(part["leaf"], "segment")
            _check_origin(clip, part, leaf)
            segments += 1
        for part in clip["parts"]:
            _check_times(part)
        if clip["masked"] and clip["parts"]:
            raise Failed("有遮挡的片段含有原始录像", "a clip with masks holds original footage")
        for number in clip["gaps"]:
            gap = facts.leaf(number, "gap")
            if (gap["camera"], gap["stream"]) != (clip["camera"], clip["stream"]):
                raise Failed("缺口记录属于另一路视频", "a gap is another camera's or stream's")
    _check_apart(manifest)
    return Text(zh=f"{segments} 段与账本中的摘要一致", en=f"{segments} segments have the digests of the ledger")


def _check_apart(manifest: dict[str, Any]) -> None:
    """Of what derived media show no original is in the file, in whichever clip."""
    shown: dict[int, list[tuple[int, int]]] = {}
    for clip in manifest["clips"]:
        for row in clip["derived"]:
            shown.setdefault(row["leaf"], []).append((row["first"], row["first"] + row["count"]))
    for clip in manifest["clips"]:
        for part in clip["parts"]:
            first, end = part["first"], part["first"] + len(part["fragments"])
            if any(first < until and begin < end for begin, until in shown.get(part["leaf"], ())):
                raise Failed(
                    f"{part['member']} 含有派生视频所对应的原始录像",
                    f"{part['member']} holds originals of what derived media show",
                )


def masked_clips(manifest: dict[str, Any]) -> tuple[MaskedClip, ...]:
    """The clips with privacy masks burned in, as the manifest has them."""
    return tuple(
        MaskedClip(clip["camera"], clip["name"], int(clip["from_ns"]), int(clip["to_ns"]), len(clip["derived"]))
        for clip in manifest["clips"]
        if clip["masked"] and any(row["kind"] == MASK for row in clip["derived"])
    )


def _check_origin(clip: dict[str, Any], part: dict[str, Any], leaf: dict[str, Any]) -> None:
    """Original or derived: what the segment is and which of its fragments."""
    name = part["member"]
    if (leaf["camera"], leaf["stream"]) != (clip["camera"], clip["stream"]):
        raise Failed(f"{name} 属于另一路视频", f"{name} is another camera's or stream's")
    hashes = [bytes.fromhex(one) for one in part["hashes"]]
    if len(hashes) != leaf["fragments"] + 1 or tree_root(leaf["digest_alg"], hashes).hex() != leaf["digest"]:
        raise Failed(f"{name} 的片段哈希与段摘要不符", f"the hashes of {name} do not lead to the segment's digest")
    count = part["count"] if "count" in part else len(part["fragments"])
    if part["first"] < 1 or count < 1 or part["first"] + count > len(hashes):
        raise Failed(f"{name} 所指片段不存在", f"{name} names fragments that the segment does not have")
    start, end = int(part["start_ns"]), int(part["end_ns"])
    if not int(leaf["start_ns"]) - ROUNDING_NS <= start < end <= int(leaf["end_ns"]) + ROUNDING_NS:
        raise Failed(f"{name} 的时间超出录像段", f"{name} claims a time outside its segment")


def _check_times(part: dict[str, Any]) -> None:
    """The part begins with its first fragment, and its last one claims no more than a fragment can hold."""
    first, last = int(part["fragments"][0]["start_ns"]), int(part["fragments"][-1]["start_ns"])
    if first != int(part["start_ns"]) or not last < int(part["end_ns"]) <= last + LONGEST_FRAGMENT_NS:
        raise Failed(f"{part['member']} 的片段时间不合理", f"the fragments of {part['member']} have impossible times")


class FootageCheck:
    """Step 7: each init segment, fragment and leaf box, byte for byte. Each byte is read and hashed once."""

    def __init__(
        self,
        read_at: ReadAt,
        members: dict[str, Member],
        manifest: dict[str, Any],
        facts: LedgerFacts,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._read = read_at
        self._members = members
        self._manifest = manifest
        self._facts = facts
        self._progress = progress
        self._done = 0
        self._fragments = 0

    def run(self) -> Text:
        """Check everything. Raises Failed at the first part that is altered."""
        parts = [(clip, part) for clip in self._manifest["clips"] for part in clip["parts"]]
        media = [row["name"] for row in self._manifest["members"] if row["digest"] is None]
        if [part["member"] for _, part in parts] != media:
            raise Failed("录像文件与清单不符", "the media are not those that the clips name")
        digested = {row["name"] for row in self._manifest["members"]} - set(media)
        for clip in self._manifest["clips"]:
            if any(row["member"] not in digested for row in clip["derived"]):
                raise Failed("派生视频不在包内", "derived media are not in the package")
        total = sum(self._member(name).size for name in media)
        for clip, part in parts:
            self._check_part(clip, part, total)
        return Text(
            zh=f"{self._fragments} 个片段、{self._done} 字节与记录一致",
            en=f"{self._fragments} fragments, {self._done} bytes, are as recorded",
        )

    def _member(self, name: str) -> Member:
        member = self._members.get(name)
        if member is None:
            raise Failed(f"{name} 不在包内", f"{name} is not in the package")
        return member

    def _check_part(self, clip: dict[str, Any], part: dict[str, Any], total: int) -> None:
        member = self._member(part["member"])
        expected = part["init_bytes"] + sum(row["bytes"] + LEAF_BOX_BYTES for row in part["fragments"])
        if expected != member.size:
            raise Failed(f"{member.name} 的长度不符", f"{member.name} has another length than its fragments")
        algorithm = self._facts.leaf(part["leaf"], "segment")["digest_alg"]
        hashes = [bytes.fromhex(one) for one in part["hashes"]]
        if part["first"] + len(part["fragments"]) > len(hashes):
            raise Failed(f"{member.name} 所指片段不存在", f"{member.name} names fragments that are not there")
        at = member.data_offset
        if not hashes or self._hash(algorithm, at, part["init_bytes"]) != hashes[0]:
            where = AlteredPart("init", member.name, at, at + part["init_bytes"], 0, part["init_bytes"], clip["camera"])
            raise Failed(f"{member.name} 的文件头被改动", f"the beginning of {member.name} is altered", where)
        at += part["init_bytes"]
        gop = 0
        for number, row in enumerate(part["fragments"]):
            index = part["first"] + number
            gop += row["key"] or not number
            self._check_fragment(algorithm, hashes[index], (clip, part, member), (number, index, gop), at)
            at += row["bytes"] + LEAF_BOX_BYTES
            self._done += row["bytes"]
            if self._progress is not None:
                self._progress(self._done, total)
        self._fragments += len(part["fragments"])

    def _check_fragment(
        self,
        algorithm: str,
        known: bytes,
        of: tuple[dict[str, Any], dict[str, Any], Member],
        place: tuple[int, int, int],
        at: int,
    ) -> None:
        clip, part, member = of
        number, index, gop = place
        rows = part["fragments"]
        row = rows[number]
        end = at + row["bytes"]

        def where(kind: str, begin: int, until: int) -> AlteredPart:
            following = rows[number + 1]["start_ns"] if number + 1 < len(rows) else part["end_ns"]
            base = member.data_offset
            return AlteredPart(
                kind, member.name, begin, until, begin - base, until - base, clip["camera"], index, gop,
                int(row["start_ns"]), int(following),
            )  # fmt: skip

        if self._hash(algorithm, at, row["bytes"]) != known:
            raise Failed(
                f"{member.name} 第 {index} 片段与记录不符", f"fragment {index} of {member.name} is altered",
                where("fragment", at, end),
            )  # fmt: skip
        if self._read(end, LEAF_BOX_BYTES) != build_leaf(algorithm, index, known):
            raise Failed(
                f"{member.name} 第 {index} 片段后的哈希盒被改动",
                f"the leaf box behind fragment {index} of {member.name} is altered",
                where("leaf_box", end, end + LEAF_BOX_BYTES),
            )
        if arrival_ns(bytes(self._read(at, min(_PRFT_BYTES, row["bytes"])))) != int(row["start_ns"]):
            raise Failed(
                f"{member.name} 第 {index} 片段的时间与清单不符",
                f"fragment {index} of {member.name} says another time than the manifest",
                where("fragment", at, end),
            )

    def _hash(self, algorithm: str, at: int, size: int) -> bytes:
        state = hasher(algorithm)()
        state.update(b"\x00")
        end = at + size
        while at < end:
            data = self._read(at, min(_CHUNK_BYTES - at % _CHUNK_BYTES, end - at))
            if not data:
                break  # the file became shorter meanwhile: the hash will not fit
            state.update(data)
            at += len(data)
        return state.digest()


def arrival_ns(head: bytes) -> int | None:
    """Wall time of the prft box that a fragment of ours begins with (ISO/IEC 14496-12 8.16.5); None without one."""
    if len(head) < _PRFT_BYTES or head[:8] != b"\x00\x00\x00\x20prft":
        return None
    return ntp_to_ns(*struct.unpack_from(">II", head, 16))


def check_completeness(manifest: dict[str, Any], facts: LedgerFacts) -> Text:
    """Step 8: every second of each clip is footage, a gap that the ledger proves, or declared as neither, with reason."""
    gaps = declared = 0
    for clip in manifest["clips"]:
        spans = [(int(row["start_ns"]), int(row["end_ns"])) for row in clip["parts"] + clip["derived"]]
        for number in clip["gaps"]:
            gap = facts.leaf(number, "gap")
            spans.append((int(gap["start_ns"]), int(gap["end_ns"])))
        spans += [(int(row["start_ns"]), int(row["end_ns"])) for row in clip["declared"]]
        gaps += len(clip["gaps"])
        declared += len(clip["declared"])
        reached = int(clip["from_ns"])
        for start, end in sorted([*spans, (int(clip["to_ns"]), int(clip["to_ns"]))]):
            if start - reached > TOLERANCE_NS and reached < int(clip["to_ns"]):
                raise Failed(
                    f"{clip['name']} 有一段时间既无录像也无缺口证明",
                    f"{clip['name']}: a stretch with neither footage nor a proved gap",
                )
            reached = max(reached, end)
    zh, en = (
        f"所要时段完整；{gaps} 个缺口有账本证明",
        f"all of the time asked for; {gaps} gaps are proved by the ledger",
    )
    if declared:
        return Text(
            zh=f"{zh}；{declared} 段无录像由封装者声明，账本未证明",
            en=f"{en}; {declared} stretches without footage are the sealer's word, not proved",
        )
    return Text(zh=zh, en=en)
