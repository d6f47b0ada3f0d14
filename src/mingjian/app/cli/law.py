"""`mingjian law list|show|coverage`: the regulation as the program holds it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mingjian.app.cli.options import JsonOption
from mingjian.app.terminal import language
from mingjian.rules.library import current_law
from mingjian.rules.report import coverage_json, coverage_summary, law_list, law_show

law_app = typer.Typer(no_args_is_help=True, help="The regulation, clause by clause. 法规条款。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(law_app, name="law")


@law_app.command("list")
def list_clauses() -> None:
    """Every clause of every pack. 所有条款。"""
    sys.stdout.write(law_list(current_law(), language()))


@law_app.command("show")
def show(clause: Annotated[str, typer.Argument(help="qd204.filing.acceptance, qd204:16.1")]) -> None:
    """One clause: text, duty, parameters, rules, examples. 一个条款。"""
    sys.stdout.write(law_show(current_law(), clause, language()))


@law_app.command("coverage")
def coverage_command(as_json: JsonOption = False) -> None:
    """How much of the law the program does. 条款落实情况。"""
    from mingjian.app.law_reached import reached_rules

    law, reached = current_law(), reached_rules()
    sys.stdout.write(coverage_json(law, reached) if as_json else coverage_summary(law, reached, language()))
