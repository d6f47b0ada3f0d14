"""Shared vectors of the checkers in Python and in TypeScript: `python -m tests.verify.write_vectors`.

Digests and signatures by OpenSSL (hashlib, cryptography, the openssl program for SM2), trees by our Python, whose tests
hold it against the RFC's own. tests/verify/test_vectors.py and ui/src/verify/*.test.ts read the files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.ledger import consistency, ed25519, merkle, sm2

FOLDER = Path(__file__).parent / "vectors"
SM2_PRIVATE = bytes(range(1, 33))


def digests() -> list[dict[str, str]]:
    draw = random.Random(1)
    return [
        {"data": data.hex(), **{name: hashlib.new(name, data).hexdigest() for name in ("sha256", "sha512", "sm3")}}
        for data in (draw.randbytes(length) for length in (0, 1, 3, 55, 56, 63, 64, 65, 111, 112, 119, 127, 128, 1000))
    ]


def ed25519_cases() -> list[dict[str, Any]]:
    draw = random.Random(2)
    rows = []
    for number in range(8):
        private, message = draw.randbytes(32), draw.randbytes(number * 13)
        public, signature = ed25519.public_key(private), ed25519.sign(private, message)
        rows.append((public, message, signature))
        flipped = bytearray(signature)
        flipped[draw.randrange(64)] ^= 1 << draw.randrange(8)
        rows.append((public, message, bytes(flipped)))
        rows.append((public, message + b"x", signature))
    public, message, signature = rows[0]
    s = int.from_bytes(signature[32:], "little")
    rows.append((public, message, signature[:32] + (s + ed25519.L).to_bytes(32, "little")))
    rows.append(((1).to_bytes(32, "little"), message, (1).to_bytes(32, "little") + bytes(32)))
    rows.append(((ed25519.P + 3).to_bytes(32, "little"), message, signature))
    return [
        {"key": k.hex(), "message": m.hex(), "signature": v.hex(), "good": ed25519.verify(k, m, v)} for k, m, v in rows
    ]


def _openssl_sm2(message: bytes) -> bytes:
    """r and s by the openssl program, with its own random nonce."""
    public = sm2.public_key(SM2_PRIVATE)
    # RFC 5915 ECPrivateKey with the curve 1.2.156.10197.1.301
    der = bytes.fromhex("30770201010420") + SM2_PRIVATE + bytes.fromhex("a00a06082a811ccf5501822da144034200") + public
    pem = f"-----BEGIN EC PRIVATE KEY-----\n{base64.b64encode(der).decode()}\n-----END EC PRIVATE KEY-----\n"
    with tempfile.TemporaryDirectory() as name:
        key, data = Path(name) / "key", Path(name) / "data"
        key.write_text(pem)
        data.write_bytes(message)
        signed = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-inkey", key, "-in", data, "-rawin", "-digest", "sm3",
             "-pkeyopt", "distid:1234567812345678"],
            check=True, capture_output=True,
        ).stdout  # fmt: skip
    r_bytes = signed[3]
    r, s = signed[4 : 4 + r_bytes], signed[6 + r_bytes :]
    return b"".join(int.from_bytes(part, "big").to_bytes(32, "big") for part in (r, s))


def sm2_cases() -> list[dict[str, Any]]:
    public = sm2.public_key(SM2_PRIVATE)
    rows = []
    for message in (b"", b"message digest", bytes(range(200))):
        by_openssl = _openssl_sm2(message)
        rows += [(public, message, by_openssl), (public, message, sm2.sign(SM2_PRIVATE, message))]
        flipped = bytearray(by_openssl)
        flipped[17] ^= 2
        rows += [(public, message, bytes(flipped)), (public, message + b"x", by_openssl)]
    rows.append((public, b"", sm2.sign(SM2_PRIVATE, b"")[:32] + bytes(32)))
    rows.append((public, b"", sm2.N.to_bytes(32, "big") * 2))
    return [{"key": k.hex(), "message": m.hex(), "signature": v.hex(), "good": sm2.verify(k, m, v)} for k, m, v in rows]


def trees() -> list[dict[str, Any]]:
    rows = []
    for algorithm in merkle.ALGORITHMS:
        for size in (1, 2, 3, 5, 8, 13):
            leaves = [merkle.leaf_hash(algorithm, (bytes([number]),)) for number in range(size)]
            writer = consistency.RowWriter(algorithm)
            row = b"".join(writer.append(leaf) for leaf in leaves)
            read = consistency.reader_of_row(lambda at, row=row: row[32 * at : 32 * at + 32])
            rows.append(
                {
                    "algorithm": algorithm,
                    "leaves": [leaf.hex() for leaf in leaves],
                    "root": merkle.tree_root(algorithm, leaves).hex(),
                    "inclusion": [[h.hex() for h in merkle.inclusion_proof(algorithm, leaves, n)] for n in range(size)],
                    "consistency": [
                        {
                            "old": old,
                            "root": merkle.tree_root(algorithm, leaves[:old]).hex(),
                            "proof": [h.hex() for h in consistency.consistency_proof(algorithm, read, old, size)],
                        }
                        for old in range(size + 1)
                    ],
                }
            )
    return rows


def documents() -> list[dict[str, Any]]:
    """Texts, and whether each is the canonical spelling of an object."""
    value = {"b": [1, None, True, 'é\n\u001f"\\'], "a": "明鉴\U0001f3a5", "\ufb33": 0, "\U0001f600": -5}
    good = canonical_bytes(value).decode()
    bad = [
        good + " ", good.replace('"a"', ' "a"'), "[1]", '{"a":1.0}', '{"a":1e2}', '{"a":-0}', '{"a":1,"a":1}',
        '{"b":1,"a":2}', '{"a":9007199254740992}', '{"a":"\\u0041"}', '{"a":"\\ud800"}', '{"a":NaN}', "{", "\ufeff{}",
    ]  # fmt: skip
    return [{"text": text, "good": True} for text in (good, "{}", '{"a":9007199254740991}')] + [
        {"text": text, "good": False} for text in bad
    ]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    everything = {
        "digests": digests(), "ed25519": ed25519_cases(), "sm2": sm2_cases(), "trees": trees(), "documents": documents(),
    }  # fmt: skip
    for name, rows in everything.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=True, indent=1) + "\n")


if __name__ == "__main__":
    main()
