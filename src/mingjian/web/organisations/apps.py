"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Register names in every process, and keep the bindings that the guard asks for."""
        from mingjian.web.authority.sources import keep_bindings, keep_bound_roles, keep_contacts, keep_posts
        from mingjian.web.organisations import located, todo  # noqa: F401
        from mingjian.web.organisations.actions import agreements, bindings, divisions, organisations, people  # noqa: F401
        from mingjian.web.organisations.bindings import bindings_now, bound_roles
        from mingjian.web.organisations.posts import titles_of
        from mingjian.web.organisations.who_may import contacts

        keep_bindings(bindings_now)
        keep_bound_roles(bound_roles)
        keep_posts(titles_of)
        keep_contacts(contacts)
