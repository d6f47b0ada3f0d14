"""Is this retention certificate what its signer said, and is it in the ledger? Needs the file, and trust from elsewhere.

The file is JSON: `{"kind":"mingjian-retention-proof","v":1,"key","note","ledger"}`; `ledger` is null or `{"key","leaf",
"index","proof":[...],"checkpoint"}` (docs/design/retention.md). Six numbered steps; the verdicts and exit codes are those of
evidence packages. What the certificate says of the footage (`met` or not) is another matter than whether it is genuine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import utc_day
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, open_checkpoint
from mingjian.ledger.leaf import RetentionProved, decode
from mingjian.ledger.merkle import leaf_hash, verify_inclusion
from mingjian.ledger.retention import RetentionCertificate, decode_certificate, sample_offset
from mingjian.verify.anchor import Anchor, read_anchors
from mingjian.verify.package_report import Failed, PackageStep, State, Verdict

KIND = "mingjian-retention-proof"
MAX_FILE_BYTES = 4 << 20
_STEPS = {
    "form": Text(zh="证明书格式", en="the certificate's form"),
    "signature": Text(zh="签名", en="its signature"),
    "window": Text(zh="时间窗逐段归类", en="every instant of the window classified"),
    "samples": Text(zh="抽样由种子决定", en="the samples follow from the seed"),
    "ledger": Text(zh="已入账本", en="it is in the ledger"),
    "signer": Text(zh="签名者可信", en="the signer is trusted"),
}


@dataclass(slots=True)
class RetentionReport:
    """All steps in order, the verdict, and the certificate where it could be read."""

    steps: list[PackageStep] = field(default_factory=list)
    certificate: RetentionCertificate | None = None

    @property
    def verdict(self) -> Verdict:
        """FAIL when any step failed, INTACT when only ledger or signer are not known, else PASS."""
        states = {step.state for step in self.steps}
        if State.FAIL in states or len(self.steps) < len(_STEPS):
            return Verdict.FAIL
        return Verdict.INTACT if State.UNKNOWN in states else Verdict.PASS

    def to_json(self) -> dict[str, object]:
        """For programs."""
        told = self.certificate
        return {
            "verdict": self.verdict.value,
            "camera": None if told is None else told.camera,
            "day": None if told is None else told.day,
            "met": None if told is None else told.met,
            "completeness_ppm": None if told is None else told.completeness_ppm,
            "steps": [
                {"number": s.number, "id": s.id, "state": s.state.value, "zh": s.said.zh, "en": s.said.en}
                for s in self.steps
            ],
        }

    def lines(self, language: str) -> Sequence[str]:
        """For people: a line a step, what the certificate says, the verdict."""
        colon = "：" if language.lower().startswith("zh") else ": "
        told = [
            f"{s.number}. {s.state.value} {s.name.for_language(language)}{colon}{s.said.for_language(language)}"
            for s in self.steps
        ]
        if self.certificate is not None:
            told.append(summary(self.certificate).for_language(language))
        return [*told, self.verdict.value]


def summary(certificate: RetentionCertificate) -> Text:
    """One sentence on what a certificate says."""
    ppm = certificate.completeness_ppm
    share = "-" if ppm is None else f"{ppm / 10_000:.2f} %"
    days = certificate.window_days
    return Text(
        zh=f"摄像机 {certificate.camera}，截至 {certificate.day} 的 {days} 天：录像完整率 {share}，"
        f"{'留存符合' if certificate.met else '留存不符合'}",
        en=f"camera {certificate.camera}, {days} days up to {certificate.day}: {share} recorded, "
        f"{'kept as owed' if certificate.met else 'NOT kept as owed'}",
    )


def check_certificate(path: Path, trust: Sequence[Path]) -> RetentionReport:
    """Check the file at `path`. Raises MingjianError `anchor_unreadable`, `file_unreadable`."""
    try:
        contents = [one.read_bytes() for one in trust]
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise MingjianError(
            "file_unreadable",
            Text(zh=f"无法读取文件：{error}", en=f"a file cannot be read: {error}"),
            fault=Fault.USER,
            field="FILE",
        ) from error
    return verify_certificate(data, read_anchors(contents) if contents else None)


def verify_certificate(data: bytes, anchor: Anchor | None) -> RetentionReport:
    """Check a certificate file against what is trusted from elsewhere; without an anchor nothing is ever PASS."""
    check = _Check(anchor)
    check.step("form", lambda: check.form(data))
    if check.report.certificate is None:
        return check.report
    check.step("signature", check.signature)
    check.step("window", check.window)
    check.step("samples", check.samples)
    check.step("ledger", check.ledger)
    check.step("signer", check.signer)
    return check.report


class _Check:
    def __init__(self, anchor: Anchor | None) -> None:
        self.report = RetentionReport()
        self._anchor = anchor
        self._told: dict[str, Any] = {}
        self._checkpoint: Checkpoint | None = None

    def step(self, name: str, judge: Callable[[], tuple[State, Text]]) -> None:
        number = len(self.report.steps) + 1
        try:
            state, said = judge()
        except Failed as failed:
            state, said = State.FAIL, failed.said
        self.report.steps.append(PackageStep(number, name, _STEPS[name], state, said))

    @property
    def _certificate(self) -> RetentionCertificate:
        assert self.report.certificate is not None
        return self.report.certificate

    def form(self, data: bytes) -> tuple[State, Text]:
        """Step 1."""
        try:
            told = json.loads(data.decode("utf-8")) if len(data) <= MAX_FILE_BYTES else None
            if not isinstance(told, dict) or told.keys() != {"kind", "v", "key", "note", "ledger"}:
                raise ValueError("other keys")
            if told["kind"] != KIND or told["v"] != 1:
                raise ValueError("another kind")
            text = note.split(told["note"])[0]
            self.report.certificate = decode_certificate(text.removesuffix("\n").encode())
        except (ValueError, TypeError, AttributeError, RecursionError, MingjianError) as error:
            raise Failed("不是留存证明文件", f"no retention proof: {error!s:.80}") from error
        self._told = told
        return State.PASS, Text(zh="格式规范", en="canonical")

    def signature(self) -> tuple[State, Text]:
        """Step 2."""
        try:
            note.signed_by(self._told["note"], note.PublicKey.decode(self._told["key"]))
        except (MingjianError, AttributeError, TypeError) as error:
            raise Failed("签名无效", "it is not signed by the key it names") from error
        return State.PASS, Text(zh="有效", en="valid")

    def window(self) -> tuple[State, Text]:
        """Step 3: whole civil days ending with `day`, of which every nanosecond has its kind."""
        told = self._certificate
        length_ns = told.to_ns - told.from_ns
        last = utc_day(told.to_ns - DAY_NS + told.day_offset_s * NS_PER_S)
        if told.window_days < told.floor_days or length_ns != told.window_days * DAY_NS or last != told.day:
            raise Failed("时间窗与天数不符", "the window is not the days it names")
        for stream in told.streams:
            if stream.accounted_ns != length_ns:
                raise Failed(
                    f"码流 {stream.stream} 的各类时间之和不等于时间窗",
                    f"the kinds of {stream.stream} do not add up to the window",
                )
        return State.PASS, Text(zh=f"{told.window_days} 天，分毫不差", en=f"{told.window_days} days, to the nanosecond")

    def samples(self) -> tuple[State, Text]:
        """Step 4: nobody chose where to look."""
        told, count = self._certificate, 0
        for stream in told.streams:
            for number, sample in enumerate(stream.samples):
                drawn = (
                    sample_offset(told.seed, stream.stream, number, stream.recorded_ns) if stream.recorded_ns else -1
                )
                if sample.offset_ns != drawn or not told.from_ns <= sample.at_ns < told.to_ns:
                    raise Failed(
                        f"码流 {stream.stream} 第 {number + 1} 个抽样与种子不符",
                        f"sample {number + 1} of {stream.stream} does not follow from the seed",
                    )
                count += 1
            if stream.recorded_ns and not stream.samples:
                raise Failed(f"码流 {stream.stream} 没有抽样", f"{stream.stream} has no samples")
        return State.PASS, Text(zh=f"{count} 个抽样", en=f"{count} samples")

    def ledger(self) -> tuple[State, Text]:
        """Step 5."""
        told = self._told["ledger"]
        if told is None:
            return State.UNKNOWN, Text(zh="文件未附账本证明", en="the file brings no proof of the ledger")
        try:
            if told.keys() != {"key", "leaf", "index", "proof", "checkpoint"}:
                raise ValueError("other keys")
            said = open_checkpoint(told["checkpoint"], note.PublicKey.decode(told["key"]))
            hashed = leaf_hash(said.algorithm, (told["leaf"].encode(),))
            proof = [bytes.fromhex(one) for one in told["proof"]]
            index = int(told["index"])
            proved = verify_inclusion(said.algorithm, hashed, index, said.size, proof, said.root)
            leaf = decode(told["leaf"].encode())
        except (MingjianError, ValueError, TypeError, AttributeError) as error:
            raise Failed("账本证明无法读取", f"the ledger's proof cannot be read: {error!s:.80}") from error
        mine = self._certificate
        fits = isinstance(leaf, RetentionProved) and (
            (leaf.camera, leaf.day, leaf.start_ns, leaf.end_ns, leaf.certificate)
            == (mine.camera, mine.day, mine.from_ns, mine.to_ns, mine.digest())
        )
        if not proved or not fits:
            raise Failed("账本中没有这份证明书", "the ledger does not hold this certificate")
        self._checkpoint = said
        return State.PASS, Text(zh=f"第 {index} 条记录", en=f"leaf {index}")

    def signer(self) -> tuple[State, Text]:
        """Step 6."""
        if self._anchor is None:
            return State.UNKNOWN, Text(
                zh="未提供信任锚：证明书不能为自己作证", en="no anchor was given: a certificate cannot vouch for itself"
            )
        said = self._checkpoint
        for held in self._anchor.checkpoints:
            same = said is not None and (held.origin, held.algorithm, held.size) == (
                said.origin,
                said.algorithm,
                said.size,
            )
            if said is not None and same and held.root == said.root:
                return State.PASS, Text(zh="与外存检查点一致", en="a checkpoint held outside agrees")
            if same:
                raise Failed("与外存检查点矛盾", "it contradicts a checkpoint held outside")
        keys = {self._told["key"]} | ({self._told["ledger"]["key"]} if said is not None else set())
        if keys & self._anchor.ledger_keys:
            return State.PASS, Text(zh="密钥在信任锚之列", en="the anchor names its key")
        if self._anchor.ledger_keys:
            raise Failed("密钥不在信任锚之列", "its key is not one that the anchor names")
        return State.UNKNOWN, Text(zh="信任锚没有涉及这本账", en="the anchor says nothing of this log")
