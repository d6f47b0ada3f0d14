"""Where the objects of this slice and the accounts of its people lie."""

from __future__ import annotations

from mingjian.web.authority.subjects import Located, keep_rows, keep_subject
from mingjian.web.organisations.models import Agreement, Appointment, Organisation, Post, Qualification, RoleBinding

keep_rows("organisation", Organisation, "id", "division_id")
keep_rows("post", Post, "organisation_id", "organisation__division_id")
keep_rows("appointment", Appointment, "post__organisation_id", "post__organisation__division_id")
keep_rows("binding", RoleBinding, "organisation_id", "organisation__division_id")
keep_rows("agreement", Agreement, "client_id", "client__division_id")
keep_rows("qualification", Qualification, "organisation_id", "organisation__division_id")


def _account(user_id: str) -> Located | None:
    """An account belongs to the organisation of its holder's first binding, one that is over too."""
    rows = RoleBinding.objects.filter(user_id=user_id).order_by("id")
    row = rows.values_list("organisation_id", "organisation__division_id").first()
    return None if row is None else Located(*row)


def _person(person_id: str) -> Located | None:
    """A person belongs to the organisation of the post he was given last."""
    rows = Appointment.objects.filter(person_id=person_id).order_by("-since_date", "-id")
    row = rows.values_list("post__organisation_id", "post__organisation__division_id").first()
    return None if row is None else Located(*row)


keep_subject("user", _account)
keep_subject("person", _person)
