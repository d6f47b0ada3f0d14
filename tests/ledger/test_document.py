"""docs/design/ledger.md says what the code does: its table of leaves and every example are recomputed."""

import hashlib
import re
from dataclasses import fields
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mingjian.ledger import leaf, note, rotation, sm2, witness
from mingjian.ledger.checkpoint import Checkpoint, OpenSegment, open_checkpoint, open_root

S = 1_000_000_000
DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "design" / "ledger.md").read_text()
LOG = {suite: note.KeySigner("log.example", suite, bytes(range(1, 33))) for suite in ("ed25519", "sm2")}
WITNESS = note.KeySigner("witness.example", "ed25519", bytes(range(2, 34)))


def blocks(name: str) -> list[str]:
    found = re.findall(rf"^```{name}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, f"the document has no example {name}"
    return found


def one(name: str) -> str:
    (found,) = blocks(name)
    return found


def test_leaves_hashes_and_root_by_hashlib_alone() -> None:
    data = [text.removesuffix("\n").encode() for text in blocks("leaf")]
    hashes = [hashlib.sha256(b"\x00" + one).digest() for one in data]
    assert [text.strip() for text in blocks("hash")] == [value.hex() for value in hashes]
    assert one("root").strip() == hashlib.sha256(b"\x01" + hashes[0] + hashes[1]).hexdigest()
    decoded = [leaf.decode(one) for one in data]
    assert [type(made) for made in decoded] == [leaf.SealedSegment, leaf.Gap]
    assert [made.hash("sha256") for made in decoded] == hashes


def test_open_segment() -> None:
    made = OpenSegment("01kb0000000000000000000002", 3, b"\xcd" * 32)
    assert one("open").strip().encode() == made.encode()
    assert one("open-root").strip() == hashlib.sha256(b"\x00" + made.encode()).hexdigest()
    assert open_root("sha256", [made]).hex() == one("open-root").strip()


@pytest.mark.parametrize("suite", ["ed25519", "sm2"])
def test_checkpoints(suite: str) -> None:
    said = Checkpoint(
        "example/log", 2, bytes.fromhex(one("root")), "sha256", 1_764_000_420 * S, None, 1,
        bytes.fromhex(one("open-root")),
    )  # fmt: skip
    signed = one(f"note-{suite}")
    assert said.sign(LOG[suite]) == signed
    key = note.PublicKey.decode(one(f"key-{suite}").strip())
    assert key == LOG[suite].public
    assert open_checkpoint(signed, key) == said
    assert hashlib.sha256(said.text().encode()).hexdigest() == said.hash().hex() == one("checkpoint-hash").strip()


def test_key_ids_and_message_written_out_once_more() -> None:
    text, _, line = one("note-ed25519").rpartition("\n\n")
    name = line.split()[1]
    (signature,) = note.split(one("note-ed25519"))[1]
    key = LOG["ed25519"].public.key
    assert signature.key_id == hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    Ed25519PublicKey.from_public_bytes(key).verify(signature.value, (text + "\n").encode())
    (signature,) = note.split(one("note-sm2"))[1]
    key = LOG["sm2"].public.key
    assert signature.key_id == hashlib.sha256(name.encode() + b"\n\xffmingjian/sm2-sm3\n" + key).digest()[:4]
    assert sm2.verify(key, (text + "\n").encode(), signature.value)


def test_cosignature() -> None:
    text = note.split(one("note-ed25519"))[0]
    assert witness.cosign(text, 1_764_000_421 * S, WITNESS).line() == one("cosignature")
    cosigned = one("note-ed25519") + one("cosignature")
    assert witness.cosigned_at(cosigned, WITNESS.public) == 1_764_000_421 * S


def test_rotation() -> None:
    made = rotation.open_rotation(one("rotation"))
    assert (made.old, made.new) == (LOG["ed25519"].public, LOG["sm2"].public)
    assert made.sign(LOG["ed25519"], LOG["sm2"]) == one("rotation")


def test_the_table_names_every_field_of_every_kind() -> None:
    for kind, versions in leaf.KINDS.items():
        for version, made in versions.items():
            told = [f"`{item.name}` {item.metadata['form'].name}" for item in fields(made) if item.name != "at_ns"]
            assert f"| `{kind}` | {version} | {'; '.join(told)} |" in DOCUMENT
