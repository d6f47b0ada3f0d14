"""Leaves that wait for their place, leaves in the tree, signed checkpoints. Rows are added and read, never changed.

A slice adds a leaf inside its own transaction: a row of PendingLeaf, which costs one insert and waits for nobody. The
worker gives each a place in the tree later (`actions.sequence`), alone: so the log has one order on every database, and
no request ever holds the log's lock while it waits for something else.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def _append_only() -> MingjianError:
    return MingjianError(
        "ledger_append_only",
        Text(zh="账本记录不可修改或删除", en="leaves of the ledger are neither changed nor deleted"),
        fault=Fault.OURS,
    )


class LedgerQuerySet(models.QuerySet[Any]):
    """Reading and adding only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()

    def delete(self) -> NoReturn:
        """Refused."""
        raise _append_only()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()


class PendingLeaf(models.Model):
    """A leaf that is durable and not in the tree yet. The database lets it go only once its leaf is in the tree."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=64)  # SHA-256 of the leaf's bytes
    data = models.BinaryField()

    class Meta:
        """Short-lived."""

        default_permissions = ()
        db_table = "ledger_pending"


class LedgerLeaf(models.Model):
    """Leaf number `index`, and the hashes it adds to the row of stored nodes (docs/design/ledger.md section 1)."""

    index = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=64, db_index=True)  # SHA-256 of the leaf's bytes: finds its place
    data = models.BinaryField()
    nodes = models.BinaryField()  # its own hash, then each subtree's that it completes, upward

    objects = LedgerQuerySet.as_manager()

    class Meta:
        """Fenced."""

        default_permissions = ()
        db_table = "ledger_leaf"


class LedgerCheckpoint(models.Model):
    """A signed checkpoint of web's log."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(db_index=True)
    time_ns = models.BigIntegerField()
    algorithm = models.CharField(max_length=8)
    note = models.TextField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        """Fenced."""

        default_permissions = ()
        db_table = "ledger_checkpoint"


class KnownSetting(models.Model):
    """What the log said last of a setting outside the database (mingjian.toml), so that a change is noticed."""

    name = models.CharField(primary_key=True, max_length=128)
    value = models.TextField()

    class Meta:
        """A cache of what leaves say."""

        default_permissions = ()
        db_table = "ledger_known_setting"
