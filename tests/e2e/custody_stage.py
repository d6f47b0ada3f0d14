"""The small city with a sign, the people of requests for footage, each with a second factor of his own, and one camera
of the mall that was really recorded: a package of it is made, signed and can be checked.

Run by hand: `PYTHONPATH=src:. python -m tests.e2e.custody_stage --port 8001`; it prints the address and, as JSON, the
password of everybody, the sign's number, the keys by which packages are checked, and of those who have a second factor its key and recovery codes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from tests.e2e import city_stage
from tests.recorded import record
from tests.web.city import PASSWORD, SINCE, as_actor

from mingjian.app.evidence_keys import anchor_text
from mingjian.app.evidence_maker import EvidenceMaker
from mingjian.app.package_worker import PackageWorker
from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.ids import new_id
from mingjian.web import configuration, wiring
from mingjian.web.authority.actor import BoundRole, local_person

SIGN = "01jsignattheshopsnorthgate"
STEP_S = 30
RECORDED = "湖滨路 1 号枪机"
SECONDS = 6
AGO_NS = 1800 * NS_PER_S
SUITE = "ed25519"
_kept: list[tempfile.TemporaryDirectory[str]] = []  # as long as the stage plays

# name of the account: (name shown, organisation, role, post, whether he has a second factor)
PEOPLE = {
    "li": ("李明", "east-station", BoundRole.OFFICER, "officer", True),
    "wang": ("王强", "east-station", BoundRole.OFFICER, "officer", True),
    "zhao": ("赵局长", "east-police", BoundRole.APPROVER, "organ_head", True),
    "chen": ("陈静", "mall", BoundRole.CUSTODIAN, "custodian", False),
    "liu": ("刘经理", "mall", BoundRole.MANAGER, "security_manager", False),
    "he": ("何副经理", "mall", BoundRole.MANAGER, "security_manager", True),
    "deng": ("邓保安", "mall", BoundRole.GUARD, "other", False),
    "sun": ("孙主任", "east-government", BoundRole.EMERGENCY_COMMANDER, "other", False),
    "zhou": ("周副主任", "east-government", BoundRole.EMERGENCY_COMMANDER, "other", True),
    "wu": ("吴科长", "east-department", BoundRole.DEPARTMENT_OFFICER, "department_officer", False),
}


def fill() -> str:
    """Everything of city_stage, a sign, and the people above."""
    city_stage.fill()
    from mingjian.web.registry.models import Camera, CameraSearch, Place
    from mingjian.web.registry.searching import folded, initials, remember
    from mingjian.web.signs.models import Sign

    near = Camera.objects.filter(name__in=[f"湖滨路 {number} 号枪机" for number in range(1, 10)])
    near.update(division_id="east-street")  # the station's own
    for camera in near:
        remember(CameraSearch, camera.id, folded(camera.name, initials(camera.name)))

    shop = Place.objects.get(name="湖心商场")
    Sign.objects.create(
        id=SIGN, place=shop, organisation_id="mall", division_id="east", position="北门立柱", purpose="维护公共安全",
        telephone="0532-5550000", created_ns=wiring.clock().now_ns(),
    )  # fmt: skip
    anchor = record_one()
    prove_yesterday()
    factors = {name: make_person(name, *about) for name, about in PEOPLE.items()}
    told = {"password": PASSWORD, "sign": SIGN, "anchor": anchor, "map_folder": str(city_stage.MAP_FOLDER)}
    return json.dumps(told | {"factors": {k: v for k, v in factors.items() if v}})


def record_one() -> str:
    """Some seconds of one camera, half an hour ago; whoever executes a copy of it gets a package. Gives the keys."""
    from mingjian.web.registry.models import Camera

    camera = Camera.objects.get(name=RECORDED)
    _kept.append(tempfile.TemporaryDirectory(prefix="mingjian-recorded-"))
    made = record(Path(_kept[0].name) / "data", ManualClock(wiring.clock().now_ns() - AGO_NS), [camera.id], SECONDS)
    assert made.store.close()
    configuration.provide(replace(configuration.current(), data_folder=made.folder.root))
    wiring.install(replace(wiring._wiring[0], packages=EvidenceMaker(made.folder, SUITE, wiring.clock())))
    threading.Thread(target=make_packages, daemon=True).start()
    return anchor_text(made.folder, SUITE)


def make_packages() -> None:
    """What the worker does of its duties: packages, beside everything else."""
    worker = PackageWorker()
    while True:
        worker.step()
        time.sleep(0.2)


def prove_yesterday() -> None:
    """Certificates of the first four cameras: whole, below the quality asked for, cut inside the window, older than 30 days."""
    from mingjian.web.registry.models import Camera
    from mingjian.web.retention.models import ProvedDay
    from mingjian.web.retention.queries import yesterday

    now_ns, owed = wiring.clock().now_ns(), 30 * 86_400_000
    for number in range(1, 5):
        camera = Camera.objects.get(name=f"湖滨路 {number} 号枪机")
        ProvedDay.objects.create(
            id=new_id(now_ns), camera=camera, day=yesterday(), window_days=30, made_ns=now_ns, digest=f"{number:064x}",
            met=number != 3, recorded_ms=owed - (number - 1) * 3_600_000, owed_ms=owed, altered=0, missing=0,
            oldest_ns=now_ns - (45 if number == 4 else 30) * 86_400 * 10**9, decodes=True, volumes_absent=0,
            deleted_until="2026-11-01" if number == 3 else "", codecs="avc1.640028", width=1920, height=1080,
            fps_milli=25_000, bitrate_bps=4_012_000, sound=number in (1, 4),
            findings=["quality"] if number == 2 else ["kept"] if number == 3 else [],
        )  # fmt: skip


def make_person(name: str, shown: str, organisation: str, role: BoundRole, post: str, enrols: bool) -> object:
    """An account with role, post and, if asked for, a second factor: its key and recovery codes."""
    from mingjian.web.accounts.actions import create_user
    from mingjian.web.accounts.models import SecondFactor
    from mingjian.web.accounts.second_factor import begin_enrolment, finish_enrolment
    from mingjian.web.organisations.models import Appointment, Organisation, Person, Post, RoleBinding

    now_ns = wiring.clock().now_ns()
    unit = Organisation.objects.get(pk=organisation).name
    user = create_user(
        local_person("test"), name=name, password=PASSWORD, role="member", unit=unit, display_name=shown,
        must_change_password=False,
    )  # fmt: skip
    RoleBinding.objects.create(id=new_id(now_ns), user=user, organisation_id=organisation, role=role.value, since_ns=0)
    person = Person.objects.create(id=new_id(now_ns), name=shown, user=user, created_ns=now_ns)
    held = Post.objects.create(id=new_id(now_ns), organisation_id=organisation, kind=post, title=post)
    Appointment.objects.create(id=new_id(now_ns), post=held, person=person, acting=False, since_date=SINCE)
    if not enrols:
        return None
    key, _ = begin_enrolment(as_actor(user), PASSWORD)
    codes = finish_enrolment(as_actor(user), code_at(key, wiring.clock().now_ns() / 10**9))
    SecondFactor.objects.filter(user=user).update(last_step=0)  # a code is good once: this one is left for the journey
    return {"key": key, "recovery": codes}


def code_at(key: str, at_s: float) -> str:
    """What an authenticator with that key shows."""
    return TOTP(base64.b32decode(key), 6, SHA1(), STEP_S).generate(int(at_s)).decode()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(city_stage.serve(parser.parse_args().port, fill))


if __name__ == "__main__":
    main()
