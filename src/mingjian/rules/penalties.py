"""What a breach may cost under both packs, and which rule of conflict speaks (qd204 26-31, 33, 34; sc799 26-33).

Software shows ranges and drafts; a person decides after legal review. Amounts are yuan. Both packs are shown side by
side: the national regulation prevails over the municipal one (Legislation Law 99), the law of the day of the act
applies unless the newer is lighter (Administrative Penalty Law 37). A government department's gap under 8.1 has no
penalty at all: it is a coordination task. Officials who break the rules of retrieval, or abuse or neglect their office,
are never fined: their case goes to the authority in charge of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.law import Clause, Law

CONFLICT = Text(
    "行政法规的效力高于地方政府规章（《立法法》第九十九条）；市级规定的罚款须在其范围内（《行政处罚法》第十四条）",
    "the national regulation prevails over the municipal one (Legislation Law 99; Administrative Penalty Law 14)",
)
TIME_CONFLICT = Text(
    "适用违法行为发生时的规定；作出决定时的新规定处罚较轻的，适用新的规定（《行政处罚法》第三十七条）",
    "the law at the time of the act applies, unless the newer is lighter (Administrative Penalty Law 37)",
)
NEEDS_REVIEW = Text("两部规定处罚不同，须经法制审核", "the two packs differ: legal review is needed")

# What people do, as breaches of clauses of both packs.
CONDUCTS: dict[str, tuple[str, ...]] = {
    "not_installed": ("qd204.builder.managing_unit",),
    "unauthorised_installation": (
        "qd204.builder.no_other",
        "sc799.builder.necessary_and_no_other",
        "sc799.builder.other_public_places",
    ),
    "prohibited_place": (
        "qd204.prohibited.rooms",
        "sc799.prohibited.lodging_and_dining_rooms",
        "sc799.prohibited.dormitories",
        "sc799.prohibited.baths_and_changing",
    ),
    "spying_or_eavesdropping": ("qd204.privacy.measures", "sc799.prohibited.spying_or_eavesdropping"),
    "manager_did_not_inspect": ("sc799.prohibited.manager_inspects",),
    "no_consent_near_classified_unit": ("sc799.margin.prior_consent",),
    "not_filed": ("qd204.filing.acceptance", "sc799.filing.entry_into_use"),
    "removal_not_filed": ("qd204.filing.removal",),
    "false_filing": ("sc799.filing.truthful",),
    "no_sign": ("qd204.sign.conspicuous", "sc799.sign.position_and_sign"),
    "obstruction": ("qd204.obstruction.no_covering",),
    "works_hinder": ("qd204.obstruction.works_nearby",),
    "altered_moved_removed": ("sc799.obstruction.no_altering_or_covering",),
    "operation": ("qd204.operation.duties", "qd204.retention.thirty_days"),
    "use": ("qd204.use.prohibited", "qd204.use.no_interference"),
    "retrieval_by_officials": (
        "qd204.retrieval.public_security",
        "qd204.retrieval.departments",
        "qd204.retrieval.conditions",
        "sc799.retrieval.state_organs",
    ),
    "brand_mandated": ("qd204.project.no_mandated_brand",),
    "filing_not_taken": ("qd204.filing.channels",),
    "security_duties": ("sc799.operation.security_programme", "sc799.operation.outsourcing", "sc799.use.measures"),
    "given_or_spread": (
        "qd204.use.no_spreading",
        "qd204.use.no_interference",
        "sc799.use.no_illegal_spreading",
        "sc799.use.public_release",
    ),
    "non_public_place": ("sc799.scope.non_public_places",),
}
OFFICIALS = frozenset({"official", "police_official"})

# A government department that has not built is given a coordination task.
NOT_BUILT = frozenset({"qd204.place.obliged", "qd204.builder.managing_unit", "qd204.builder.government"})
SIGN_ORDER = "sc799.sign.position_and_sign"


@dataclass(frozen=True, slots=True)
class Offence:
    """What was done, by whom and how. `conduct` is one of CONDUCTS, or the key of the clause broken.

    `actor`: individual, unit, staff, or official and police_official: staff of a department, of public security.
    `refused`: an order was given and not
    obeyed, or the consequence is serious. `government_duty`: the duty was a government department's (8.1).
    """

    conduct: str
    actor: str
    business_use: bool
    act_on: dt.date
    refused_or_serious: bool = False
    government_duty: bool = False


@dataclass(frozen=True, slots=True)
class PenaltyRow:
    """What one clause says on this offence: the measure, and the fine in yuan (None: no fine, or not yet)."""

    clause: Clause
    measure: Text
    fine_yuan: tuple[int, int] | None
    order_first: bool


@dataclass(frozen=True, slots=True)
class PenaltyView:
    """Both packs side by side, on the day of the act and, where they differ, of the decision.

    `prevailing` is what the rules of conflict point to; `conflicts` says which rules those are. `undetermined`: the
    text of that day is not held.
    """

    at_act: tuple[PenaltyRow, ...]
    at_decision: tuple[PenaltyRow, ...]
    prevailing: PenaltyRow | None
    conflicts: tuple[Text, ...]
    undetermined: bool
    coordination_task: bool


def penalties(law: Law, offence: Offence, decided_on: dt.date) -> PenaltyView:
    """Both packs on one offence. Raises KeyError for a conduct that is neither in CONDUCTS nor a clause's key."""
    if offence.government_duty and set(breaches_of(offence.conduct)) & NOT_BUILT:
        return PenaltyView((), (), None, (), undetermined=False, coordination_task=True)
    held = all(pack.text_held for pack in law.packs_on(offence.act_on))
    at_act = penalty_rows(law, offence, offence.act_on)
    at_decision = penalty_rows(law, offence, decided_on)
    conflicts: list[Text] = []
    act_row, act_conflict = _by_level(law, at_act)
    new_row, new_conflict = _by_level(law, at_decision)
    if act_conflict or new_conflict:
        conflicts += [CONFLICT, NEEDS_REVIEW]
    prevailing = act_row
    if act_row is not None and new_row is not None and act_row.clause.key != new_row.clause.key:
        conflicts.append(TIME_CONFLICT)
        if lighter(new_row, act_row):
            prevailing = new_row
    return PenaltyView(
        at_act, at_decision, prevailing, tuple(dict.fromkeys(conflicts)), undetermined=not held, coordination_task=False
    )


