"""The vectors that the page's tests read say what Python says: both checkers stand on the same ground."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mingjian.ledger import ed25519, merkle, sm2
from mingjian.ledger.consistency import verify_consistency
from mingjian.ledger.sm3 import sm3
from mingjian.verify.shape import BadDocument, read_canonical

FOLDER = Path(__file__).parent / "vectors"


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())
    assert found
    return found


def test_digests() -> None:
    for row in rows("digests"):
        data = bytes.fromhex(row["data"])
        assert sm3(data).hex() == row["sm3"]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert hashlib.sha512(data).hexdigest() == row["sha512"]


@pytest.mark.parametrize(("name", "verify"), [("ed25519", ed25519.verify_plainly), ("sm2", sm2.verify)])
def test_signatures(name: str, verify: Any) -> None:
    answers = [verify(*(bytes.fromhex(row[key]) for key in ("key", "message", "signature"))) for row in rows(name)]
    assert answers == [row["good"] for row in rows(name)]
    assert set(answers) == {True, False}


def test_trees() -> None:
    for row in rows("trees"):
        algorithm, root = row["algorithm"], bytes.fromhex(row["root"])
        leaves = [bytes.fromhex(leaf) for leaf in row["leaves"]]
        assert merkle.tree_root(algorithm, leaves) == root
        for index, proof in enumerate(row["inclusion"]):
            path = [bytes.fromhex(one) for one in proof]
            assert merkle.verify_inclusion(algorithm, leaves[index], index, len(leaves), path, root)
        for one in row["consistency"]:
            path = [bytes.fromhex(h) for h in one["proof"]]
            old_root = bytes.fromhex(one["root"])
            assert verify_consistency(algorithm, one["old"], old_root, len(leaves), root, path)


def test_documents() -> None:
    for row in rows("documents"):
        try:
            read_canonical(row["text"].encode("utf-8", "surrogatepass"), {}, any_keys=True)
            good = True
        except BadDocument:
            good = False
        assert good == row["good"], row["text"]
