"""Time stamps beside anchors: whether each token is over its file, and what time its authority vouches for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mingjian.app.ledger_anchor import anchor_files
from mingjian.app.ledger_findings import FolderFinding, StampReport
from mingjian.app.time_stamp import MAX_TOKEN_BYTES, judge, read_ca
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


@dataclass(slots=True)
class StampsJudged:
    """Tokens that hold, findings of those that do not, and how many there was no CA for."""

    held: list[StampReport] = field(default_factory=list)
    findings: list[FolderFinding] = field(default_factory=list)
    unjudged: int = 0


def judge_stamps(anchors: Iterable[Path], ca: Path | None) -> StampsJudged:
    """Judge the token `NAME.tsr` of each anchor file `NAME.json`; one that does not hold is a finding.

    Without `ca` tokens are counted only. Raises MingjianError `tsa_ca_unreadable`, or `no_token` when `ca` is given and
    there is none at all.
    """
    pairs = [(file, file.with_suffix(".tsr")) for path in anchors for file in anchor_files(path)]
    pairs = [(file, token) for file, token in pairs if token.is_file()]
    if ca is None:
        return StampsJudged(unjudged=len(pairs))
    roots = read_ca(ca, "--tsa-ca")
    if not pairs:
        raise MingjianError(
            "no_token",
            Text(zh="外部检查点旁边没有时间戳文件（.tsr）", en="no anchor has a time stamp (.tsr) beside it"),
            fault=Fault.USER,
            field="--tsa-ca",
            remedy=Text(
                zh="请把同名的 .tsr 文件与检查点文件放在一起", en="put the .tsr file of the same name beside the anchor"
            ),
        )
    judged = StampsJudged()
    for file, token in pairs:
        try:
            with token.open("rb") as opened:
                one = judge(opened.read(MAX_TOKEN_BYTES + 1), file.read_bytes(), roots)
        except MingjianError as error:
            text = Text(zh=f"时间戳 {token}：{error.message.zh}", en=f"the time stamp {token}: {error.message.en}")
            judged.findings.append(FolderFinding(error.code, text, path=str(token)))
            continue
        judged.held.append(StampReport(str(file), one.time_ns, one.accuracy_s, one.authority, one.serial))
    return judged
