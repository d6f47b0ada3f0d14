"""The typer application and its one error handler: a sentence on stderr, an exit code that is not 0.

Only the file of the command that was asked for is imported: reading all of them cost a command a second and a half.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from typer.exceptions import TyperException

from mingjian.app.cli.usage import usage_error
from mingjian.app.terminal import print_error
from mingjian.kernel.errors import Fault, MingjianError

FILES = {
    "lifecycle": ("run", "backup", "restore"),
    "demonstration": ("demo", "simulate"),
    "machine": ("init", "doctor", "size"),
    "people": ("user",),
    "oidc": ("oidc",),
    "cameras": ("camera",),
    "footage": ("recordings", "store"),
    "evidence": ("evidence",),
    "ledger": ("ledger",),
    "retention": ("retention",),
    "law": ("law",),
    "bench": ("bench",),
}
"""The files of this folder, each with the commands it registers, in the order of the help."""

EXIT_USER = 2
EXIT_OTHER = 1


def application(asked: str | None = None) -> typer.Typer:
    """The application with the command that was asked for; with all of them when it names none."""
    app = typer.Typer(
        name="mingjian",
        help="Mingjian 明鉴: records public-safety video and proves what it keeps.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_only_commands)
    needed = [file for file, commands in FILES.items() if asked in commands]
    for file in needed or FILES:
        import_module(f"mingjian.app.cli.{file}").register(app)
    return app


def _only_commands() -> None:
    """Mingjian 明鉴: records public-safety video and proves what it keeps."""  # a file of one command stays a command


def main() -> None:
    """Run the command line and exit: 0 done, 1 it failed, 2 it was asked wrongly."""
    try:
        done = application(sys.argv[1] if len(sys.argv) > 1 else None)(prog_name="mingjian", standalone_mode=False)
    except typer.Abort:
        sys.exit(EXIT_OTHER)
    except TyperException as error:
        if error.message or isinstance(
            error, typer.BadParameter
        ):  # else a group without a command: its help was printed
            print_error(usage_error(error))
        sys.exit(EXIT_USER)
    except MingjianError as error:
        print_error(error)
        sys.exit(EXIT_USER if error.fault is Fault.USER else EXIT_OTHER)
    sys.exit(done if isinstance(done, int) else 0)
