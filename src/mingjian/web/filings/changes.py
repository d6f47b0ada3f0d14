"""A change of any filed fact opens a change filing: what is filed compared with what the register says today."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from mingjian.rules.change_filing import changed_parts
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import LOCAL_ROLE, Actor
from mingjian.web.filings.facts import facts_of
from mingjian.web.filings.handing_in import move, today
from mingjian.web.filings.judging import change
from mingjian.web.filings.models import Filing
from mingjian.web.filings.names import CHANGE_DUE
from mingjian.web.registry.models import Camera, System

_PROGRAM = Actor(user="", name="系统", unit="", role=LOCAL_ROLE)


def check_changes(system_id: str) -> int:
    """Compare the registered filings of a system with the register; how many now await a change filing."""
    found = 0
    with transaction.atomic():
        rows = Filing.objects.select_for_update(of=("self",)).filter(system_id=system_id, state="registered")
        standing = rows.filter(system__removed_date="")  # what is taken down whole is filed as a removal, and closed
        for filing in standing.exclude(kind="removal").select_related("system__place", "system__organisation"):
            now = {**filing.facts, **facts_of(filing.system)}
            judgement = change(current_law(), filing, now, today(), today())
            if judgement.verdict is not Verdict.DUE:
                continue
            filing.changed_date = today().isoformat()
            filing.changed_parts = list(changed_parts(filing.facts, now))
            move(_PROGRAM, filing, "fact_changed", CHANGE_DUE, None, reason=judgement.reason.zh[:500], said=[judgement])
            found += 1
    return found


def check_all_changes() -> int:
    """The worker's round over everything registered: what came by bulk import sends no signal."""
    systems = Filing.objects.filter(state="registered").values_list("system_id", flat=True).distinct()
    return sum(check_changes(system) for system in list(systems))


@receiver(post_save, sender=Camera)
def _on_camera(sender: type[Camera], instance: Camera, **kwargs: Any) -> None:
    _later(instance.system_id)


@receiver(post_save, sender=System)
def _on_system(sender: type[System], instance: System, created: bool = False, **kwargs: Any) -> None:
    if not created:
        _later(instance.id)


def _later(system_id: str | None) -> None:
    """After the commit, so that one change of many cameras is looked at with all of them there."""
    if system_id is not None:
        transaction.on_commit(lambda: _check_quietly(system_id))


def _check_quietly(system_id: str) -> None:
    if Filing.objects.filter(system_id=system_id, state="registered").exists():
        check_changes(system_id)
