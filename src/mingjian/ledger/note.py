"""Signed notes: a text and signatures behind it (C2SP signed-note), with Ed25519 or SM2.

A note is its text (UTF-8, no control characters but LF, ends in LF), an empty line, and signature lines
`— NAME BASE64(key id, 4 bytes; signature)`. A key's id is the first four bytes of SHA-256(name LF type-and-key): it finds
the key, the signature proves. Type bytes: 0x01 Ed25519, 0x04 Ed25519 cosignature (tlog-cosignature), and, because none
is assigned, 0xff with a name for SM2. Writing down a public key: `NAME+HEX(key id)+BASE64(type and key)`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import ed25519, sm2

SUITES = ("ed25519", "sm2")
MAX_SIGNATURES = 64
MAX_NOTE_BYTES = 1 << 20
_TYPES = {"ed25519": b"\x01", "sm2": b"\xffmingjian/sm2-sm3\n"}
COSIGNATURE_TYPES = {"ed25519": b"\x04", "sm2": b"\xffmingjian/sm2-sm3-cosignature\n"}
_PUBLIC_BYTES = {"ed25519": 32, "sm2": sm2.PUBLIC_BYTES}
_PREFIX = "— "


def note_error(code: str, zh: str, en: str) -> MingjianError:
    """An error about a note or a key."""
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER)


def _key_id(name: str, typed: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]


def _check_name(name: str) -> None:
    if not name or any(char.isspace() or char == "+" or ord(char) < 0x20 for char in name):
        raise note_error("key_name", f"密钥名称不合规：{name!r}", f"a key's name has no spaces and no +: {name!r}")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that others verify with. Raises MingjianError `key_name` or `key_unreadable` when it cannot be one."""

    name: str
    suite: str
    key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.suite not in SUITES or len(self.key) != _PUBLIC_BYTES[self.suite]:
            raise note_error("key_unreadable", "公钥无法读取", f"no {self.suite} public key")

    @property
    def key_id(self) -> bytes:
        """Four bytes that find the key."""
        return _key_id(self.name, _TYPES[self.suite] + self.key)

    @property
    def cosigner_id(self) -> bytes:
        """The same for its signatures as a witness."""
        return _key_id(self.name, COSIGNATURE_TYPES[self.suite] + self.key)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature over `message` is this key's."""
        try:
            if self.suite == "sm2":
                return sm2.verify(self.key, message, signature)
            return ed25519.verify(self.key, message, signature)
        except ValueError:
            return False

    def encode(self) -> str:
        """The key as text."""
        typed = base64.b64encode(_TYPES[self.suite] + self.key).decode()
        return f"{self.name}+{self.key_id.hex()}+{typed}"

    @classmethod
    def decode(cls, text: str) -> PublicKey:
        """The key of a text. Raises MingjianError `key_name`, `key_unreadable`."""
        name, _, rest = text.partition("+")
        _, _, typed = rest.partition("+")
        try:
            raw = base64.b64decode(typed, validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        for suite, mark in _TYPES.items():
            if raw.startswith(mark):
                key = cls(name, suite, raw[len(mark) :])
                if key.encode() == text:
                    return key
        raise note_error("key_unreadable", "公钥无法读取", "the public key cannot be read")


class Signer(Protocol):
    """What signs: a key in memory, or one in a hardware token that only answers."""

    @property
    def public(self) -> PublicKey:
        """The key to verify with."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class KeySigner:
    """A private key of 32 bytes in memory; never printed."""

    name: str
    suite: str
    private: bytes

    @property
    def public(self) -> PublicKey:
        """The key to verify with."""
        if self.suite == "sm2":
            return PublicKey(self.name, self.suite, sm2.public_key(self.private))
        return PublicKey(self.name, self.suite, ed25519.public_key(self.private))

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        if self.suite == "sm2":
            return sm2.sign(self.private, message)
        return ed25519.sign(self.private, message)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line with its LF."""
        return f"{_PREFIX}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


def sign_text(text: str, signer: Signer) -> Signature:
    """A signature over a note's text. Raises MingjianError `note_unreadable` for a text that cannot be a note's."""
    _check_text(text)
    public = signer.public
    return Signature(public.name, public.key_id, signer.sign(text.encode()))


def join(text: str, signatures: Sequence[Signature]) -> str:
    """The whole note."""
    return text + "\n" + "".join(one.line() for one in signatures)


def split(note: str) -> tuple[str, tuple[Signature, ...]]:
    """A note's text and signatures, not yet verified. Raises MingjianError `note_unreadable`."""
    text, mark, lines = note.rpartition("\n\n")
    if not mark or not lines.endswith("\n") or len(note) > MAX_NOTE_BYTES:
        raise _unreadable("its end is missing")
    text += "\n"
    _check_text(text)
    found = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(found) > MAX_SIGNATURES:
        raise _unreadable("too many signatures")
    return text, found


def signed_by(note: str, key: PublicKey) -> str:
    """The text of a note that `key` has signed. Raises MingjianError `note_unreadable`, `note_not_signed`.

    Signatures of other keys are left alone; a wrong one by this key is an error, even beside a right one.
    """
    text, found = split(note)
    ours = [one for one in found if (one.name, one.key_id) == (key.name, key.key_id)]
    if not ours or not all(key.verify(text.encode(), one.value) for one in ours):
        raise note_error("note_not_signed", f"没有 {key.name} 的有效签名", f"there is no valid signature by {key.name}")
    return text


def _check_text(text: str) -> None:
    try:
        encoded = text.encode()
    except UnicodeEncodeError as error:
        raise _unreadable("no UTF-8") from error
    if (
        not text.endswith("\n")
        or len(encoded) > MAX_NOTE_BYTES
        or any(ord(char) < 0x20 and char != "\n" for char in text)
    ):
        raise _unreadable("its text cannot be a note's")


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_PREFIX).partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise _unreadable("a signature is no base64") from error
    found = Signature(name, raw[:4], raw[4:])
    if len(raw) < 5 or not name or found.line() != line + "\n":
        raise _unreadable("a signature line is malformed")
    return found


def _unreadable(why: str) -> MingjianError:
    return note_error("note_unreadable", "签名文本无法读取", f"the signed note cannot be read: {why}")
