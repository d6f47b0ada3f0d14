"""Who is let in to look: the one place where a wish for a camera is judged, for a ticket and for each renewal.

The using unit's own staff look by their role. Others: what was recorded by a retrieval they execute or an emergency, cut
to the granted span and its expiry; the present by a grant of grade or an emergency. Nobody from outside takes a copy here:
it is handed over as a sealed package. A camera that is out of sight stays so, unless something opens it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ports.ticket import Right
from mingjian.rules import interfaces, looking, measures
from mingjian.rules import retrieval as retrieval_rules
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.state_table import LETS_THROUGH
from mingjian.web import wiring
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying, cited_reason
from mingjian.web.authority.policy import Policy, Refused
from mingjian.web.authority.subjects import Located
from mingjian.web.http.problem import not_found
from mingjian.web.monitoring.staff import require_fit
from mingjian.web.organisations.grades import grade_requests
from mingjian.web.registry.models import Camera
from mingjian.web.registry.policies import READ
from mingjian.web.retention.deleting import require_not_sealed
from mingjian.web.retrievals.access import Way, ways_at_the_counter, ways_to
from mingjian.web.retrievals.facts import request_of
from mingjian.web.retrievals.policies import ASK
from mingjian.web.viewing.policies import OF_RIGHT, is_own_staff

LOOKED = register("viewing.look", "观看画面", "looked at a camera")

judge_opening = applying(looking.judge_opening, by=LOOKED)
judge_own_right = applying(looking.judge_own_right, by=LOOKED)
judge_purpose = applying(looking.judge_purpose, by=LOOKED)
judge_copy = applying(looking.judge_copy, by=LOOKED)
judge_register = applying(looking.judge_register, by=LOOKED)
judge_measures = applying(measures.judge_measures, by=LOOKED)
judge_access = applying(interfaces.judge_access, by=LOOKED)
judge_emergency = applying(retrieval_rules.judge_emergency, by=LOOKED)
executable = applying(retrieval_rules.executable, by=LOOKED)

_RECORDED = frozenset({Right.PLAYBACK, Right.EXPORT})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to look at. Times are UTC milliseconds, 0 and 0 where no footage is asked for.

    `retrieval` ties the look to one; `narrow`: of several rights those that may be had, instead of a refusal.
    """

    camera: str
    streams: tuple[str, ...]
    rights: tuple[Right, ...]
    purpose: str
    from_ms: int = 0
    to_ms: int = 0
    retrieval: str = ""
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """What is let in: rights, the span as cut (UTC ms), the last instant (None: no other than the ticket's), and by what.

    `opened_by`: own_right, grade, retrieval, emergency; of several that which opens what was recorded.
    """

    rights: tuple[Right, ...]
    opened_by: str
    retrieval: str
    from_ms: int
    to_ms: int
    until_ms: int | None
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """One right, what opens it, and what the law said."""

    right: Right
    by: str
    said: tuple[Judgement, ...]
    way: Way | None = None


def admit(actor: Actor, camera: Camera, wish: Wish) -> Admission:
    """Judge a wish; in the transaction that uses the answer, so that what opens it cannot be shut in between.

    Raises Refused for staff without the right, RuledOut (`retrieval_needed`, `forbidden`) for others, MingjianError
    `not_found` for a camera out of sight, `invalid` for a retrieval that does not name it, and `sealed_from_view` for
    footage that public security ordered deleted, RuledOut `not_trained` for own staff without training or vetting.
    """
    judging = _Judging(actor, camera, wish)
    opened: list[_Opened] = []
    refusals: list[MingjianError] = []
    for right in wish.rights:
        try:
            opened.append(judging.open(right))
        except (Refused, RuledOut) as refusal:
            refusals.append(refusal)
    if refusals and not (wish.narrow and opened):
        raise refusals[0] if judging.in_sight else _unseen()
    admission = judging.admission(opened)
    require_not_sealed(camera.id, admission.from_ms, admission.to_ms)
    fit = require_fit(actor, camera)
    taken = judging.measures(admission, fit=fit)
    return replace(admission, judgements=(*admission.judgements, taken))


