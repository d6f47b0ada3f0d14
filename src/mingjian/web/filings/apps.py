"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.filings"
    label = "filings"

    def ready(self) -> None:
        """Register audit names and receivers in every process."""
        from django.db.models import Q

        from mingjian.kernel.text import Text
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.filings import actions, changes, exchange, intake, removals, todo  # noqa: F401
        from mingjian.web.filings.models import Filing, Removal
        from mingjian.web.filings.policies import FILE, READ, TAKE_IN
        from mingjian.web.organisations.holdings import hold

        keep_rows("filing", Filing)
        keep_rows("removal", Removal)
        over = Q(state__in=("closed", "withdrawn", "cancelled", "restored"))
        hold("filing", Text("备案", "filings"), Filing, ~over & ~Q(kind="removal"), name="system__name")
        hold(
            "removal",
            Text("未办结的拆除", "removals under way"),
            Removal,
            ~over & ~Q(state="registered"),
            name="system__name",
        )
        open_files("filing", read=READ, keep=FILE)
        open_files("filing", keep=TAKE_IN)
