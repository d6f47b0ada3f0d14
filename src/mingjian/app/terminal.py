"""What people and programs read in a terminal: JSON on stdout, sentences, errors on stderr in the user's language."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text


def language() -> str:
    """The user's language from MINGJIAN_LANG, LC_ALL, LC_MESSAGES or LANG: "zh" or "en"."""
    for name in ("MINGJIAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(text: Text) -> None:
    """One sentence on stdout."""
    sys.stdout.write(text.for_language(language()) + "\n")
    sys.stdout.flush()


def note(text: Text) -> None:
    """Progress and remarks, on stderr so that stdout stays data."""
    sys.stderr.write(text.for_language(language()) + "\n")
    sys.stderr.flush()


def print_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """One JSON value on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Plain columns for a terminal; wide characters count double."""
    cells = [[str(cell) for cell in row] for row in [list(headers), *rows]]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(headers))]
    for row in cells:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def print_error(error: MingjianError) -> None:
    """What is wrong, where, and what to do, on stderr."""
    field = f"[{error.field}] " if error.field else ""
    sys.stderr.write(f"mingjian: {field}{error.say(language())}\n")


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
