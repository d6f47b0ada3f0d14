"""Footage leaving through the machine's own command line: allowed and recorded before the first byte is written."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.rules import looking
from mingjian.rules import retrieval as retrieval_rules
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.rules.state_table import LETS_THROUGH
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record, record_ruled_out
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.authority.policy import Refused
from mingjian.web.masks.lifts import require_originals
from mingjian.web.registry.models import Camera
from mingjian.web.registry.queries import camera_by_id
from mingjian.web.retrievals.access import ways_granted
from mingjian.web.retrievals.facts import request_of
from mingjian.web.retrievals.packaging import COPIES
from mingjian.web.viewing.custody import access_ended, export_opened, look_denied
from mingjian.web.viewing.policies import EXPORT

EXPORTED = register("viewing.export", "导出录像", "exported footage")
judge_giving = applying(looking.judge_opening, by=EXPORTED)
judge_copy = applying(looking.judge_copy, by=EXPORTED)
executable = applying(retrieval_rules.executable, by=EXPORTED)

_SHORTEST_REASON = 2


def begin_export(
    actor: Actor, camera_id: str, stream: str, from_ns: int, to_ns: int, reason: str, retrieval: str = ""
) -> str:
    """Allow and record an export of [from, to); the access's id, for `end_export`.

    Outside demo folders it needs a retrieval of a copy that is being executed, in force, and names camera and span: who
    sits at the machine is no staff of the using unit. Raises Refused, RuledOut `retrieval_needed` with the clause,
    MingjianError not_found, invalid (field: reason) for an export without a reason, or `masked_footage`: originals under
    privacy masks leave only by a lift for that retrieval. What is refused is recorded.
    """
    from_ms, to_ms = from_ns // NS_PER_MS, to_ns // NS_PER_MS
    try:
        EXPORT.require(actor)
        _check_reason(reason)
        camera = camera_by_id(camera_id)
        require_originals(retrieval, camera.id, from_ns, to_ns)
        with transaction.atomic():
            said = _judged(actor, camera, from_ns, to_ns, reason, retrieval)
            after = {"stream": stream, "from": format_iso_ns(from_ns), "to": format_iso_ns(to_ns)}
            access = new_id(wiring.clock().now_ns())
            export_opened(actor, access, camera.id, stream, from_ns, to_ns, reason, retrieval)
            record(
                actor, EXPORTED, kind="camera", object_id=camera.id, name=camera.name,
                after={**after, "retrieval": retrieval}, policy=EXPORT, reason=reason, judgements=said,
            )  # fmt: skip
    except MingjianError as refusal:
        if not isinstance(refusal, Refused | RuledOut) and refusal.code != "masked_footage":
            raise
        look_denied(actor, camera_id, [stream], from_ms, to_ms, reason)
        if isinstance(refusal, RuledOut):
            record_ruled_out(refusal)  # there is no API around the command line that would
        raise
    return access


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < _SHORTEST_REASON:
        raise MingjianError(
            "invalid",
            Text(zh="导出录像必须说明事由", en="exporting footage needs a reason"),
            fault=Fault.USER,
            field="reason",
        )


def _judged(actor: Actor, camera: Camera, from_ns: int, to_ns: int, reason: str, retrieval: str) -> list[Judgement]:
    """What the law says of it; nothing is asked in a demo folder, whose footage is invented."""
    if configuration.current().demo:
        return []
    law, now_ns = current_law(), wiring.clock().now_ns()
    on = shanghai_day(now_ns)
    ways = ways_granted(camera, retrieval) if retrieval else []
    covering = next((one for one in ways if one.from_ns <= from_ns and to_ns <= one.to_ns), None)
    look = looking.Look(False, True, "" if covering is None else "retrieval", reason)
    said = [judge_giving(law, look, on), judge_copy(law, look, on)]
    if covering is not None:
        row = covering.retrieval
        answer = executable(law, request_of(row), on, now_ns // NS_PER_S)
        if answer.verdict in LETS_THROUGH and now_ns >= covering.until_ns:
            answer = replace(answer, verdict=Verdict.BLOCKED, reason=Text("批准已过有效期", "the approval has expired"))
        if answer.verdict in LETS_THROUGH and row.form not in COPIES:
            answer = replace(
                answer, verdict=Verdict.BLOCKED, reason=Text("批准的是查看，不含复制", "viewing was approved, no copy")
            )
        said.append(answer)
    held = [one for one in said if one.verdict not in LETS_THROUGH]
    if held:
        worst = strictest(held)
        raise RuledOut(
            "retrieval_needed", replace(worst, remedy=_remedy(retrieval)), actor=actor, action=EXPORTED,
            field="--retrieval", subject=Subject("camera", camera.id, camera.name),
        )  # fmt: skip
    return said


def _remedy(retrieval: str) -> Text:
    if not retrieval:
        return Text(
            "经批准调取并办理登记后，以 --retrieval 指明调取编号",
            "have it retrieved, then name the retrieval by --retrieval",
        )
    return Text(
        "请核对调取编号、摄像机、时段和有效期；须已登记并执行",
        "check the retrieval, camera, span and expiry; it has to be registered and executed",
    )


def end_export(access: str, from_ns: int, to_ns: int, began_ns: int) -> None:
    """The export that `begin_export` allowed is over, whether it was done or broken off."""
    duration_ms = (wiring.clock().now_ns() - began_ns) // NS_PER_MS
    access_ended(access, from_ns // NS_PER_MS, to_ns // NS_PER_MS, duration_ms)
