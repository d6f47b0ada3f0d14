"""The coverage-gap report (qd204 7.1, 7.2; sc799 7): obliged parts of places without a system, and what follows.

30,000 places are judged in a moment because few combinations of kinds and part occur: each is judged once. What covers
a part: registry.places.coverage.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from mingjian.rules.additional_places import PlaceApproval, judge_additional
from mingjian.rules.coordination import gap_outcome
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.places import DutyBearer, PlacePart, duty_bearers, must_have_system
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.planning.models import AdditionalPlace, Plan, PlannedPoint
from mingjian.web.planning.policies import GAPS
from mingjian.web.registry.models import Place
from mingjian.web.registry.models import PlacePart as PartRow
from mingjian.web.registry.places.coverage import Coverage
from mingjian.web.registry.places.queries import kinds_rows

Part = tuple[str, str, str]
"""Its id, its place, what it is (rules.place_kinds.PLACE_PARTS)."""

_SLICE = 300
_LONGEST_SLICE = 2400


@dataclass(frozen=True, slots=True)
class Gap:
    """An obliged part without a system: who must build it, and what follows (a task, or a duty of the unit)."""

    place: str
    place_name: str
    division: str
    lon_e7: int | None
    lat_e7: int | None
    part: str
    part_id: str
    judgement: Judgement
    bearers: tuple[DutyBearer, ...]
    outcome: Judgement


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of parts over the actor's reach: the rate is covered / obliged; undecidable ones are in neither."""

    places: int
    obliged: int
    covered: int
    gaps: int
    undecidable: int


class _Row(NamedTuple):
    """What a page reads of a part and its place."""

    id: str
    part: str
    place: str
    place_name: str
    division: str
    lon_e7: int | None
    lat_e7: int | None


_COLUMNS = ("id", "part", "place_id", "place__name", "place__division__name", "place__lon_e7", "place__lat_e7")


