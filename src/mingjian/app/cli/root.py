"""The typer application and its one error handler: a sentence on stderr, an exit code that is not 0."""

from __future__ import annotations

import sys

import typer

from mingjian.app.cli import (
    bench,
    cameras,
    demonstration,
    evidence,
    footage,
    law,
    ledger,
    lifecycle,
    machine,
    people,
    retention,
)
from mingjian.app.terminal import print_error
from mingjian.kernel.errors import Fault, MingjianError

app = typer.Typer(
    name="mingjian",
    help="Mingjian 明鉴: records public-safety video and proves what it keeps.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for commands in (lifecycle, demonstration, machine, people, cameras, footage, evidence, ledger, retention, law, bench):
    commands.register(app)

EXIT_USER = 2
EXIT_OTHER = 1


def main() -> None:
    """Run the command line and exit: 0 done, 1 it failed, 2 it was asked wrongly (typer's own code for bad options)."""
    try:
        app()
    except MingjianError as error:
        print_error(error)
        sys.exit(EXIT_USER if error.fault is Fault.USER else EXIT_OTHER)
