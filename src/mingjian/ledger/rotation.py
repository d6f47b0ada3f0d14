"""Changing a log's key: a note that the old key and the new one both sign. The old vouches, the new proves it is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.errors import MingjianError
from mingjian.ledger import note

_FIRST_LINE = "mingjian-key-rotation 1"


@dataclass(frozen=True, slots=True)
class Rotation:
    """From `time_ns` on, `new` signs what `old` signed for this origin; the old key's earlier word still holds."""

    origin: str
    old: note.PublicKey
    new: note.PublicKey
    time_ns: int

    def text(self) -> str:
        """Five lines."""
        return f"{_FIRST_LINE}\n{self.origin}\nold {self.old.encode()}\nnew {self.new.encode()}\ntime {self.time_ns}\n"

    def sign(self, old: note.Signer, new: note.Signer) -> str:
        """The note. Raises MingjianError `rotation_refused` when these are not the two keys."""
        if (old.public, new.public) != (self.old, self.new) or self.old == self.new:
            raise _refused("签名密钥与轮换记录不符", "these are not the keys of the rotation")
        text = self.text()
        return note.join(text, [note.sign_text(text, old), note.sign_text(text, new)])


def _refused(zh: str, en: str) -> MingjianError:
    return note.note_error("rotation_refused", zh, en)


def open_rotation(signed: str) -> Rotation:
    """The rotation of a note signed by both its keys. Raises MingjianError `note_...`, `key_...`, `rotation_refused`.

    Whether the old key is to be trusted is for the caller: `follow`.
    """
    text, _ = note.split(signed)
    lines = text.split("\n")
    if len(lines) != 6 or lines[0] != _FIRST_LINE or not lines[4].removeprefix("time ").isascii():
        raise _refused("不是密钥轮换记录", "no key rotation")
    old = note.PublicKey.decode(lines[2].removeprefix("old "))
    new = note.PublicKey.decode(lines[3].removeprefix("new "))
    said = lines[4].removeprefix("time ")
    found = Rotation(lines[1], old, new, int(said) if said.isdigit() else 0)
    if found.text() != text or old == new:
        raise _refused("不是密钥轮换记录", "no key rotation")
    note.signed_by(signed, old)
    note.signed_by(signed, new)
    return found


def follow(origin: str, trusted: note.PublicKey, rotations: Iterable[str]) -> list[note.PublicKey]:
    """Every key that may have signed for `origin`, the trusted one first, the one in use last.

    `rotations` are notes in the order they were made. Raises MingjianError `rotation_refused` where the chain breaks.
    """
    keys = [trusted]
    for signed in rotations:
        one = open_rotation(signed)
        if one.origin != origin or one.old != keys[-1]:
            raise _refused("密钥轮换链中断", "the chain of key rotations is broken")
        if one.new in keys:
            raise _refused("旧密钥不得再次启用", "a key that was replaced does not come back")
        keys.append(one.new)
    return keys