class Report:
    """One report as of `on`: counts come from one pass over plain columns, pages from as few parts as fill them."""

    def __init__(self, actor: Actor, on: dt.date | None = None, *, division: str = "", kind: str = "") -> None:
        self.on = on or shanghai_day(wiring.clock().now_ns())
        self._law = current_law()
        places = GAPS.visible(actor, Place.objects.filter(removed_ns__isnull=True))
        if division:
            places = places.filter(division__reached_from__ancestor_id=division)
        if kind:
            places = places.filter(kinds__kind=kind, kinds__until_date="")
        self._places = places
        self._judge = lru_cache(maxsize=4096)(self._judged)
        self._explain = lru_cache(maxsize=4096)(self._explained)

    def summary(self) -> Summary:
        """The counts."""
        counts: dict[Verdict, int] = defaultdict(int)
        places = set()
        for place, _, verdict in self._verdicts():
            places.add(place)
            counts[verdict] += 1
        covered, gaps = counts[Verdict.PASS], counts[Verdict.FAIL]
        return Summary(len(places), covered + gaps, covered, gaps, counts[Verdict.UNDECIDABLE])

    def gaps(self, after: str = "", limit: int = 200) -> tuple[list[Gap], str | None]:
        """Gaps in the order of part ids, from behind `after`; the last id when there may be more."""
        found: list[str] = []
        kinds: dict[str, frozenset[str]] = {}
        for parts in self._slices(after):
            places = {place for _, place, _ in parts}
            of_slice = self._kinds(Q(place_id__among=places))
            kinds |= of_slice
            coverage = Coverage(places, [part for part, _, _ in parts])
            judged = self._verdicts_of(parts, of_slice, coverage)
            found += [part for _, part, verdict in judged if verdict is Verdict.FAIL]
            if len(found) > limit:
                break
        page = found[:limit]
        rows = [_Row(*row) for row in PartRow.objects.filter(id__among=page).order_by("id").values_list(*_COLUMNS)]
        gaps = [self._gap(row, kinds.get(row.place, frozenset())) for row in rows]
        return gaps, (page[-1] if len(found) > limit else None)

    def open_parts(self) -> set[str]:
        """Ids of the obliged parts without a system."""
        return {part for _, part, verdict in self._verdicts() if verdict is Verdict.FAIL}

    def _gap(self, row: _Row, kinds: frozenset[str]) -> Gap:
        obliged, bearers, outcome = self._explain(kinds, row.part)
        if obliged.verdict is not Verdict.FAIL:
            obliged = self._additional[row.place]
        return Gap(
            place=row.place,
            place_name=row.place_name,
            division=row.division,
            lon_e7=row.lon_e7,
            lat_e7=row.lat_e7,
            part=row.part,
            part_id=row.id,
            judgement=obliged,
            bearers=bearers,
            outcome=outcome,
        )

    def _explained(self, kinds: frozenset[str], part: str) -> tuple[Judgement, tuple[DutyBearer, ...], Judgement]:
        """What obliges such a part, whom, and what follows while it has no system."""
        of, on = PlacePart(kinds, part), self.on
        return (
            must_have_system(self._law, of, False, on),
            duty_bearers(self._law, of, on),
            gap_outcome(self._law, of, on),
        )

    def _slices(self, after: str) -> Iterator[list[Part]]:
        """Parts within reach by id, from behind `after`, some at a time."""
        within = Exists(
            self._places.filter(pk=OuterRef("place_id"))
        )  # asked row by row: `in` would list the city first
        rows = PartRow.objects.filter(within).order_by("id")
        number = _SLICE
        while parts := list(rows.filter(pk__gt=after).values_list("id", "place_id", "part")[:number]):
            yield parts
            after, number = parts[-1][0], min(2 * number, _LONGEST_SLICE)  # the more, the rarer gaps are

    def _verdicts(self) -> Iterator[tuple[str, str, Verdict]]:
        """(place, part id, verdict) of every part within reach that concerns anybody."""
        places = self._places.values("id")
        parts = PartRow.objects.filter(place_id__in=places).values_list("id", "place_id", "part")
        return self._verdicts_of(parts, self._kinds(Q(place_id__in=places)), Coverage(places))

    def _verdicts_of(
        self, parts: Iterable[Part], kinds: Mapping[str, frozenset[str]], coverage: Coverage
    ) -> Iterator[tuple[str, str, Verdict]]:
        """The same for some parts, of whose places kinds and coverage are known."""
        for part_id, place, part in parts:
            has_system = coverage.has_system(place, part_id)
            verdict = self._judge(kinds.get(place, frozenset()), part, has_system)
            if verdict is Verdict.NOT_APPLICABLE and place in self._additional and part != "private_interior":
                verdict = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNDECIDABLE}[has_system]
            if verdict is not Verdict.NOT_APPLICABLE:
                yield place, part_id, verdict

    def _judged(self, kinds: frozenset[str], part: str, has_system: bool | None) -> Verdict:
        return must_have_system(self._law, PlacePart(kinds, part), has_system, self.on).verdict

    def _kinds(self, which: Q) -> dict[str, frozenset[str]]:
        """Kinds of each place on the day; a kind whose dates are not known counts."""
        found: dict[str, set[str]] = defaultdict(set)
        for place, kind in kinds_rows(self.on).filter(which).values_list("place_id", "kind"):
            found[place].add(kind)
        shared: dict[frozenset[str], frozenset[str]] = {}
        return {place: shared.setdefault(frozenset(kinds), frozenset(kinds)) for place, kinds in found.items()}

    @cached_property
    def _additional(self) -> dict[str, Judgement]:
        """Places that an approval obliges, with what says so: a city has few, and what is asked is within reach."""
        rows = AdditionalPlace.objects.exclude(number="").select_related("approver__division")
        judged = ((row.place_id, judge_additional(self._law, approval_of(row), self.on)) for row in rows)
        return {place: judgement for place, judgement in judged if judgement.verdict is Verdict.PASS}


def approval_of(row: AdditionalPlace | None) -> PlaceApproval | None:
    """An additional place's approval as the rules take it; None while there is none."""
    if row is None or row.approver is None or not row.number:
        return None
    municipal = row.approver.kind == "government" and row.approver.division.level == "city"
    approver = "municipal_government" if municipal else row.approver.kind
    return PlaceApproval(approver, row.number, dt.date.fromisoformat(row.given_date))


@dataclass(frozen=True, slots=True)
class PlanCost:
    """What a plan costs for each obligation it newly covers. `per_obligation_fen` None: it covers none."""

    points: int
    cost_fen: int
    obligations: int
    per_obligation_fen: int | None
    elsewhere: int  # points at parts that nobody is obliged to cover, or that are covered


def plan_cost(actor: Actor, plan: Plan) -> PlanCost:
    """Numerator: the cost of all points that stand. Denominator: distinct obliged parts without a system they hang at."""
    points = list(PlannedPoint.objects.filter(plan=plan, dropped_ns__isnull=True).values_list("part_id", "cost_fen"))
    open_parts = Report(actor, division=plan.division_id).open_parts()
    closing = {part for part, _ in points if part in open_parts}
    cost = sum(cost for _, cost in points)
    return PlanCost(
        points=len(points),
        cost_fen=cost,
        obligations=len(closing),
        per_obligation_fen=cost // len(closing) if closing else None,
        elsewhere=sum(part not in open_parts for part, _ in points),
    )
