"""`mingjian user ...`: accounts from the machine's own command line."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from mingjian.app.cli.local import as_local_person
from mingjian.app.cli.options import DataOption, JsonOption
from mingjian.app.terminal import print_json, say
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

user_app = typer.Typer(no_args_is_help=True, help="Accounts. 用户。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(user_app, name="user")


@user_app.command("create")
def create(
    data: DataOption,
    name: Annotated[str, typer.Option("--name", help="login name 登录名")],
    role: Annotated[str, typer.Option("--role", help="admin, operator, viewer, auditor")],
    display_name: Annotated[str, typer.Option("--display-name", help="姓名")] = "",
    unit: Annotated[str, typer.Option("--unit", help="单位")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read the password from stdin")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a user; the password comes from stdin or a prompt, never from an argument. 新建用户。"""
    password = _password(password_stdin)
    with as_local_person(data) as actor:
        from mingjian.web.accounts.actions import create_user

        user = create_user(
            actor,
            name=name,
            password=password,
            role=role,
            display_name=display_name,
            unit=unit,
            must_change_password=False,
        )
    if as_json:
        print_json({"id": user.id, "name": user.name, "role": user.role})
    else:
        say(Text(zh=f"已建立用户 {user.name}({user.role})", en=f"made the user {user.name} ({user.role})"))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise MingjianError(
            "no_password",
            Text(zh="没有密码", en="there is no password"),
            fault=Fault.USER,
            field="--password-stdin",
            remedy=Text(
                zh="请加 --password-stdin 并从标准输入给出密码", en="add --password-stdin and give it on stdin"
            ),
        )
    return getpass.getpass("密码 / password: ")
