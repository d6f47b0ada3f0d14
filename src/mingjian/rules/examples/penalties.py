"""Examples: penalty ranges of both packs, order first or at once, officials and the data laws (qd204 26-31,
33, 34; sc799 26-33)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, FIRST_BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY, OLD_TEXT
from mingjian.rules.law import Law
from mingjian.rules.penalties import Offence, penalties, penalty_rows

_Q, _S = "qd204.penalty.", "sc799.penalty."
_ACTORS = ("individual", "unit", "staff")

# clause, breaches, {business or actor: range}, whether an order comes first
_TABLE: tuple[tuple[str, tuple[str, ...], dict[str, tuple[int, int]], bool], ...] = (
    (_Q + "not_installed", ("qd204.place.obliged", "qd204.builder.managing_unit"), {"unit": (500, 1000)}, False),
    (
        _Q + "unauthorised_or_prohibited",
        ("qd204.builder.no_other", "qd204.prohibited.rooms", "qd204.privacy.measures"),
        {"business": (10000, 30000), "unit": (1000, 3000)},
        False,
    ),
    (
        _Q + "no_filing",
        ("qd204.filing.acceptance", "qd204.filing.removal", "qd204.transition.file_or_remove"),
        {"unit": (500, 1000)},
        False,
    ),
    (_Q + "no_sign", ("qd204.sign.conspicuous",), {"unit": (500, 1000)}, False),
    (
        _Q + "obstruction",
        ("qd204.obstruction.no_covering", "qd204.obstruction.works_nearby"),
        {"unit": (500, 1000)},
        False,
    ),
    (
        _Q + "operation",
        (
            "qd204.operation.duties",
            "qd204.operation.rulebooks",
            "qd204.operation.training",
            "qd204.operation.picture_clock_fault",
            "qd204.operation.monitoring_room",
            "qd204.operation.suspicious_report",
            "qd204.operation.stored_quality",
            "qd204.retention.thirty_days",
        ),
        {"unit": (500, 1000)},
        False,
    ),
    (
        _Q + "use",
        (
            "qd204.use.prohibited",
            "qd204.use.no_change_of_purpose",
            "qd204.use.no_secret_capture",
            "qd204.use.no_tampering",
            "qd204.use.no_refusal",
            "qd204.use.no_spreading",
            "qd204.use.other_violations",
            "qd204.use.no_interference",
        ),
        {"business": (10000, 30000), "unit": (1000, 3000)},
        False,
    ),
    (
        _S + "unauthorised",
        ("sc799.builder.necessary_and_no_other", "sc799.builder.other_public_places"),
        {"individual": (0, 5000), "unit": (0, 20000), "staff": (0, 5000)},
        True,
    ),
    (
        _S + "prohibited_place",
        (
            "sc799.prohibited.regions",
            "sc799.prohibited.lodging_and_dining_rooms",
            "sc799.prohibited.dormitories",
            "sc799.prohibited.baths_and_changing",
            "sc799.prohibited.spying_or_eavesdropping",
        ),
        {"individual": (5000, 10000), "unit": (10000, 20000), "staff": (5000, 10000)},
        False,
    ),
    (
        _S + "manager_did_not_inspect",
        ("sc799.prohibited.manager_inspects",),
        {"individual": (5000, 10000), "unit": (10000, 20000), "staff": (5000, 10000)},
        True,
    ),
    (
        _S + "no_consent",
        ("sc799.margin.prior_consent",),
        {"individual": (5000, 10000), "unit": (10000, 20000), "staff": (5000, 10000)},
        False,
    ),
    (_S + "no_filing", ("sc799.filing.entry_into_use", "sc799.filing.truthful"), {"unit": (0, 10000)}, True),
    (
        _S + "altering",
        ("sc799.obstruction.no_altering_or_covering",),
        {"individual": (0, 5000), "unit": (5000, 10000), "staff": (0, 5000)},
        True,
    ),
)


# clause, breaches, who is meant and who is not: no fine of this software's, another authority or other laws decide
_NO_FINE: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    (
        _Q + "officials_retrieval",
        (
            "qd204.retrieval.public_security",
            "qd204.retrieval.departments",
            "qd204.retrieval.emergency",
            "qd204.retrieval.conditions",
            "qd204.retrieval.two_staff",
            "qd204.retrieval.papers",
            "qd204.retrieval.registration",
            "qd204.retrieval.confidentiality",
        ),
        ("official", "police_official"),
        "unit",
    ),
    (
        _Q + "infringement_in_use",
        ("qd204.use.no_secret_capture", "qd204.use.no_spreading", "qd204.use.no_interference"),
        ("unit", "individual"),
        "official",
    ),
    (
        _Q + "dereliction",
        (
            "qd204.coordination.public_security",
            "qd204.coordination.departments",
            "qd204.plan.approval",
            "qd204.project.no_mandated_brand",
            "qd204.interface.integration_cost",
            "qd204.filing.channels",
        ),
        ("official", "police_official"),
        "unit",
    ),
    (
        _S + "data_laws",
        (
            "sc799.operation.security_programme",
            "sc799.operation.outsourcing",
            "sc799.use.lawful",
            "sc799.use.measures",
            "sc799.use.vetting_and_training",
            "sc799.use.access_control",
            "sc799.use.register_of_looks",
            "sc799.use.other_measures",
            "sc799.contractor.confidentiality",
            "sc799.use.public_release",
            "sc799.use.no_illegal_spreading",
        ),
        ("unit", "individual"),
        "official",
    ),
    (_S + "police_officials", ("sc799.retrieval.state_organs",), ("police_official",), "official"),
    (_S + "other_officials", ("sc799.retrieval.state_organs",), ("official",), "police_official"),
    (_S + "non_public_places", ("sc799.scope.non_public_places",), ("individual",), "official"),
)


def _fine(law: Law, clause: str, breach: str, who: str, *, refused: bool, on: dt.date) -> object:
    """The fine this clause gives, "order" for an order without a fine, None where the clause says nothing."""
    actor = who if who in _ACTORS else "unit"
    offence = Offence(breach, actor, who == "business", on, refused)
    for row in penalty_rows(law, offence, on):
        if row.clause.key == clause:
            return row.fine_yuan or "order"
    return None


def _of_table() -> tuple[Example, ...]:
    found: list[Example] = []
    for clause, breaches, ranges, order_first in _TABLE:
        day = BOTH if clause.startswith("sc799.") else MUNICIPAL_ONLY
        for breach in breaches:
            who, amounts = next(iter(ranges.items()))
            found.append(
                failing(
                    clause,
                    Text(f"违反{breach}", f"a breach of {breach}"),
                    lambda law, c=clause, b=breach, w=who, d=day: _fine(law, c, b, w, refused=True, on=d),
                    amounts,
                )
            )
        for who, amounts in ranges.items():
            found.append(
                failing(
                    clause,
                    Text(f"{who}：{amounts[0]}至{amounts[1]}元", f"{who}: {amounts[0]} to {amounts[1]}"),
                    lambda law, c=clause, b=breaches[0], w=who, d=day: _fine(law, c, b, w, refused=True, on=d),
                    amounts,
                )
            )
        who, amounts = next(iter(ranges.items()))
        found.append(
            boundary(
                clause,
                Text(
                    "初次责令改正不罚款" if order_first else "责令改正并当即罚款",
                    "an order first, no fine yet" if order_first else "order and fine at once",
                ),
                lambda law, c=clause, b=breaches[0], w=who, d=day: _fine(law, c, b, w, refused=False, on=d),
                "order" if order_first else amounts,
            )
        )
        found.append(
            passing(
                clause,
                Text("无关行为不适用", "an unrelated breach"),
                lambda law, c=clause, d=day: _fine(law, c, "qd204.plan.landscape", "unit", refused=True, on=d),
                None,
            )
        )
    return tuple(found)


def _without_fine() -> tuple[Example, ...]:
    """Each breach and each offender gives a row that names no sum and asks for no order first."""
    found: list[Example] = []
    for clause, breaches, meant, other in _NO_FINE:
        day = BOTH if clause.startswith("sc799.") else MUNICIPAL_ONLY
        pairs = [(breach, meant[0]) for breach in breaches] + [(breaches[0], who) for who in meant]
        found += [
            failing(
                clause,
                Text(f"{who}违反{breach}", f"{who}: a breach of {breach}"),
                lambda law, c=clause, b=breach, w=who, d=day: _bare(law, c, b, w, d),
                [(None, False)],
            )
            for breach, who in pairs
        ]
        found += [
            passing(
                clause,
                Text("无关行为不适用", "an unrelated breach"),
                lambda law, c=clause, w=meant[0], d=day: _bare(law, c, "qd204.plan.landscape", w, d),
                [],
            ),
            boundary(
                clause,
                Text(f"不适用于{other}", f"not about {other}"),
                lambda law, c=clause, b=breaches[0], w=other, d=day: _bare(law, c, b, w, d),
                [],
            ),
        ]
    return tuple(found)


def _bare(law: Law, clause: str, breach: str, who: str, on: dt.date) -> object:
    rows = penalty_rows(law, Offence(breach, who, False, on), on)
    return [(row.fine_yuan, row.order_first) for row in rows if row.clause.key == clause]


EXAMPLES: tuple[Example, ...] = (
    *_of_table(),
    *_without_fine(),
    failing(
        _Q + "filing_sign_obstruction",
        Text("未设标识罚款500至1000元", "no sign: 500 to 1000"),
        lambda law: _fine(law, _Q + "no_sign", "qd204.sign.conspicuous", "unit", refused=False, on=MUNICIPAL_ONLY),
        (500, 1000),
    ),
    passing(
        _Q + "filing_sign_obstruction",
        Text("景观条款不罚款", "landscape is not fined"),
        lambda law: penalty_rows(law, Offence("qd204.plan.landscape", "unit", False, BOTH), BOTH),
        (),
    ),
    boundary(
        _Q + "filing_sign_obstruction",
        Text("修订前一日的行为不作推定", "the day before the text held"),
        lambda law: penalties(law, Offence("no_sign", "unit", False, OLD_TEXT), OLD_TEXT).undetermined,
        True,
    ),
    boundary(
        _Q + "not_installed",
        Text("政府部门的空白不罚款，形成协调任务", "a department's gap is never fined"),
        lambda law: (
            penalties(law, Offence("not_installed", "unit", False, BOTH, government_duty=True), BOTH).coordination_task
        ),
        True,
    ),
    boundary(
        _S + "unauthorised",
        Text("施行前一日只有市级规定", "the day before only the municipal clause"),
        lambda law: [
            row.clause.key
            for row in penalty_rows(
                law, Offence("unauthorised_installation", "unit", True, LAST_MUNICIPAL_ONLY), LAST_MUNICIPAL_ONLY
            )
        ],
        [_Q + "unauthorised_or_prohibited"],
    ),
    boundary(
        _S + "unauthorised",
        Text("施行当日两部规定并列", "both from the first day"),
        lambda law: [
            row.clause.key
            for row in penalty_rows(law, Offence("unauthorised_installation", "unit", True, FIRST_BOTH), FIRST_BOTH)
        ],
        [_Q + "unauthorised_or_prohibited", _S + "unauthorised"],
    ),
)
