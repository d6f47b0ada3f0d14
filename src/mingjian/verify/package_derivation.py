"""A package made from another: is that other one named by its own seal, and is nothing of it shown but what was redacted?

Part of step 3, and of step 9 for whose seal the other one bears. docs/design/evidence.md section 8.
"""

from __future__ import annotations

from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.verify.anchor import Anchor
from mingjian.verify.package_report import Derivation, Failed

SEAL_LINE = "mingjian-evidence-seal 1"
REDACTION = "redaction"


def seal_text(package: str, algorithm: str, manifest_digest: bytes) -> str:
    """What a seal signs."""
    return f"{SEAL_LINE}\n{package}\nmanifest {algorithm} {manifest_digest.hex()}\n"


def check_derivation(manifest: dict[str, Any]) -> Derivation | None:
    """The original that the manifest names, None when it names none. Raises Failed."""
    row = manifest.get("derivation")
    if row is None:
        return None
    expected = seal_text(row["package"], row["digest_alg"], bytes.fromhex(row["manifest_digest"]))
    try:
        signed = note.signed_by(row["seal"], note.PublicKey.decode(row["seal_key"]))
    except MingjianError as error:
        raise Failed("原证据包的封装签名无效", "the original's seal is not valid") from error
    if signed != expected or len(note.split(row["seal"])[1]) != 1:
        raise Failed("原证据包的封装签名与所称不符", "the original's seal is of another package")
    if _one_person(row) or int(row["checked_ns"]) < int(row["redacted_ns"]):
        raise Failed("遮蔽处理未经第二人检查", "the redaction was not checked by a second person")
    for clip in manifest["clips"]:
        if clip["parts"] or not clip["masked"] or any(one["kind"] != REDACTION for one in clip["derived"]):
            raise Failed("派生包含有未经遮蔽处理的录像", "a derived package holds footage that is not redacted")
    return Derivation(row["package"], row["manifest_digest"], row["redacted_by"], row["checked_by"])


def _one_person(row: dict[str, Any]) -> bool:
    """By their ids where the manifest has both: two people may have one name. By name in packages that have none."""
    ids = row.get("redacted_by_id"), row.get("checked_by_id")
    return ids[0] == ids[1] if None not in ids else bool(row["redacted_by"] == row["checked_by"])


def said_of(derivation: Derivation) -> Text:
    """What step 3 adds."""
    return Text(
        zh=f"派生自 {derivation.package}，其封装签名成立",
        en=f"derived from {derivation.package}, whose seal holds",
    )


def judge_original(manifest: dict[str, Any], anchor: Anchor | None) -> None:
    """Raise Failed when the anchor names seal keys and the original's is none of them."""
    row = manifest.get("derivation")
    if row is not None and anchor is not None and anchor.seal_keys and row["seal_key"] not in anchor.seal_keys:
        raise Failed("原证据包的封装密钥不在信任锚之列", "the original's seal key is not one that the anchor names")
