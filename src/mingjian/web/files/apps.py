"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.files"
    label = "files"
