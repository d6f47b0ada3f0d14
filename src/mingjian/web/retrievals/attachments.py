"""What is handed in with a request: who sees the request reads it, wherever the file was handed in.

The columns hold ids that the asker named. Only files of a retrieval, handed in for the asking body or the holder, are
shown: nobody reads another's file by naming it in a request of his own.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingjian.web.authority.actor import Actor
from mingjian.web.files.actions import download_shown
from mingjian.web.files.models import StoredFile
from mingjian.web.http.problem import not_found
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.retrievals.policies import READ_OWN
from mingjian.web.retrievals.requests import retrieval_by_id

PARTS = ("own_approval", "identity", "relation")


def attachments(row: Retrieval) -> dict[str, StoredFile]:
    """The files by part."""
    named = {getattr(row, f"{part}_file"): part for part in PARTS}
    named.pop("", None)
    if not named:
        return {}
    found = StoredFile.objects.filter(
        pk__in=named, subject_kind="retrieval", organisation_id__in=[row.organisation_id, row.holder_id or ""],
        removed_ns__isnull=True,
    )  # fmt: skip
    return {named[file.id]: file for file in found}


def open_attachment(actor: Actor, retrieval_id: str, part: str) -> tuple[StoredFile, Iterator[bytes]]:
    """One of them with its bytes. Raises MingjianError not_found, file_missing."""
    file = attachments(retrieval_by_id(actor, retrieval_id)).get(part)
    if file is None:
        raise not_found("没有这份材料", "there is no such paper")
    return download_shown(actor, file, READ_OWN)
