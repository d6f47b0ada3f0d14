"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ObstructionsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.obstructions"
    label = "obstructions"

    def ready(self) -> None:
        """Register audit names and what is to be done in every process."""
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.obstructions import cases, todo, works  # noqa: F401
        from mingjian.web.obstructions.models import ObstructionCase, Works
        from mingjian.web.obstructions.policies import REPORT

        keep_rows("works", Works)
        keep_rows("obstruction", ObstructionCase)
        open_files("camera", keep=REPORT)  # an obstruction is seen in the camera's picture
