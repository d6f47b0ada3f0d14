"""How much disk, network and processor a number of cameras needs. Pure arithmetic over measured costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

# Measured by `mingjian bench record` on one 2-core server of 2025; a margin of two is added below.
_CORE_PER_MBPS = 0.0006
_RSS_MB_PER_CAMERA = 2.5
_OVERHEAD = 1.01  # container boxes, index, journal
_FILL = 0.90  # a volume is planned to be at most this full


@dataclass(frozen=True, slots=True)
class Sizing:
    """What is needed. Disk in decimal terabytes, as disks are sold."""

    cameras: int
    mbps: float
    days: int
    disk_tb: float
    network_mbps: float
    write_mb_s: float
    cores: float
    memory_gb: float
    segments: int


def size(cameras: int, mbps: float, days: int) -> Sizing:
    """The need of `cameras` at `mbps` megabits a second each, kept `days` days (decimal units throughout)."""
    total_mbps = cameras * mbps
    stored_bytes = total_mbps * 1e6 / 8 * 86_400 * days * _OVERHEAD
    return Sizing(
        cameras=cameras,
        mbps=mbps,
        days=days,
        disk_tb=round(stored_bytes / _FILL / 1e12, 2),
        network_mbps=round(total_mbps, 1),
        write_mb_s=round(total_mbps / 8, 1),
        cores=round(max(0.5, total_mbps * _CORE_PER_MBPS * 2), 1),
        memory_gb=round(1 + cameras * _RSS_MB_PER_CAMERA / 1000, 1),
        segments=cameras * days * 288,
    )


def sizing_json(sizing: Sizing) -> dict[str, int | float]:
    """The sizing as JSON."""
    return asdict(sizing)
