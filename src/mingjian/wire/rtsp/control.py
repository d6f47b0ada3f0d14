"""Control URLs (RFC 2326 C.1.1): which URL to ask for which track, and which track a URL asked for.

The standard resolves `a=control:` against Content-Base, Content-Location or the request URL, as RFC 1808 does. Cameras
do not: with `rtsp://host/cam?channel=1` and control `track1` many expect `rtsp://host/cam?channel=1/track1`. So a
relative control is appended after exactly one slash, which is what RFC 1808 gives as well when the base ends in one.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.wire.rtsp.message import Response


def base_url(response: Response, request_url: str) -> str:
    """The base of a DESCRIBE reply. A base that is relative or names another scheme is passed over."""
    for name in ("Content-Base", "Content-Location"):
        value = (response.get(name) or "").strip()
        if value.lower().startswith(("rtsp://", "rtsps://")):
            return value
    return request_url


def resolve(base: str, control: str | None) -> str:
    """The URL of a control attribute; None, empty and `*` mean the base itself."""
    if control is None or control.strip() in ("", "*"):
        return base
    control = control.strip()
    if control.lower().startswith(("rtsp://", "rtsps://")):
        return control
    if control.startswith("/"):
        return origin(base) + control
    if control.startswith("?"):
        return base + control
    return f"{base}{'' if base.endswith('/') else '/'}{control}"


def origin(url: str) -> str:
    """Scheme, host and port of a URL, without a trailing slash."""
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.partition("/")[0].partition("?")[0]


def track_of(url: str, controls: Sequence[str | None]) -> int | None:
    """Which of a server's own control attributes a SETUP URL means; the only track when there is but one."""
    asked = url.rstrip("/")
    for index, control in enumerate(controls):
        if control is not None and (asked == control.rstrip("/") or asked.endswith("/" + control.strip("/"))):
            return index
    return 0 if len(controls) == 1 else None
