"""Settings: `mingjian.toml` of the data folder as one frozen value. Errors name the key as a person wrote it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mingjian.app.data_folder import DataFolder, not_initialised
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.sources.address import check_host
from mingjian.web.authority.actor import BoundRole, Role
from mingjian.web.configuration import LOCK_AFTER_S

RETENTION_FLOOR_DAYS = 30  # qd204 article 19(7), sc799 article 17
SHORTEST_LOCK_S = 15  # below that nobody could work


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """`[ledger]`: which signatures, and where roots go that this machine cannot take back. Empty: nowhere."""

    suite: str
    export_folder: str
    webhook: str
    witness: str
    witness_key: str
    mail_server: str
    mail_from: str
    mail_to: tuple[str, ...]
    tsa: str  # a time-stamping authority (RFC 3161), http or https
    tsa_ca: str  # PEM file, relative to the data folder


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`[oidc]`: signing in through an identity provider (decision 0072). No `issuer`: off, and nothing is asked for."""

    issuer: str
    client_id: str
    name: str  # on the button
    match: str  # the claim that is a login name of ours; empty: only linked people
    second_factor: frozenset[str]  # acr or amr values that stand for a second factor at sign-in
    ca_file: str  # certificates of the provider's authority; empty: the public ones


@dataclass(frozen=True, slots=True)
class Settings:
    """What `mingjian.toml` says, with defaults filled in."""

    keep_days: int
    volumes: tuple[Path, ...]
    reserve_bytes: int
    digest: str
    database: str
    hosts: tuple[str, ...]
    second_factor_roles: frozenset[str]
    lock_after_s: int
    font_folder: Path | None  # fonts for documents; None: the system's
    push_port: int
    ledger: LedgerSettings
    oidc: OidcSettings


_DEFAULTS: dict[str, dict[str, Any]] = {
    "storage": {"keep_days": RETENTION_FLOOR_DAYS, "volumes": [], "reserve_gib": 5, "digest": "sha256"},
    "web": {
        "database": "",
        "hosts": [],
        "font_folder": "",
        "second_factor_roles": ["approver", "custodian"],
        "lock_after_s": LOCK_AFTER_S,
    },
    "sources": {"push_port": 0},
    "oidc": {"issuer": "", "client_id": "", "name": "", "match": "", "second_factor": [], "ca_file": ""},
    "ledger": {
        "suite": "ed25519",
        "export_folder": "",
        "webhook": "",
        "witness": "",
        "witness_key": "",
        "mail_server": "",
        "mail_from": "",
        "mail_to": [],
        "tsa": "",
        "tsa_ca": "",
    },
}


