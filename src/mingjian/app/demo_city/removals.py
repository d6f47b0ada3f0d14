"""Removals in every state: planned, authorised, notified, down, filed, registered, back again, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mingjian.app.demo_city.days import days_from_now
from mingjian.web.authority.actor import Actor

_STEPS = ("authorise", "notify", "remove", "file", "register")
# scope, and how far it came; `restore` puts a temporary one back, `close` ends the filing of a system that is gone
_REMOVALS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("partial", ()),
    ("partial", _STEPS[:1]),
    ("temporary", _STEPS[:2]),
    ("partial", _STEPS[:3]),
    ("temporary", _STEPS[:4]),
    ("partial", _STEPS),
    ("temporary", (*_STEPS, "restore")),
    ("total", (*_STEPS, "close")),
    ("total", (*_STEPS, "close")),
    ("partial", ("cancel",)),
)


def removal_jobs(actor: Actor, file_registered: Callable[[Actor, Any], str]) -> list[partial[Any]]:
    """What is done with one system each. `file_registered` gives it a registered filing first."""
    return [partial(_remove, actor, file_registered, scope=scope, steps=steps) for scope, steps in _REMOVALS]


def _remove(
    actor: Actor, file_registered: Callable[[Actor, Any], str], system: Any, *, scope: str, steps: tuple[str, ...]
) -> None:
    from mingjian.web.filings.intake import close_filing, register_filing
    from mingjian.web.filings.removals import change_removal, plan_removal, removal_by_id, step_removal

    filing = file_registered(actor, system)
    cameras = [] if scope == "total" else list(system.cameras.order_by("id").values_list("id", flat=True)[:2])
    reason = {"partial": "点位重复，予以优化", "temporary": "道路改造施工", "total": "单位停业"}[scope]
    row = plan_removal(actor, system.id, scope, cameras, reason)
    change_removal(actor, row.id, {
        "authority": "望江区城市管理局批复〔2026〕18 号", "notice": "已函告辖区派出所", "footage_kept": True, "holds_kept": True,
        "substitute": "" if scope == "total" else "相邻点位和移动布控球", "return_date": days_from_now(60) if scope == "temporary" else "",
    }, None)  # fmt: skip
    for step in steps:
        if step == "register":
            filed = removal_by_id(actor, row.id).filing
            assert filed is not None
            register_filing(actor, filed.id, None)
        elif step == "close":
            close_filing(actor, filing, "系统已全部拆除", None)
        else:
            step_removal(actor, row.id, step, days_from_now(-3) if step == "remove" else "", None)