def penalty_rows(law: Law, offence: Offence, on: dt.date) -> tuple[PenaltyRow, ...]:
    """What every clause in force on that day says, municipal first."""
    breaches = set(breaches_of(offence.conduct))
    rows: list[PenaltyRow] = []
    for clause in law.clauses:
        if "breaches" not in clause.parameters or not isinstance(law.ask(clause.key, on), Clause):
            continue
        if not _speaks_of(clause, offence.actor):
            continue
        if any(key in breaches and isinstance(law.ask(key, on), Clause) for key in clause.names("breaches")):
            source = _amounts_clause(law, clause)
            if isinstance(law.ask(source.key, on), Clause):
                rows.append(_row(clause, source, offence))
    sign = law.ask(SIGN_ORDER, on)
    if SIGN_ORDER in breaches and isinstance(sign, Clause) and offence.actor not in OFFICIALS:
        rows.append(PenaltyRow(sign, Text("责令改正", "order to correct"), None, order_first=True))
    return tuple(rows)


def breaches_of(conduct: str) -> tuple[str, ...]:
    """The clauses a conduct breaks; a clause's own key stands for itself. Raises KeyError for an unknown conduct."""
    return (conduct,) if "." in conduct else CONDUCTS[conduct]


def _speaks_of(clause: Clause, actor: str) -> bool:
    """A clause with offenders is about those alone, one without about everybody but officials in office."""
    if "offenders" in clause.parameters:
        return actor in clause.names("offenders")
    return actor not in OFFICIALS


def lighter(one: PenaltyRow, other: PenaltyRow) -> bool:
    """Whether `one` is lighter: no fine before a fine, an order first before at once, then the lower amounts."""
    return _weight(one) < _weight(other)


def _weight(row: PenaltyRow) -> tuple[int, int, int]:
    low, high = row.fine_yuan or (0, 0)
    return (high, low, 0 if row.order_first else 1)


def _by_level(law: Law, rows: tuple[PenaltyRow, ...]) -> tuple[PenaltyRow | None, bool]:
    """The row of the highest level, and whether rows of both levels stood against one another."""
    if not rows:
        return None, False
    level = {pack.id: pack.level for pack in law.packs}
    national = [row for row in rows if level[row.clause.pack] == "national"]
    municipal = [row for row in rows if level[row.clause.pack] == "municipal"]
    return (national or municipal)[0], bool(national and municipal)


def _amounts_clause(law: Law, clause: Clause) -> Clause:
    """Where the amounts of a clause stand: in itself, or for an item in its paragraph."""
    if "order_first" in clause.parameters:
        return clause
    place = (clause.pack, clause.article, clause.paragraph, 0)
    return next(one for one in law.clauses if (one.pack, one.article, one.paragraph, one.item) == place)


def _row(clause: Clause, source: Clause, offence: Offence) -> PenaltyRow:
    order_first = source.flag("order_first")
    use = "business" if offence.business_use else "other"
    fine = source.amounts("any") or source.amounts(use) or source.amounts(offence.actor)
    if order_first and not offence.refused_or_serious:
        return PenaltyRow(clause, Text("责令改正，暂不罚款", "order to correct; no fine yet"), None, order_first=True)
    return PenaltyRow(clause, source.obliges, fine, order_first)
