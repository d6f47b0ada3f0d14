"""What the worker says of both logs: `ledger/status.json` of the data folder, which web and engine read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LogStatus:
    """One log; times are UTC nanoseconds, those of `witnessed` and `exported` the times of the checkpoints held there.

    `idle_ns`: when it was last seen that nothing is recorded, and nothing has been, that a checkpoint held outside does not
    cover; None: there is something.
    """

    log: str
    origin: str
    size: int
    signed_size: int
    checkpoint_ns: int | None
    witnessed_size: int | None = None
    witnessed_ns: int | None = None
    exported_size: int | None = None
    exported_ns: int | None = None
    idle_ns: int | None = None

    @property
    def outside_ns(self) -> int | None:
        """The time of the newest checkpoint that is held outside, None when none is."""
        return max((at for at in (self.witnessed_ns, self.exported_ns) if at is not None), default=None)

    @property
    def covered_ns(self) -> int | None:
        """Up to when everything there is is covered from outside; what came later is exposed. None: nothing is."""
        outside_ns = self.outside_ns
        return outside_ns if outside_ns is None or self.idle_ns is None else max(outside_ns, self.idle_ns)

    @property
    def outside_size(self) -> int:
        """The leaves that it covers."""
        return max(self.witnessed_size or 0, self.exported_size or 0)


@dataclass(frozen=True, slots=True)
class StampStatus:
    """The time-stamping authority asked: its last word (`day` is the root's), and since when it has not given one."""

    url: str
    day: str | None = None
    stamped_ns: int | None = None
    authority: str | None = None
    failing_since_ns: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Both logs as the worker saw them last. `problems`: duty, code, zh, en of what did not work.

    `stamp` is None where no authority is set; `alarms` have the form of the engine's.
    """

    seen_ns: int | None = None
    witness: str = ""
    key: str = ""
    logs: tuple[LogStatus, ...] = ()
    problems: tuple[dict[str, str], ...] = ()
    stamp: StampStatus | None = None
    alarms: tuple[dict[str, str], ...] = ()


def status_path(data: Path) -> Path:
    """Where it lies."""
    return data / "ledger" / "status.json"


def status_to_json(status: LedgerStatus) -> str:
    """The file's text."""
    return json.dumps(asdict(status), ensure_ascii=False)


def read_status(data: Path) -> LedgerStatus:
    """The status; an empty one when there is none or it cannot be read."""
    try:
        told = json.loads(status_path(data).read_text(encoding="utf-8"))
        logs = tuple(LogStatus(**one) for one in told["logs"])
        stamp = StampStatus(**told["stamp"]) if told.get("stamp") else None
        lists = {"problems": tuple(told["problems"]), "alarms": tuple(told.get("alarms", ()))}
        return LedgerStatus(**{**told, "logs": logs, "stamp": stamp, **lists})
    except (OSError, ValueError, KeyError, TypeError):
        return LedgerStatus()
