"""Processes that decode apart from whoever asks: how they are started, give way, and end."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def start(workers: int, niceness: int) -> ProcessPoolExecutor:
    """Up to `workers` processes, `niceness` (added to ours, at most 19) below us, that end when we end, however we do."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_settle, initargs=(niceness,))


def end(executor: ProcessPoolExecutor, *, kill: bool) -> None:
    """Take no more jobs; with `kill` those under way are lost and the processes gone when this returns."""
    processes = list((executor._processes or {}).values()) if kill else []
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    for process in processes:
        process.join(1.0)


def _settle(niceness: int) -> None:
    """Give way to recording and to live viewers; end with the process that asked."""
    os.nice(niceness)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits on a pipe of which it holds both ends: nothing else would tell it that its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
