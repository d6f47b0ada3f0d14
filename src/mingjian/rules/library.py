"""The law this release carries. The one room of `rules` that reads files: the package's own data, once."""

from __future__ import annotations

from functools import cache
from importlib import resources

from mingjian.rules.law import Law
from mingjian.rules.pack_loader import (
    assemble,
    parse_calendars,
    parse_contractor_conditions,
    parse_overlays,
    parse_pack,
    parse_policies,
)

PACKS = ("qd204_2010.toml", "qd204_2020.toml", "sc799_2025.toml")


@cache
def current_law() -> Law:
    """Everything held, checked. Raises MingjianError `bad_pack` when the data of this release are damaged."""
    conditions, never = parse_contractor_conditions(_read("contractor_conditions.toml"), "contractor_conditions")
    frame = Law(
        (),
        parse_overlays(_read("retention_overlays.toml"), "retention_overlays"),
        parse_policies(_read("policies.toml"), "policies"),
        conditions,
        never,
        parse_calendars(_read("holidays.toml"), "holidays"),
    )
    return assemble(tuple(parse_pack(_read(name), name) for name in PACKS), frame)


def _read(name: str) -> str:
    return (resources.files("mingjian.rules") / "packs" / name).read_text("utf-8")