class _Judging:
    """One wish, with what is asked of the database once for all its rights."""

    def __init__(self, actor: Actor, camera: Camera, wish: Wish) -> None:
        self.actor, self.camera, self.wish = actor, camera, wish
        self.law: Law = current_law()
        self.now_ns = wiring.clock().now_ns()
        self.on: dt.date = shanghai_day(self.now_ns)
        self.inside = is_own_staff(actor, camera)
        self._ways: list[Way] | None = None
        self.counter = self._at_the_counter() if self.inside and wish.retrieval else None

    @property
    def in_sight(self) -> bool:
        """Whether he may know that the camera is there."""
        return READ.allows(self.actor, self.camera) or bool(self._ways)

    def open(self, right: Right) -> _Opened:
        """What opens this right. Raises Refused or RuledOut."""
        recorded = right in _RECORDED or (right is Right.SNAPSHOT and bool(self.wish.to_ms))
        if OF_RIGHT[right].allows(self.actor, self.camera):
            return self._judged(right, recorded, "own_right", way=self.counter if recorded else None)
        way, said = self._way(recorded)
        if right is not Right.EXPORT:
            if way is not None:
                return self._judged(right, recorded, "emergency" if way.emergency else "retrieval", said, way)
            if not recorded:
                graded = self._graded()
                if graded.verdict is Verdict.PASS:
                    return self._judged(right, recorded, "grade", (graded,))
                said = said or (() if graded.verdict is Verdict.NOT_APPLICABLE else (graded,))
            if said:
                raise self._ruled_out(right, strictest(said), recorded)
        return self._judged(right, recorded, "")

    def admission(self, opened: list[_Opened]) -> Admission:
        """All rights as one ticket: the span that every way grants, until the first of them ends."""
        ways = [one.way for one in opened if one.way is not None]
        from_ms, to_ms = self.wish.from_ms, self.wish.to_ms
        if to_ms and ways:
            from_ms = max(from_ms, *(-(-one.from_ns // NS_PER_MS) for one in ways))
            to_ms = min(to_ms, *(one.to_ns // NS_PER_MS for one in ways))
        first = next((one for one in opened if one.way is not None), opened[0])
        said = dict.fromkeys(judgement for one in opened for judgement in one.said)
        return Admission(
            rights=tuple(one.right for one in opened),
            opened_by=first.by,
            retrieval="" if first.way is None else first.way.retrieval.id,
            from_ms=from_ms,
            to_ms=to_ms,
            until_ms=min((one.until_ns // NS_PER_MS for one in ways), default=None),
            judgements=(*said, self._registered(from_ms, to_ms)),
        )

    def measures(self, admission: Admission, *, fit: bool) -> Judgement:
        """Whether this look is let in with each measure of 16.2: fit people, a right, the register, the watermark."""
        registered = admission.judgements[-1]
        taken = {
            "vetting_and_training": fit, "access_control": bool(admission.opened_by),
            "register_of_looks": registered.verdict is Verdict.PASS, "other_measures": bool(self.actor.labelled().strip()),
        }  # fmt: skip
        return judge_measures(self.law, taken, self.on)

    def _judged(
        self, right: Right, recorded: bool, by: str, said: tuple[Judgement, ...] = (), way: Way | None = None
    ) -> _Opened:
        look = looking.Look(self.inside, recorded, by, self.wish.purpose)
        answers = [judge_purpose(self.law, look, self.on), judge_own_right(self.law, look, self.on)]
        answers.append(judge_opening(self.law, look, self.on))
        if right is Right.EXPORT:
            answers.append(judge_copy(self.law, look, self.on))
        held = [one for one in answers if one.verdict not in LETS_THROUGH]
        if held:
            raise self._refused(right, recorded, strictest(held))
        return _Opened(right, by, (*said, *answers), way)

    def _way(self, recorded: bool) -> tuple[Way | None, tuple[Judgement, ...]]:
        """The way that shows most of what is asked, with the law's word; without one, why what there is does not open."""
        if self._ways is None:
            self._ways = ways_to(self.actor, self.camera, self.wish.retrieval)
        held: list[Judgement] = []
        fitting: list[tuple[int, Way, Judgement]] = []
        for way in self._ways:
            if not recorded and not way.emergency:
                continue
            said = self._said_of(way)
            shown_ns = self._shared_ns(way) if recorded else 1
            if said.verdict in LETS_THROUGH and shown_ns > 0:
                fitting.append((shown_ns, way, said))
            else:
                held.append(said if said.verdict not in LETS_THROUGH else _outside_the_span(said, way))
        if not fitting:
            return None, tuple(held)
        _, way, said = max(fitting, key=lambda one: one[0])
        return way, (said,)

    def _said_of(self, way: Way) -> Judgement:
        request, now_s = request_of(way.retrieval), self.now_ns // NS_PER_S
        rule = judge_emergency if way.emergency else executable
        said = rule(self.law, request, self.on, now_s)
        if said.verdict in LETS_THROUGH and self.now_ns >= way.until_ns:
            return replace(said, verdict=Verdict.BLOCKED, reason=Text("批准已过有效期", "the approval has expired"))
        return said

    def _shared_ns(self, way: Way) -> int:
        low_ns = max(self.wish.from_ms * NS_PER_MS, way.from_ns)
        return min(self.wish.to_ms * NS_PER_MS, way.to_ns) - low_ns

    def _graded(self) -> Judgement:
        """Grants of grade (qd204 13.1); NOT_APPLICABLE when none reaches this camera."""
        grade = None if self.camera.system is None else self.camera.system.security_grade
        where = Located(self.camera.organisation_id or "", self.camera.division_id or "")
        requests = grade_requests(self.actor, where, grade, self.wish.purpose)
        said = [judge_access(self.law, request, self.on) for request in requests]
        passed = next((one for one in said if one.verdict is Verdict.PASS), None)
        if passed is not None or said:
            return passed or strictest(said)
        return Judgement(Verdict.NOT_APPLICABLE, (), Text("没有分级接入授权", "no grant by grade"))

    def _at_the_counter(self) -> Way:
        """Staff show at their counter what a retrieval grants: the look is tied to it and cut like its own."""
        ways = ways_at_the_counter(self.camera, self.wish.retrieval)
        fitting = [one for one in ways if self._said_of(one).verdict in LETS_THROUGH and self._shared_ns(one) > 0]
        if not fitting:
            raise MingjianError(
                "invalid",
                Text(
                    "该调取尚未执行，或者不含这台摄像机的这一时段",
                    "this retrieval is not being executed, or does not name this camera and time",
                ),
                fault=Fault.USER,
                field="retrieval",
            )
        return max(fitting, key=self._shared_ns)

    def _registered(self, from_ms: int, to_ms: int) -> Judgement:
        span = f" {format_iso_ns(from_ms * NS_PER_MS)}/{format_iso_ns(to_ms * NS_PER_MS)}" if to_ms else ""
        columns = {
            "reason": self.wish.purpose, "content": f"{self.camera.name}{span}", "unit": unit_of(self.actor),
            "name": self.actor.name,
        }  # fmt: skip
        return judge_register(self.law, columns, self.on)

    def _refused(self, right: Right, recorded: bool, said: Judgement) -> MingjianError:
        """Staff lack a right that their own unit gives; others lack what the law asks of them."""
        if not self.inside:
            return self._ruled_out(right, said, recorded)
        policy = OF_RIGHT[right]
        title = Text(f"您没有“{policy.title.zh}”的权限", f"you do not have the right to {policy.title.en}")
        reason = cited_reason(replace(said, reason=title)) if said.clauses else title
        return Refused(
            "forbidden",
            reason,
            policy=policy.name,
            actor=self.actor,
            remedy=policy.whom_to_ask(self.actor, self.camera),
        )

    def _ruled_out(self, right: Right, said: Judgement, recorded: bool) -> RuledOut:
        policy: Policy = ASK if recorded else OF_RIGHT[right]
        whom = policy.whom_to_ask(self.actor, self.camera)
        remedy = whom if said.remedy is None else Text(f"{said.remedy.zh}；{whom.zh}", f"{said.remedy.en}; {whom.en}")
        return RuledOut(
            "retrieval_needed" if recorded else "forbidden", replace(said, remedy=remedy), actor=self.actor,
            action=LOOKED, field="rights", subject=Subject("camera", self.camera.id, self.camera.name),
        )  # fmt: skip


def unit_of(actor: Actor) -> str:
    """The unit that the register of looks names: what his account says, else where his first role is bound."""
    return actor.unit or next((one.organisation_name for one in actor.bindings if not one.grant), "")


def cited(judgements: Iterable[Judgement]) -> list[Judgement]:
    """What goes on record: all that rests on a clause."""
    return [one for one in judgements if one.clauses]


def _outside_the_span(said: Judgement, way: Way) -> Judgement:
    begins, ends = format_iso_ns(way.from_ns), format_iso_ns(way.to_ns)
    return replace(
        said,
        verdict=Verdict.BLOCKED,
        reason=Text(f"批准的时段为 {begins} 至 {ends}", f"what was granted is {begins} to {ends}"),
        remedy=None,
    )


def _unseen() -> MingjianError:
    return not_found("没有这台摄像机", "there is no such camera")
