"""A command acting on web's records as the person at the machine: Django brought up, migrated, the actor named."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.web.authority.actor import Actor, local_person


@contextmanager
def as_local_person(data: Path) -> Iterator[Actor]:
    """Inside, web's actions work; what they record names the operating system's user."""
    bring_up_web(DataFolder(data))
    migrate()
    yield local_person(getpass.getuser())
