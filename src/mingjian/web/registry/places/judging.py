"""What the law says of a place: which clauses list its parts, who must build there, what it is exempt from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.rules import exemptions, places
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.places import DutyBearer, listed_in_national_article_7, must_have_system
from mingjian.rules.places import PlacePart as RulePart
from mingjian.web.authority.applying import applying
from mingjian.web.registry.models import Place, PlacePart
from mingjian.web.registry.places.coverage import Coverage
from mingjian.web.registry.places.names import ADDED, DUTY_ADDED, KINDS_SET, PART_ADDED
from mingjian.web.registry.places.queries import kinds_on

_LISTING = (ADDED, KINDS_SET, PART_ADDED)
categories = applying(places.categories, by=_LISTING)
duty_bearers = applying(places.duty_bearers, by=(*_LISTING, DUTY_ADDED))
exempt = applying(exemptions.exempt, by=(ADDED, KINDS_SET))


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A part of a place: keys of the clauses that list it, duty bearers, and whether a system is missing."""

    part: PlacePart
    categories: tuple[str, ...]
    bearers: tuple[DutyBearer, ...]
    judgement: Judgement


def judged_parts(place: Place, parts: Iterable[PlacePart], on: dt.date, coverage: Coverage) -> list[JudgedPart]:
    """Each part under both packs as of a day."""
    law, kinds = current_law(), kinds_on(place, on)
    found = []
    for part in parts:
        subject = RulePart(kinds, part.part)
        found.append(
            JudgedPart(
                part,
                tuple(clause.key for clause in categories(law, subject, on)),
                duty_bearers(law, subject, on),
                must_have_system(law, subject, coverage.has_system(place.id, part.id), on),
            )
        )
    return found


def listing(kinds: Iterable[str], parts: Iterable[str], on: dt.date) -> tuple[str, ...]:
    """Keys of the clauses that list these parts of a place, then of those that say who must build there."""
    law, of = current_law(), frozenset(kinds)
    subjects = [RulePart(of, part) for part in sorted(set(parts))]
    listed = [clause.key for subject in subjects for clause in categories(law, subject, on)]
    bearing = [bearer.clause for subject in subjects for bearer in duty_bearers(law, subject, on)]
    return tuple(dict.fromkeys((*listed, *bearing)))


def bearing(kinds: Iterable[str], part: str, on: dt.date) -> tuple[DutyBearer, ...]:
    """Who must build at a part, by which clause."""
    return duty_bearers(current_law(), RulePart(frozenset(kinds), part), on)


def exemptions_of(kinds: Iterable[str], parts: Iterable[str], on: dt.date) -> list[Judgement]:
    """What sc799 9.2 makes of a public place: one judgement for each clause it is exempt from, or may be.

    A place that article 7 lists is exempt from nothing: the list is empty. While its kinds are not registered every
    judgement is undecidable.
    """
    law, of = current_law(), frozenset(kinds)
    listed = any(listed_in_national_article_7(law, RulePart(of, part), on) for part in parts) if of else None
    answers = [exempt(law, key, listed, on) for key in exemptions.exemptible(law, on)]
    return [answer for answer in answers if answer.verdict is not Verdict.PASS]
