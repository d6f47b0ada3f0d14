"""Certificates become figures and findings: real certificates over real footage, and ones that say something worse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.logs import SIGNERS
from tests.web.city import City
from tests.web.client import Api

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.ledger.retention import (
    MissingTime,
    OldestFrame,
    Quality,
    RetentionCertificate,
    Sample,
    StreamProof,
    stretches_sha256,
)
from mingjian.media.retention.daily import _keep
from mingjian.ports.retention import proofs_folder
from mingjian.web import configuration
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.registry.models import Camera, CameraArchive, Place, PlaceKind, Stream, System
from mingjian.web.retention.actions import take_certificates
from mingjian.web.retention.models import ProvedDay

DAY = "2027-01-14"  # the last whole day in Shanghai by the clock of these tests
TO_NS = 1_799_942_400 * NS_PER_S
FROM_NS = TO_NS - 30 * DAY_NS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, so that certificates of other tests are not found."""
    base = configuration.current()
    configuration.provide(replace(base, data_folder=tmp_path))
    proofs_folder(tmp_path).mkdir(parents=True)
    yield proofs_folder(tmp_path)
    configuration.provide(base)


@pytest.fixture
def cameras(city: City) -> City:
    """One camera each of mall, school and, in the west, the market; the mall's in a system at a shopping centre."""
    place = Place.objects.create(
        id="mall-place", name="湖心商场", division_id="east", organisation_id="mall", created_ns=0
    )
    PlaceKind.objects.create(place=place, kind="shopping_centre")
    system = System.objects.create(
        id="mall-system", name="商场系统", organisation_id="mall", division_id="east", place=place, created_ns=0
    )
    for name, division in (("mall", "east"), ("school", "east"), ("market", "west")):
        camera = Camera.objects.create(
            id=f"{name}-camera", name=f"{name} gate", keep_days=30, planned_from_ns=0, organisation_id=name,
            division_id=division, created_ns=0, **({"place": place, "system": system} if name == "mall" else {}),
        )  # fmt: skip
        Stream.objects.create(
            camera=camera, name="main", url_sealed="x", host="10.0.0.1", has_credentials=False, transport="tcp"
        )
        CameraArchive.objects.create(camera=camera)
    return city


def stream(**values: Any) -> StreamProof:
    """Whole but for three hours."""
    lost_ns = 3 * 3600 * NS_PER_S
    told: dict[str, Any] = {
        "stream": "main", "recorded_ns": 30 * DAY_NS - lost_ns, "expired_ns": 0, "expired_until_ns": None,
        "not_planned_ns": 0, "future_ns": 0,
        "missing": (MissingTime(reason="network", count=2, total_ns=lost_ns),),
        "stretches": 3, "stretches_sha256": stretches_sha256([]),
        "oldest": OldestFrame(
            at_ns=FROM_NS, segment="s1", fragment=1, decoded=True, width=1920, height=1080, pixel_format="yuv420p",
            picture="ab" * 32, error=None,
        ),
        "samples": (sample("intact"),),
        "quality": Quality(codecs="avc1.640028", width=1920, height=1080, pictures=50, duration_90k=180_000, bytes=10**6),
    }  # fmt: skip
    return StreamProof(**{**told, **values})


def sample(state: str) -> Sample:
    return Sample(
        offset_ns=5, at_ns=FROM_NS + 5, segment="s1", fragment=1, digest="cd" * 32, digest_alg="sha256",
        leaf="ef" * 32, state=state,
    )  # fmt: skip


def make(folder: Path, camera: str, day: str = DAY, **values: Any) -> RetentionCertificate:
    """A certificate as the prover would keep it."""
    made = RetentionCertificate(
        instance="instance-1", camera=camera, day=day, day_offset_s=28_800, window_days=30, floor_days=30,
        from_ns=FROM_NS, to_ns=TO_NS, made_ns=TO_NS + 300 * NS_PER_S, seed="00" * 32, volumes_absent=0,
        streams=(stream(**values),),
    )  # fmt: skip
    _keep(folder, day, made.sign(SIGNERS["ed25519"]))
    return made


def browser(cameras: City, role: BoundRole = BoundRole.MANAGER, side: str = "east") -> Api:
    return cameras.browser(role, side)


def test_figures_by_camera_system_and_organisation_within_reach(cameras: City, folder: Path) -> None:
    made = make(folder, "mall-camera")
    make(
        folder,
        "school-camera",
        recorded_ns=15 * DAY_NS,
        missing=(MissingTime(reason="storage", count=1, total_ns=15 * DAY_NS),),
    )
    make(folder, "market-camera")
    make(folder, "stranger")
    assert take_certificates() == 3
    assert take_certificates() == 0
    assert ProvedDay.objects.count() == 3
    police = browser(cameras, BoundRole.OFFICER)
    figures = police.get("/retention/completeness")
    assert (figures["day"], figures["total"]["cameras"], figures["total"]["proved"], figures["total"]["met"]) == (
        DAY,
        2,
        2,
        2,
    )
    whole, half = 30 * 86_400_000 - 10_800_000, 15 * 86_400_000
    assert figures["total"]["completeness_ppm"] == (whole + half) * 1_000_000 // (60 * 86_400_000)
    assert {one["id"]: one["completeness_ppm"] for one in figures["items"]} == {"mall": 995_833, "school": 500_000}
    manager = browser(cameras)
    assert [one["id"] for one in manager.get("/retention/completeness?by=system")["items"]] == ["mall-system"]
    assert manager.get("/retention/completeness?organisation=school")["total"]["cameras"] == 0
    (row,) = manager.get("/retention/proofs")["items"]
    assert (row["camera"], row["met"], row["fps_milli"], row["bitrate_bps"]) == ("mall-camera", True, 25_000, 4_000_000)
    assert row["certificate"] == made.digest()
    detail = manager.get(f"/retention/proofs/mall-camera/{DAY}")
    assert {name: one["verdict"] for name, one in detail["judgements"].items()} == dict.fromkeys(
        ("kept", "original", "quality", "floor"), "pass"
    )
    assert (detail["floor_days"], detail["document"]["seed"]) == (30, "00" * 32)
    assert CameraArchive.objects.get(camera_id="mall-camera").last_retention_proof_date == DAY
    manager.get(f"/retention/proofs/school-camera/{DAY}", status=404)
    manager.get("/retention/proofs/mall-camera/2027-01-13", status=404)
    assert [
        one["id"]
        for one in browser(cameras, BoundRole.OFFICER, "west").get("/retention/unproved?day=2027-01-13")["items"]
    ] == ["market-camera"]


