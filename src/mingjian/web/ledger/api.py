"""The state of the ledger for the screens: how much there is, what is signed, what nothing outside covers yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.ports.ledger import LedgerStatus, LogStatus, StampStatus, read_status
from mingjian.web import configuration, wiring
from mingjian.web.http.guard import Requires
from mingjian.web.ledger.policies import READ

router = Router(tags=["ledger"])


class LogOut(Schema):
    """One log. `exposure_s`: for how long there has been something that nothing outside this machine covers; null: nothing does."""

    log: str
    origin: str
    size: int
    signed_size: int
    last_checkpoint: str | None
    witnessed_size: int | None
    witnessed_at: str | None
    exported_size: int | None
    exported_at: str | None
    exposed_leaves: int
    exposure_s: int | None


class StampOut(Schema):
    """The time-stamping authority: `at` is what it vouched for last, over the root of `day`; null: never."""

    address: str
    day: str | None
    at: str | None
    authority: str | None
    failing_since: str | None


class LedgerOut(Schema):
    """Both logs. `worker_seen`: when the worker last looked after them; `problems`: what keeps it from doing so.

    `time_stamp` is null where no authority is set; `alarms`: what has failed for more than a day.
    """

    now: str
    worker_seen: str | None
    witness: str
    key: str
    logs: list[LogOut]
    problems: list[dict[str, str]]
    time_stamp: StampOut | None
    alarms: list[dict[str, str]]
    exposure_s: int | None


@router.get("/status", auth=Requires(READ), response=LedgerOut, operation_id="ledger_status")
def get_status(request: HttpRequest) -> dict[str, Any]:
    """Logs, sizes, last checkpoint, last export, witness, time stamp, exposure."""
    now_ns = wiring.clock().now_ns()
    folder = configuration.current().data_folder
    status = read_status(folder) if folder is not None else LedgerStatus()
    logs = [_log_out(one, now_ns) for one in status.logs]
    ages = [one["exposure_s"] for one in logs]
    return {
        "now": format_iso_ns(now_ns),
        "worker_seen": _iso(status.seen_ns),
        "witness": status.witness,
        "key": status.key,
        "logs": logs,
        "problems": list(status.problems),
        "time_stamp": None if status.stamp is None else _stamp_out(status.stamp),
        "alarms": list(status.alarms),
        "exposure_s": max(ages) if ages and None not in ages else None,
    }


def _log_out(one: LogStatus, now_ns: int) -> dict[str, Any]:
    covered_ns = one.covered_ns
    return {
        "log": one.log,
        "origin": one.origin,
        "size": one.size,
        "signed_size": one.signed_size,
        "last_checkpoint": _iso(one.checkpoint_ns),
        "witnessed_size": one.witnessed_size,
        "witnessed_at": _iso(one.witnessed_ns),
        "exported_size": one.exported_size,
        "exported_at": _iso(one.exported_ns),
        "exposed_leaves": max(0, one.size - one.outside_size),
        "exposure_s": None if covered_ns is None else max(0, now_ns - covered_ns) // NS_PER_S,
    }


def _stamp_out(one: StampStatus) -> dict[str, Any]:
    return {
        "address": one.url,
        "day": one.day,
        "at": _iso(one.stamped_ns),
        "authority": one.authority,
        "failing_since": _iso(one.failing_since_ns),
    }


def _iso(ns: int | None) -> str | None:
    return None if ns is None else format_iso_ns(ns)
