"""Which rules the actions of this program reach: known once Django has loaded every slice. Needs no data folder."""

from __future__ import annotations

import os

import django
from django.apps import apps

from mingjian.web.authority.applying import reached


def reached_rules() -> dict[str, str]:
    """Name of a rule -> the actions that ask it. Starts Django when nobody has; its database is not touched."""
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjian.web.settings")
        django.setup()
    return reached()
