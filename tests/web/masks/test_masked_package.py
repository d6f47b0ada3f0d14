"""A package of a masked camera: made under its masks by itself, with originals only after a lift for that retrieval by two."""

from __future__ import annotations

import json
import subprocess
import zipfile
from io import BytesIO
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from tests.web.city import as_actor
from tests.web.client import Api
from tests.web.retrievals.conftest import Town, go
from tests.web.retrievals.conftest import town as town  # the fixture
from tests.web.retrievals.test_packages import Shelf, span
from tests.web.retrievals.test_packages import shelf as shelf  # the fixture
from tests.web.retrievals.test_theft import Theft

from mingjian.app.evidence_keys import anchor_text
from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.verify.anchor import read_anchors
from mingjian.verify.package import verify_package
from mingjian.web import wiring
from mingjian.web.authority.actor import BoundRole
from mingjian.web.masks.actions import confirm_mask, draw_mask
from mingjian.web.masks.covering import left_over, within
from mingjian.web.masks.models import Mask
from mingjian.web.registry.models import CameraArchive
from mingjian.web.retrievals.packaging import PACKAGES, RETRY_NS
from mingjian.wire.fmp4.box import reader_of


def members(user: Any, row: dict[str, Any], package: dict[str, Any]) -> bytes:
    answer = Api(user).get(f"/retrievals/{row['id']}/packages/{package['id']}/content")
    return b"".join(answer.streaming_content)


def test_a_package_is_made_under_masks_by_itself_and_with_originals_after_a_lift_by_two(
    town: Town, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theft = Theft(town)
    manager = town.person("manager.mask", "mall", BoundRole.MANAGER)
    mask = draw_mask(as_actor(manager), "gate", [(0.1, 0.1), (0.6, 0.1), (0.6, 0.6)], "", "对面住宅窗户")
    custodian = Api(theft.custodian)
    row = go(custodian, theft.registered(spans=[span(shelf), span(shelf, "hall")]), "execute")
    address = f"/retrievals/{row['id']}/packages"

    def again(status: int = 201) -> Any:
        return go(custodian, custodian.get(f"/retrievals/{row['id']}"), "packages", status=status)

    # moved, nobody knows what the masks cover: refused, with the reason
    Mask.objects.update(confirmed_ns=shelf.from_s * NS_PER_S)
    CameraArchive.objects.update_or_create(camera_id="gate", defaults={"moved_ns": (shelf.from_s + 2) * NS_PER_S})
    assert PACKAGES.make_next()
    (held,) = custodian.get(address)
    assert (held["state"], held["problem_code"]) == ("failed", "masks_held")
    assert "not confirmed" in held["problem"]
    town.clock.advance(NS_PER_S)
    confirm_mask(as_actor(manager), mask.id, None)

    # another mask is set while it is made: what was made goes, and it is made anew
    again()
    maker = wiring.packages()
    make = type(maker).make

    def overtaken(self: Any, wish: Any, output: Path, watch: Any) -> Any:
        made = make(self, wish, output, watch)
        draw_mask(as_actor(manager), "gate", [(0.7, 0.7), (0.9, 0.7), (0.9, 0.9)], "", "阳台")
        return made

    with monkeypatch.context() as patch:
        patch.setattr(type(maker), "make", overtaken)
        assert PACKAGES.make_next()
    newest = custodian.get(address)[0]
    assert (newest["state"], newest["problem_code"]) == ("wanted", "masks_changed")
    assert list(PACKAGES.folder().iterdir()) == []
    town.clock.advance(RETRY_NS)
    assert PACKAGES.make_next()
    newest = custodian.get(address)[0]
    assert newest["state"] == "ready", newest
    assert newest["masked"] == [
        {"camera": "gate", "name": "gate", "from_s": shelf.from_s, "to_s": shelf.to_s, "masks": 2}
    ]
    assert [path.name for path in PACKAGES.folder().iterdir()] == [f"{newest['id']}.zip"]
    data = members(theft.officer, row, newest)
    report = verify_package(reader_of(data), len(data), read_anchors([anchor_text(shelf.folder, "ed25519").encode()]))
    assert (report.verdict.value, [one.camera for one in report.masked]) == ("PASS", ["gate"])
    with zipfile.ZipFile(BytesIO(data)) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        film = tmp_path / "film.mp4"
        film.write_bytes(opened.read("derived/0001.mp4"))
    told = json.loads(manifest["clips"][0]["derived"][0]["parameters"])
    assert [(one["confirmed_by"], one["reason"]) for one in told["masks"]] == [
        (as_actor(manager).name, "对面住宅窗户"), (as_actor(manager).name, "阳台"),
    ]  # fmt: skip
    assert [(one["camera"], one["masked"]) for one in manifest["clips"]] == [("gate", True), ("hall", False)]
    crop = "crop=8:8:in_w*0.5:in_h*0.2,scale=1:1,format=gray"  # inside the first mask
    shown = ["ffmpeg", "-v", "error", "-i", str(film), "-vf", crop, "-f", "rawvideo", "-"]
    assert all(abs(level - 37) <= 6 for level in subprocess.run(shown, capture_output=True, check=True).stdout)

    # as long as nobody lifted the masks for this retrieval, another would be the same
    assert "no lift" in again(status=409)["detail"]
    wish = {
        "cameras": ["gate"], "purpose": "查找盗窃嫌疑人", "from": format_iso_ns(shelf.from_s * NS_PER_S),
        "to": format_iso_ns(shelf.to_s * NS_PER_S), "expires_at": format_iso_ns((town.now_s + 3600) * NS_PER_S),
    }  # fmt: skip
    other = custodian.post("/mask-lifts", wish, status=201)  # of no retrieval: for his own eyes
    asked = custodian.post("/mask-lifts", {**wish, "retrieval": row["id"]}, status=201)
    go(Api(manager), other, "grant", {"code": town.code(manager)}, under="mask-lifts")
    again(status=409)
    go(Api(manager), asked, "grant", {"code": town.code(manager)}, under="mask-lifts")
    again()
    assert PACKAGES.make_next()
    lifted = custodian.get(address)[0]
    assert (lifted["state"], lifted["masked"]) == ("ready", [])
    data = members(theft.officer, row, lifted)
    with zipfile.ZipFile(BytesIO(data)) as opened:
        assert [name for name in opened.namelist() if name.startswith("derived/")] == []
    handed = custodian.get(f"/retrievals/{row['id']}")["handed"]
    assert [one["digest"] for one in handed] == [newest["sha256"], lifted["sha256"]]


def test_an_instant_is_covered_when_a_mask_held_and_no_lift_takes_it_off() -> None:
    """Every mask within every limit, under every two lifts, of six instants."""
    spans = list(combinations(range(7), 2))
    for mask, limit, lifts in product(spans, [(0, 6), (2, 4)], combinations(spans, 2)):
        left = list(left_over(within([mask], limit), lifts))
        covered = {at for start, end in left for at in range(start, end)}
        held = set(range(*mask)) & set(range(*limit))
        assert covered == held - {at for lift in lifts for at in range(*lift)}
        assert len(covered) == sum(end - start for start, end in left), "no instant twice"
