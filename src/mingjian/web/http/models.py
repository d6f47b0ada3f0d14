"""Idempotency records: what a creation answered, so that the same request sent twice creates once."""

from __future__ import annotations

from django.db import models


class IdempotencyRecord(models.Model):
    """One answered creation. `digest` binds the key to method, path and body, keyed: bodies may hold credentials."""

    owner = models.CharField(max_length=26)  # user id
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_ns = models.BigIntegerField()

    class Meta:
        """One answer for each key of a user."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_owner_key")]  # noqa: RUF012
