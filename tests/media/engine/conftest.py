"""The engine runs under uvloop, and so do its tests."""

from __future__ import annotations

from collections.abc import Callable

import uvloop


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], uvloop.Loop]]:
    return {"uvloop": uvloop.new_event_loop}
