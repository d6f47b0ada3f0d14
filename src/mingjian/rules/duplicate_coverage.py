"""Before a new point: is it covered already (qd204 6.2)? Across subtrees the answer says only "covered, contact X"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law, judge

NO_DUPLICATION = "qd204.plan.no_duplication"
OVERLAP = "policy.duplicate.overlap_percent"
SAME_POLE = "policy.duplicate.same_pole_metres"
NETWORK = "policy.duplicate.network_metres"


@dataclass(frozen=True, slots=True)
class ExistingCamera:
    """A camera near the planned point: overlap of the fields of view in percent, distance, and whom to ask.

    `same_pole`: it hangs on the pole that the new point names, however far its registered position is.
    """

    overlap_percent: int
    distance_metres: int
    contact: str
    same_pole: bool = False


@dataclass(frozen=True, slots=True)
class DuplicateCheck:
    """What was checked (existing_cameras, existing_networks) and found; a network at hand is used, not doubled.

    `network_contacts`: whom to ask about the networks at hand.
    """

    checked: frozenset[str]
    cameras: tuple[ExistingCamera, ...] = ()
    usable_network_at_hand: bool = False
    uses_that_network: bool = False
    reason_to_build: str = ""
    network_contacts: tuple[str, ...] = ()


def judge_new_point(law: Law, check: DuplicateCheck, on: dt.date) -> Judgement:
    """SUSPENDED a duplicate that needs a reason; UNDECIDABLE not checked; PASS."""
    clause = law.ask(NO_DUPLICATION, on)
    if isinstance(clause, Judgement):
        return clause
    policies = (OVERLAP, SAME_POLE)
    wanted = clause.names("checks")
    answers = [judge(Verdict.PASS, (clause,), Text("未见重复建设", "no duplicate found"), policies=policies)]
    if any(name not in check.checked for name in wanted):
        answers.append(
            judge(
                Verdict.UNDECIDABLE,
                (clause,),
                Text("新增点位前未完成重复覆盖核查", "the duplicate check is not complete"),
                Text("核查现有采集设备和网络", "check existing cameras and networks"),
                policies,
            )
        )
    explained = bool(check.reason_to_build.strip())
    covering = [camera for camera in check.cameras if _covers(law, camera)] if "existing_cameras" in wanted else []
    if covering and not explained:
        contacts = "、".join(dict.fromkeys(camera.contact for camera in covering))
        answers.append(
            judge(
                Verdict.SUSPENDED,
                (clause,),
                Text(f"该处已有覆盖，请联系{contacts}", f"covered already, contact {contacts}"),
                Text("共享现有资源，或者说明另建理由", "share what exists, or state why another is needed"),
                policies,
            )
        )
    unused = check.usable_network_at_hand and not check.uses_that_network
    if "existing_networks" in wanted and unused and not explained:
        whom = "、".join(dict.fromkeys(check.network_contacts))
        answers.append(
            judge(
                Verdict.SUSPENDED,
                (clause,),
                Text(
                    f"现有网络可用而未利用{f'，请联系{whom}' if whom else ''}",
                    f"an existing network is at hand and not used{f', contact {whom}' if whom else ''}",
                ),
                Text("利用现有网络资源，或者说明理由", "use it, or state why not"),
                (NETWORK,),
            )
        )
    return strictest(answers)


def _covers(law: Law, camera: ExistingCamera) -> bool:
    near = camera.distance_metres <= law.policy_number(SAME_POLE)
    return camera.same_pole or near or camera.overlap_percent >= law.policy_number(OVERLAP)
