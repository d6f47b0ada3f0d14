"""What an engine must be told, as one frozen value made by `app`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """`secret_key` opens the sealed camera URLs. `allow_loopback` is for data folders marked as demo only.

    `push_port` is where cameras may push to by RTSP, 0 for nowhere; on `push_host`, every interface by default.
    """

    instance: str
    plan_file: Path
    socket: Path
    secret_key: bytes = field(repr=False)
    allow_loopback: bool = False
    push_port: int = 0
    push_host: str = "0.0.0.0"  # noqa: S104
    data_folder: Path | None = None  # where the worker tells what of the ledger is held outside
