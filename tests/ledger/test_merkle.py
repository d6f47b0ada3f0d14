"""The incremental tree against the definition of RFC 6962 section 2.1, written down naively."""

import hashlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.ledger import merkle


def naive(entries: list[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + naive(entries[:split]) + naive(entries[split:])).digest()


@given(st.lists(st.binary(max_size=20), max_size=70))
def test_frontier_agrees_with_the_definition_after_every_leaf(entries: list[bytes]) -> None:
    frontier = merkle.Frontier("sha256")
    assert frontier.root() == naive([])
    for count, entry in enumerate(entries, 1):
        frontier.append(merkle.leaf_hash("sha256", [entry]))
        assert frontier.root() == naive(entries[:count])


@given(st.integers(1, 70), st.data())
def test_inclusion_proof_verifies_and_nothing_else_does(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash("sha256", [bytes([index])]) for index in range(size)]
    root = merkle.tree_root("sha256", leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof("sha256", leaves, index)
    assert merkle.verify_inclusion("sha256", leaves[index], index, size, proof, root)
    wrong = data.draw(st.integers(0, size - 1).filter(lambda other: other != index)) if size > 1 else None
    if wrong is not None:
        assert not merkle.verify_inclusion("sha256", leaves[wrong], index, size, proof, root)
        assert not merkle.verify_inclusion("sha256", leaves[index], wrong, size, proof, root)
        assert not merkle.verify_inclusion("sha256", leaves[index], index, size, proof[:-1], root)
    assert not merkle.verify_inclusion("sha256", leaves[index], size, size, proof, root)
    with pytest.raises(IndexError):
        merkle.inclusion_proof("sha256", leaves, size)


def test_known_answers_of_the_certificate_transparency_vectors() -> None:
    # the well-known test inputs of RFC 6962 implementations, and their root
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf_hash("sha256", [bytes.fromhex(text)]) for text in inputs]
    assert leaves[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    expected = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle.tree_root("sha256", leaves).hex() == expected


def test_sm3_leaf_agrees_with_openssl(tmp_path) -> None:
    file = tmp_path / "leaf"
    file.write_bytes(b"\x00" + b"abc")
    said = subprocess.run(["openssl", "dgst", "-sm3", str(file)], check=True, capture_output=True, text=True).stdout
    assert merkle.leaf_hash("sm3", [b"a", b"bc"]).hex() == said.strip().rsplit(" ", 1)[1]


def test_unknown_digest_is_refused_with_its_name() -> None:
    with pytest.raises(MingjianError) as refused:
        merkle.Frontier("md5")
    assert refused.value.code == "no_digest"
    assert "md5" in refused.value.message.zh
