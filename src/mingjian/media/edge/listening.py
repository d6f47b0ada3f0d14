"""Whether somebody takes connections at a unix socket: its file alone may be left over from a process that died."""

from __future__ import annotations

import asyncio
from pathlib import Path

_PATIENCE_S = 1.0


async def listens(path: Path) -> bool:
    """True when a connection is taken within a second."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_unix_connection(str(path)), _PATIENCE_S)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
