"""Is this evidence package what was sealed, is the footage what was recorded, and who says so? Nine steps.

Needs the file and, to say PASS, an anchor obtained elsewhere: a package cannot vouch for itself. Every byte of the file
is judged: the frame against the one spelling the format allows, media by fragment hashes that lead to digests in the
ledger, everything else by digests in the manifest, the manifest by the seal. Format: docs/design/evidence.md.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.merkle import hasher
from mingjian.verify.anchor import Anchor
from mingjian.verify.package_derivation import check_derivation, judge_original, said_of, seal_text
from mingjian.verify.package_footage import FootageCheck, check_completeness, check_segments, masked_clips
from mingjian.verify.package_ledger import LedgerFacts, check_ledger, judge_signers
from mingjian.verify.package_report import (
    AlteredPart,
    Derivation,
    Failed,
    MaskedClip,
    PackageReport,
    PackageStep,
    State,
)
from mingjian.verify.shape import BadDocument, format_v1, read_canonical
from mingjian.wire.evidence_zip import BadFrame, Member, ReadAt, read_members

MANIFEST_NAME = "manifest.json"
SEAL_NAME = "seal.txt"
MAX_MANIFEST_BYTES = 64 << 20
MAX_SEAL_BYTES = 64 << 10
_CHUNK_BYTES = 256 << 10

Progress = Callable[[int, int], None]
"""Called with (bytes of footage checked, bytes in all)."""


def verify_package(
    read_at: ReadAt, size: int, anchor: Anchor | None = None, progress: Progress | None = None
) -> PackageReport:
    """Check a package of `size` bytes. Without an anchor the best verdict is INTACT, SIGNER UNKNOWN.

    Raises what `read_at` raises, and MingjianError `no_digest` when this machine cannot make the footage's digest.
    """
    return _Check(read_at, size, anchor, progress).run()


class _Check:
    """One check under way. Steps that rest on one that failed fail as well, and say so."""

    def __init__(self, read_at: ReadAt, size: int, anchor: Anchor | None, progress: Progress | None) -> None:
        self._read = read_at
        self._size = size
        self._anchor = anchor
        self._progress = progress
        self._members: list[Member] = []
        self._by_name: dict[str, Member] = {}
        self._manifest: dict[str, Any] | None = None
        self._manifest_bytes = b""
        self._ledger: LedgerFacts | None = None
        self._altered: AlteredPart | None = None
        self._derived_from: Derivation | None = None
        self._masked: tuple[MaskedClip, ...] = ()

    def run(self) -> PackageReport:
        """Take every step in its order."""
        takers = (
            self._container, self._read_manifest, self._seal, self._documents, self._prove_ledger, self._segments,
            self._footage, self._complete, self._trust,
        )  # fmt: skip
        steps: list[PackageStep] = []
        for number, (step, take) in enumerate(zip(format_v1()["steps"], takers, strict=True), 1):
            state, said = self._take(take)
            steps.append(PackageStep(number, step["id"], Text(zh=step["zh"], en=step["en"]), state, said))
        manifest = self._manifest or {}
        return PackageReport(
            tuple(steps), self._altered, manifest.get("package"), manifest.get("seal_key"), self._derived_from,
            self._masked,
        )  # fmt: skip

    def _take(self, take: Callable[[], tuple[State, Text]]) -> tuple[State, Text]:
        try:
            return take()
        except Failed as failed:
            self._altered = self._altered or failed.altered
            return State.FAIL, failed.said

    def _container(self) -> tuple[State, Text]:
        try:
            self._members = read_members(self._read, self._size)
        except BadFrame as bad:
            altered = AlteredPart("container", "", bad.offset, bad.end)
            raise Failed(
                f"第 {bad.offset} 字节起与格式不符", f"not as the format says, from byte {bad.offset} on", altered
            ) from bad
        self._by_name = {member.name: member for member in self._members}
        count = len(self._members)
        return State.PASS, Text(
            zh=f"{count} 个成员，{self._size} 字节，无一字节在外",
            en=f"{count} members, {self._size} bytes, none outside",
        )

    def _read_manifest(self) -> tuple[State, Text]:
        data = self._small(MANIFEST_NAME, MAX_MANIFEST_BYTES)
        self._manifest_bytes = data
        try:
            self._manifest = read_canonical(data, format_v1()["manifest"])
        except BadDocument as bad:
            raise Failed("清单无法读取", "the manifest cannot be read", self._whole(MANIFEST_NAME)) from bad
        listed = [(row["name"], row["bytes"], int(row["crc32"], 16)) for row in self._manifest["members"]]
        found = [(member.name, member.size, member.crc32) for member in self._members[:-2]]
        last = [member.name for member in self._members[-2:]]
        if listed != found or last != [MANIFEST_NAME, SEAL_NAME]:
            wrong = next((m for m, a, b in zip(self._members, listed, found, strict=False) if a != b), None)
            raise Failed(
                "清单所列与文件成员不符", "the manifest lists other members than the file has",
                None if wrong is None else self._whole(wrong.name),
            )  # fmt: skip
        return State.PASS, Text(zh=f"列出 {len(listed)} 个成员，次序一致", en=f"lists {len(listed)} members, in order")

    def _seal(self) -> tuple[State, Text]:
        manifest = self._known()
        data = self._small(SEAL_NAME, MAX_SEAL_BYTES)
        algorithm = manifest["digest_alg"]
        expected = seal_text(manifest["package"], algorithm, _digest(algorithm, self._manifest_bytes))
        try:
            key = note.PublicKey.decode(manifest["seal_key"])
            signed = note.signed_by(data.decode("utf-8"), key)
        except (MingjianError, UnicodeDecodeError) as error:
            raise Failed("封装签名无效", "the seal is not valid", self._whole(SEAL_NAME)) from error
        if signed != expected or len(note.split(data.decode())[1]) != 1:
            raise Failed("封装签名与清单不符", "the seal is not this manifest's", self._whole(MANIFEST_NAME))
        said = Text(zh=f"由 {key.name} 签署", en=f"signed by {key.name}")
        self._derived_from = check_derivation(manifest)
        if self._derived_from is not None:
            more = said_of(self._derived_from)
            said = Text(zh=f"{said.zh}；{more.zh}", en=f"{said.en}; {more.en}")
        return State.PASS, said

    def _documents(self) -> tuple[State, Text]:
        manifest = self._known()
        algorithm = manifest["digest_alg"]
        count = 0
        for row in manifest["members"]:
            if row["digest"] is None:
                continue
            count += 1
            member = self._by_name.get(row["name"])
            if member is None or self._digest_member(member, algorithm) != row["digest"]:
                raise Failed(
                    f"{row['name']} 与清单不符", f"{row['name']} is not what the manifest says",
                    self._whole(row["name"]),
                )  # fmt: skip
        kept = {row["name"] for row in manifest["members"] if row["digest"] is not None}
        for approval in manifest["approvals"]:
            if approval["member"] not in kept:
                raise Failed(f"审批文书 {approval['member']} 不在包内", f"{approval['member']} is not in the package")
        return State.PASS, Text(zh=f"{count} 个附件与清单一致", en=f"{count} members fit the manifest")

    def _prove_ledger(self) -> tuple[State, Text]:
        manifest = self._known()
        self._ledger = check_ledger(manifest)
        said = self._ledger.checkpoint
        return State.PASS, Text(
            zh=f"{len(manifest['ledger']['leaves'])} 条记录在 {said.origin} 的 {said.size} 条之内",
            en=f"{len(manifest['ledger']['leaves'])} leaves are among the {said.size} of {said.origin}",
        )

    def _segments(self) -> tuple[State, Text]:
        said = check_segments(self._known(), self._proved())
        self._masked = masked_clips(self._known())
        return State.PASS, said

    def _footage(self) -> tuple[State, Text]:
        check = FootageCheck(self._read, self._by_name, self._known(), self._proved(strict=False), self._progress)
        return State.PASS, check.run()

    def _complete(self) -> tuple[State, Text]:
        return State.PASS, check_completeness(self._known(), self._proved())

    def _trust(self) -> tuple[State, Text]:
        known, proved = self._known(), self._proved()
        judge_original(known, self._anchor)
        return judge_signers(known, proved, self._anchor)

    def _known(self) -> dict[str, Any]:
        if self._manifest is None:
            raise Failed("清单不可读，未能检查", "not checked: there is no manifest to read")
        return self._manifest

    def _proved(self, *, strict: bool = True) -> LedgerFacts:
        """The leaves; with `strict=False` also unproved ones, to tell where footage differs from what is claimed."""
        if self._ledger is None:
            if strict:
                raise Failed("账本证明不成立，未能检查", "not checked: the ledger's proofs do not hold")
            return LedgerFacts.unproved(self._known())
        return self._ledger

    def _small(self, name: str, most: int) -> bytes:
        """A member held in memory, its CRC checked: nothing else covers the CRC of manifest and seal."""
        member = self._by_name.get(name)
        if member is None or member.size > most:
            raise Failed(f"没有可读的 {name}", f"there is no {name} that can be read")
        data = bytes(self._read(member.data_offset, member.size))
        if zlib.crc32(data) != member.crc32:
            raise Failed(f"{name} 的校验和不符", f"the checksum of {name} is wrong", self._whole(name))
        return data

    def _whole(self, name: str) -> AlteredPart | None:
        member = self._by_name.get(name)
        if member is None:
            return None
        return AlteredPart("member", name, member.data_offset, member.end, 0, member.size)

    def _digest_member(self, member: Member, algorithm: str) -> str:
        state = hasher(algorithm)()
        for at in range(member.data_offset, member.end, _CHUNK_BYTES):
            state.update(self._read(at, min(_CHUNK_BYTES, member.end - at)))
        return state.digest().hex()


def _digest(algorithm: str, data: bytes) -> bytes:
    state = hasher(algorithm)()
    state.update(data)
    return state.digest()
