"""Roots leave the machine: as a file, by webhook, by mail. What left, and when, is kept in `ledger/exports.json`.

A way that has failed for more than a day is an alarm: until then the next try may mend it.
"""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import encode_anchor
from mingjian.app.ledger_audit import engine_log_of, web_log_of
from mingjian.app.ledger_keys import ledger_folder, load_signer
from mingjian.app.settings import LedgerSettings
from mingjian.app.time_stamp import TimeStamp
from mingjian.files.whole import replace_file
from mingjian.kernel.clock import DAY_NS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import utc_day
from mingjian.kernel.text import Text
from mingjian.media.custody.book import parse_signed

CHINA_NS = 8 * 3600 * 1_000_000_000
TIMEOUT_S = 15.0
STAMP = "time stamp"
WAYS = {
    "folder": Text(zh="写入导出文件夹", en="written into the export folder"),
    "webhook": Text(zh="送达 webhook", en="taken by the webhook"),
    "mail": Text(zh="用邮件送出", en="sent by mail"),
    STAMP: Text(zh="取得时间戳", en="time-stamped"),
}
"""What is done once a day, and the words for it."""


def anchor_of_folder(folder: DataFolder, now_ns: int, *, web: bool) -> str:
    """The last checkpoints of both logs (of the engine's alone when Django is not up), with the key in force.

    Raises MingjianError `no_checkpoint` when there is none yet.
    """
    logs = [engine_log_of(folder, kept_hashes=False), *([web_log_of(folder)] if web else [])]
    key = load_signer(folder).public.encode()
    told = [(log.origin, key, log.signed) for log in logs if log.signed is not None]
    if not told:
        raise MingjianError(
            "no_checkpoint",
            Text(zh="还没有检查点", en="there is no checkpoint yet"),
            fault=Fault.USER,
            remedy=Text(zh="系统运行半分钟后再试", en="try again when the system has run for half a minute"),
        )
    return encode_anchor(folder.identity().instance, now_ns, told)


def china_day(now_ns: int) -> str:
    """The civil day in China, YYYY-MM-DD: a daily root belongs to it."""
    return utc_day(now_ns + CHINA_NS)


def root_name(instance: str, day: str) -> str:
    """The day's file, without its suffix."""
    return f"mingjian-{instance}-{day}"


def to_folder(settings: LedgerSettings, instance: str, day: str, text: str) -> None:
    """`mingjian-INSTANCE-DAY.json` in the folder. Raises OSError."""
    replace_file(Path(settings.export_folder) / (root_name(instance, day) + ".json"), text.encode(), 0o644)


def to_webhook(settings: LedgerSettings, text: str) -> None:
    """POST it; any answer but 2xx is a failure. Raises OSError."""
    if not settings.webhook.startswith(("http://", "https://")):
        raise OSError(f"not an HTTP address: {settings.webhook}")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        settings.webhook, text.encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        answer.read(1 << 16)


def to_mail(settings: LedgerSettings, instance: str, day: str, text: str, password: str = "") -> None:
    """Mail with the anchor attached. Raises OSError (smtplib's errors are)."""
    host, _, port = settings.mail_server.rpartition(":")
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, ", ".join(settings.mail_to)
    message["Subject"] = f"明鉴账本根 Mingjian ledger root {instance} {day}"
    message.set_content(
        "请保存附件,审计时用作外部检查点。\nKeep the attachment: audits need it as an anchor.\n\n" + text
    )
    message.add_attachment(text.encode(), maintype="application", subtype="json", filename=f"mingjian-{day}.json")
    with smtplib.SMTP(host or settings.mail_server, int(port) if host else 25, timeout=TIMEOUT_S) as server:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if password:
            server.login(settings.mail_from, password)
        server.send_message(message)


def exports_path(folder: DataFolder) -> Path:
    """What left."""
    return ledger_folder(folder) / "exports.json"


def read_exports(folder: DataFolder) -> dict[str, dict[str, str]]:
    """By way ("file", "folder", "webhook", "mail"): `day`, `made_ns`, and size and time of each log by its origin.

    `failing_since_ns` stands with a way that has not succeeded since. Way "time stamp" has no logs, since nothing left:
    `day`, `made_ns`, `stamped_ns` (the time vouched for), `authority`.
    """
    try:
        told = json.loads(exports_path(folder).read_text(encoding="utf-8"))
        return told if isinstance(told, dict) else {}
    except (OSError, ValueError):
        return {}


def note_exported(folder: DataFolder, text: str, now_ns: int, way: str) -> None:
    """Remember that an anchor left by a way."""
    told = json.loads(text)
    entry = {"day": china_day(now_ns), "made_ns": told["made_ns"]}
    for one in told["logs"]:
        said = parse_signed(one["note"])
        entry[one["origin"]] = f"{said.size} {said.time_ns}"
    _note(folder, way, entry)


def note_stamped(folder: DataFolder, text: str, now_ns: int, stamp: TimeStamp) -> None:
    """Remember that an authority has vouched for the day's root."""
    entry = {"day": china_day(now_ns), "made_ns": json.loads(text)["made_ns"]}
    _note(folder, STAMP, {**entry, "stamped_ns": str(stamp.time_ns), "authority": stamp.authority})


def note_failing(folder: DataFolder, now_ns: int, way: str) -> None:
    """Remember since when a way fails."""
    entry = read_exports(folder).get(way, {})
    if "failing_since_ns" not in entry:
        _note(folder, way, {**entry, "failing_since_ns": str(now_ns)})


def overdue(folder: DataFolder, ways: Iterable[str], now_ns: int) -> tuple[dict[str, str], ...]:
    """An alarm for each way that has failed for more than a day: code, severity, way, zh, en."""
    told = read_exports(folder)
    found = []
    for way in ways:
        since_ns = int(told.get(way, {}).get("failing_since_ns", now_ns))
        if now_ns - since_ns > DAY_NS:
            name, since = WAYS[way], utc_day(since_ns + CHINA_NS)
            zh = f"账本根自 {since} 起未能{name.zh}，已超过一天，请查看账本页面上的原因"
            en = f"the ledger's root has not been {name.en} since {since}, for more than a day; the ledger's page says why"
            found.append({"code": "ledger_export_overdue", "severity": "2", "way": way, "zh": zh, "en": en})
    return tuple(found)


def _note(folder: DataFolder, way: str, entry: dict[str, str]) -> None:
    replace_file(exports_path(folder), json.dumps({**read_exports(folder), way: entry}, ensure_ascii=False).encode())


FAILURES = (OSError, smtplib.SMTPException, urllib.error.URLError, ValueError)
"""What a way out may raise."""
