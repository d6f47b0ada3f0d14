"""What is done with systems. Each verb checks the right, changes, and leaves an audit entry in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.interfaces import THREE_PLATFORMS
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.files.actions import About, require_attached
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.judging import in_vocabulary, today
from mingjian.web.registry.models import (
    Conformance,
    IntegrationCost,
    Place,
    System,
    SystemParty,
    SystemSearch,
    VulnerabilityNotice,
)
from mingjian.web.registry.rights import MANAGE_SYSTEMS, Scope
from mingjian.web.registry.searching import folded, initials, remember
from mingjian.web.registry.shared import clean, division_of, organisation_of, span
from mingjian.web.registry.systems import judging
from mingjian.web.registry.systems.names import (
    ADDED,
    CHANGED,
    CONFORMANCE_ADDED,
    COST_ADDED,
    INTERFACE_SET,
    NOTICE_ADDED,
    NOTICE_STEP,
    PARTY_ADDED,
    REMOVED,
    SCOPED,
)
from mingjian.web.registry.systems.queries import visible_system

CAPACITIES = (
    "builder", "manager", "user", "regulator", "inspection_body", "filer", "maintainer", "designer",
)  # fmt: skip
FUNDING = ("government", "own", "mixed")
FLAGS = ("none", "privacy", "trade_secret", "state_secret")
FUNCTIONS = ("collect", "transmit", "display", "store")
BASES = ("national_standard", "technical_specification", "mandatory_standard")
RESULTS = ("passed", "failed", "not_tested")
STEPS = ("remedy", "inform_users", "report_authority")
_PLAIN = (
    "name", "purpose", "legal_basis", "funding", "security_grade", "sharing_grade", "flag", "business_use",
    "keep_days", "functions", "concerns_public_safety",
)  # fmt: skip
_WORDS = {"funding": FUNDING, "flag": FLAGS}
_Made = TypeVar("_Made", SystemParty, Conformance, IntegrationCost, VulnerabilityNotice)


def add_system(actor: Actor, values: Mapping[str, Any]) -> System:
    """Register a system: `name`, `organisation` (responsible), `division`, `place`, and the plain fields."""
    MANAGE_SYSTEMS.require(actor, Scope(values["organisation"], values["division"]))
    now_ns = wiring.clock().now_ns()
    system = System(id=new_id(now_ns), created_ns=now_ns, **checked_system(values))
    with transaction.atomic():
        system.save(force_insert=True)
        remember(SystemSearch, system.id, system_text(system))
        _record(actor, ADDED, system, system_state(system), judgements=governed(system))
    return system


def change_system(
    actor: Actor, system_id: str, values: Mapping[str, Any], expected: int | None, reason: str = ""
) -> System:
    """Change what `values` names. Raises MingjianError changed_meanwhile, or naming the field at fault."""
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        checked = checked_system(values)
        MANAGE_SYSTEMS.require(
            actor,
            Scope(
                checked.get("organisation_id", system.organisation_id), checked.get("division_id", system.division_id)
            ),
        )
        old = system_state(system)
        for key, value in checked.items():
            setattr(system, key, value)
        before, after = changes(old, system_state(system))
        if not after:
            return system
        _bump(system)
        remember(SystemSearch, system.id, system_text(system))
        _record(actor, CHANGED, system, after, before, reason, governed(system))
    return system


def remove_system(actor: Actor, system_id: str, reason: str, expected: int | None) -> System:
    """Take a system out of the register. Raises MingjianError `conflict` while cameras belong to it."""
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        if system.cameras.filter(removed_ns=None).exists():
            raise refused("system", "该系统还有在册的摄像机", "cameras of it are still registered", "conflict")
        system.removed_ns = wiring.clock().now_ns()
        _bump(system)
        _record(actor, REMOVED, system, {"removed_at": format_iso_ns(system.removed_ns)}, None, reason)
    return system


def decide_out_of_scope(actor: Actor, system_id: str, reason: str, expected: int | None) -> System:
    """A recorded decision that the regulation does not govern the system (qd204 2); an empty reason takes it back.

    The entry keeps beside it what the rule makes of the system as registered, also where the two differ.
    """
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        before = {"out_of_scope_reason": system.out_of_scope_reason}
        system.out_of_scope_reason = clean(reason, "reason", 0, 500)
        _bump(system)
        _record(
            actor,
            SCOPED,
            system,
            {"out_of_scope_reason": system.out_of_scope_reason},
            before,
            reason,
            [judging.scope_of(system, today())],
        )
    return system


def add_party(actor: Actor, system_id: str, values: Mapping[str, Any], expected: int | None) -> SystemParty:
    """Who is what to the system, dated; one organisation may hold several capacities."""
    organisation = organisation_of(values["organisation"])
    in_vocabulary(values["capacity"], CAPACITIES, "capacity")
    since, until = span(values.get("since_date", ""), values.get("until_date", ""))
    row = SystemParty(capacity=values["capacity"], organisation=organisation, since_date=since, until_date=until)
    after = {"organisation": organisation.name, "capacity": row.capacity, "since_date": since, "until_date": until}
    return _added(actor, system_id, expected, PARTY_ADDED, row, after)


def add_conformance(actor: Actor, system_id: str, values: Mapping[str, Any], expected: int | None) -> Conformance:
    """A line of the conformance profile (qd204 12; sc799 12): basis, standard, edition, result."""
    in_vocabulary(values["basis"], BASES, "basis")
    in_vocabulary(values["result"], RESULTS, "result")
    check_date(values.get("tested_date", ""), "tested_date")
    if values.get("file_id"):
        require_attached(values["file_id"], About("system", system_id), "file_id")
    row = Conformance(**values)
    return _added(
        actor, system_id, expected, CONFORMANCE_ADDED, row, dict(values),
        lambda system, on: [judging.conformance_of(system, on), judging.products_of(system, on)],
    )  # fmt: skip


def set_interface(
    actor: Actor, system_id: str, platform: str, values: Mapping[str, Any], expected: int | None
) -> System:
    """Record an interface to one of the three platforms (qd204 13.1): reserved, connected, evidence, tested date."""
    in_vocabulary(platform, current_law().clause(THREE_PLATFORMS).names("platforms"), "platform")
    check_date(values.get("tested_date", ""), "tested_date")
    if values["connected"] and not values.get("evidence"):
        raise refused("evidence", "已接入须有联通证明", "a connection needs its evidence")
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        before = {platform: system.interfaces.get(platform)}
        system.interfaces = {**system.interfaces, platform: dict(values)}
        _bump(system)
        said = judging.judge_interfaces(current_law(), judging.interfaces_of(system), today())
        _record(actor, INTERFACE_SET, system, {platform: dict(values)}, before, judgements=[said])
    return system


def add_cost(actor: Actor, system_id: str, values: Mapping[str, Any], expected: int | None) -> IntegrationCost:
    """A line of the ledger of integration (qd204 13.2), in fen."""
    check_date(values.get("incurred_date", ""), "incurred_date")
    row = IntegrationCost(**values)
    return _added(
        actor, system_id, expected, COST_ADDED, row, dict(values), lambda system, on: [judging.cost_of(row, on)]
    )


def add_notice(actor: Actor, system_id: str, values: Mapping[str, Any], expected: int | None) -> VulnerabilityNotice:
    """A supplier's notice of a vulnerability (sc799 12)."""
    check_date(values.get("received_date", ""), "received_date")
    row = VulnerabilityNotice(**values)
    return _added(
        actor, system_id, expected, NOTICE_ADDED, row, dict(values),
        lambda system, on: [judging.products_of(system, on)],
    )  # fmt: skip


