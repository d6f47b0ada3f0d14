"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.projects"
    label = "projects"

    def ready(self) -> None:
        """Register audit names in every process."""
        from django.db.models import Q

        from mingjian.kernel.text import Text
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.organisations.holdings import hold
        from mingjian.web.projects import actions  # noqa: F401
        from mingjian.web.projects.models import Project
        from mingjian.web.projects.policies import BUILD, READ

        keep_rows("project", Project)
        hold(
            "project",
            Text("未完成的建设项目", "unfinished projects"),
            Project,
            ~Q(state__in=("in_use", "refused", "abandoned")),
        )
        open_files("project", read=READ, keep=BUILD)
