"""What a person trusts from elsewhere: public keys and checkpoints, handed over apart from any package.

An anchor file is text (docs/design/evidence.md section 6): lines `seal PUBLIC-KEY` and `ledger PUBLIC-KEY`, empty lines
and lines that begin with `#`; or a signed checkpoint as the ledger exports it, alone in its file. Several files may be
given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger import note
from mingjian.ledger.checkpoint import Checkpoint

MAX_ANCHOR_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """Keys that may seal packages, keys that may sign ledgers, and checkpoints held as they are."""

    seal_keys: frozenset[str] = frozenset()
    ledger_keys: frozenset[str] = frozenset()
    checkpoints: tuple[Checkpoint, ...] = ()


def read_anchors(contents: Iterable[bytes]) -> Anchor:
    """All anchor files together. Raises MingjianError `anchor_unreadable`, so that a typing error is never "unknown"."""
    seals: set[str] = set()
    ledgers: set[str] = set()
    checkpoints: list[Checkpoint] = []
    for content in contents:
        text = _decoded(content)
        if "\n\n— " in text:  # how a signed note ends
            checkpoints.append(_checkpoint(text))
            continue
        for number, line in enumerate(text.splitlines(), 1):
            _read_line(line.strip(), number, seals, ledgers)
    return Anchor(frozenset(seals), frozenset(ledgers), tuple(checkpoints))


def _decoded(content: bytes) -> str:
    try:
        if len(content) <= MAX_ANCHOR_BYTES:
            return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        pass
    raise _unreadable(0)


def _checkpoint(text: str) -> Checkpoint:
    try:
        return Checkpoint.parse(note.split(text)[0])
    except MingjianError as error:
        raise _unreadable(1) from error


def _read_line(line: str, number: int, seals: set[str], ledgers: set[str]) -> None:
    if not line or line.startswith("#"):
        return
    use, _, key = line.partition(" ")
    try:
        note.PublicKey.decode(key)
        {"seal": seals, "ledger": ledgers}[use].add(key)
    except (MingjianError, KeyError) as error:
        raise _unreadable(number) from error


def _unreadable(line: int) -> MingjianError:
    return MingjianError(
        "anchor_unreadable",
        Text(zh=f"信任锚文件第 {line} 行无法读取", en=f"line {line} of the anchor cannot be read"),
        fault=Fault.USER,
        field="--trust",
        remedy=Text(
            zh="每行写“seal 公钥”或“ledger 公钥”，或整个文件为一份已签名的检查点",
            en="write lines `seal KEY` or `ledger KEY`, or give a file that is one signed checkpoint",
        ),
    )
