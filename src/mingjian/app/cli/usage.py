"""Words and options that no command takes, as one sentence in the user's language instead of the parser's English box."""

from __future__ import annotations

import re

import typer
from typer.exceptions import TyperException

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_NO_COMMAND = re.compile(r"No such command '([^']+)'")
_EXTRA = re.compile(r"unexpected extra argument\(?s?\)? \((.+)\)")
_WANTED = [
    (re.compile(r"greater than or equal to ([\d.]+)"), "应不小于 {}"),
    (re.compile(r"less than or equal to ([\d.]+)"), "应不大于 {}"),
    (re.compile(r"valid integer"), "应为整数"),
    (re.compile(r"valid number"), "应为数字"),
]


def usage_error(error: TyperException) -> MingjianError:
    """What the option parser refused: its field is the option, the remedy is where the options are listed."""
    context = getattr(error, "ctx", None)
    command = "mingjian" if context is None else context.command_path
    field, text = _said(error)
    return MingjianError(
        "usage",
        text,
        fault=Fault.USER,
        field=field,
        remedy=Text(zh=f"用法见 {command} --help", en=f"{command} --help lists what it takes"),
    )


def _said(error: TyperException) -> tuple[str | None, Text]:
    if isinstance(error, typer.BadParameter):
        name = _parameter(error)
        if hasattr(error, "param_type"):  # the parser's error of an option that is missing, which has no public name
            return name, Text(zh=f"缺少 {name}", en=f"{name} is missing")
        return name, Text(zh=f"{name} 的值无效{_wanted(error.message)}", en=f"{name}: {error.message}".rstrip("."))
    option = getattr(error, "option_name", None)
    if option is not None:
        meant = getattr(error, "possibilities", None) or ()
        zh = f"没有选项 {option}" if hasattr(error, "possibilities") else f"选项 {option} 用法有误"
        en = f"there is no option {option}" if hasattr(error, "possibilities") else error.message.rstrip(".")
        return option, Text(
            zh=zh + (f"，是否指 {'、'.join(meant)}" if meant else ""),
            en=en + (f", perhaps {' or '.join(meant)}" if meant else ""),
        )
    if found := _NO_COMMAND.search(error.message):
        return None, Text(zh=f"没有命令 {found[1]}", en=f"there is no command {found[1]}")
    if found := _EXTRA.search(error.message):
        return None, Text(zh=f"多余的参数：{found[1]}", en=f"more arguments than it takes: {found[1]}")
    return None, Text(zh=f"命令行有误：{error.message}", en=error.message.rstrip("."))


def _parameter(error: typer.BadParameter) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    options = [name for name in param.opts if name.startswith("--")]
    return options[0] if options else (param.name or "").upper()


def _wanted(message: str) -> str:
    """What the parser says that it must be, in Chinese, as far as it is known: `，应不小于 1`."""
    for pattern, words in _WANTED:
        if found := pattern.search(message):
            return "，" + words.format(*found.groups())
    return ""
