"""Evidence packages and their player copies beside the worker's other duties: one thread, so that an hour of footage keeps nothing waiting."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mingjian.web.retrievals.jobs import Job
    from mingjian.web.retrievals.redaction_work import Redactions

_LOG = logging.getLogger(__name__)


class PackageWorker:
    """Call `step` about once a second; Django must be up. A process that dies leaves nothing of an unfinished package."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._adopted = False

    def step(self) -> None:
        """Begin when something is wanted and nothing is being made."""
        if not self._adopted:
            for job in _jobs():
                job.adopt()
            self._adopted = True
        if (self._thread is None or not self._thread.is_alive()) and any(job.is_wanted() for job in _jobs()):
            self._thread = threading.Thread(target=_make_all, name="packages", daemon=True)
            self._thread.start()


def _jobs() -> tuple[Job[Any] | Redactions, ...]:
    """In the order in which they are served."""
    from mingjian.web.retrievals.copies import PLAYER_COPIES
    from mingjian.web.retrievals.packaging import PACKAGES
    from mingjian.web.retrievals.redaction_work import REDACTIONS

    return PACKAGES, PLAYER_COPIES, REDACTIONS


def _make_all() -> None:
    """Until nothing is wanted; the thread's own connection is closed at the end."""
    from django.db import connection

    try:
        while any(job.make_next() for job in _jobs()):
            pass
    except Exception:  # noqa: BLE001 - the row says that it failed; the worker goes on
        _LOG.exception("a package could not be made")
    finally:
        connection.close()
