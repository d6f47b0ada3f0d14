"""A few processes that decode and encode, with a quota. What cameras sent is decoded apart from the server: a decoder
that crashes on damaged bytes takes one picture with it, not the viewers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media import apart

P = ParamSpec("P")
R = TypeVar("R")

_NICE = 5


def busy() -> MingjianError:
    """The quota is used up."""
    return MingjianError(
        "busy",
        Text(zh="服务器解码任务已满", en="the server has as many pictures to decode as it may take"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="请稍后再试", en="try again shortly"),
    )


def undecodable(detail: str) -> MingjianError:
    """The decoder gave up on what the camera sent."""
    return MingjianError(
        "undecodable",
        Text(zh="这段录像无法解码", en="this footage cannot be decoded"),
        fault=Fault.PEER,
        remedy=Text(zh="请选择前后几秒的画面", en="choose an instant a few seconds earlier or later"),
        detail=detail,
    )


class WorkPool:
    """`workers` processes and at most `waiting` jobs in line behind them; a job may take `limit_s` seconds.

    Jobs are module-level functions with plain values. Processes start at the first job and end at `close`.
    """

    def __init__(self, workers: int = 2, waiting: int = 24, limit_s: float = 20.0) -> None:
        self._workers = workers
        self._places = workers + waiting
        self._limit_s = limit_s
        self._under_way = 0
        self._executor: ProcessPoolExecutor | None = None

    async def run(self, job: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The job's result. Raises MingjianError `busy`, `undecodable` (crash or time limit), or what the job raises."""
        if kwargs:
            raise TypeError("jobs take positional arguments")
        if self._under_way >= self._places:
            raise busy()
        executor = self._executor or self._start()
        self._under_way += 1
        try:
            future = asyncio.get_running_loop().run_in_executor(executor, job, *args)
            return await asyncio.wait_for(future, self._limit_s)
        except BrokenProcessPool as error:
            self._drop(executor)
            raise undecodable("the decoder process ended") from error
        except TimeoutError as error:
            self._drop(executor, kill=True)
            raise undecodable(f"not done within {self._limit_s} s") from error
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """End the processes; jobs under way are lost."""
        if self._executor is not None:
            self._drop(self._executor, kill=True)

    def _start(self) -> ProcessPoolExecutor:
        self._executor = apart.start(self._workers, _NICE)
        return self._executor

    def _drop(self, executor: ProcessPoolExecutor, kill: bool = False) -> None:
        """Forget these processes; the next job starts new ones."""
        if self._executor is executor:
            self._executor = None
        apart.end(executor, kill=kill)
