"""Anchor files: checkpoints as they are kept outside the machine, each with the key it is to be judged by.

JSON: `{"kind": "mingjian-anchor", "v": 1, "instance", "made_ns", "logs": [{"origin", "key", "note"}, ...]}`. A file may
hold several such objects, one a line: a folder of exports can be concatenated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.checkpoint import Checkpoint, open_checkpoint
from mingjian.ledger.note import PublicKey

KIND = "mingjian-anchor"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint whose signature was checked against the key that lies beside it."""

    key: PublicKey
    checkpoint: Checkpoint
    note: str


def encode_anchor(instance: str, made_ns: int, logs: Iterable[tuple[str, str, str]]) -> str:
    """One line; `logs` are (origin, public key, signed note)."""
    listed = [{"origin": origin, "key": key, "note": signed} for origin, key, signed in logs]
    told = {"kind": KIND, "v": 1, "instance": instance, "made_ns": str(made_ns), "logs": listed}
    return json.dumps(told, ensure_ascii=False) + "\n"


def read_anchors(path: Path) -> list[Anchor]:
    """All anchors of a file, or of the *.json and *.jl files of a folder.

    Raises MingjianError `anchor_unreadable`, or what a note or key that is not as it must be raises.
    """
    found: list[Anchor] = []
    for file in anchor_files(path):
        try:
            text = file.read_text(encoding="utf-8")
            for told in _objects(text):
                found += _anchors_of(told)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(file, error) from error
    if not found:
        raise _unreadable(path, ValueError("no checkpoint in it"))
    return found


def anchor_files(path: Path) -> list[Path]:
    """The files that are read for it."""
    return sorted([*path.glob("*.json"), *path.glob("*.jl")]) if path.is_dir() else [path]


def _objects(text: str) -> Iterator[dict[str, object]]:
    """One object, or one a line."""
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            if line.strip():
                yield json.loads(line)


def _anchors_of(told: dict[str, object]) -> Iterator[Anchor]:
    if told["kind"] != KIND or told["v"] != 1:
        raise ValueError("no anchor of version 1")
    logs = told["logs"]
    assert isinstance(logs, list)
    for one in logs:
        key = PublicKey.decode(one["key"])
        checkpoint = open_checkpoint(one["note"], key)
        if checkpoint.origin != one["origin"]:
            raise ValueError("the checkpoint is another log's")
        yield Anchor(key, checkpoint, one["note"])


def _unreadable(path: Path, error: Exception) -> MingjianError:
    return MingjianError(
        "anchor_unreadable",
        Text(zh=f"{path} 不是可读的外部检查点文件", en=f"{path} is no readable file of anchors"),
        fault=Fault.USER,
        field="--anchor",
        remedy=Text(zh="请用每日导出的文件，或见证方保存的文件", en="give a daily export, or what a witness keeps"),
        detail=str(error),
    )