def load_settings(folder: DataFolder, *, demo: bool) -> Settings:
    """Read the settings. Raises MingjianError `bad_setting` naming the key, or `not_initialised`."""
    try:
        given = tomllib.loads(folder.settings_file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise not_initialised(folder.root) from error
    except tomllib.TOMLDecodeError as error:
        raise _bad("mingjian.toml", f"语法错误：{error}", f"syntax error: {error}") from error
    values = {section: dict(keys) for section, keys in _DEFAULTS.items()}
    for section, keys in given.items():
        if section not in values or not isinstance(keys, dict):
            raise _bad(section, "没有这一节", "there is no such section")
        for key, value in keys.items():
            _set(values, section, key, value)
    storage = values["storage"]
    if storage["keep_days"] < RETENTION_FLOOR_DAYS and not demo:
        raise _bad(
            "storage.keep_days",
            "不得少于 30 天（《青岛办法》第十九条第七项、国务院令第 799 号第十七条）",
            "must be at least 30 days (qd204 article 19(7), sc799 article 17)",
        )
    if storage["digest"] not in ("sha256", "sm3"):
        raise _bad("storage.digest", "只能是 sha256 或 sm3", "must be sha256 or sm3")
    ledger = values["ledger"]
    if ledger["suite"] not in ("ed25519", "sm2"):
        raise _bad("ledger.suite", "只能是 ed25519 或 sm2", "must be ed25519 or sm2")
    _check_tsa(ledger["tsa"], ledger["tsa_ca"])
    for role in values["web"]["second_factor_roles"]:
        if role not in {*Role, *BoundRole}:
            raise _bad("web.second_factor_roles", f"没有角色“{role}”", f"names no role: {role}")
    if not SHORTEST_LOCK_S <= values["web"]["lock_after_s"] <= LOCK_AFTER_S:
        raise _bad(
            "web.lock_after_s",
            f"应在 {SHORTEST_LOCK_S} 至 {LOCK_AFTER_S} 秒之间：无人值守的屏幕最迟五分钟锁定（《青岛办法》第十九条第四项）",
            f"must be from {SHORTEST_LOCK_S} to {LOCK_AFTER_S} seconds: an unattended screen locks within five minutes "
            "(qd204 article 19(4))",
        )
    return Settings(
        keep_days=storage["keep_days"],
        volumes=(folder.first_volume, *(Path(path) for path in storage["volumes"])),
        reserve_bytes=storage["reserve_gib"] << 30,
        digest=storage["digest"],
        database=values["web"]["database"],
        hosts=tuple(values["web"]["hosts"]),
        second_factor_roles=frozenset(values["web"]["second_factor_roles"]),
        lock_after_s=values["web"]["lock_after_s"],
        font_folder=Path(values["web"]["font_folder"]) if values["web"]["font_folder"] else None,
        push_port=values["sources"]["push_port"],
        ledger=LedgerSettings(**{**ledger, "mail_to": tuple(ledger["mail_to"])}),
        oidc=_oidc(values["oidc"], demo=demo),
    )


def _oidc(given: dict[str, Any], *, demo: bool) -> OidcSettings:
    """Plain HTTP is for a provider on this very machine, in a demonstration."""
    settings = OidcSettings(**{**given, "second_factor": frozenset(given["second_factor"])})
    if not settings.issuer:
        return settings
    parts = urlsplit(settings.issuer)
    local = demo and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not (local or parts.scheme == "https") or not parts.hostname or parts.query or parts.fragment:
        raise _bad(
            "oidc.issuer",
            "应为 https 地址，不带参数（仅演示数据可用本机的 http 地址）",
            "must be an https address without parameters (http on this machine in a demonstration only)",
        )
    if not settings.client_id:
        raise _bad("oidc.client_id", "不能为空", "must not be empty")
    if settings.ca_file and not Path(settings.ca_file).is_file():
        raise _bad("oidc.ca_file", "没有这个文件", "names no file")
    return settings


def _check_tsa(address: str, ca: str) -> None:
    """An authority is an http(s) address without name and password, where one may be, and has a CA to be judged by."""
    if not address:
        return
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise _bad("ledger.tsa", "须为 http:// 或 https:// 地址", "must be an http:// or https:// address")
    if "@" in parts.netloc:
        raise _bad("ledger.tsa", "地址中不能写用户名和密码", "must not hold a name or password")
    try:
        check_host(host, allow_loopback=True)
    except MingjianError as error:
        raise _bad(
            "ledger.tsa",
            "不能指向链路本地、组播或云元数据服务",
            "points at link-local, multicast or a cloud's metadata",
        ) from error
    if not ca:
        raise _bad(
            "ledger.tsa_ca", "设置了时间戳机构就必须给出其 CA 证书文件", "must name the authority's CA certificate"
        )


def _set(values: dict[str, dict[str, Any]], section: str, key: str, value: object) -> None:
    if key not in values[section]:
        raise _bad(f"{section}.{key}", "没有这个设置项", "there is no such setting")
    default = values[section][key]
    if type(value) is not type(default):
        wanted = type(default).__name__
        raise _bad(f"{section}.{key}", f"类型应为 {wanted}", f"must be of type {wanted}")
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise _bad(f"{section}.{key}", "列表中应为字符串", "must be a list of strings")
    if isinstance(value, int) and value < 0:
        raise _bad(f"{section}.{key}", "不能为负数", "must not be negative")
    values[section][key] = value


def _bad(key: str, zh: str, en: str) -> MingjianError:
    return MingjianError(
        "bad_setting",
        Text(zh=f"mingjian.toml 的 {key}：{zh}", en=f"{key} in mingjian.toml {en}"),
        fault=Fault.USER,
        field=key,
    )
