"""What the processes of a bench have in common: they speak JSON lines with whoever started them.

On standard input `mark` asks for figures, `end` for the last ones; the answer is one JSON line on standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any


def cpu_s() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss_mb() -> float:
    """Resident memory of this process now, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def say(**what: Any) -> None:
    """One JSON line to the parent."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def answer_until_end(
    figures: Callable[[], dict[str, Any]], on_pause: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Answer `mark` and `pause` (after `on_pause`) until `end` or the end of input; does not answer `end`."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while True:
        line = (await reader.readline()).decode().strip()
        if line in ("", "end"):
            return
        if line == "pause" and on_pause is not None:
            await on_pause()
        say(**figures())
