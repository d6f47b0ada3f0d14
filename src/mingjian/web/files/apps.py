"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.files"
    label = "files"

    def ready(self) -> None:
        """Register audit names in every process."""
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files import actions  # noqa: F401
        from mingjian.web.files.models import StoredFile

        keep_rows("file", StoredFile)