@pytest.mark.applies("kept.judge_kept", "retention.judge")
@pytest.mark.applies("kept.judge_original", "retention.judge")
@pytest.mark.applies("misconduct.judge_deed", "retention.judge")
@pytest.mark.applies("kept.judge_stored_quality", "retention.judge")
def test_findings_are_recorded_when_they_change_and_wait_on_the_to_do_page(cameras: City, folder: Path) -> None:
    slow = Quality(codecs="avc1.640028", width=1280, height=720, pictures=16, duration_90k=180_000, bytes=10**5)
    worse: dict[str, Any] = {
        "recorded_ns": 29 * DAY_NS, "expired_ns": DAY_NS, "expired_until_ns": FROM_NS + DAY_NS, "missing": (),
        "samples": (sample("altered"), sample("intact")), "quality": slow,
    }  # fmt: skip
    make(folder, "mall-camera", "2027-01-13")
    make(folder, "mall-camera", **worse)
    take_certificates()
    manager = browser(cameras)
    (row,) = manager.get("/retention/proofs?findings=true")["items"]
    assert (row["findings"], row["met"], row["altered"]) == (["kept", "original", "quality"], False, 1)
    assert row["deleted_until"] == "2026-12-16"  # the window begins with that day
    (entry,) = AuditEntry.objects.filter(action="retention.judge")
    assert (entry.object_id, entry.after["day"]) == ("mall-camera", DAY)
    cited = set(entry.citations.filter(verdict="fail").values_list("clause", flat=True))
    assert cited == {
        "qd204.retention.thirty_days", "sc799.retention.thirty_days_then_delete", "qd204.use.no_tampering",
        "sc799.operation.security_programme", "qd204.operation.stored_quality", "sc799.use.prohibited_acts",
        "sc799.use.no_data_tampering",
    }  # fmt: skip
    (lead,) = cameras.browser(BoundRole.OFFICER).get("/leads?urgent=true")["items"]
    assert (lead["camera"], lead["clauses"][-1]) == ("mall-camera", "sc799.use.no_data_tampering")
    (group,) = [one for one in manager.get("/todo")["groups"] if one["kind"] == "retention.findings"]
    assert (group["count"], group["items"][0]["subject_id"]) == (1, "mall-camera")
    make(folder, "mall-camera", **worse)  # proved once more: nothing new
    take_certificates()
    assert AuditEntry.objects.filter(action="retention.judge").count() == 1


def test_a_counter_terrorism_target_keeps_ninety_days_whatever_it_is_set_to(
    cameras: City, folder: Path, engine: Any, commits: Any
) -> None:
    PlaceKind.objects.create(place_id="mall-place", kind="counter_terrorism_target")
    manager = browser(cameras)
    detail = manager.get("/cameras/mall-camera")
    refused = manager.patch("/cameras/mall-camera", {"keep_days": 89}, If_Match=f'"v{detail["version"]}"', status=422)
    assert refused["code"] == "keep_days_too_short"
    assert "90" in refused["detail"]
    with commits():
        manager.patch("/cameras/mall-camera", {"note": "x"}, If_Match=f'"v{detail["version"]}"')
    assert {one.id: one.keep_days for one in engine.plans[-1].cameras} == {
        "mall-camera": 90, "school-camera": 30, "market-camera": 30,
    }  # fmt: skip
    make(folder, "mall-camera")
    take_certificates()
    assert ProvedDay.objects.get().findings == ["floor"]
    assert manager.get(f"/retention/proofs/mall-camera/{DAY}")["floor_days"] == 90


def test_what_is_asked_of_a_systems_quality(cameras: City, folder: Path) -> None:
    manager = browser(cameras)
    asked = {"height": 1080, "fps_milli": 25_000, "bitrate_bps": 5_000_000, "basis": "GB 37300-2018"}
    first = manager.put("/retention/profiles/mall-system", asked)
    assert first["version"] == 1
    make(folder, "mall-camera")
    take_certificates()
    assert ProvedDay.objects.get().findings == ["quality"]  # 4 Mb/s
    manager.put("/retention/profiles/mall-system", asked, If_Match='"v7"', status=412)
    manager.put("/retention/profiles/mall-system", {**asked, "bitrate_bps": 4_000_000}, If_Match='"v1"')
    said = manager.get(f"/retention/proofs/mall-camera/{DAY}")["judgements"]["quality"]
    assert (said["verdict"], said["policies"]) == ("pass", [])
    browser(cameras, BoundRole.MANAGER, "west").put("/retention/profiles/mall-system", asked, status=404)


def test_a_certificate_that_is_gone_is_not_shown_as_if_it_were_there(cameras: City, folder: Path) -> None:
    make(folder, "mall-camera")
    take_certificates()
    (folder / f"{DAY}.jl").write_bytes(b"")
    assert browser(cameras).get(f"/retention/proofs/mall-camera/{DAY}")["document"] is None
