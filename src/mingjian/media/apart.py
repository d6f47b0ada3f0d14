"""Processes that decode apart from whoever asks: how they are started, give way, and end."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from typing import TypeVar

from mingjian.kernel.errors import MingjianError

_ASK_EVERY_S = 0.2
_Answer = TypeVar("_Answer")
Tell = Callable[[int, int], None]
"""Called by a job with (done, of so many)."""


class CrashedError(Exception):
    """The process ended without an answer; the message is for programmers."""


class CalledOffError(Exception):
    """Nobody wants the answer any more; the process is gone."""


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


def run(job: Callable[[Tell], _Answer], niceness: int, tell: Tell, called_off: Callable[[], bool]) -> _Answer:
    """One job (it crosses by pickle) in a process of its own; its progress comes back, and it is killed when called off.

    Raises MingjianError as the job does, CrashedError, CalledOffError.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_alone, args=(job, theirs, niceness), daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            if called_off():
                raise CalledOffError
            if not ours.poll(_ASK_EVERY_S):
                continue
            kind, value = ours.recv()
            if kind == "told":
                tell(*value)
            elif kind == "answer":
                answer: _Answer = value
                return answer
            else:
                raise value
    except EOFError:
        process.join()
        raise CrashedError(f"it ended with {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        ours.close()


def _alone(job: Callable[[Tell], object], to: Connection, niceness: int) -> None:
    _settle(niceness)
    try:
        to.send(("answer", job(lambda done, total: to.send(("told", (done, total))))))
    except MingjianError as error:
        to.send(("error", error))
