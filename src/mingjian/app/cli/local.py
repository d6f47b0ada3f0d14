"""A command acting on web's records as the person at the machine: Django brought up, migrated, the actor named."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mingjian.app.data_folder import DataFolder
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor, local_person


@contextmanager
def as_local_person(data: Path) -> Iterator[Actor]:
    """Inside, web's actions work; what they record names the operating system's user."""
    bring_up_web(DataFolder(data))
    migrate()
    yield local_person(getpass.getuser())


@contextmanager
def named_camera() -> Iterator[None]:
    """Inside, a camera that is not there is an error of the argument that named it, with where to find the ids."""
    try:
        yield
    except MingjianError as error:
        if error.code != "not_found":
            raise
        remedy = Text(zh="编号见 mingjian camera list", en="mingjian camera list shows the ids")
        raise MingjianError(error.code, error.message, fault=error.fault, field="camera", remedy=remedy) from error
