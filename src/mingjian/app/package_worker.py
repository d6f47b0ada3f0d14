"""Evidence packages and their player copies beside the worker's other duties: one thread, so that an hour of footage keeps nothing waiting."""

from __future__ import annotations

import logging
import threading

_LOG = logging.getLogger(__name__)


class PackageWorker:
    """Call `step` about once a second; Django must be up. A process that dies leaves nothing of an unfinished package."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._adopted = False

    def step(self) -> None:
        """Begin when something is wanted and nothing is being made."""
        from mingjian.web.retrievals.copies import adopt_copies, copies_wanted
        from mingjian.web.retrievals.packaging import adopt_packages, unfinished

        if not self._adopted:
            adopt_packages()
            adopt_copies()
            self._adopted = True
        if (self._thread is None or not self._thread.is_alive()) and (unfinished() or copies_wanted()):
            self._thread = threading.Thread(target=_make_all, name="packages", daemon=True)
            self._thread.start()


def _make_all() -> None:
    """Until nothing is wanted; the thread's own connection is closed at the end."""
    from django.db import connection

    from mingjian.web.retrievals.copies import make_next_copy
    from mingjian.web.retrievals.packaging import make_next

    try:
        while make_next() or make_next_copy():  # packages go first
            pass
    except Exception:  # noqa: BLE001 - the row says that it failed; the worker goes on
        _LOG.exception("a package could not be made")
    finally:
        connection.close()
