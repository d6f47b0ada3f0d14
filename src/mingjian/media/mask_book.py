"""Which polygons cover what a ticket shows. Whoever shows footage asks here, each time; nothing is shown without an answer.

The file (ports/masks.py) is looked at when somebody asks, at most ten times a second. When it is not there or cannot be
read, nobody knows what must be covered, and only who may see everything sees anything.

Live follows where a PTZ camera stands now, footage where it stood then (ports/positions.py); wherever that is not known, the
masks of all presets are burned in.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

from mingjian.kernel.clock import NS_PER_MS, Clock, SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.watched_file import WatchedFile
from mingjian.ports.masks import NO_MASKS, CameraMasks, Polygon, masks_from_json, masks_held
from mingjian.ports.ticket import Right, Ticket

HTTP_STATUS = {"masks_unknown": 503, "masks_held": 403, "mask_busy": 503}
"""The HTTP status of each error code that masks add to calls on media."""


LOOK_EVERY_S = 0.1


class MaskBook:
    """The masks of all cameras, as the file says now."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._file: WatchedFile[dict[str, CameraMasks]] = WatchedFile(path, masks_from_json, "no picture is shown")
        self._looked_s = -math.inf
        self._cameras: dict[str, CameraMasks] = {}

    def over(self, ticket: Ticket, from_ns: int, to_ns: int) -> tuple[Polygon, ...]:
        """What covers footage of [from, to) for the bearer; nothing where all of it is under a lift of his.

        Raises MingjianError `masks_unknown`, `masks_held`.
        """
        if ticket.unmasked_from_ms * NS_PER_MS <= from_ns and to_ns <= ticket.unmasked_to_ms * NS_PER_MS:
            return ()
        return self._of(ticket, to_ns).over(from_ns, to_ns)

    def now(self, ticket: Ticket) -> tuple[str, tuple[Polygon, ...]]:
        """The stream of which the masked live picture is made, and what covers it. Raises as `over`."""
        if ticket.unmasked_live:
            return "main", ()
        camera = self._of(ticket, None)
        return camera.live, camera.now(self._clock.now_ns())

    def _of(self, ticket: Ticket, to_ns: int | None) -> CameraMasks:
        self._look()
        if not self._file.usable:
            raise _unknown()
        camera = self._cameras.get(ticket.camera, NO_MASKS)
        if camera.held(to_ns) and Right.MASK_CHECK.value not in ticket.rights:
            raise masks_held(Text(zh="暂不显示画面", en="so no picture is shown"))
        return camera

    def _look(self) -> None:
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        changed = self._file.poll()
        if changed is not None:
            self._cameras = changed


def _unknown() -> MingjianError:
    return MingjianError(
        "masks_unknown",
        Text(zh="读不到隐私遮蔽设置，暂不显示画面", en="the privacy masks cannot be read, so no picture is shown"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请稍候；持续出现时请检查 web 进程和数据目录的 plan/masks.json",
            en="wait a moment; if it stays, check the web process and plan/masks.json of the data folder",
        ),
    )
