"""Places of the actor's own organisations that need a sign."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.signs import MUNICIPAL_SIGN, NATIONAL_SIGN
from mingjian.web.authority.actor import Actor
from mingjian.web.signs import policies
from mingjian.web.signs.queries import places_without_sign
from mingjian.web.todo.providers import Todo, first_and_count, provide


def signs_due(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Where cameras stand and no sign is proved."""
    rows = places_without_sign(actor, policies.KEEP)
    clause = f"{MUNICIPAL_SIGN},{NATIONAL_SIGN}"
    count, found = first_and_count(rows.order_by("name", "id"), limit)
    return count, [Todo(place.name, "place", place.id, clause=clause) for place in found]


provide("signs.due", Text("待设置、登记提示标识", "signs due"), policies.KEEP, signs_due)
