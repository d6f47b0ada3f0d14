"""Searches for cameras that run in the background of this process, so that a page can show how they go on.

They live in memory only: a search is worth nothing after a restart, and what it found may be gone by then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Literal

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.camera_probe import CameraProbe, FoundDevice, SearchWish
from mingjian.web import wiring
from mingjian.web.http.failures import crashed_error
from mingjian.web.http.problem import not_found

_LOG = logging.getLogger(__name__)
MAX_RUNNING = 2
MAX_KEPT = 20
State = Literal["running", "done", "cancelled", "failed"]


class Search:
    """One search; a `SearchWatch` for its own thread, read by requests in theirs."""

    def __init__(self, owner: str, wish: SearchWish) -> None:
        self.id = new_id(wiring.clock().now_ns())
        self.owner = owner
        self.wish = wish
        self.error: MingjianError | None = None
        self.tried = 0
        self.total = 0
        self.found: tuple[FoundDevice, ...] = ()
        self._running = True
        self._cancelled = threading.Event()

    @property
    def state(self) -> State:
        """What it is doing, or how it ended."""
        if self._running:
            return "running"
        if self.error is not None:
            return "failed"
        return "cancelled" if self._cancelled.is_set() else "done"

    def on_tried(self, tried: int, total: int) -> None:
        """So many of so many addresses."""
        self.tried, self.total = tried, total

    def on_found(self, device: FoundDevice) -> None:
        """One more."""
        self.found = (*self.found, device)

    def is_cancelled(self) -> bool:
        """Whether its owner has called it off."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Call it off; it ends within a second, with what it has."""
        self._cancelled.set()

    def run(self, discover: Callable[[Search], object]) -> None:
        """Search until it ends one way or the other."""
        try:
            discover(self)
        except MingjianError as error:
            self.error = error
        except Exception:  # noqa: BLE001 - nobody else would tell; logged with its trace, told as ours
            _LOG.exception("a search for cameras crashed")
            self.error = crashed_error()
        finally:
            self._running = False


class SearchDesk:
    """The searches of this process. A person sees his own only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._searches: dict[str, Search] = {}

    def begin(self, owner: str, wish: SearchWish, probe: CameraProbe, *, allow_loopback: bool) -> Search:
        """Start one in a thread of its own. Raises MingjianError `search_busy` while enough are running."""
        search = Search(owner, wish)
        with self._lock:
            if sum(one.state == "running" for one in self._searches.values()) >= MAX_RUNNING:
                raise _busy()
            for old in [key for key, one in self._searches.items() if one.state != "running"][:-MAX_KEPT]:
                del self._searches[old]
            self._searches[search.id] = search
        threading.Thread(
            target=search.run,
            args=(lambda watch: probe.discover(wish, allow_loopback=allow_loopback, watch=watch),),
            name=f"search-{search.id}",
            daemon=True,
        ).start()
        return search

    def get(self, owner: str, search_id: str) -> Search:
        """A search of this person. Raises MingjianError `not_found`."""
        with self._lock:
            search = self._searches.get(search_id)
        if search is None or search.owner != owner:
            raise not_found("这次搜索已不存在，请重新搜索", "this search is gone; search again")
        return search


desk = SearchDesk()


def _busy() -> MingjianError:
    return MingjianError(
        "search_busy",
        Text(zh="已有搜索正在进行", en="other searches are still running"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="请等它结束后再搜索", en="wait until they end, then search again"),
    )
