"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class SignsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.signs"
    label = "signs"

    def ready(self) -> None:
        """Register audit names and what is to be done in every process."""
        from django.db.models import Q

        from mingjian.kernel.text import Text
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.files.rights import open_files
        from mingjian.web.organisations.holdings import hold
        from mingjian.web.signs import actions, todo  # noqa: F401
        from mingjian.web.signs.models import Sign
        from mingjian.web.signs.policies import KEEP, READ, SEE

        keep_rows("sign", Sign)
        hold("sign", Text("提示标识", "signs"), Sign, Q(removed_ns=None), name="place__name")
        open_files("sign", read=READ, keep=KEEP)
        open_files("sign", keep=SEE)
