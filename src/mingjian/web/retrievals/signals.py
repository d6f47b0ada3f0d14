"""What other slices hear about retrievals."""

from __future__ import annotations

from django.dispatch import Signal

retrieval_shut = Signal()
"""Sent inside the transaction after which a retrieval opens nothing any more. Arguments: `retrieval` (its id)."""
