"""Who acts: a signed-in person, or the person at the machine's command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.text import Text


class Role(StrEnum):
    """What a person is to the system. A later issue binds roles to an organisation and its subtree."""

    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"
    AUDITOR = "auditor"

    @property
    def label(self) -> Text:
        """What people call it."""
        return _TITLES[self]


_TITLES = {
    Role.ADMIN: Text(zh="管理员", en="administrator"),
    Role.OPERATOR: Text(zh="值班员", en="operator"),
    Role.VIEWER: Text(zh="观看人", en="viewer"),
    Role.AUDITOR: Text(zh="审计员", en="auditor"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, with what is copied into the audit record: a name outlives its account.

    `user` is the user's id, empty for nobody signed in and for the command line. `role` is a Role's value, "local" for
    the person at the machine (who owns the data folder and its keys), or empty for nobody.
    """

    user: str
    name: str
    unit: str
    role: str
    address: str = ""
    request: str = ""  # the request's id, for finding it again in the logs
    must_change_password: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody."""
        return bool(self.role)

    def labelled(self) -> str:
        """Name and unit, as burned into watermarks."""
        return f"{self.name} {self.unit}".strip()


LOCAL_ROLE = "local"


def nobody(address: str = "", request: str = "") -> Actor:
    """The actor of a request without session."""
    return Actor(user="", name="", unit="", role="", address=address, request=request)


def local_person(name: str, request: str = "") -> Actor:
    """The person at the command line, by the operating system's user name."""
    return Actor(user="", name=name, unit="", role=LOCAL_ROLE, address="local", request=request)
