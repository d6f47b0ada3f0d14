"""The machine's state for the screens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

import mingjian
from mingjian.kernel.isotime import format_iso_ns
from mingjian.ports.ledger import read_status
from mingjian.web import configuration, wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Reason
from mingjian.web.registry.queries import plan_numbers
from mingjian.web.system import actions, policies
from mingjian.web.system.engine_view import (
    EngineAnswer,
    EngineReachOut,
    StreamStatusOut,
    VolumeStatusOut,
    ask_engine,
    stream_out,
    volume_out,
)

router = Router(tags=["system"])


class StatusOut(Schema):
    """The engine's state beside web's. `plan_current`: the engine works by the newest plan."""

    now: str
    version: str
    instance: str
    demo: bool
    engine: EngineReachOut
    engine_instance: str | None
    started: str | None
    plan_version: int
    plan_published: int
    plan_in_force: int | None
    plan_current: bool
    deletion_paused: str | None
    streams: list[StreamStatusOut]
    volumes: list[VolumeStatusOut]
    alarms: list[dict[str, str]]
    extra: dict[str, str]


class VolumesOut(Schema):
    """Volumes with their forecasts."""

    engine: EngineReachOut
    volumes: list[VolumeStatusOut]


@router.get("/status", auth=Requires(policies.READ), response=StatusOut, operation_id="system_status")
def get_status(request: HttpRequest) -> dict[str, Any]:
    """Engine, streams, volumes, alarms; when the engine is away, what is known without it."""
    language = language_of(request)
    answer = ask_engine()
    version, published = plan_numbers()
    config = configuration.current()
    return {
        "now": format_iso_ns(wiring.clock().now_ns()),
        "version": mingjian.__version__,
        "instance": config.instance,
        "demo": config.demo,
        "engine": answer.reach(language),
        "plan_version": version,
        "plan_published": published,
        **_engine_part(answer, version, language, _ledger_alarms()),
    }


@router.get("/volumes", auth=Requires(policies.READ), response=VolumesOut, operation_id="system_volumes")
def get_volumes(request: HttpRequest) -> dict[str, Any]:
    """Volumes with the day each fills."""
    answer = ask_engine()
    volumes = answer.status.volumes if answer.status else ()
    return {"engine": answer.reach(language_of(request)), "volumes": [volume_out(volume) for volume in volumes]}


@router.post(
    "/confirm-time", auth=Requires(policies.CONFIRM_TIME), response={204: None}, operation_id="system_confirm_time"
)
def confirm_time(request: HttpRequest, data: Reason) -> Status[None]:
    """Vouch for the machine's time after it stepped: deleting goes on."""
    actions.confirm_time(actor_of(request), data.reason)
    return Status(204, None)


def _ledger_alarms() -> list[dict[str, str]]:
    """What the worker says of the ledger; it says so whether or not the engine answers."""
    folder = configuration.current().data_folder
    return [] if folder is None else list(read_status(folder).alarms)


def _engine_part(
    answer: EngineAnswer, plan_version: int, language: str, ledger_alarms: list[dict[str, str]]
) -> dict[str, Any]:
    status = answer.status
    if status is None:
        return {
            "engine_instance": None,
            "started": None,
            "plan_in_force": None,
            "plan_current": False,
            "deletion_paused": None,
            "streams": [],
            "volumes": [],
            "alarms": ledger_alarms,
            "extra": {},
        }
    return {
        "engine_instance": status.instance,
        "started": format_iso_ns(status.started_ns),
        "plan_in_force": status.plan_version,
        "plan_current": status.plan_version >= plan_version,
        "deletion_paused": status.extra.get(f"deletion_paused_{language}", status.deletion_paused),
        "streams": [stream_out(stream, language) for stream in status.streams],
        "volumes": [volume_out(volume) for volume in status.volumes],
        "alarms": [*status.alarms, *ledger_alarms],
        "extra": status.extra,
    }
