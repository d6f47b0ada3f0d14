"""What may stand in a camera's URL, judged before it is stored. `app` injects the judge: web knows no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """A camera URL that may be stored (sealed) and given to the engine.

    `url` is the whole URL with its credentials: never shown, logged or audited. `host` is what people may see of it:
    the host, and the port where it is not the scheme's own.
    """

    url: str
    host: str
    has_credentials: bool

    def __repr__(self) -> str:
        return f"CheckedUrl(host={self.host!r}, has_credentials={self.has_credentials})"


class CameraUrlCheck(Protocol):
    """Judges a camera URL by its form and, where the host is an address, by where it points."""

    def __call__(self, url: str, *, allow_loopback: bool, field: str) -> CheckedUrl:
        """The URL as it may be stored.

        Refuses loopback (unless `allow_loopback`: demo folders), link-local and metadata addresses. Raises MingjianError
        (fault: user) naming `field`; its sentences never repeat the URL.
        """
        ...
