"""Which fragments of which sealed segment a package shows, and the leaf hashes that prove them. Blocking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.merkle import leaf_hash, tree_root
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.evidence import ProvedLeaf
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.verify.package_footage import LEAF_BOX_BYTES, arrival_ns
from mingjian.wire.fmp4.build import build_leaf


@dataclass(frozen=True, slots=True)
class Origin:
    """Fragments `refs` of `record`; `hashes` are all leaf hashes of the segment, `leaf` its place among proved leaves.

    `starts_ns` are the fragments' own words (prft) on when they arrived.
    """

    record: SegmentRecord
    leaf: int
    refs: tuple[FragmentRef, ...]
    starts_ns: tuple[int, ...]
    end_ns: int
    hashes: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes of the member: init segment, fragments, leaf boxes."""
        return self.record.init_bytes + sum(ref.size + LEAF_BOX_BYTES for ref in self.refs)


class Leaves:
    """The proved leaves by what they are about. Raises MingjianError `leaf_unreadable`."""

    def __init__(self, leaves: Sequence[ProvedLeaf]) -> None:
        self.segments: dict[str, tuple[int, dict[str, object]]] = {}
        self.gaps: list[tuple[int, dict[str, object]]] = []
        for number, leaf in enumerate(leaves):
            found = json.loads(leaf.data)
            if found.get("kind") == "segment":
                self.segments[found["segment"]] = (number, found)
            elif found.get("kind") == "gap":
                self.gaps.append((number, found))

    def gaps_of(self, camera: str, stream: str, from_ns: int, to_ns: int) -> list[tuple[int, int, int]]:
        """(place, start, end) of the gaps that touch [from, to)."""
        rows = [
            (number, int(str(gap["start_ns"])), int(str(gap["end_ns"])))
            for number, gap in self.gaps
            if (gap["camera"], gap["stream"]) == (camera, stream)
        ]
        return [row for row in rows if row[2] > from_ns and row[1] < to_ns]


def find_origin(
    recordings: Recordings, record: SegmentRecord, leaves: Leaves, from_ns: int, to_ns: int
) -> Origin | None:
    """The fragments of a sealed segment that hold [from, to), from the keyframe at or before `from`; None when none does.

    Raises MingjianError `segment_open`, `leaf_missing`, `footage_missing`, and `footage_altered` when the segment's
    hashes do not lead to the digest in the ledger.
    """
    if not record.sealed or record.digest is None:
        raise _refused(
            "segment_open", "所要时段的最后一段尚未封存", "the last segment of the time asked for is not sealed yet",
            Text(zh="请在约 5 分钟后重试", en="try again in about 5 minutes"),
        )  # fmt: skip
    refs = recordings.fragments(record)
    picked = _pick(refs, from_ns, to_ns)
    if not picked:
        return None
    found = leaves.segments.get(record.id)
    if found is None:
        raise _refused(
            "leaf_missing", f"账本证明中没有录像段 {record.id}", f"no proved leaf for the segment {record.id}", None
        )
    with SegmentFile(recordings.path(record), record) as file:
        hashes = _hashes(file, refs)
        starts = [arrival_ns(file.read_at(ref.offset, 32)) for ref in picked]
    if tree_root(record.digest_alg, hashes).hex() != found[1]["digest"] or None in starts:
        raise footage_altered(record)
    following = next((ref for ref in refs if ref.index == picked[-1].index + 1), None)
    end_ns = record.end_ns if following is None else following.start_ns
    return Origin(record, found[0], picked, tuple(one for one in starts if one is not None), end_ns, tuple(hashes))


def _pick(refs: Sequence[FragmentRef], from_ns: int, to_ns: int) -> tuple[FragmentRef, ...]:
    """Whole fragments: from the last keyframe at or before `from` to the last that begins before `to`."""
    keys = [ref.index for ref in refs if ref.keyframe and ref.start_ns <= from_ns]
    first = keys[-1] if keys else 0
    return tuple(ref for ref in refs if ref.index >= first and ref.start_ns < to_ns)


def _hashes(file: SegmentFile, refs: Sequence[FragmentRef]) -> list[bytes]:
    """The init segment's hash, computed, and the fragments' from the boxes behind them: the tree root proves them."""
    algorithm = file.record.digest_alg
    hashes = [leaf_hash(algorithm, (file.init_bytes(),))]
    for ref in refs:
        box = file.read_whole(ref.offset + ref.size, LEAF_BOX_BYTES)
        if box != build_leaf(algorithm, ref.index, box[32:]):
            raise footage_altered(file.record)
        hashes.append(box[32:])
    return hashes


def footage_altered(record: SegmentRecord) -> MingjianError:
    """What lies on the disk is not what was recorded."""
    return MingjianError(
        "footage_altered",
        Text(zh=f"录像 {record.path} 与账本中的摘要不符", en=f"{record.path} is not what the ledger says was recorded"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请保留该文件，并运行 mingjian store check --hash",
            en="keep the file, and run mingjian store check --hash",
        ),
    )


def _refused(code: str, zh: str, en: str, remedy: Text | None) -> MingjianError:
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, remedy=remedy)
