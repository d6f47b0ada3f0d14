"""Reading accounts."""

from __future__ import annotations

from django.db.models import Q

from mingjian.web.accounts.models import User
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found


def setup_needed() -> bool:
    """Whether there is no user yet."""
    return not User.objects.exists()


def user_by_id(user_id: str, *, lock: bool = False) -> User:
    """The user; `lock` within a transaction that changes him. Raises MingjianError not_found."""
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = rows.filter(pk=user_id).first()
    if user is None:
        raise not_found("没有这个用户", "there is no such user")
    return user


def users_page(text: str, cursor: str | None, limit: int) -> tuple[list[User], str | None]:
    """Users by login name; `text` is looked for in names and units."""
    rows = User.objects.all()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(display_name__icontains=text) | Q(unit__icontains=text))
    return page(rows, ["name_key"], cursor, limit)
