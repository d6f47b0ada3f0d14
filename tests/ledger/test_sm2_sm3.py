"""SM3 and SM2 against the standards' own examples and against the openssl program, in both directions."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.ledger import sm2
from mingjian.ledger.sm3 import hmac_sm3, sm3

OPTIONS = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]


def openssl(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, timeout=30, check=False)


def test_examples_of_the_standard() -> None:
    # GB/T 32905-2016 annex A
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.binary(max_size=300))
def test_sm3_agrees_with_openssls_library(data: bytes) -> None:
    assert sm3(data) == hashlib.new("sm3", data).digest()


@pytest.mark.parametrize("length", [0, 55, 56, 63, 64, 65, 119, 120, 5000])
def test_sm3_agrees_with_the_openssl_program(tmp_path: Path, length: int) -> None:
    (tmp_path / "data").write_bytes(bytes(index % 251 for index in range(length)))
    said = openssl("dgst", "-sm3", "data", cwd=tmp_path).stdout.decode()
    assert said.strip().rsplit(" ", 1)[1] == sm3((tmp_path / "data").read_bytes()).hex()


def test_hmac_agrees_with_openssl(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"what is authenticated")
    for key in (b"k" * 16, b"k" * 100):
        said = openssl("dgst", "-sm3", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "data", cwd=tmp_path)
        assert said.stdout.decode().strip().rsplit(" ", 1)[1] == hmac_sm3(key, b"what is authenticated").hex()


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes]:
    """A key pair made by openssl: its folder (key.pem, pub.pem), private and public bytes."""
    folder = tmp_path_factory.mktemp("sm2")
    assert openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", "key.pem", cwd=folder).returncode == 0
    assert openssl("pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem", cwd=folder).returncode == 0
    text = openssl("pkey", "-in", "key.pem", "-noout", "-text", cwd=folder).stdout.decode()
    private, public = (
        bytes.fromhex(re.sub(r"[\s:]", "", re.search(rf"{name}:\n((?:\s+[0-9a-f:]+\n)+)", text)[1]))
        for name in ("priv", "pub")
    )
    return folder, private[-32:].rjust(32, b"\x00"), public


def der(signature: bytes) -> bytes:
    """SEQUENCE of two INTEGERs, as openssl reads it."""
    body = b""
    for part in (signature[:32], signature[32:]):
        number = part.lstrip(b"\x00") or b"\x00"
        number = b"\x00" + number if number[0] & 0x80 else number
        body += bytes([2, len(number)]) + number
    return bytes([0x30, len(body)]) + body


def raw(encoded: bytes) -> bytes:
    at, parts = 2, []
    for _ in range(2):
        length = encoded[at + 1]
        parts.append(int.from_bytes(encoded[at + 2 : at + 2 + length], "big").to_bytes(32, "big"))
        at += 2 + length
    return b"".join(parts)


def test_public_key_is_the_one_openssl_computes(key: tuple[Path, bytes, bytes]) -> None:
    _, private, public = key
    assert sm2.public_key(private) == public


@pytest.mark.parametrize("message", [b"", b"a checkpoint\n", bytes(range(256)) * 9])
def test_openssl_accepts_our_signature_and_we_its(key: tuple[Path, bytes, bytes], message: bytes) -> None:
    folder, private, public = key
    (folder / "message").write_bytes(message)
    ours = sm2.sign(private, message)
    (folder / "ours").write_bytes(der(ours))
    verify = ["pkeyutl", "-verify", "-in", "message", "-sigfile", "ours", "-pubin", "-inkey", "pub.pem", *OPTIONS]
    assert b"Verified Successfully" in openssl(*verify, cwd=folder).stdout
    (folder / "message").write_bytes(message + b"x")
    assert openssl(*verify, cwd=folder).returncode != 0
    (folder / "message").write_bytes(message)
    sign = ["pkeyutl", "-sign", "-in", "message", "-out", "theirs", "-inkey", "key.pem", *OPTIONS]
    assert openssl(*sign, cwd=folder).returncode == 0
    theirs = raw((folder / "theirs").read_bytes())
    assert sm2.verify(public, message, theirs)
    assert not sm2.verify(public, message + b"x", theirs)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, sm2.N - 2), st.binary(max_size=100), st.integers(0, 511))
def test_a_signature_verifies_and_no_bit_may_change(number: int, message: bytes, bit: int) -> None:
    private = number.to_bytes(32, "big")
    public = sm2.public_key(private)
    signature = sm2.sign(private, message)
    assert signature == sm2.sign(private, message)
    assert sm2.verify(public, message, signature)
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not sm2.verify(public, message, changed)
    assert not sm2.verify(public, message, signature, b"another name")


def test_what_is_no_key_is_refused() -> None:
    for private in (b"", b"\x00" * 32, (sm2.N - 1).to_bytes(32, "big")):
        with pytest.raises(ValueError, match="private key"):
            sm2.sign(private, b"")
    good = sm2.public_key(b"\x01" * 32)
    for public, said in (
        (good[1:], "65 bytes"),
        (b"\x02" + good[1:], "beginning with 04"),
        (good[:-1] + bytes([good[-1] ^ 1]), "not a point"),
    ):
        with pytest.raises(ValueError, match=said):
            sm2.verify(public, b"", b"\x01" * 64)
    for signature in (b"", b"\x00" * 64, b"\xff" * 64, sm2.N.to_bytes(32, "big") + b"\x01" * 32):
        assert not sm2.verify(good, b"", signature)
