"""What web is given by `app`: the clock and the ports to the engine and to cameras. Set once, before serving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from mingjian.kernel.clock import Clock, SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.camera_probe import CameraProbe
from mingjian.ports.camera_url import CameraUrlCheck
from mingjian.ports.engine import EngineControl
from mingjian.ports.evidence import PackageMaker
from mingjian.ports.identity_provider import IdentityProvider
from mingjian.ports.recording import FootageIndex


@dataclass(frozen=True, slots=True)
class Wiring:
    """The ports behind web. What is None raises `not_wired` when used: a command line needs no probe."""

    engine: EngineControl | None = None
    check_camera_url: CameraUrlCheck | None = None
    probe: CameraProbe | None = None
    packages: PackageMaker | None = None
    footage: FootageIndex | None = None
    clock: Clock = field(default_factory=SystemClock)
    retention_file: Callable[[str, str], bytes] | None = None  # camera, day: what `mingjian retention verify` takes
    identity_provider: IdentityProvider | None = None  # None: none is configured, and nobody misses it


_Port = TypeVar("_Port")
_wiring: list[Wiring] = [Wiring()]


def install(wiring: Wiring) -> None:
    """Join web to its ports."""
    _wiring[0] = wiring


def clock() -> Clock:
    """What tells the time."""
    return _wiring[0].clock


def engine() -> EngineControl:
    """The engine. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].engine, "engine")


def check_camera_url() -> CameraUrlCheck:
    """The judge of camera URLs. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].check_camera_url, "check_camera_url")


def probe() -> CameraProbe:
    """What tests and finds cameras. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].probe, "probe")


def retention_file() -> Callable[[str, str], bytes]:
    """Takes a certificate out with its proof; it raises MingjianError not_found. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].retention_file, "retention_file")


def packages() -> PackageMaker:
    """What makes evidence packages. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].packages, "packages")


def footage() -> FootageIndex:
    """What knows which times were recorded. Raises MingjianError `not_wired`."""
    return _wired(_wiring[0].footage, "footage")


def identity_provider() -> IdentityProvider | None:
    """The identity provider, where one is configured."""
    return _wiring[0].identity_provider


def _wired(port: _Port | None, name: str) -> _Port:
    if port is None:
        raise MingjianError(
            "not_wired",
            Text(zh=f"程序内部接线缺失：{name}", en=f"a port of the program is not wired: {name}"),
            fault=Fault.OURS,
        )
    return port
