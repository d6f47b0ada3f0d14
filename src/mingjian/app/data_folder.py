"""The data folder: its paths, its keys, and the identity written once by `init`.

The identity is authenticated with `keys/instance.key`, so that the demo mark cannot be changed by editing a file: a
folder whose mark does not verify is refused, and only a folder whose verified mark says demo may be treated as one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from mingjian.files.whole import create_file
from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.sealing import KEY_BYTES, new_key
from mingjian.kernel.text import Text
from mingjian.media.store.volume import make_volume

IDENTITY_FORMAT = 1
_DOMAIN = b"mingjian-identity-v1\x00"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this installation is. `demo` was decided at init and never changes."""

    instance: str
    demo: bool
    created_ns: int


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths below one data folder; making the object touches nothing."""

    root: Path

    @property
    def identity_file(self) -> Path:
        """Who this installation is."""
        return self.root / "identity.json"

    @property
    def settings_file(self) -> Path:
        """What a person edits."""
        return self.root / "mingjian.toml"

    @property
    def keys(self) -> Path:
        """Keys, mode 0700."""
        return self.root / "keys"

    @property
    def plan_file(self) -> Path:
        """The engine's orders."""
        return self.root / "plan" / "plan.json"

    @property
    def revocations_file(self) -> Path:
        """Tickets taken back before their time."""
        return self.root / "plan" / "revocations.json"

    @property
    def database(self) -> Path:
        """Web's embedded database."""
        return self.root / "web" / "web.sqlite3"

    @property
    def run(self) -> Path:
        """Sockets and process ids."""
        return self.root / "run"

    @property
    def engine_socket(self) -> Path:
        """Where the engine listens."""
        return self.run / "engine.sock"

    @property
    def web_socket(self) -> Path:
        """Where web listens for the edge."""
        return self.run / "web.sock"

    @property
    def supervisor_pid(self) -> Path:
        """The supervisor's process id while it runs."""
        return self.run / "supervisor.pid"

    @property
    def logs(self) -> Path:
        """Rotated logs."""
        return self.root / "logs"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.root / "cache"

    @property
    def map_folder(self) -> Path:
        """The customer's own map: `map.json`, and the tiles it names below /tiles/. Made by the operator."""
        return self.root / "map"

    @property
    def first_volume(self) -> Path:
        """The volume every folder begins with."""
        return self.root / "volumes" / "v0"

    def secret_key(self) -> bytes:
        """The key that seals camera URLs (32 bytes)."""
        return self._key("secret.key")

    def instance_key(self) -> bytes:
        """The key that authenticates the identity (32 bytes)."""
        return self._key("instance.key")

    def django_key(self) -> str:
        """Django's secret key."""
        return self._key("django.key").hex()

    def ticket_private_key(self) -> Ed25519PrivateKey:
        """The key that signs viewing tickets."""
        key = load_pem_private_key(self._read("ticket.key"), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise _broken_key("ticket.key")
        return key

    def ticket_public_key(self) -> Ed25519PublicKey:
        """The key that checks viewing tickets: all an edge needs."""
        key = load_pem_public_key(self._read("ticket.pub"))
        if not isinstance(key, Ed25519PublicKey):
            raise _broken_key("ticket.pub")
        return key

    def identity(self) -> Identity:
        """The verified identity. Raises MingjianError `not_initialised` or `identity_altered`."""
        try:
            value = json.loads(self.identity_file.read_text(encoding="utf-8"))
            body = value["identity"]
            expected = _identity_mac(self.instance_key(), body)
            identity = Identity(str(body["instance"]), bool(body["demo"]), int(body["created_ns"]))
        except FileNotFoundError as error:
            raise not_initialised(self.root) from error
        except (KeyError, TypeError, ValueError) as error:
            raise _altered() from error
        if not hmac.compare_digest(expected, str(value.get("mac", ""))):
            raise _altered()
        return identity

    def _key(self, name: str) -> bytes:
        key = self._read(name)
        if len(key) != KEY_BYTES:
            raise _broken_key(name)
        return key

    def _read(self, name: str) -> bytes:
        return (self.keys / name).read_bytes()


def init_data_folder(root: Path, *, demo: bool, clock: Clock, suite: str = "ed25519") -> DataFolder:
    """Make a new data folder with keys and identity; nothing that exists is touched.

    Raises MingjianError `already_initialised`, or `folder_not_empty` when something else lives there.
    """
    folder = DataFolder(root)
    if folder.identity_file.exists():
        raise MingjianError(
            "already_initialised",
            Text(zh=f"{root} 已经初始化", en=f"{root} is initialised already"),
            fault=Fault.USER,
            field="data",
            remedy=Text(zh="请另选目录，或直接运行", en="choose another folder, or run it as it is"),
        )
    if root.exists() and any(root.iterdir()):
        raise MingjianError(
            "folder_not_empty",
            Text(zh=f"{root} 不是空目录", en=f"{root} is not empty"),
            fault=Fault.USER,
            field="data",
            remedy=Text(zh="请指定新目录或空目录", en="give a new or an empty folder"),
        )
    for path in (root, folder.keys, folder.run):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (folder.plan_file.parent, folder.database.parent, folder.logs, folder.cache):
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    _write_keys(folder)
    now_ns = clock.now_ns()
    body = {"format": IDENTITY_FORMAT, "instance": new_id(now_ns), "demo": demo, "created_ns": str(now_ns)}
    text = {"identity": body, "mac": _identity_mac(folder.instance_key(), body)}
    create_file(folder.settings_file, _SETTINGS_TEMPLATE.replace('"ed25519"', f'"{suite}"').encode(), 0o644)
    instance = str(body["instance"])
    make_volume(folder.first_volume, new_id(now_ns), instance, demo=demo)
    create_file(folder.identity_file, json.dumps(text, indent=2).encode(), 0o444)
    return folder


def not_initialised(root: Path) -> MingjianError:
    """The error for a folder that no `init` has made."""
    return MingjianError(
        "not_initialised",
        Text(zh=f"{root} 不是明鉴的数据目录", en=f"{root} is no data folder of Mingjian"),
        fault=Fault.USER,
        field="data",
        remedy=Text(zh=f"请先运行 mingjian init --data {root}", en=f"run mingjian init --data {root} first"),
    )


def _write_keys(folder: DataFolder) -> None:
    for name in ("secret.key", "instance.key", "django.key"):
        create_file(folder.keys / name, new_key(), 0o600)
    ticket = Ed25519PrivateKey.generate()
    private = ticket.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = ticket.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    create_file(folder.keys / "ticket.key", private, 0o600)
    create_file(folder.keys / "ticket.pub", public, 0o644)


def _identity_mac(key: bytes, body: object) -> str:
    return hmac.new(key, _DOMAIN + canonical_bytes(body), hashlib.sha256).hexdigest()


def _altered() -> MingjianError:
    return MingjianError(
        "identity_altered",
        Text(
            zh="identity.json 与密钥不符：文件被改动，或 keys 目录不属于此数据目录",
            en="identity.json does not fit its key: it was altered, or the keys folder belongs to another data folder",
        ),
        fault=Fault.ENVIRONMENT,
        field="identity.json",
        remedy=Text(zh="请从备份恢复 identity.json 和 keys", en="restore identity.json and keys from the backup"),
    )


def _broken_key(name: str) -> MingjianError:
    return MingjianError(
        "broken_key",
        Text(zh=f"密钥文件 keys/{name} 损坏", en=f"the key file keys/{name} is broken"),
        fault=Fault.ENVIRONMENT,
        field=name,
        remedy=Text(zh="请从备份恢复 keys 目录", en="restore the keys folder from the backup"),
    )


_SETTINGS_TEMPLATE = """\
# 明鉴设置 / Mingjian settings. 改动后重启生效 / changes take effect at the next start.

[storage]
# 录像至少保存天数,不得少于 30 / days footage is kept, at least 30
keep_days = 30
# 更多存储卷,例如 ["/mnt/disk1/mingjian"] / further volumes
volumes = []
# 每卷保留的空闲空间 / free space left on each volume, GiB
reserve_gib = 5
# 摘要算法 sha256 或 sm3 / digest algorithm
digest = "sha256"

[web]
# 留空用内置 SQLite;或 postgresql://用户@主机/库,密码放 keys/database.password
# empty: embedded SQLite; or postgresql://user@host/database with the password in keys/database.password
database = ""
# 浏览器用来访问的主机名 / names browsers use
hosts = []
# 必须启用二次验证的角色 / roles that have to enrol a second factor
second_factor_roles = ["approver", "custodian"]
# 无人操作多少秒后锁定屏幕，只能更短 / seconds without a touch until a screen locks, at most 300
lock_after_s = 300

[sources]
# 接收推流的 RTSP 端口,0 为不接收 / RTSP port for cameras that push, 0 for none
push_port = 0

[oidc]
# 统一身份认证（OpenID Connect），留空不用；密钥用 mingjian oidc secret 录入
# sign-in through an identity provider, empty for none; its client secret is entered by mingjian oidc secret
issuer = ""
client_id = ""
# 登录按钮上的名称 / what the button says
name = ""
# 与登录名对应的声明，例如 "preferred_username"；留空则只有管理员关联过的人能登录
# the claim that is a login name; empty: only people whom an administrator has linked
match = ""
# 可视为二次验证的 acr 或 amr 值 / acr or amr values that stand for a second factor
second_factor = []
# 认证服务器证书的颁发机构 / PEM file of the provider's certificate authority
ca_file = ""

[ledger]
# 签名套件 ed25519 或 sm2(SM2 与 SM3)/ signatures: ed25519, or sm2 (SM2 with SM3)
suite = "ed25519"
# 每日根导出到的目录(另一台机器或移动介质)/ folder for the daily root: another machine's, or removable
export_folder = ""
# 每日根 POST 到的地址 / where the daily root is POSTed
webhook = ""
# 见证实例的地址与公钥 / a witness: its address and public key (mingjian ledger witness serve)
witness = ""
witness_key = ""
# 每日根发往的邮箱 / mail: "host:port", sender, receivers
mail_server = ""
mail_from = ""
mail_to = []
# 为每日根加盖时间戳的机构(RFC 3161)及其 CA 证书 / a time-stamping authority for the daily root, and its CA (PEM)
tsa = ""
tsa_ca = ""
"""
