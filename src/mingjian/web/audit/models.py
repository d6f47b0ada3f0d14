"""The audit record. Rows are added and read; nothing changes or removes them, the database itself refuses to."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def _append_only() -> MingjianError:
    return MingjianError(
        "audit_append_only",
        Text(zh="审计记录不可修改或删除", en="audit entries are neither changed nor deleted"),
        fault=Fault.OURS,
    )


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reading only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()

    def delete(self) -> NoReturn:
        """Refused."""
        raise _append_only()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()


class Outcome(models.TextChoices):
    """How it ended."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class AuditEntry(models.Model):
    """Who did what. Names are copied: the entry must be readable when the account and the object are long gone."""

    id = models.BigAutoField(primary_key=True)
    at_ns = models.BigIntegerField(db_index=True)
    actor_id = models.CharField(max_length=26, blank=True, db_index=True)
    actor_name = models.CharField(max_length=64, blank=True)
    actor_unit = models.CharField(max_length=128, blank=True)
    actor_role = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=64, db_index=True)
    object_kind = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_name = models.CharField(max_length=128, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    right = models.CharField(max_length=64, blank=True)  # the policy under which it was allowed or refused
    clause = models.CharField(max_length=64, null=True)
    reason = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    request = models.CharField(max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        """Read by object, too."""

        default_permissions = ()
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]  # noqa: RUF012

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; an entry that exists is refused."""
        if not self._state.adding:
            raise _append_only()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()
