"""The worker's rounds by the clock: alerts on their days, changed facts, agreements that ran out; a failure waits."""

from __future__ import annotations

import pytest
from tests.web.city import City

from mingjian.app.web_worker import WebWorker
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.kernel.ids import new_id
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings import deadlines
from mingjian.web.filings.facts import facts_of
from mingjian.web.filings.models import Filing, FilingAlert
from mingjian.web.organisations.models import Agreement, RoleBinding
from mingjian.web.registry.models import Camera, System

HOUR_NS = 3600 * NS_PER_S


def test_alerts_come_on_their_days_as_time_passes(system: System, clock: ManualClock) -> None:
    """Noon of 2025-04-10; the last day is 2025-05-10. Stepped every six hours."""
    worker = WebWorker(clock)
    for _ in range(4 * 32):
        worker.step()
        clock.advance(6 * HOUR_NS)
    alerts = FilingAlert.objects.order_by("at_ns").values_list("offset_days", flat=True)
    assert list(alerts) == [-15, -7, -3, -1, 1]


def test_a_new_day_begins_in_shanghai(system: System, clock: ManualClock) -> None:
    """The alert of T-15 (2025-04-25) is there with the first step after midnight, not an hour later."""
    worker = WebWorker(clock)
    clock.advance(14 * DAY_NS + 12 * HOUR_NS - NS_PER_S)  # 23:59:59 of 2025-04-24
    worker.step()
    assert not FilingAlert.objects.exists()
    clock.advance(NS_PER_S)
    worker.step()
    assert FilingAlert.objects.get().offset_days == -15


def test_what_an_import_changed_is_found(system: System, clock: ManualClock) -> None:
    Filing.objects.create(
        id="filing", kind="both", state="registered", system=system, organisation_id="mall",
        division_id="east-street", first_submitted_date="2025-04-10", facts=facts_of(system), created_ns=0,
    )  # fmt: skip
    worker = WebWorker(clock)
    worker.step()
    assert Filing.objects.get().state == "registered"
    Camera.objects.filter(pk="mall-camera-2").update(standing="removed")
    clock.advance(HOUR_NS)
    worker.step()
    assert Filing.objects.get().state == "change_due"


def test_an_agreement_that_ran_out_ends_its_roles(city: City, clock: ManualClock) -> None:
    user = city.new_user("mo", "contractor")
    until_ns = clock.now_ns() + DAY_NS
    binding = city.bind(user, "mall", BoundRole.MAINTAINER, until_ns=until_ns)
    agreement = Agreement.objects.create(
        id=new_id(0),
        client_id="mall",
        contractor_id="contractor",
        work="maintenance",
        since_date="2020-01-01",
        until_date="2027-01-16",
    )
    agreement.bindings.add(binding)
    worker = WebWorker(clock)
    worker.step()
    assert RoleBinding.objects.get(pk=binding.pk).ended_ns is None
    clock.advance(DAY_NS)
    worker.step()
    assert RoleBinding.objects.get(pk=binding.pk).ended_ns is not None
    assert AuditEntry.objects.filter(reason="协议期满").exists()


def test_a_duty_that_fails_waits_longer_each_time_and_the_others_go_on(
    system: System, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def fail() -> int:
        tries.append(clock.mono_ns())
        raise RuntimeError("the disk is away")

    monkeypatch.setattr(deadlines, "sweep", fail)
    worker = WebWorker(clock)
    began = clock.mono_ns()
    for _ in range(300):
        worker.step()
        clock.advance(NS_PER_S)
    assert [(at - began) // NS_PER_S for at in tries] == [0, 30, 90, 210]
