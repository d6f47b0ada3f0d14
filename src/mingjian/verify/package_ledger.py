"""Steps 5 and 9 of the package check: are the leaves in the signed ledger, and are the signers those one trusts?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint, open_checkpoint
from mingjian.ledger.consistency import verify_consistency
from mingjian.ledger.merkle import leaf_hash, verify_inclusion
from mingjian.verify.anchor import Anchor
from mingjian.verify.package_report import Failed, State
from mingjian.verify.shape import BadDocument, format_v1, read_canonical


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger proves: `leaves` by their place in the manifest, `words` the checkpoint and all later ones."""

    checkpoint: Checkpoint
    words: tuple[Checkpoint, ...]
    leaves: tuple[dict[str, Any], ...]

    def leaf(self, number: int, kind: str) -> dict[str, Any]:
        """Leaf `number` of the manifest. Raises Failed when there is none or it is of another kind."""
        if number >= len(self.leaves) or self.leaves[number].get("kind") != kind:
            raise Failed(f"第 {number} 条证明不是所需的记录", f"proved leaf {number} is no {kind}")
        return self.leaves[number]

    @classmethod
    def unproved(cls, manifest: dict[str, Any]) -> LedgerFacts:
        """The leaves as they stand, proving nothing. Raises Failed when they cannot be read."""
        try:
            words = [Checkpoint.parse(note.split(manifest["ledger"]["checkpoint"])[0])]
        except MingjianError as error:
            raise Failed("检查点无法读取", "the checkpoint cannot be read") from error
        return cls(words[0], tuple(words), tuple(_read_leaf(row["leaf"]) for row in manifest["ledger"]["leaves"]))


def check_ledger(manifest: dict[str, Any]) -> LedgerFacts:
    """Step 5. Raises Failed."""
    ledger = manifest["ledger"]
    try:
        key = note.PublicKey.decode(ledger["key"])
        said = open_checkpoint(ledger["checkpoint"], key)
        later = [open_checkpoint(row["checkpoint"], key) for row in ledger["later"]]
    except MingjianError as error:
        raise Failed("检查点签名无效", "a checkpoint is not signed by the ledger's key") from error
    leaves: list[dict[str, Any]] = []
    for row in ledger["leaves"]:
        hashed = leaf_hash(said.algorithm, (row["leaf"].encode(),))
        if not verify_inclusion(said.algorithm, hashed, row["index"], said.size, _hashes(row["proof"]), said.root):
            raise Failed(
                f"账本第 {row['index']} 条的包含证明不成立", f"leaf {row['index']} is not proved by the checkpoint"
            )
        leaves.append(_read_leaf(row["leaf"]))
    before = said
    for one, row in zip(later, ledger["later"], strict=True):
        same = (one.origin, one.algorithm) == (said.origin, said.algorithm)
        proof = _hashes(row["proof"])
        if not same or not verify_consistency(said.algorithm, before.size, before.root, one.size, one.root, proof):
            raise Failed("后来的检查点不是其延续", "a later checkpoint does not continue the log")
        before = one
    _check_references(manifest, leaves)
    return LedgerFacts(said, (said, *later), tuple(leaves))


def _check_references(manifest: dict[str, Any], leaves: list[dict[str, Any]]) -> None:
    """Custody and approvals that name a leaf name one that says so."""
    digests = {row["name"]: row["digest"] for row in manifest["members"]}
    rows = [("custody", row) for row in manifest["custody"]] + [("approvals", row) for row in manifest["approvals"]]
    for kind, row in rows:
        number = row["leaf"]
        if number is None:
            continue
        leaf = leaves[number] if number < len(leaves) else {}
        fits = leaf.get("person") == row["person"]
        if kind == "approvals":
            fits = fits and leaf.get("kind") == "retrieval" and leaf.get("document") == digests.get(row["member"])
        if not fits:
            raise Failed(f"保管记录与账本第 {number} 条证明不符", f"{kind}: proved leaf {number} says something else")


def judge_signers(manifest: dict[str, Any], facts: LedgerFacts, anchor: Anchor | None) -> tuple[State, Text]:
    """Step 9: UNKNOWN when there is nothing to judge by, Failed when what is trusted speaks against the package."""
    if anchor is None:
        return State.UNKNOWN, Text(
            zh="未提供信任锚：包不能为自己作证", en="no anchor was given: a package cannot vouch for itself"
        )
    for held in anchor.checkpoints:
        _check_against(held, facts.words)
    ledger_key = manifest["ledger"]["key"]
    covered = any(_same_tree(held, word) for held in anchor.checkpoints for word in facts.words)
    if anchor.seal_keys and manifest["seal_key"] not in anchor.seal_keys:
        raise Failed("封装密钥不在信任锚之列", "the seal's key is not one that the anchor names")
    if anchor.ledger_keys and ledger_key not in anchor.ledger_keys and not covered:
        raise Failed("账本密钥不在信任锚之列", "the ledger's key is not one that the anchor names")
    missing = [
        text
        for text, known in (
            (Text(zh="封装密钥", en="the seal's key"), bool(anchor.seal_keys)),
            (Text(zh="账本", en="the ledger"), covered or bool(anchor.ledger_keys)),
        )
        if not known
    ]
    if missing:
        return State.UNKNOWN, Text(
            zh=f"信任锚没有涉及{'和'.join(one.zh for one in missing)}",
            en=f"the anchor says nothing of {' and '.join(one.en for one in missing)}",
        )
    how = (
        Text(zh="外存检查点", en="a checkpoint held outside") if covered else Text(zh="账本密钥", en="the ledger's key")
    )
    return State.PASS, Text(zh=f"封装密钥可信；{how.zh}吻合", en=f"the seal's key is trusted, and {how.en} agrees")


def _same_tree(held: Checkpoint, word: Checkpoint) -> bool:
    return (held.origin, held.algorithm, held.size, held.root) == (word.origin, word.algorithm, word.size, word.root)


def _check_against(held: Checkpoint, words: Iterable[Checkpoint]) -> None:
    """One log shows one root for one size. Raises Failed."""
    for word in words:
        same_size = (held.origin, held.algorithm, held.size) == (word.origin, word.algorithm, word.size)
        if same_size and held.root != word.root:
            raise Failed(
                f"与外存检查点矛盾：同为 {held.size} 条，根却不同",
                f"contradicts a checkpoint held outside: another root for the same {held.size} leaves",
            )


def _read_leaf(text: str) -> dict[str, Any]:
    """A leaf of any kind; those that are used here have exactly their form."""
    try:
        data = text.encode()
        loose = read_canonical(data, {}, any_keys=True)
        shape = format_v1()["leaves"].get(loose.get("kind"))
        return loose if shape is None else read_canonical(data, shape)
    except (BadDocument, UnicodeEncodeError, TypeError) as error:
        raise Failed("账本记录无法读取", "a leaf cannot be read") from error


def _hashes(rows: list[str]) -> list[bytes]:
    return [bytes.fromhex(row) for row in rows]
