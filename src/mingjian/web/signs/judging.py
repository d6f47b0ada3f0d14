"""What the law says of a sign, and of a place without one (qd204 17; sc799 13)."""

from __future__ import annotations

import datetime as dt

from mingjian.rules import signs
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.law import Law
from mingjian.rules.signs import MUNICIPAL_SIGN, NATIONAL_SIGN, SignRecord
from mingjian.web.authority.applying import applying
from mingjian.web.signs.models import Sign
from mingjian.web.signs.names import CHANGED, REGISTERED, REMOVED, SEEN

judge_sign = applying(signs.judge_sign, by=[REGISTERED, CHANGED, SEEN, REMOVED])


def record_of(sign: Sign) -> SignRecord:
    """The record as the rules take it."""
    given = {"photo": sign.photo_file, "position": sign.position, "text": sign.text}
    seen = dt.date.fromisoformat(sign.last_seen_date) if sign.last_seen_date else None
    return SignRecord(frozenset(name for name, value in given.items() if value), seen)


def judged(law: Law, public_place: bool | None, sign: Sign | None, on: dt.date) -> list[Judgement]:
    """Under both packs; `sign` None: the place has none."""
    record = None if sign is None else record_of(sign)
    return [judge_sign(law, key, public_place, record, on) for key in (MUNICIPAL_SIGN, NATIONAL_SIGN)]


def standing(law: Law, public_place: bool | None, sign: Sign | None, on: dt.date) -> Judgement:
    """Both packs as one answer: the strictest."""
    return strictest(judged(law, public_place, sign, on))
