"""The slice's endpoints, a file a subject."""

from __future__ import annotations

from typing import Any, Protocol


class _Row(Protocol):
    id: str
    version: int


def made(row: _Row) -> dict[str, Any]:
    """A creation's answer, as it is kept in an idempotency record."""
    return {"id": row.id, "version": row.version}
