"""The worker process: deadlines and duties that belong to no request: the ledger's and the register's."""

from __future__ import annotations

import argparse
import logging
import signal
import threading

from mingjian.app.data_folder import DataFolder
from mingjian.app.settled import settle
from mingjian.app.web_setup import bring_up_web
from mingjian.kernel.clock import SystemClock

_LOG = logging.getLogger(__name__)
_STEP_S = 1.0


def serve(folder: DataFolder, options: argparse.Namespace) -> None:
    """Work until SIGTERM."""
    settings = bring_up_web(folder)
    from django.db import connections

    from mingjian.app.ledger_worker import LedgerWorker
    from mingjian.app.package_worker import PackageWorker
    from mingjian.app.retention_prover import RetentionProver
    from mingjian.app.web_worker import WebWorker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = SystemClock()
    prover = RetentionProver(folder, settings, clock)
    workers = (LedgerWorker(folder, settings, clock), WebWorker(clock), prover, PackageWorker())
    settle()
    while not stop.wait(_STEP_S):
        for worker in workers:
            try:
                worker.step()
            except Exception:  # noqa: BLE001 - logged; the next step tries again
                _LOG.exception("a step of the worker failed")
        connections.close_all()
    prover.close()
