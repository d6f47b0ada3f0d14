"""`python -m mingjian.app.process NAME --data DIR ...`: one process of the supervisor's.

It dies with its supervisor (PR_SET_PDEATHSIG), so that a killed supervisor leaves no engine writing behind the back of
the next one.
"""

from __future__ import annotations

import argparse
import ctypes
import logging
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from types import TracebackType

from mingjian.app.data_folder import DataFolder
from mingjian.app.log import set_up_logging
from mingjian.app.terminal import print_error
from mingjian.kernel.errors import MingjianError

_PR_SET_PDEATHSIG = 1
_NAMES = ("edge", "engine", "farm", "web", "worker")


def main(arguments: list[str] | None = None) -> int:
    """Parse, set logging up, serve until SIGTERM; the exit code."""
    parser = argparse.ArgumentParser(prog="mingjian.app.process")
    parser.add_argument("name", choices=_NAMES)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument("--cameras", type=int, default=9)
    parser.add_argument("--parent", type=int, default=0, help="the supervisor's process id")
    options = parser.parse_args(arguments)
    if options.parent and not _die_with(options.parent):
        return 1
    folder = DataFolder(options.data)
    set_up_logging(options.name, folder.logs)
    sys.excepthook = _log_defect
    try:
        # only what this process serves is imported: an engine has no use for Django's memory
        import_module(f"mingjian.app.serve_{options.name}").serve(folder, options)
    except MingjianError as error:
        print_error(error)
        return 1
    return 0


def _log_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught is a defect: into the log, where somebody looks for it."""
    logging.getLogger(__name__).critical("the process ends by a defect", exc_info=(kind, error, trace))


def _die_with(parent: int) -> bool:
    """Ask the kernel for SIGTERM when the parent dies; False when it died before we asked."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent


if __name__ == "__main__":
    sys.exit(main())
