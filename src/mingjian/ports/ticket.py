"""Tickets: who may see which camera, when, for how long and what for; checked by the edge without a database.

A ticket is `base64url(canonical claims) "." base64url(Ed25519 signature over "mingjian-ticket-v1\\0" + claims bytes)`.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_DOMAIN = b"mingjian-ticket-v1\x00"


class Right(StrEnum):
    """What a ticket lets its bearer do."""

    LIVE = "live"
    PLAYBACK = "playback"
    SNAPSHOT = "snapshot"
    EXPORT = "export"
    UNMASKED = "unmasked"  # a lift of privacy masks: of what, the ticket's fields say
    MASK_CHECK = "mask_check"  # may confirm masks: sees the masked picture of a camera that was moved


@dataclass(frozen=True, slots=True)
class Ticket:
    """The claims. Times are UTC milliseconds since 1970; `from_ms`/`to_ms` bound the footage (0 and 0 for live).

    Privacy masks cover everything but what a lift names: the present, and footage of [unmasked_from_ms, unmasked_to_ms).
    """

    id: str
    viewer: str  # user id
    viewer_name: str  # for the watermark: name and unit
    camera: str
    streams: tuple[str, ...]
    rights: tuple[str, ...]
    purpose: str
    issued_ms: int
    expires_ms: int
    from_ms: int
    to_ms: int
    edge: str  # the edge it is bound to
    session: str  # digest of the web session it was issued to
    unmasked_live: bool = False
    unmasked_from_ms: int = 0
    unmasked_to_ms: int = 0


def sign_ticket(ticket: Ticket, key: Ed25519PrivateKey) -> str:
    """The ticket as text."""
    claims = canonical_bytes(asdict(ticket))
    return f"{_b64(claims)}.{_b64(key.sign(_DOMAIN + claims))}"


def open_ticket(text: str, key: Ed25519PublicKey, now_ms: int, edge: str) -> Ticket:
    """Check signature, form, time and edge. Raises MingjianError (fault: user) with code ticket_invalid, _expired or _edge."""
    try:
        claims_text, signature_text = text.split(".")
        claims = _unb64(claims_text)
        key.verify(_unb64(signature_text), _DOMAIN + claims)
        value = json.loads(claims)
        value["streams"] = tuple(value["streams"])
        value["rights"] = tuple(value["rights"])
        ticket = Ticket(**value)
    except (ValueError, TypeError, KeyError, binascii.Error, InvalidSignature) as error:
        raise _refused("ticket_invalid", "观看凭证无效", "the viewing ticket is not valid") from error
    if not ticket.issued_ms - 30_000 <= now_ms < ticket.expires_ms:
        raise _refused("ticket_expired", "观看凭证已过期", "the viewing ticket has expired")
    if ticket.edge != edge:
        raise _refused("ticket_edge", "观看凭证属于另一台服务器", "the viewing ticket belongs to another server")
    return ticket


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def _refused(code: str, zh: str, en: str) -> MingjianError:
    remedy = Text(zh="请重新打开画面", en="open the picture again")
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field="ticket", remedy=remedy)
