"""What an engine must be told, as one frozen value made by `app`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`secret_key` opens the sealed camera URLs. `allow_loopback` is for data folders marked as demo only."""

    instance: str
    plan_file: Path
    socket: Path
    secret_key: bytes = field(repr=False)
    allow_loopback: bool = False
