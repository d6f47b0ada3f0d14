"""What an audit of the ledger answers: what is not as it was, and what nothing held outside covers yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import Leaf, decode


class Change(StrEnum):
    """What became of leaves."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    DIFFERS = "differs"  # something of this happened in the range; what, only kept leaf hashes could tell
    ROLLED_BACK = "rolled_back"  # the log says less than it said before: an old copy was put back


KIND_NAMES = {
    "segment": Text(zh="录像段", en="sealed segment"),
    "gap": Text(zh="缺口", en="gap"),
    "hold": Text(zh="保全", en="hold"),
    "hold_release": Text(zh="解除保全", en="release of a hold"),
    "deletion": Text(zh="删除回执", en="deletion receipt"),
    "access": Text(zh="查看登记", en="access"),
    "access_end": Text(zh="查看结束", en="end of an access"),
    "retrieval": Text(zh="调取状态", en="retrieval"),
    "configuration": Text(zh="配置变更", en="configuration change"),
    "restore": Text(zh="恢复声明", en="restore"),
    "other_log": Text(zh="并入账本", en="merged log"),
    "retention": Text(zh="留存证明", en="retention certificate"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Leaves [first, end) counted from 0. `exact` says that `first` itself is the first one that is wrong.

    `leaf` is what stands at `first` now, None when nothing does or it cannot be read.
    """

    change: Change
    first: int
    end: int
    exact: bool
    leaf: Leaf | None
    text: Text


@dataclass(frozen=True, slots=True)
class Exposure:
    """What no intact anchor covers: leaves from `first` on, `leaves` of them, written in the last `for_ns`.

    Without an anchor everything is exposed and `for_ns` is None.
    """

    first: int
    leaves: int
    for_ns: int | None

    @property
    def text(self) -> Text:
        """For people."""
        if self.for_ns is None:
            return Text(
                zh=f"没有外部检查点，全部 {self.leaves} 条记录均无外部凭据",
                en=f"no checkpoint is held outside: nothing covers the {self.leaves} leaves",
            )
        seconds = self.for_ns // NS_PER_S
        return Text(
            zh=f"最近 {seconds} 秒内的 {self.leaves} 条记录尚无外部凭据",
            en=f"nothing held outside covers the {self.leaves} leaves of the last {seconds} s yet",
        )


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Findings with the first leaf first; `covered` leaves were checked against what is held outside."""

    findings: tuple[Finding, ...]
    stored: int
    covered: int
    exposure: Exposure

    @property
    def intact(self) -> bool:
        """Whether everything that is covered is as it was."""
        return not self.findings


def read_leaf(data: bytes | None) -> Leaf | None:
    """The leaf, None when there is none or it cannot be read (an altered one may be anything)."""
    if data is None:
        return None
    try:
        return decode(data)
    except MingjianError:
        return None


def _name(leaf: Leaf | None) -> Text:
    if leaf is None:
        return Text(zh="", en="")
    kind = KIND_NAMES[leaf.KIND]
    camera = getattr(leaf, "camera", None)
    if camera is None:
        return Text(zh=f"({kind.zh})", en=f" ({kind.en})")
    return Text(zh=f"（{kind.zh}，摄像机 {camera}）", en=f" ({kind.en}, camera {camera})")


def exact_finding(change: Change, first: int, end: int, data: bytes | None, belongs: int | None = None) -> Finding:
    """A finding about leaf `first`; `data` is what stands there now, `belongs` where a moved one should stand."""
    leaf = read_leaf(data)
    name = _name(leaf)
    count = end - first
    text = {
        Change.ALTERED: Text(zh=f"第 {first} 条记录{name.zh}被改动", en=f"leaf {first}{name.en} was altered"),
        Change.MISSING: Text(
            zh=f"自第 {first} 条记录起缺失 {count} 条", en=f"{count} leaves are missing from leaf {first} on"
        ),
        Change.INSERTED: Text(zh=f"第 {first} 条记录{name.zh}是后来插入的", en=f"leaf {first}{name.en} was inserted"),
        Change.REORDERED: Text(
            zh=f"第 {first} 条记录{name.zh}被移动，原为第 {belongs} 条",
            en=f"leaf {first}{name.en} was moved: it was leaf {belongs}",
        ),
    }[change]
    return Finding(change, first, end, True, leaf, text)


def range_finding(first: int, end: int, stored: int) -> Finding:
    """Somewhere in [first, end), where only roots are known."""
    if stored < end:
        text = Text(
            zh=f"应有 {end} 条记录，现存 {stored} 条；变动始于第 {first} 条或之后",
            en=f"{end} leaves should be there and {stored} are; the change begins at leaf {first} or later",
        )
        return Finding(Change.MISSING, first, end, False, None, text)
    text = Text(
        zh=f"第 {first} 至 {end - 1} 条记录中有改动、缺失、插入或移动",
        en=f"among leaves {first} to {end - 1} something was altered, removed, inserted or moved",
    )
    return Finding(Change.DIFFERS, first, end, False, None, text)


def rolled_back_finding(said: int, says: int) -> Finding:
    """The log's own last checkpoint is behind one that is held outside."""
    text = Text(
        zh=f"账本曾签到 {said} 条，现在只签到 {says} 条：放回了旧副本而未声明",
        en=f"the log had signed {said} leaves and now signs only {says}: an old copy was put back undeclared",
    )
    return Finding(Change.ROLLED_BACK, says, said, True, None, text)
