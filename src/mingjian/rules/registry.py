"""Which function speaks for which clause, and how far the law is bound.

A clause is "ruled" when a function here answers for it, its examples (passing, failing, boundary) hold, and every
small change of its parameters makes an example fail: proved anew at every call. It is "bound" only when, besides, an
action of the application reaches that function; the application says which by naming the functions its actions call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules import (
    acceptance,
    additional_places,
    audio,
    brand_mandate,
    builders,
    change_filing,
    conformance,
    contractors,
    coordination,
    declared_use,
    duplicate_coverage,
    exemptions,
    filing_channels,
    filing_clock,
    filing_contents,
    integration_cost,
    interfaces,
    kept,
    landscape,
    looking,
    manager_inspection,
    measures,
    misconduct,
    monitoring,
    obstruction,
    ordered_deletion,
    outsourcing,
    penalties,
    places,
    plan_approval,
    privacy,
    prohibited_rooms,
    public_release,
    public_report,
    refusal,
    removal,
    retention,
    retrieval,
    scope,
    secure_margins,
    signs,
    simultaneous,
    transition,
)
from mingjian.rules.example import Example
from mingjian.rules.examples import EXAMPLES
from mingjian.rules.law import Clause, Law
from mingjian.rules.proof import prove

Rule = Callable[..., object]


def _same(rules: tuple[Rule, ...], *keys: str) -> dict[str, tuple[Rule, ...]]:
    return dict.fromkeys(keys, rules)


BINDINGS: Mapping[str, tuple[Rule, ...]] = {
    **_same((scope.in_scope,), scope.CITY, scope.DEFINITION),
    scope.NON_PUBLIC: (scope.non_public_place,),
    coordination.MECHANISM: (coordination.judge_mechanism,),
    coordination.PUBLIC_SECURITY: (coordination.may_supervise,),
    coordination.DEPARTMENTS: (coordination.may_be_tasked,),
    declared_use.DECLARED_USE: (declared_use.judge_declarations,),
    declared_use.NO_LEAK: (declared_use.strictest_flag, declared_use.judge_inherited),
    plan_approval.APPROVAL: (plan_approval.judge_drafting, plan_approval.judge_plan),
    duplicate_coverage.NO_DUPLICATION: (duplicate_coverage.judge_new_point,),
    landscape.LANDSCAPE: (landscape.judge_landscape,),
    places.OBLIGED: (places.must_have_system, places.coverage_gaps),
    **_same((places.categories, places.must_have_system), *places.CATEGORIES, *places.NATIONAL_ITEMS),
    additional_places.ADDITIONAL: (additional_places.judge_additional,),
    **_same((secure_margins.judge_margin,), secure_margins.CONSULTATION, secure_margins.CONSENT),
    **_same(
        (builders.may_install, places.duty_bearers, coordination.gap_outcome),
        places.GOVERNMENT_BUILDS,
        places.UNIT_BUILDS,
    ),
    **_same((places.categories, places.duty_bearers), places.NATIONAL_GOVERNMENT, places.NATIONAL_MANAGER),
    **_same((builders.may_install,), builders.NO_OTHER, builders.NATIONAL_NO_OTHER, builders.NATIONAL_OTHER_PLACES),
    exemptions.EXEMPTION: (exemptions.governing, exemptions.exempt),
    prohibited_rooms.MUNICIPAL: (prohibited_rooms.judge_room, prohibited_rooms.judge_names),
    **_same((prohibited_rooms.judge_room,), prohibited_rooms.NATIONAL, *prohibited_rooms.NATIONAL_ITEMS),
    prohibited_rooms.PRIVACY_BY_VIEW: (prohibited_rooms.judge_view, audio.judge_sound),
    manager_inspection.MANAGER_INSPECTS: (manager_inspection.judge_inspection,),
    privacy.MEASURES: (privacy.judge_privacy, privacy.judge_lift),
    simultaneous.THREE_SIMULTANEOUS: (simultaneous.judge_three_simultaneous,),
    brand_mandate.NO_MANDATE: (brand_mandate.judge_template,),
    conformance.CONFORMANCE: (conformance.judge_conformance,),
    conformance.PRODUCTS: (conformance.judge_product,),
    interfaces.THREE_PLATFORMS: (interfaces.judge_interfaces, interfaces.judge_access),
    integration_cost.INTEGRATION: (integration_cost.judge_cost,),
    contractors.CONDITIONS: (contractors.judge_contractor, contractors.may_demand),
    **_same((acceptance.judge_acceptance,), acceptance.INSPECTION, acceptance.CERTIFICATE),
    acceptance.ARCHIVES: (acceptance.judge_archives,),
    filing_clock.ACCEPTANCE: (filing_clock.judge_filing, filing_contents.judge_filer, filing_contents.parts_to_ask),
    filing_clock.REMOVAL: (filing_clock.judge_filing, filing_contents.judge_filer, removal.judge_removal),
    filing_clock.ENTRY_INTO_USE: (
        filing_clock.judge_filing,
        filing_contents.judge_filer,
        filing_contents.parts_to_ask,
        change_filing.judge_change,
    ),
    filing_channels.CHANNELS: (filing_channels.judge_channel,),
    filing_contents.TRUTHFUL: (filing_contents.judge_truth,),
    filing_contents.ASKED_ONCE: (filing_contents.judge_asking, filing_contents.parts_to_ask),
    signs.MUNICIPAL_SIGN: (signs.judge_sign,),
    signs.NATIONAL_SIGN: (signs.judge_sign, signs.judge_aim),
    **_same((obstruction.judge_act,), obstruction.NO_COVERING, obstruction.NO_ALTERING),
    obstruction.WORKS_NEARBY: (obstruction.judge_works,),
    retention.MUNICIPAL: (
        retention.retention_minimum,
        retention.judge_setting,
        retention.judge_deletion,
        kept.judge_kept,
    ),
    retention.NATIONAL: (
        retention.retention_minimum,
        retention.judge_setting,
        retention.deletion_due,
        kept.judge_kept,
    ),
    kept.STORED_QUALITY: (kept.judge_stored_quality,),
    **_same((monitoring.judge_staff,), monitoring.TRAINING, monitoring.VETTING),
    monitoring.MONITORING_ROOM: (monitoring.judge_entry,),
    monitoring.NO_CHANGE_OF_PURPOSE: (monitoring.judge_change,),
    monitoring.NO_PRIVATE_CAPTURE: (monitoring.judge_field_of_view,),
    monitoring.OTHER_MEASURES: (monitoring.judge_bulk,),
    **_same((kept.judge_original,), kept.NO_TAMPERING, kept.SECURITY_PROGRAMME),
    retrieval.PUBLIC_SECURITY: (retrieval.judge_approval, retrieval.judge_way),
    retrieval.DEPARTMENTS: (retrieval.judge_department, retrieval.judge_way),
    retrieval.EMERGENCY: (retrieval.judge_emergency, retrieval.judge_way),
    retrieval.CONDITIONS: (retrieval.judge_conditions, retrieval.executable),
    retrieval.TWO_STAFF: (retrieval.judge_two_staff, retrieval.judge_conditions),
    retrieval.PAPERS: (retrieval.judge_papers, retrieval.judge_conditions),
    retrieval.REGISTRATION: (retrieval.judge_registration, retrieval.judge_conditions),
    retrieval.CONFIDENTIALITY: (retrieval.judge_confidentiality, retrieval.judge_conditions),
    retrieval.STATE_ORGANS: (retrieval.judge_state_organ, retrieval.judge_way),
    retrieval.PERSONS_CONCERNED: (retrieval.judge_person_concerned, retrieval.judge_way),
    **_same((looking.judge_opening,), looking.NO_SPREADING, looking.NO_ILLEGAL_GIVING),
    looking.NO_COPYING: (looking.judge_copy,),
    looking.LAWFUL_USE: (looking.judge_purpose,),
    looking.ACCESS_CONTROL: (looking.judge_own_right,),
    looking.REGISTER_OF_LOOKS: (looking.judge_register,),
    measures.MEASURES: (measures.judge_measures,),
    refusal.NO_REFUSAL: (refusal.judge_refusal,),
    public_report.REPORTS_FROM_PUBLIC: (public_report.judge_report,),
    public_release.PUBLIC_RELEASE: (public_release.judge_release,),
    **_same((outsourcing.judge_agreement,), outsourcing.MUNICIPAL, outsourcing.NATIONAL, outsourcing.CONTRACTOR),
    **_same(
        (misconduct.judge_deed,),
        misconduct.DUTIES,
        misconduct.PROHIBITED,
        misconduct.OTHER_VIOLATIONS,
        misconduct.PROHIBITED_ACTS,
        misconduct.NO_INTRUSION,
        misconduct.NO_DATA_THEFT,
        misconduct.NO_DATA_TAMPERING,
        misconduct.NO_OTHER_HARM,
    ),
    transition.TRANSITION: (transition.judge_transition,),
    **_same((penalties.penalties, penalties.penalty_rows, ordered_deletion.judge_order), *ordered_deletion.GROUNDS),
    **_same(
        (penalties.penalties, penalties.penalty_rows),
        "qd204.penalty.not_installed",
        "qd204.penalty.unauthorised_or_prohibited",
        "qd204.penalty.filing_sign_obstruction",
        "qd204.penalty.no_filing",
        "qd204.penalty.no_sign",
        "qd204.penalty.obstruction",
        "qd204.penalty.operation",
        "qd204.penalty.use",
        "qd204.penalty.officials_retrieval",
        "qd204.penalty.infringement_in_use",
        "qd204.penalty.dereliction",
        "sc799.penalty.manager_did_not_inspect",
        "sc799.penalty.no_filing",
        "sc799.penalty.altering",
        "sc799.penalty.data_laws",
        "sc799.penalty.police_officials",
        "sc799.penalty.other_officials",
        "sc799.penalty.non_public_places",
    ),
}


def rule_name(rule: Rule) -> str:
    """Module and function, without the package: filing_clock.judge_filing."""
    return f"{rule.__module__.removeprefix('mingjian.rules.')}.{rule.__qualname__}"


@dataclass(frozen=True, slots=True)
class ClauseStanding:
    """How far one clause is bound: bound, ruled, planned, out_of_scope or unproved; `why` for the last three."""

    clause: Clause
    status: str
    rules: tuple[str, ...]
    why: Text | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every clause with its standing, in the order of the texts."""

    standings: tuple[ClauseStanding, ...]

    def of(self, status: str) -> tuple[ClauseStanding, ...]:
        """Those of one status."""
        return tuple(standing for standing in self.standings if standing.status == status)


