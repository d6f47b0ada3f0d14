"""The gate: which tickets this edge takes. Each opens one WebSocket or one media session, once.

Ids already used are kept until their tickets expire. A ticket issued before this edge started is refused, since the edge
cannot know whether it was used then; a client simply asks web for another.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mingjian.kernel.clock import NS_PER_MS, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.revocation import Revocation
from mingjian.ports.ticket import Right, Ticket, open_ticket

MAX_TICKET_CHARS = 4096
_SWEEP_OVER = 4096


class TicketGate:
    """Opens tickets for one edge and remembers what was used and what was revoked."""

    def __init__(self, key: Ed25519PublicKey, edge: str, clock: Clock) -> None:
        self._key = key
        self._edge = edge
        self._clock = clock
        self._started_ms = clock.now_ns() // NS_PER_MS
        self._used: dict[str, int] = {}
        self._revocations: tuple[Revocation, ...] = ()

    def admit(self, text: object, right: Right | None = None) -> Ticket:
        """Take a ticket, for the only time. Raises MingjianError ticket_invalid, _expired, _edge, _stale, _used, _revoked
        or not_covered (the ticket lacks `right`)."""
        now_ms = self._clock.now_ns() // NS_PER_MS
        if not isinstance(text, str) or len(text) > MAX_TICKET_CHARS:
            raise refusal("ticket_invalid", "观看凭证无效", "the viewing ticket is not valid")
        ticket = open_ticket(text, self._key, now_ms, self._edge)
        if ticket.issued_ms < self._started_ms:
            raise refusal(
                "ticket_stale", "观看凭证签发于服务重启之前", "the viewing ticket is older than this server's start"
            )
        if ticket.id in self._used:
            raise refusal("ticket_used", "观看凭证已使用过", "the viewing ticket was used before")
        if self.revoked(ticket):
            raise revoked_refusal()
        if right is not None and right.value not in ticket.rights:
            raise refusal("not_covered", "观看凭证不包含此项权限", "the viewing ticket does not give this right")
        self._remember(ticket, now_ms)
        return ticket

    def renewal(self, text: object, before: Ticket) -> Ticket:
        """A ticket that prolongs `before`: the same viewer, session and camera. Raises as `admit`, or `ticket_other`."""
        ticket = self.admit(text)
        if (ticket.viewer, ticket.session, ticket.camera) != (before.viewer, before.session, before.camera):
            raise refusal("ticket_other", "续期凭证不属于此画面", "the ticket belongs to another picture")
        return ticket

    def check(self, ticket: Ticket) -> None:
        """Raises MingjianError ticket_expired or ticket_revoked when a ticket that was admitted no longer holds."""
        if self._clock.now_ns() // NS_PER_MS >= ticket.expires_ms:
            raise refusal("ticket_expired", "观看凭证已过期", "the viewing ticket has expired")
        if self.revoked(ticket):
            raise revoked_refusal()

    def revoked(self, ticket: Ticket) -> bool:
        """Whether the ticket was taken back."""
        return any(entry.covers(ticket) for entry in self._revocations)

    def revoke(self, revocations: tuple[Revocation, ...]) -> None:
        """What is taken back from now on, in place of what was told before."""
        self._revocations = revocations

    def _remember(self, ticket: Ticket, now_ms: int) -> None:
        self._used[ticket.id] = ticket.expires_ms
        if len(self._used) > _SWEEP_OVER and len(self._used) % 256 == 0:
            self._used = {key: expires for key, expires in self._used.items() if expires > now_ms}


def refusal(code: str, zh: str, en: str) -> MingjianError:
    """A refusal of a ticket, with what to do."""
    remedy = Text(zh="请重新打开画面", en="open the picture again")
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field="ticket", remedy=remedy)


def revoked_refusal() -> MingjianError:
    """The refusal of a ticket that was taken back."""
    text = Text(zh="观看权限已被收回", en="the permission to view was taken back")
    remedy = Text(zh="请联系管理员", en="ask the administrator")
    return MingjianError("ticket_revoked", text, fault=Fault.USER, field="ticket", remedy=remedy)
