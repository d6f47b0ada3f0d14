"""Organisations: made, changed, renamed, moved, merged, split, dissolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text, listed
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.dates import check_date
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.actions.bindings import end_all_of
from mingjian.web.organisations.codes import check_credit_code
from mingjian.web.organisations.holdings import hand_over, held_by
from mingjian.web.organisations.initials import initials
from mingjian.web.organisations.models import Agreement, Identifier, Organisation, OrganisationName, Succession
from mingjian.web.organisations.policies import CHANGE, STRUCTURE
from mingjian.web.organisations.queries import division_by_id, organisation_by_id
from mingjian.web.organisations.trees import ORGANISATIONS

MADE = register("organisations.create", "新建单位", "made an organisation")
CHANGED = register("organisations.change", "修改单位资料", "changed an organisation")
RENAMED = register("organisations.rename", "变更单位名称", "renamed an organisation")
MOVED = register("organisations.move", "变更上级单位", "moved an organisation in the tree")
SUCCEEDED = register("organisations.succeed", "单位合并或拆分", "merged or split organisations")
DISSOLVED = register("organisations.dissolve", "撤销单位", "dissolved an organisation")

_CHANGEABLE = frozenset({"address", "contact", "telephone", "note", "sector"})


def make_organisation(
    actor: Actor,
    *,
    kind: str,
    name: str,
    division_id: str,
    parent_id: str | None = None,
    credit_code: str = "",
    since_date: str = "",
    organisation_id: str | None = None,
    **values: str,
) -> Organisation:
    """Make an organisation: the installation's administrator anywhere, an organisation's below his own, of its kind.

    `organisation_id`: an id given before (an import's preview names it); a new one when None.

    Raises MingjianError conflict (the credit code is another's), not_found (parent, division), invalid, or Refused.
    """
    check_date(since_date, "since_date")
    division_by_id(division_id)
    policy: Policy = STRUCTURE
    if parent_id is None:
        STRUCTURE.require(actor)
    else:
        parent = organisation_by_id(actor, parent_id)
        policy = CHANGE if CHANGE.allows(actor, parent) and parent.kind == kind else STRUCTURE
        policy.require(actor, parent)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        organisation = Organisation.objects.create(
            id=organisation_id or new_id(now_ns), kind=kind, name=name, initials=initials(name), parent_id=parent_id,
            division_id=division_id, created_ns=now_ns, **values,
        )  # fmt: skip
        OrganisationName.objects.create(organisation=organisation, name=name, since_date=since_date)
        ORGANISATIONS.attach(organisation.id, parent_id)
        after = {"kind": kind, "name": name, "division": division_id, "parent": parent_id, **values}
        if credit_code:
            after["credit_code"] = give_credit_code(organisation, credit_code, since_date)
        record(
            actor, MADE, kind="organisation", object_id=organisation.id, name=name, after=after, policy=policy
        )  # fmt: skip
    return organisation


def give_credit_code(organisation: Organisation, text: str, since_date: str) -> str:
    """Keep its unified social credit code. Raises MingjianError conflict for one that is, or was, another's."""
    code = check_credit_code(text)
    try:
        with transaction.atomic():
            Identifier.objects.create(
                kind="credit_code", value=code, subject_kind="organisation", subject_id=organisation.id,
                since_date=since_date,
            )  # fmt: skip
    except IntegrityError as error:
        raise MingjianError(
            "conflict",
            Text("该统一社会信用代码已登记过", "this unified social credit code is registered already"),
            fault=Fault.USER,
            field="credit_code",
        ) from error
    return code


def change_organisation(actor: Actor, organisation_id: str, values: Mapping[str, Any], version: int) -> Organisation:
    """Change address, contact, telephone, note or sector (the sector, which widens others' reach: STRUCTURE)."""
    with transaction.atomic():
        organisation = _own(actor, organisation_id, version)
        wanted = {key: value for key, value in values.items() if key in _CHANGEABLE}
        before, after = changes({key: getattr(organisation, key) for key in _CHANGEABLE}, wanted)
        if "sector" in after:
            STRUCTURE.require(actor)
        if after:
            _save(organisation, after)
            _record(actor, CHANGED, organisation, CHANGE, before, after)
    return organisation


def rename_organisation(
    actor: Actor, organisation_id: str, *, name: str, on_date: str, version: int | None
) -> Organisation:
    """From `on_date` on it is called so; what it was called stays dated."""
    check_date(on_date, "on_date", exact=True)
    with transaction.atomic():
        organisation = _own(actor, organisation_id, version)
        before = {"name": organisation.name}
        organisation.names.filter(until_date="").update(until_date=on_date)
        OrganisationName.objects.create(organisation=organisation, name=name, since_date=on_date)
        _save(organisation, {"name": name, "initials": initials(name)})
        _record(actor, RENAMED, organisation, CHANGE, before, {"name": name, "on_date": on_date})
    return organisation


def move_organisation(
    actor: Actor, organisation_id: str, *, parent_id: str | None, division_id: str | None, version: int | None
) -> Organisation:
    """Hang it, with what is below it, elsewhere in the tree, or lay it in another division."""
    STRUCTURE.require(actor)
    with transaction.atomic():
        organisation = _own(actor, organisation_id, version)
        after: dict[str, Any] = {"parent_id": parent_id}
        if parent_id is not None:
            organisation_by_id(actor, parent_id)
        if division_id is not None:
            after["division_id"] = division_by_id(division_id).id
        before = {key: getattr(organisation, key) for key in after}
        ORGANISATIONS.move(organisation.id, parent_id)
        _save(organisation, after)
        _record(actor, MOVED, organisation, STRUCTURE, before, after)
    return organisation


def succeed(
    actor: Actor, *, kind: str, predecessors: Sequence[str], successors: Sequence[str], on_date: str, duties: str = ""
) -> list[Succession]:
    """A merger (several into one) or a split (one into several): duties go over on `on_date`.

    In a merger the predecessors dissolve; in a split the predecessor does unless it is a successor, too. What one that
    dissolves holds (places, systems, cameras, filings and so on) goes over with its duties to the successor; in a
    split to the one that is named first, from which single objects are passed on as always. The rows say who answers
    for what from when. Raises MingjianError invalid, conflict, not_found.
    """
    STRUCTURE.require(actor)
    check_date(on_date, "on_date", exact=True)
    one, several = (successors, predecessors) if kind == "merger" else (predecessors, successors)
    if len(set(one)) != 1 or len(set(several)) < (1 if kind == "merger" else 2):
        raise MingjianError(
            "invalid",
            Text(
                "合并须有一个存续单位，拆分须有一个原单位和至少两个承接单位",
                "a merger has one successor; a split has one predecessor and at least two successors",
            ),
            fault=Fault.USER,
            field="successors",
        )  # fmt: skip
    with transaction.atomic():
        before = [organisation_by_id(actor, each, CHANGE, lock=True) for each in sorted(set(predecessors))]
        after = [organisation_by_id(actor, each, CHANGE, lock=True) for each in sorted(set(successors))]
        if any(each.dissolved_date for each in [*before, *after]):
            raise _dissolved()
        pairs = [(old, new) for old in before for new in after if old.id != new.id]
        known = Succession.objects.filter(predecessor__in=before, successor__in=after, on_date=on_date)
        if known.exists():
            raise MingjianError(
                "conflict",
                Text("该日的合并或者拆分已登记", "this merger or split of that day is registered already"),
                fault=Fault.USER,
                field="on_date",
            )
        rows = [
            Succession.objects.create(predecessor=old, successor=new, kind=kind, on_date=on_date, duties=duties)
            for old, new in pairs
        ]
        names = {"predecessors": [each.name for each in before], "successors": [each.name for each in after]}
        for old in before:
            values = {**names, "kind": kind, "on_date": on_date, "duties": duties}
            record(
                actor, SUCCEEDED, kind="organisation", object_id=old.id, name=old.name, after=values, policy=STRUCTURE
            )
            if old.id not in successors:
                heir = next(one for one in after if one.id == successors[0])
                hand_over(actor, SUCCEEDED, STRUCTURE, old, heir, on_date)
                _hand_over_agreements(actor, old, heir)
                _dissolve(actor, old, on_date, "")
    return rows


def _hand_over_agreements(actor: Actor, old: Organisation, heir: Organisation) -> None:
    """Agreements that last go on with the heir on either side."""
    for side in ("client", "contractor"):
        for row in Agreement.objects.filter(**{side: old}, ended_date="").select_related("client").order_by("id"):
            setattr(row, side, heir)
            row.version += 1
            row.save(update_fields=[side, "version"])
            record(
                actor, SUCCEEDED, kind="agreement", object_id=row.id, name=row.number, before={side: old.name},
                after={side: heir.name}, policy=STRUCTURE,
            )  # fmt: skip


def dissolve_organisation(
    actor: Actor, organisation_id: str, *, on_date: str, reason: str, version: int | None
) -> Organisation:
    """It ends; what is bound to it ends with it. Raises MingjianError conflict while something is below it, or its."""
    STRUCTURE.require(actor)
    check_date(on_date, "on_date", exact=True)
    with transaction.atomic():
        organisation = _own(actor, organisation_id, version)
        if kinds := list(held_by(organisation.id)):
            held = listed(kinds)
            raise MingjianError(
                "conflict",
                Text(f"“{organisation.name}”名下还有{held.zh}", f"{organisation.name} still has {held.en}"),
                fault=Fault.USER,
                remedy=Text("先办理合并、拆分，或者逐项转给其他单位", "merge or split it, or pass them on one by one"),
            )
        _dissolve(actor, organisation, on_date, reason)
    return organisation


def _dissolve(actor: Actor, organisation: Organisation, on_date: str, reason: str) -> None:
    if organisation.dissolved_date:
        raise _dissolved()
    if organisation.children.filter(dissolved_date="").exists():
        raise MingjianError(
            "conflict",
            Text(f"“{organisation.name}”还有下级单位，请先处理", f"there are organisations below {organisation.name}"),
            fault=Fault.USER,
        )
    organisation.names.filter(until_date="").update(until_date=on_date)
    codes = Identifier.objects.filter(subject_kind="organisation", subject_id=organisation.id, until_date="")
    codes.update(until_date=on_date)
    _save(organisation, {"dissolved_date": on_date})
    end_all_of(actor, organisation, STRUCTURE)
    record(
        actor, DISSOLVED, kind="organisation", object_id=organisation.id, name=organisation.name,
        after={"on_date": on_date}, policy=STRUCTURE, reason=reason,
    )  # fmt: skip


def _own(actor: Actor, organisation_id: str, version: int | None) -> Organisation:
    """The organisation, locked: not_found when it cannot be seen, Refused when it cannot be changed."""
    organisation = organisation_by_id(actor, organisation_id, lock=True)
    CHANGE.require(actor, organisation)
    require_version(organisation.version, version)
    return organisation


def _save(organisation: Organisation, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        setattr(organisation, key, value)
    organisation.version += 1
    organisation.save(update_fields=[*values, "version"])


def _record(
    actor: Actor, action: str, organisation: Organisation, policy: Policy, before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:  # fmt: skip
    record(
        actor, action, kind="organisation", object_id=organisation.id, name=organisation.name, before=before,
        after=after, policy=policy,
    )  # fmt: skip


def _dissolved() -> MingjianError:
    return MingjianError("conflict", Text("该单位已撤销", "the organisation has been dissolved"), fault=Fault.USER)
