"""The engine's plan, made from the register and handed over when a change is committed.

Numbering: whoever changes the register bumps PlanState in the same transaction. Publishing takes that row again, reads
the register as it then is, and hands the plan over while it holds the row; so plans reach the engine in order, and
after two changes at once the last one published contains both.
"""

from __future__ import annotations

import logging

from django.db import transaction

from mingjian.kernel.errors import MingjianError
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan
from mingjian.web import wiring
from mingjian.web.registry.keeping import least_days
from mingjian.web.registry.models import Camera, PlanState

log = logging.getLogger("mingjian.web")


def plan_changed() -> None:
    """Within a transaction that changed the register: number a new plan and publish it on commit."""
    state = _locked_state()
    state.version += 1
    state.save(update_fields=["version"])
    transaction.on_commit(_publish_or_log)


def publish_plan() -> EnginePlan:
    """Hand the current plan over, whether it is new or not: also done when web starts.

    Raises MingjianError when the plan cannot be written; the register stays as committed and the next call repeats it.
    """
    with transaction.atomic():
        state = _locked_state()
        plan = build_plan(state.version)
        wiring.engine().publish_plan(plan)
        state.published_version = plan.version
        state.save(update_fields=["published_version"])
    return plan


def build_plan(version: int) -> EnginePlan:
    """The plan of the register as it is: cameras with streams. Removed ones stay: their footage is still kept."""
    cameras = Camera.objects.filter(streams__isnull=False).distinct().select_related("place").order_by("id")
    cameras = cameras.prefetch_related("streams", "place__kinds", "place__parts")
    return EnginePlan(
        version=version,
        made_ns=wiring.clock().now_ns(),
        cameras=tuple(_camera_plan(camera) for camera in cameras),
    )


def _publish_or_log() -> None:
    """The change is committed: an engine that cannot be told must not turn it into an error of the person's."""
    try:
        publish_plan()
    except (MingjianError, OSError) as error:
        log.error("the plan could not be handed to the engine: %s", error)


def _locked_state() -> PlanState:
    state, _ = PlanState.objects.select_for_update().get_or_create(id=1)
    return state


def _camera_plan(camera: Camera) -> CameraPlan:
    streams = sorted(camera.streams.all(), key=lambda stream: stream.name)
    return CameraPlan(
        id=camera.id,
        name=camera.name,
        enabled=camera.enabled and camera.removed_ns is None and camera.standing == "active",
        keep_days=max(camera.keep_days, least_days(camera)),
        streams=tuple(StreamPlan(stream.name, stream.url_sealed, stream.transport, stream.push) for stream in streams),
        priority=camera.priority,
        record_audio=camera.record_audio,
        planned_from_ns=camera.planned_from_ns,
        removed_ns=camera.removed_ns,
    )
