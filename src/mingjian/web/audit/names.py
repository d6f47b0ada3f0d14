"""The names of what can be recorded. A name that is not here cannot be written: the program fails instead."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_NAMES: dict[str, Text] = {}


def register(name: str, zh: str, en: str) -> str:
    """Register an action's name with what people read; returns the name. Raises ValueError when it exists."""
    if name in _NAMES:
        raise ValueError(f"audit name {name} is registered already")
    _NAMES[name] = Text(zh=zh, en=en)
    return name


def title_of(name: str) -> Text:
    """What people read for the name. Raises MingjianError `unknown_audit_name` (fault: ours)."""
    try:
        return _NAMES[name]
    except KeyError:
        raise MingjianError(
            "unknown_audit_name",
            Text(zh=f"未登记的审计动作：{name}", en=f"audit name {name!r} is not registered"),
            fault=Fault.OURS,
        ) from None


def readable(name: str) -> Text:
    """What people read for the name of a kept entry; one that a later release wrote (a rollback) reads as itself."""
    return _NAMES.get(name, Text(zh=name, en=name))


def all_names() -> dict[str, Text]:
    """Every registered name, sorted."""
    return dict(sorted(_NAMES.items()))
