"""The day's root with an authority's word on when it existed: asked for, judged, kept, put beside the exported file.

With `[ledger] tsa` every way out sends the same bytes, `ledger/roots/mingjian-INSTANCE-DAY.json`, and the token over them
lies beside as `.tsr`, the authority's answer as it came. The authority sees 32 bytes of hash and nothing else. A token kept
here proves a time and keeps nothing safe: it does not count as held outside.
"""

from __future__ import annotations

import http.client
import socket
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_export import anchor_of_folder, root_name
from mingjian.app.ledger_keys import ledger_folder
from mingjian.app.settings import LedgerSettings
from mingjian.app.time_stamp import MAX_TOKEN_BYTES, TimeStamp, judge, read_ca, request_over
from mingjian.files.whole import replace_file
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources.address import check_ip

TIMEOUT_S = 15.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The operator named one address: nobody else names another."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


def root_of_day(folder: DataFolder, day: str, now_ns: int) -> str:
    """The day's root, made once: whoever sends or stamps it again on that day has the same bytes."""
    path = _kept(folder, day, ".json")
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        pass
    text = anchor_of_folder(folder, now_ns, web=True)
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    replace_file(path, text.encode())
    return text


def stamp_day(folder: DataFolder, settings: LedgerSettings, day: str, text: str) -> TimeStamp:
    """Have the day's token, here and in the export folder; what is kept already is not asked for again.

    Raises MingjianError of `time_stamp`, `tsa_away` or `tsa_address_refused`; OSError of the folders.
    """
    roots = read_ca(folder.root / settings.tsa_ca, "ledger.tsa_ca")
    content, path = text.encode(), _kept(folder, day, ".tsr")
    stamp = None
    if path.exists():
        token = path.read_bytes()
        try:
            stamp = judge(token, content, roots)
        except MingjianError:
            stamp = None  # spoiled since, or of an authority that is not trusted any more: asked for anew
    if stamp is None:
        request, nonce = request_over(content)
        token = ask(settings.tsa, request)
        stamp = judge(token, content, roots, nonce)
        replace_file(path, token)
    if settings.export_folder:
        beside = Path(settings.export_folder) / root_name(folder.identity().instance, day)
        replace_file(beside.with_suffix(".json"), content, 0o644)
        replace_file(beside.with_suffix(".tsr"), token, 0o644)
    return stamp


def ask(address: str, request: bytes) -> bytes:
    """The authority's answer (RFC 3161 3.4), not judged. Raises MingjianError `tsa_away`, `tsa_address_refused`."""
    _check_where(address)
    asked = urllib.request.Request(  # noqa: S310 - settings take http and https only
        address, request, {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=TIMEOUT_S) as answer:
            token: bytes = answer.read(MAX_TOKEN_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise _away(address, f"HTTP {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _away(address, str(error)) from error
    if len(token) > MAX_TOKEN_BYTES:
        raise _away(address, f"> {MAX_TOKEN_BYTES} bytes")
    return token


def _check_where(address: str) -> None:
    """The house's rule for addresses, for what the name stands for now. A name only a proxy knows is left to it."""
    parts = urllib.parse.urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        return
    for one in found:
        try:
            check_ip(str(one[4][0]), allow_loopback=True)
        except MingjianError as error:
            raise MingjianError(
                "tsa_address_refused",
                Text(
                    zh=f"不允许连接时间戳机构地址 {address}：它指向链路本地、组播或云元数据服务",
                    en=f"{address} is refused: it points at link-local, multicast or a cloud's metadata service",
                ),
                fault=Fault.USER,
                field="ledger.tsa",
            ) from error


def _away(address: str, why: str) -> MingjianError:
    return MingjianError(
        "tsa_away",
        Text(zh=f"时间戳机构 {address} 没有应答（{why}）", en=f"the authority {address} did not answer ({why})"),
        fault=Fault.PEER,
        remedy=Text(
            zh="稍后自动重试；请检查网络和 mingjian.toml 的 ledger.tsa",
            en="it is asked again by itself; look at the network and at ledger.tsa in mingjian.toml",
        ),
        detail=why,
    )


def _kept(folder: DataFolder, day: str, suffix: str) -> Path:
    return ledger_folder(folder) / "roots" / (root_name(folder.identity().instance, day) + suffix)
