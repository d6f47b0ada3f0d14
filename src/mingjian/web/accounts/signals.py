"""What other slices hear about accounts; they depend on accounts, not the other way round."""

from __future__ import annotations

from django.dispatch import Signal

account_closed = Signal()
"""Sent inside the transaction that takes a user's rights away (disabled, other role, password reset).

Arguments: `user` (User), `actor` (Actor). Viewing answers by revoking his tickets.
"""

session_locked = Signal()
"""Sent when a session's screen is locked. Arguments: `user` (User), `session_digest` (str). What it looks at ends."""

signed_out = Signal()
"""Sent when a session ends by signing out. Arguments: `user` (User), `actor` (Actor), `session_digest` (str)."""
