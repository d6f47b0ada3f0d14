"""What files tell others: sent inside the transaction that adds a file or takes one down."""

from __future__ import annotations

from django.dispatch import Signal

files_changed = Signal()
"""`kind`, `subject_id`, `part` of the file: what the subject has has changed."""
