"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class RetrievalsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.retrievals"
    label = "retrievals"

    def ready(self) -> None:
        """Register names in every process."""
        from mingjian.web.files.rights import open_files
        from mingjian.web.retrievals import names, policies, todo  # noqa: F401

        open_files("retrieval", read=policies.READ_OWN, keep=policies.ASK)
