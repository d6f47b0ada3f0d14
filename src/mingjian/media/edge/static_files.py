"""The built UI: hashed assets are kept for a year, the page itself is asked for anew each time.

The customer's own map lies in a folder beside it: `map.json` there replaces the one that comes along, and what it names
below `/tiles/` (an archive of tiles, or the tiles themselves) is read there. Whoever reaches the address may read them.

The content security policy allows no inline script and no inline style sheet; styles set through the object model, as
the UI's library does, are not affected.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
VERIFY_PAGE = "verify.html"
"""The checking page of evidence packages: one file that also works from a disk, so its script and style are inside."""
_VERIFY_POLICY = (  # the page's own policy allows inline only what has its hashes; both apply
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; media-src blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
}
_ASSETS = "assets/"
_MAP, _TILES = "map.json", "tiles/"
_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"
_ASK_AGAIN = "no-cache"

_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>明鉴</title>
<h1>界面尚未构建</h1><p>请运行 <code>make ui</code>,然后刷新本页。</p>
<hr><h1 lang="en">The screens are not built</h1><p lang="en">Run <code>make ui</code>, then reload this page.</p></html>"""


class UiFiles:
    """Files below one folder, and the customer's map below another; a path of the page's own router gets the page."""

    def __init__(self, folder: Path | None, map_folder: Path | None = None) -> None:
        self._folder = None if folder is None else folder.resolve()
        self._map_folder = None if map_folder is None else map_folder.resolve()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The file a GET or HEAD asks for. Raises HTTPNotFound, HTTPMethodNotAllowed."""
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD"])
        if self._folder is None or not (self._folder / "index.html").is_file():
            return web.Response(text=_NOT_BUILT, status=503, content_type="text/html", headers=SECURITY_HEADERS)
        name = request.match_info.get("tail", "").lstrip("/")
        found = self._find(name)
        if found is None:
            if _names_a_file(name):
                raise web.HTTPNotFound
            found = self._folder / "index.html"
        headers = {**SECURITY_HEADERS, "Cache-Control": _kept(name)}
        if name == VERIFY_PAGE:
            headers["Content-Security-Policy"] = _VERIFY_POLICY
        return web.FileResponse(found, headers=headers)

    def _find(self, name: str) -> Path | None:
        """The file, None when there is none or when links or dots lead out of its folder."""
        if name.startswith(_TILES):
            return _below(self._map_folder, name.removeprefix(_TILES))
        own = _below(self._map_folder, name) if name == _MAP else None
        return own or _below(self._folder, name)


def _below(folder: Path | None, name: str) -> Path | None:
    if folder is None or not name or "\x00" in name:
        return None
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        return None
    return path


def _kept(name: str) -> str:
    """Cache-Control."""
    if name.startswith(_ASSETS):
        return _FOREVER
    return _A_DAY if name.startswith(_TILES) else _ASK_AGAIN


def _names_a_file(name: str) -> bool:
    return name.startswith((_ASSETS, _TILES)) or "." in name.rpartition("/")[2]
