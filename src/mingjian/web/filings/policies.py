"""Who files, who takes filings in, who decides on them.

A station takes in for its district; returning and registering is the leading organ's alone. A district's organ that
merely got a copy reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import LOCAL_ROLE, Actor, BoundRole, Role
from mingjian.web.filings.models import Filing, FilingRecipient
from mingjian.web.organisations.scope import ScopedPolicy


@dataclass(frozen=True, slots=True)
class Whose:
    """An organisation as something to ask about; where it lies does not count."""

    organisation_id: str | None
    division_id: str | None = None


class OwnTreePolicy(ScopedPolicy):
    """A right over one's own organisations only: a manager of a department files for it, not for all its division."""

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """About anything with `organisation_id`."""
        whose = None if subject is None else Whose(getattr(subject, "organisation_id", None))
        return super().allows(actor, whose)


class OrganPolicy(ScopedPolicy):
    """A right that an organ's people have about what their own organ leads, and nobody above or below for it."""

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """About a filing: whether a binding is to its leading organ."""
        if subject is None or actor.role == LOCAL_ROLE:
            return super().allows(actor, None)
        organ = getattr(subject, "organ_id", None)
        return organ is not None and any(binding.organisation == organ for binding in self.bindings(actor))


READ = ScopedPolicy(
    "filings.read",
    Text(zh="查看备案", en="see filings"),
    [Role.ADMIN, Role.AUDITOR],
    [
        BoundRole.MANAGER,
        BoundRole.ORGANISATION_ADMIN,
        BoundRole.OFFICER,
        BoundRole.INSPECTOR,
        BoundRole.APPROVER,
        BoundRole.LEGAL_REVIEWER,
    ],
)
FILE = OwnTreePolicy("filings.file", Text(zh="办理备案", en="file"), [], [BoundRole.MANAGER])
TAKE_IN = ScopedPolicy("filings.take_in", Text(zh="代收、录入备案", en="take filings in"), [], [BoundRole.OFFICER])
DECIDE = OrganPolicy("filings.decide", Text(zh="退回、登记备案", en="return and register"), [], [BoundRole.OFFICER])
VERIFY = ScopedPolicy(
    "filings.verify", Text(zh="核对备案信息", en="check what was filed"), [], [BoundRole.OFFICER, BoundRole.INSPECTOR]
)
EXCHANGE = ScopedPolicy(
    "filings.exchange",
    Text(zh="与全国备案平台交换基本信息表", en="exchange the basic information table"),
    [],
    [BoundRole.OFFICER],
)


def may_read(actor: Actor, filing: Filing) -> bool:
    """Whether the filing, or the copy of one of its districts, is within the actor's reach."""
    return READ.allows(actor, filing) or any(READ.allows(actor, recipient) for recipient in filing.recipients.all())


def visible(actor: Actor, rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """The filings the actor may read: within his reach, led by one of his organs, or with a copy at one of them.

    One condition over the filing's own columns, so that a page walks the index of the newest first and stops when it is
    full; only the copies of districts that do not lead, which are few, come from another table.
    """
    if READ.everywhere(actor):
        return rows
    copies = READ.visible(actor, FilingRecipient.objects.filter(leading=False)).values("filing_id")
    own = READ.condition(actor)
    led = READ.condition(actor, organisation="organ_id", division="")
    return rows.filter(own | led | Q(pk__in=copies))