def record_step(
    actor: Actor, system_id: str, notice_id: str, step: str, done_date: str, expected: int | None
) -> VulnerabilityNotice:
    """A step against a vulnerability is done: remedy, inform_users, report_authority."""
    in_vocabulary(step, STEPS, "step")
    check_date(done_date, "done_date", exact=True)
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        notice = system.notices.filter(pk=notice_id).first()
        if notice is None:
            raise refused("notice", "没有这条通报", "there is no such notice", "not_found")
        notice.steps = {**notice.steps, step: done_date}
        notice.version += 1
        notice.save()
        _bump(system)
        after = {"reference": notice.reference, step: done_date}
        _record(actor, NOTICE_STEP, system, after, judgements=[judging.products_of(system, today())])
    return notice


def system_text(system: System) -> str:
    """What is found of a system: name, initials, purpose."""
    return folded(system.name, system.initials, system.purpose)


def _added(
    actor: Actor, system_id: str, expected: int | None, action: str, row: _Made, after: dict[str, Any],
    judge: Callable[[System, dt.date], list[Judgement]] | None = None,
) -> _Made:  # fmt: skip
    """The row, kept, and what the law says of the system with it."""
    with transaction.atomic():
        system = _mine(actor, system_id, expected)
        row.id, row.system = new_id(wiring.clock().now_ns()), system
        row.save(force_insert=True)
        _bump(system)
        _record(actor, action, system, after, judgements=() if judge is None else judge(system, today()))
    return row


def _mine(actor: Actor, system_id: str, expected: int | None) -> System:
    system = visible_system(actor, system_id, lock=True)
    MANAGE_SYSTEMS.require(actor, system)
    require_version(system.version, expected)
    if system.removed_ns is not None:
        raise refused("system", "该系统已注销", "this system has been removed", "conflict")
    return system


def governed(system: System) -> list[Judgement]:
    """Whether the municipal regulation governs the system, and if so what is still to be declared."""
    scope = judging.scope_of(system, today())
    return [scope] if scope.verdict is Verdict.NOT_APPLICABLE else [scope, judging.declarations_of(system, today())]


def _bump(system: System) -> None:
    system.version += 1
    system.save()


def _record(
    actor: Actor, action: str, system: System, after: Mapping[str, Any], before: Mapping[str, Any] | None = None,
    reason: str = "", judgements: Iterable[Judgement] = (),
) -> None:  # fmt: skip
    record(
        actor, action, kind="system", object_id=system.id, name=system.name, before=before, after=after,
        policy=MANAGE_SYSTEMS, reason=reason, judgements=judgements,
    )  # fmt: skip


def checked_system(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as columns of System. Raises MingjianError naming the field at fault."""
    found = {key: values[key] for key in _PLAIN if key in values}
    for key, known in _WORDS.items():
        if key in found:
            in_vocabulary(found[key], known, key)
    for one in found.get("functions", ()):
        in_vocabulary(one, FUNCTIONS, "functions")
    if "name" in found:
        found["name"] = clean(found["name"], "name", 1, 128)
        found["initials"] = initials(found["name"])
    if "organisation" in values:
        found["organisation_id"] = organisation_of(values["organisation"]).id
    if "division" in values:
        found["division_id"] = division_of(values["division"]).id
    if values.get("place"):
        if not Place.objects.filter(pk=values["place"], removed_ns=None).exists():
            raise refused("place", "没有这个场所", "there is no such place")
        found["place_id"] = values["place"]
    return found


def system_state(system: System) -> dict[str, Any]:
    """What the audit record shows of a system."""
    return {key: getattr(system, key) for key in (*_PLAIN, "organisation_id", "division_id", "place_id")}


Maker = Callable[[Actor, str, Mapping[str, Any], int | None], Any]
"""What adds a row to a system: party, conformance, cost, notice."""
