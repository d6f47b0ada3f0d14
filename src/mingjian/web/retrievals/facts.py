"""A retrieval's row as the value that the rules judge."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules import retrieval as rules
from mingjian.rules.states.retrieval import RetrievalFacts
from mingjian.web import wiring
from mingjian.web.organisations.models import Appointment, Organisation
from mingjian.web.organisations.posts import holders
from mingjian.web.retrievals.models import Retrieval

_POSTS = {"organ_head": "head", "organ_deputy": "deputy_in_charge", "station_chief": "station_chief"}
_LEVELS = {"city": "municipal", "district": "district"}
POWERS = frozenset({"government", "public_security", "department"})  # investigate or handle emergencies


def facts_of(row: Retrieval, reason: str = "") -> RetrievalFacts:
    """Everything a guard of the table may ask, as the row and its parts stand now."""
    attested = frozenset(f"{one.user_id}" for one in row.attestations.all())
    now_s = wiring.clock().now_ns() // NS_PER_S
    expires_s = None if row.expires_ns is None else row.expires_ns // NS_PER_S
    return RetrievalFacts(request_of(row), now_s, reason, bool(row.handed), attested, expires_s)


def request_of(row: Retrieval) -> rules.Request:
    """The request. People are told apart by account, visitors by a digest of their credential."""
    executors = list(row.executors.all())
    return rules.Request(
        way=row.way,
        requester=row.requester_id,
        body=row.organisation_id,
        legal_basis=row.legal_basis,
        duty=row.duty,
        extents=_extents(row, granted=False),
        form=row.form,
        executors=tuple(
            rules.Staff(one.person, one.organisation_id, one.number_digest, bool(one.confirmed_ns)) for one in executors
        ),
        approval=_approval(row),
        own_approval=bool(row.own_approval_file),
        coordinated_with=row.coordinated_level,
        declaration=_declaration(row),
        person=_person(row),
        papers=frozenset(row.papers),
        registered=row.registered_ns is not None,
        undertakings=frozenset(one.person for one in executors if one.undertaken_ns is not None),
    )


def level_of_organ(organisation: Organisation) -> str:
    """municipal or district for an organ in charge; station for what lies below, functional zones too (the strict way)."""
    if organisation.kind != "public_security":
        return "none"
    return _LEVELS.get(organisation.division.level, "station")


def posts_on(user_id: str, day: dt.date, of: str) -> list[list[str]]:
    """[post, level, since, until] of each post the person held on the day in the organ `of` or one above it."""
    rows = Appointment.objects.filter(
        person__user_id=user_id, post__kind__in=list(_POSTS), post__organisation__reached__descendant_id=of
    )
    organs = {row.post.organisation_id: row.post.organisation for row in rows.select_related(
        "post__organisation__division"
    )}  # fmt: skip
    found = []
    for organ in organs.values():
        mine = (one for one in holders(organ.id, _POSTS, day) if one.user == user_id)
        found += [
            [_POSTS[one.kind], level_of_organ(organ), one.since_date, one.until_date]
            for one in mine
        ]  # fmt: skip
    return found


def _extents(row: Retrieval, *, granted: bool) -> tuple[rules.Extent, ...]:
    """In whole seconds; requests are taken in whole seconds only."""
    return tuple(
        rules.Extent(one.camera_id, one.from_ns // NS_PER_S, one.to_ns // NS_PER_S)
        for one in row.extents.all()
        if one.granted is granted
    )


def _approval(row: Retrieval) -> rules.Approval | None:
    if row.approver_id is None or row.way != "public_security" or row.expires_ns is None:
        return None
    decided = dt.date.fromisoformat(row.decided_date)
    # That each was held on the day of decision is certain (posts_on), whatever precision its own dates have.
    posts = tuple(rules.DatedPost(post, level, decided, decided) for post, level, _, _ in row.posts)
    return rules.Approval(
        row.approver_id, posts, decided, _extents(row, granted=True), row.expires_ns // NS_PER_S
    )  # fmt: skip


def _declaration(row: Retrieval) -> rules.Declaration | None:
    if row.declared_ns is None or row.expires_ns is None:
        return None
    return rules.Declaration(
        row.event_kind, row.requester_id, row.organisation.kind in POWERS, row.area is not None,
        row.declared_ns // NS_PER_S, row.expires_ns // NS_PER_S, row.confirmed_by_id,
        None if row.confirmed_ns is None else row.confirmed_ns // NS_PER_S,
    )  # fmt: skip


def _person(row: Retrieval) -> rules.PersonConcerned | None:
    if row.way != "person_concerned":
        return None
    return rules.PersonConcerned(
        row.relation, row.protects, row.form, bool(row.identity_file), bool(row.relation_file),
        row.approver_id is not None, row.supervisor_id is not None,
    )  # fmt: skip


def plain(row: Retrieval) -> dict[str, Any]:
    """What an entry of the audit record shows of it."""
    return {"way": row.way, "state": row.state, "form": row.form, "case": row.case}
