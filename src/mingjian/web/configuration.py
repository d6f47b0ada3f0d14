"""Everything web must be told, as one frozen value, and the one function that reads it.

`app` builds the value from the data folder and calls `provide` before Django starts. Started by hand (manage
commands, an ASGI server of one's own) web reads the folder that the environment variable MINGJIAN_DATA names. With
neither, as for type checkers and `makemigrations`, it is a value without folder: a database in memory, random keys.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

DATA_VARIABLE = "MINGJIAN_DATA"
LOCK_AFTER_S = 300
"""Five minutes: the longest that a screen stays open to nobody (qd204 19(4))."""


@dataclass(frozen=True, slots=True)
class WebConfiguration:
    """Web's settings. `data_folder` None means no folder at all: nothing can be kept."""

    data_folder: Path | None
    django_key: str = field(repr=False)
    secret_key: bytes = field(repr=False)  # seals camera URLs (kernel.sealing)
    ticket_key: Ed25519PrivateKey = field(repr=False)
    instance: str = ""
    demo: bool = False  # the verified mark of identity.json: loopback cameras, retention under 30 days
    database: str = ""  # postgresql://user@host:port/name, empty: the embedded SQLite file
    database_password: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()  # names browsers use; addresses and "localhost" are always ours, "*" is any name
    tls: bool = False  # browsers come by HTTPS: cookies are Secure
    edge: str = "edge"  # the edge that tickets are bound to
    font_folder: Path | None = None  # fonts for documents; None: those of the system (fonts-noto-cjk)
    keep_days: int = 30  # what a new camera keeps unless told otherwise
    second_factor_roles: frozenset[str] = frozenset({"approver", "custodian"})  # roles that must have enrolled one
    lock_after_s: int = LOCK_AFTER_S  # an untouched screen locks; never later than LOCK_AFTER_S
    setup_code: str = field(default="", repr=False)  # asked of a first-run set-up that comes from another machine

    @property
    def sqlite_file(self) -> str:
        """The embedded database's file."""
        return ":memory:" if self.data_folder is None else str(self.data_folder / "web" / "web.sqlite3")

    @property
    def folder(self) -> Path:
        """The data folder, for who must keep something in it. Raises MingjianError `no_data_folder`."""
        if self.data_folder is None:
            raise MingjianError(
                "no_data_folder",
                Text(zh="没有数据目录", en="there is no data folder"),
                fault=Fault.ENVIRONMENT,
                remedy=Text(zh=f"请设置环境变量 {DATA_VARIABLE}", en=f"set the environment variable {DATA_VARIABLE}"),
            )
        return self.data_folder

    @property
    def revocations_file(self) -> Path:
        """Where edges read which tickets were taken back. Raises MingjianError `no_data_folder`."""
        return self.folder / "plan" / "revocations.json"


_provided: list[WebConfiguration] = []


def provide(configuration: WebConfiguration) -> None:
    """Tell web its settings: called once by `app`, before Django's set-up (tests may call it again)."""
    _provided[:] = [configuration]


def current() -> WebConfiguration:
    """The settings in force; read from the folder named by MINGJIAN_DATA when `app` has provided none."""
    if not _provided:
        folder = os.environ.get(DATA_VARIABLE)
        _provided.append(_from_folder(Path(folder)) if folder else _without_folder())
    return _provided[0]


def _from_folder(folder: Path) -> WebConfiguration:
    keys = folder / "keys"
    ticket_key = load_pem_private_key((keys / "ticket.key").read_bytes(), password=None)
    if not isinstance(ticket_key, Ed25519PrivateKey):
        raise TypeError("keys/ticket.key is no Ed25519 key")
    return WebConfiguration(
        data_folder=folder,
        django_key=(keys / "django.key").read_bytes().hex(),
        secret_key=(keys / "secret.key").read_bytes(),
        ticket_key=ticket_key,
    )


def _without_folder() -> WebConfiguration:
    return WebConfiguration(
        data_folder=None,
        django_key=secrets.token_hex(32),
        secret_key=secrets.token_bytes(32),
        ticket_key=Ed25519PrivateKey.generate(),
    )
