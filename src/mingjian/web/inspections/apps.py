"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.inspections"
    label = "inspections"

    def ready(self) -> None:
        """Register audit names in every process."""
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.inspections import areas, judging, leads, policies, todo  # noqa: F401
        from mingjian.web.inspections.models import InspectionLead

        keep_rows("lead", InspectionLead, "organ_id")  # the organ's work: not told to whom it is about
        open_files("lead", read=policies.READ, keep=policies.WORK)
