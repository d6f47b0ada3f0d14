"""`mingjian oidc ...`: the secret of the identity provider, and whether it answers as it should."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.data_folder import DataFolder
from mingjian.app.oidc_secret import keep_secret, provider_of, read_secret
from mingjian.app.settings import OidcSettings, load_settings
from mingjian.app.terminal import print_json, say
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

oidc_app = typer.Typer(no_args_is_help=True, help="Sign-in through an identity provider. 统一身份认证。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(oidc_app, name="oidc")


@oidc_app.command("secret")
def secret(
    data: DataOption,
    secret_stdin: Annotated[bool, typer.Option("--secret-stdin", help="read it from stdin 从标准输入读取")] = False,
) -> None:
    """Enter the client secret: from stdin or a prompt, never from an argument. 录入客户端密钥。"""
    folder, settings = _configured(data)
    given = sys.stdin.readline() if secret_stdin or not sys.stdin.isatty() else getpass.getpass("密钥 / secret: ")
    given = given.strip("\r\n")
    if not given:
        raise MingjianError(
            "invalid", Text("密钥不能为空", "the secret must not be empty"), fault=Fault.USER, field="--secret-stdin"
        )
    keep_secret(folder, settings, given)
    say(Text("密钥已加密保存，下次登录起使用", "the secret is kept, sealed; the next sign-in uses it"))


@oidc_app.command("check")
def check(data: DataOption, as_json: JsonOption = False) -> None:
    """Ask the provider what it says of itself and for its keys; nobody is signed in. 检查统一身份认证。"""
    folder, settings = _configured(data)
    read_secret(folder, settings)
    provider = provider_of(folder, settings, SystemClock())
    assert provider is not None
    about, keys = provider.about(), provider.keys()
    told = {
        "issuer": settings.issuer,
        "client_id": settings.client_id,
        "keys": len(keys.keys),
        "pkce": "S256" in (about.get("code_challenge_methods_supported") or ()),
        "sign_out": bool(about.get("end_session_endpoint")),
    }
    if as_json:
        print_json(told)
        return
    say(
        Text(
            f"{settings.issuer} 应答正常，有 {told['keys']} 把签名公钥。客户端编号与密钥在首次登录时核验",
            f"{settings.issuer} answers, with {told['keys']} public keys. "
            "Client id and secret are tried by the first sign-in",
        )
    )
    if not told["pkce"]:
        say(Text("注意：对方未声明支持 PKCE（S256）", "note: it does not say that it knows PKCE (S256)"))


def _configured(data: DataOption) -> tuple[DataFolder, OidcSettings]:
    folder = DataFolder(data)
    settings = load_settings(folder, demo=folder.identity().demo).oidc
    if not settings.issuer:
        raise MingjianError(
            "oidc_off",
            Text("没有设置统一身份认证", "no identity provider is configured"),
            fault=Fault.USER,
            field="oidc.issuer",
            remedy=Text("请先填写 mingjian.toml 的 [oidc]", "fill in [oidc] in mingjian.toml first"),
        )
    return folder, settings
