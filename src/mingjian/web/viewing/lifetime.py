"""How long a ticket lives, and how long before its end it may be renewed: always."""

from __future__ import annotations

TICKET_MS = 5 * 60 * 1000
"""A stream ends with its ticket unless renewed; five minutes is also how long a revocation has to be remembered."""

LONGEST_FOOTAGE_MS = 366 * 24 * 3600 * 1000
