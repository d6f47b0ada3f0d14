"""The printable sign: one A4 page whose QR code leads to the public entry."""

from __future__ import annotations

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules.day_count import shanghai_day
from mingjian.web.documents.render import render
from mingjian.web.documents.schemas import PrintableSign
from mingjian.web.signs.models import Sign

_PURPOSE = "维护公共安全"


def printed(sign: Sign, origin: str) -> bytes:
    """As PDF/A; `origin` is the installation's own address (scheme and host). The same bytes for the same record."""
    return render(
        PrintableSign(
            organ=sign.organisation.name,
            number=sign.id,
            dated=shanghai_day(sign.created_ns),
            made_at_s=sign.created_ns // NS_PER_S,
            place=" ".join(part for part in (sign.place.name, sign.position) if part),
            purpose=sign.purpose or _PURPOSE,
            telephone=sign.telephone or sign.organisation.telephone or "110",
            address=f"{origin}/report?sign={sign.id}",
        )
    )
