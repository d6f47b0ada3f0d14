"""What other slices hear about cameras."""

from __future__ import annotations

from django.dispatch import Signal

camera_closed = Signal()
"""Sent inside the transaction that removes a camera. Arguments: `camera` (Camera), `actor` (Actor)."""
