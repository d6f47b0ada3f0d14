"""The audit record. Rows are added and read; nothing changes or removes them, the database itself refuses to."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def _append_only() -> MingjianError:
    return MingjianError(
        "audit_append_only",
        Text(zh="审计记录不可修改或删除", en="audit entries are neither changed nor deleted"),
        fault=Fault.OURS,
    )


_Row = TypeVar("_Row", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[_Row]):
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


class AppendOnly(models.Model):
    """A row that is added and read, and nothing else."""

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; one that exists is refused."""
        if not self._state.adding:
            raise _append_only()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise _append_only()


class Outcome(models.TextChoices):
    """How it ended."""

    DONE = "done"
    DENIED = "denied"
    FAILED = "failed"


class AuditEntry(AppendOnly):
    """Who did what. Names are copied: the entry must be readable when the account and the object are long gone."""

    id = models.BigAutoField(primary_key=True)
    at_ns = models.BigIntegerField(db_index=True)
    actor_id = models.CharField(max_length=26, blank=True, db_index=True)
    actor_name = models.CharField(max_length=64, blank=True)
    actor_unit = models.CharField(max_length=128, blank=True)
    actor_role = models.CharField(max_length=32, blank=True)
    actor_post = models.CharField(max_length=128, blank=True, default="")  # titles of his posts on that day
    actor_organisation = models.CharField(max_length=26, blank=True, default="", db_index=True)  # id
    address = models.CharField(max_length=45, blank=True)
    action = models.CharField(max_length=64, db_index=True)
    object_kind = models.CharField(max_length=32, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_name = models.CharField(max_length=128, blank=True)
    organisation_id = models.CharField(max_length=26, blank=True, default="", db_index=True)  # whose the object is
    division_id = models.CharField(max_length=26, blank=True, default="", db_index=True)  # where it lies
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    right = models.CharField(max_length=64, blank=True)  # the policy under which it was allowed or refused
    clause = models.CharField(max_length=64, null=True)  # the first one cited; all of them are AuditCitation
    reason = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    request = models.CharField(max_length=64, blank=True)
    api_token = models.CharField(max_length=26, null=True)  # id of the API token it was done by; null: a session

    cited: list[AuditCitation]  # as queries.CITED reads them

    objects = AppendOnlyQuerySet["AuditEntry"].as_manager()

    class Meta:
        """Read by object, too."""

        default_permissions = ()
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]  # noqa: RUF012


class AuditCitation(AppendOnly):
    """A clause that an entry rests on, with the rule's verdict (empty: cited without one). Asked by clause."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(AuditEntry, models.DO_NOTHING, related_name="citations", db_index=False)
    clause = models.CharField(max_length=64)
    verdict = models.CharField(max_length=16, blank=True)

    objects = AppendOnlyQuerySet["AuditCitation"].as_manager()

    class Meta:
        """One citation a clause; read by clause, newest entry first."""

        default_permissions = ()
        indexes = [models.Index(fields=["clause", "-entry"], name="audit_citation_clause")]  # noqa: RUF012
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["entry", "clause"], name="audit_citation_once")
        ]
