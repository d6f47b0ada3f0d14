"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.accounts"
    label = "accounts"
