"""Our own Ed25519 against RFC 8032 and OpenSSL: the same answer for right, wrong and odd signatures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.ledger import ed25519

# RFC 8032 section 7.1, tests 1 to 3: secret key, message, signature
RFC_8032 = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("secret", "message", "signature"), RFC_8032)
def test_the_rfcs_examples(secret: str, message: str, signature: str) -> None:
    public, text = ed25519.public_key(bytes.fromhex(secret)), bytes.fromhex(message)
    for verify in (ed25519.verify, ed25519.verify_plainly):
        assert verify(public, text, bytes.fromhex(signature))
        assert not verify(public, text + b"x", bytes.fromhex(signature))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 95), st.integers(0, 255))
def test_it_agrees_with_openssl(private: bytes, message: bytes, place: int, flip: int) -> None:
    signature, public = bytearray(ed25519.sign(private, message)), bytearray(ed25519.public_key(private))
    (public if place < 32 else signature)[place % 32 if place < 32 else place - 32] ^= flip
    args = bytes(public), message, bytes(signature)
    assert ed25519.verify_plainly(*args) == ed25519.verify(*args) == (flip == 0)


def test_other_spellings_and_small_points_are_refused() -> None:
    private = bytes(range(32))
    public, signature = ed25519.public_key(private), ed25519.sign(private, b"m")
    s = int.from_bytes(signature[32:], "little")
    beyond = signature[:32] + (s + ed25519.L).to_bytes(32, "little")
    neutral = (1).to_bytes(32, "little")
    odd = [(public, beyond), (neutral, signature), ((ed25519.P + 1).to_bytes(32, "little"), signature)]
    odd += [(public[:31], signature), (public, signature[:63]), (neutral, neutral + bytes(32))]
    for key, value in odd:
        assert not ed25519.verify(key, b"m", value)
        assert not ed25519.verify_plainly(key, b"m", value)
