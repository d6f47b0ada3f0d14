"""The identity provider's settings, its secret, and the command line that enters and checks them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tests.app.test_command_line import mingjian
from tests.peers.oidc_peer import CLIENT_ID, CLIENT_SECRET, oidc_peer

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.oidc_secret import keep_secret, provider_of, read_secret
from mingjian.app.settings import OidcSettings, load_settings
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import MingjianError


def write(folder: DataFolder, **values: object) -> None:
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    folder.settings_file.write_text("\n".join(["[oidc]", *lines]), encoding="utf-8")


def test_it_is_off_by_default_and_its_settings_are_judged(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=SystemClock())
    settings = load_settings(folder, demo=False).oidc
    assert settings == OidcSettings("", "", "", "", frozenset(), "")
    assert provider_of(folder, settings, SystemClock()) is None
    write(
        folder,
        issuer="https://id.example/realms/city",
        client_id="mj",
        match="preferred_username",
        second_factor=["mfa"],
    )
    assert load_settings(folder, demo=False).oidc.second_factor == {"mfa"}
    for demo, values, field in (
        (False, {"issuer": "http://127.0.0.1:8080", "client_id": "mj"}, "oidc.issuer"),  # plain HTTP beyond a demo
        (True, {"issuer": "http://id.example", "client_id": "mj"}, "oidc.issuer"),  # and beyond loopback
        (True, {"issuer": "https://id.example/?a=b", "client_id": "mj"}, "oidc.issuer"),
        (False, {"issuer": "https://id.example"}, "oidc.client_id"),
        (False, {"issuer": "https://id.example", "client_id": "mj", "ca_file": "/nowhere.pem"}, "oidc.ca_file"),
        (False, {"issuer": "https://id.example", "client_id": "mj", "client_secret": "x"}, "oidc.client_secret"),
    ):
        write(folder, **values)
        with pytest.raises(MingjianError) as caught:
            load_settings(folder, demo=demo)
        assert caught.value.field == field
    write(folder, issuer="http://localhost:8080", client_id="mj")
    assert load_settings(folder, demo=True).oidc.issuer == "http://localhost:8080"


def test_the_secret_is_sealed_for_its_issuer_and_client(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=SystemClock())
    settings = OidcSettings("https://id.example", "mj", "", "", frozenset(), "")
    with pytest.raises(MingjianError) as caught:
        read_secret(folder, settings)
    assert (caught.value.code, "mingjian oidc secret" in caught.value.say("zh")) == ("oidc_setting", True)
    keep_secret(folder, settings, "geheim")
    path = folder.keys / "oidc.secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "geheim" not in path.read_text()
    assert read_secret(folder, settings) == "geheim"
    provider = provider_of(folder, settings, SystemClock())
    assert "geheim" not in repr(provider)
    with pytest.raises(MingjianError):
        read_secret(folder, OidcSettings("https://other.example", "mj", "", "", frozenset(), ""))


@pytest.mark.peer
def test_the_operator_enters_the_secret_and_asks_the_provider(tmp_path: Path) -> None:
    folder = init_data_folder(tmp_path / "d", demo=True, clock=SystemClock())
    data = str(folder.root)
    off = mingjian("oidc", "check", "--data", data)
    assert (off.returncode, "[oidc]" in off.stderr) == (2, True)
    with oidc_peer("http://127.0.0.1:1") as issuer:
        write(folder, issuer=issuer, client_id=CLIENT_ID)
        entered = mingjian("oidc", "secret", "--data", data, stdin=f"{CLIENT_SECRET}\n")
        assert (entered.returncode, CLIENT_SECRET in entered.stdout + entered.stderr) == (0, False)
        assert read_secret(folder, load_settings(folder, demo=True).oidc) == CLIENT_SECRET
        told = mingjian("oidc", "check", "--data", data, "--json")
        assert told.returncode == 0, told.stderr
        assert json.loads(told.stdout) == {
            "issuer": issuer, "client_id": CLIENT_ID, "keys": 1, "pkce": True, "sign_out": True,
        }  # fmt: skip
    away = mingjian("oidc", "check", "--data", data, language="zh")
    assert (away.returncode, "无响应" in away.stderr) == (1, True)
