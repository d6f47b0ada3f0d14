"""What an edge must be told, as one frozen value made by `app`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROXIED = ("api", "admin", "static")


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`edge` is the name tickets are bound to. `tls` is (certificate, key) in PEM, None for plain HTTP.

    `metrics_from` names the client addresses that may read /metrics beside loopback. The quotas bound how many streams
    are transcoded for browsers without H.265, decoded into JPEG pictures, and shown with privacy masks, at the same time:
    of a camera with masks one rendition is made, however many look.
    """

    engine_socket: Path
    web_socket: Path
    revocations_file: Path
    masks_file: Path
    ticket_key: Ed25519PublicKey = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    edge: str = "edge"
    ui_folder: Path | None = None
    map_folder: Path | None = None  # the customer's map.json and tiles
    seen_file: Path | None = None  # where it tells what was seen (ports/seen.py)
    tls: tuple[Path, Path] | None = None
    transcode_quota: int = 2
    picture_quota: int = 2
    mask_quota: int = 4
    metrics_from: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether clients come by TLS."""
        return self.tls is not None
