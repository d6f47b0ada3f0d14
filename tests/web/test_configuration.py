from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.web.conftest import BASE

from mingjian.kernel.errors import MingjianError
from mingjian.web import configuration, wiring
from mingjian.web.database import postgresql_database, sqlite_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "django.key").write_bytes(b"d" * 32)
    (keys / "secret.key").write_bytes(b"s" * 32)
    ticket = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / "ticket.key").write_bytes(ticket)
    return tmp_path


@pytest.fixture
def _not_provided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_provided", [])


@pytest.mark.usefixtures("_not_provided")
def test_the_folder_named_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGJIAN_DATA", str(folder))
    config = configuration.current()
    assert (config.secret_key, config.django_key, config.demo) == (b"s" * 32, (b"d" * 32).hex(), False)
    assert config.sqlite_file == str(folder / "web" / "web.sqlite3")
    assert configuration.current() is config
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "keys" / "ticket.key").write_bytes(other)
    configuration._provided.clear()
    with pytest.raises(TypeError, match="Ed25519"):
        configuration.current()


@pytest.mark.usefixtures("_not_provided")
def test_without_folder_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINGJIAN_DATA", raising=False)
    config = configuration.current()
    assert config.sqlite_file == ":memory:"
    with pytest.raises(MingjianError, match="no data folder"):
        _ = config.revocations_file


def test_settings_import_without_a_folder_for_linters() -> None:
    code = "import mingjian.web.settings as s; print(s.DATABASES['default']['NAME'], s.DEBUG)"
    source = Path(configuration.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ":memory: False"


def test_a_configurations_repr_holds_no_key() -> None:
    for secret in (BASE.django_key, "ssss", "Ed25519"):
        assert secret not in repr(BASE)


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "name"),
    [
        ("postgresql://mj@db.example:5433/city", "db.example", "5433", "mj", "city"),
        ("postgres://m%40j@db/ci%20ty", "db", "", "m@j", "ci ty"),
        ("postgresql://mj@/city?host=/run/postgresql", "/run/postgresql", "", "mj", "city"),
    ],
)
def test_postgresql_urls(url: str, host: str, port: str, user: str, name: str) -> None:
    made = postgresql_database(url, "pass")
    assert (made["HOST"], made["PORT"], made["USER"], made["NAME"], made["PASSWORD"]) == (
        host,
        port,
        user,
        name,
        "pass",
    )


@pytest.mark.parametrize("url", ["mysql://x@y/z", "postgresql://host", "city"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(MingjianError) as raised:
        postgresql_database(url)
    assert (raised.value.code, raised.value.field) == ("bad_database", "web.database")


def test_sqlite_waits_and_is_durable() -> None:
    options = sqlite_database("/x")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


@pytest.mark.parametrize("port", ["engine", "probe", "check_camera_url"])
def test_a_port_that_is_not_wired_says_so(port: str) -> None:
    wiring.install(wiring.Wiring())
    with pytest.raises(MingjianError, match=port) as raised:
        getattr(wiring, port)()
    assert raised.value.code == "not_wired"
