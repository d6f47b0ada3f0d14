"""Imports at work in threads of this process: one at a time, with how far it has come.

What a job changes is in the database; only its progress lives here. After a restart a batch that was at work is found
without a job: `batches.settled` puts it back to where it was, for whatever it changed was one transaction.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connection

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.http.failures import DATABASE_AWAY, crashed_error, database_error

_LOG = logging.getLogger(__name__)
Do = Callable[["Job"], None]
Failed = Callable[[MingjianError], None]


class Job:
    """One at work."""

    def __init__(self, batch_id: str) -> None:
        self.batch_id = batch_id
        self.done = 0
        self.total = 0  # 0: not known yet


class Desk:
    """The jobs of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._job: Job | None = None

    def begin(self, batch_id: str, do: Do, failed: Failed, *, wait: bool = False) -> Job:
        """Start one; `wait`: return when it is over. Raises MingjianError `import_busy` while another runs.

        `failed` is told what ended it, outside of any transaction of the job's.
        """
        job = Job(batch_id)
        with self._lock:
            if self._job is not None:
                raise _busy()
            self._job = job
        if wait:
            self._run(job, do, failed)
        else:
            threading.Thread(
                target=self._threaded, args=(job, do, failed), name=f"import-{batch_id}", daemon=True
            ).start()
        return job

    def job_of(self, batch_id: str) -> Job | None:
        """The job that is at a batch."""
        job = self._job
        return job if job is not None and job.batch_id == batch_id else None

    def _threaded(self, job: Job, do: Do, failed: Failed) -> None:
        try:
            self._run(job, do, failed)
        finally:
            connection.close()

    def _run(self, job: Job, do: Do, failed: Failed) -> None:
        try:
            do(job)
        except MingjianError as error:
            failed(error)
        except DATABASE_AWAY:
            _LOG.exception("an import lost its database")
            failed(database_error())
        except Exception:  # noqa: BLE001 - nobody else would tell; logged with its trace, told as ours
            _LOG.exception("an import crashed")
            failed(crashed_error())
        finally:
            self._job = None


desk = Desk()


def _busy() -> MingjianError:
    return MingjianError(
        "import_busy",
        Text("另一个导入正在进行", "another import is at work"),
        fault=Fault.ENVIRONMENT,
        remedy=Text("请等它结束后再试", "wait until it is over"),
    )
