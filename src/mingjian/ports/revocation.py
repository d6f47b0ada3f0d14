"""Tickets taken back before their time: `plan/revocations.json`, written by web, watched by every edge. Pure.

`{"format": 1, "revocations": [{"at_ms": n, "viewer": id?, "camera": id?, "ticket": id?, "session": digest?}]}`. An entry
takes back every ticket issued at or before `at_ms` that fits all of its fields; an entry without any field takes back
all of them.
Entries older than the longest ticket may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.ticket import Ticket

REVOCATION_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Revocation:
    """One entry; empty fields fit every ticket. `at_ms` is UTC milliseconds since 1970."""

    at_ms: int
    viewer: str = ""
    camera: str = ""
    ticket: str = ""
    session: str = ""  # as Ticket.session: who signs out in one place goes on looking in another

    def covers(self, ticket: Ticket) -> bool:
        """Whether it takes `ticket` back."""
        return (
            ticket.issued_ms <= self.at_ms
            and self.viewer in ("", ticket.viewer)
            and self.camera in ("", ticket.camera)
            and self.ticket in ("", ticket.id)
            and self.session in ("", ticket.session)
        )


def revocations_to_json(revocations: tuple[Revocation, ...]) -> dict[str, Any]:
    """The file's content."""
    fields = ("viewer", "camera", "ticket", "session")
    entries = [
        {"at_ms": entry.at_ms} | {name: getattr(entry, name) for name in fields if getattr(entry, name)}
        for entry in revocations
    ]
    return {"format": REVOCATION_FORMAT, "revocations": entries}


def revocations_from_json(value: Any) -> tuple[Revocation, ...]:
    """Read the file's content. Raises MingjianError `bad_revocations` (fault: ours)."""
    try:
        if value["format"] != REVOCATION_FORMAT:
            raise ValueError(f"format {value['format']}")
        return tuple(
            Revocation(
                at_ms=int(entry["at_ms"]),
                viewer=str(entry.get("viewer") or ""),
                camera=str(entry.get("camera") or ""),
                ticket=str(entry.get("ticket") or ""),
                session=str(entry.get("session") or ""),
            )
            for entry in value["revocations"]
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MingjianError(
            "bad_revocations",
            Text(zh="凭证撤销清单损坏或版本不符", en="the list of revoked tickets is broken or of another version"),
            fault=Fault.OURS,
            detail=repr(error),
        ) from error