def coverage(law: Law, reached: Mapping[str, str] | None = None, examples: tuple[Example, ...] = EXAMPLES) -> Coverage:
    """Prove every clause now. `reached` maps the name of a rule to the action of the application that calls it.

    Raises MingjianError `unknown_rule` when `reached` names a rule nobody bound: a misspelt name binds nothing.
    """
    known = {rule_name(rule) for rules in BINDINGS.values() for rule in rules}
    for name in reached or {}:
        if name not in known:
            raise MingjianError(
                "unknown_rule",
                Text(f"没有名为“{name}”的规则", f"there is no rule {name!r}"),
                fault=Fault.OURS,
                field=name,
            )
    return Coverage(tuple(_standing(law, clause, reached or {}, examples) for clause in law.clauses))


def _standing(law: Law, clause: Clause, reached: Mapping[str, str], examples: tuple[Example, ...]) -> ClauseStanding:
    rules = tuple(rule_name(rule) for rule in BINDINGS.get(clause.key, ()))
    if clause.status != "rule":
        return ClauseStanding(clause, clause.status, rules, clause.why)
    if not rules:
        return ClauseStanding(clause, "unproved", rules, Text("没有对应的规则函数", "no rule speaks for it"))
    proof = prove(law, clause.key, examples)
    if not proof.holds:
        what = ", ".join((*(example.says.en for example in proof.wrong), *proof.survivors)) or "examples are missing"
        return ClauseStanding(clause, "unproved", rules, Text("示例不足以证明", f"not proved: {what}"))
    bound = any(rule in reached for rule in rules)
    return ClauseStanding(clause, "bound" if bound else "ruled", rules, None)
