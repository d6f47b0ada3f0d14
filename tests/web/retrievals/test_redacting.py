"""Regions drawn by one, films filled, watched and permitted by another, a derived package whose link verifies elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.build_verifier import build as build_verifier
from tests.web.client import Api
from tests.web.retrievals.conftest import Town, go
from tests.web.retrievals.test_packages import Shelf, leaves, span
from tests.web.retrievals.test_packages import shelf as shelf  # the fixture
from tests.web.retrievals.test_theft import Theft

from mingjian.app.evidence_keys import anchor_text
from mingjian.ledger.leaf import AccessEnd, AccessOpening
from mingjian.media.picture_mask import LUMA
from mingjian.media.trace.pictures import pictures_of
from mingjian.web.audit.models import AuditEntry
from mingjian.web.retrievals.copies import copies_made
from mingjian.web.retrievals.models import Redaction
from mingjian.web.retrievals.packaging import PACKAGES
from mingjian.web.retrievals.redacting import filled_folder, folder
from mingjian.web.retrievals.redaction_work import REDACTIONS

LEFT_HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
NOTE = {"permit": True, "note": "逐帧看过，左半已遮蔽"}


def test_from_regions_to_a_derived_package_that_verifies(town: Town, shelf: Shelf, tmp_path: Path) -> None:
    theft = Theft(town)
    officer, partner, desk = Api(theft.officer), Api(theft.partner), Api(theft.custodian)
    row = go(desk, theft.registered(spans=[span(shelf)]), "execute")
    assert PACKAGES.make_next()
    go(desk, officer.get(f"/retrievals/{row['id']}"), "seal", {})
    base = f"/retrievals/{row['id']}/redactions"
    begin = f"/retrievals/{row['id']}/packages/{row['packages'][0]['id']}/redactions"
    Api(theft.head).post(begin, {}, status=403)  # it was not handed to him
    begun = officer.post(begin, {}, status=201)
    officer.post(begin, {}, status=409)
    assert REDACTIONS.make_next()
    drawn: dict[str, Any] = officer.get(f"{base}/{begun['id']}")
    assert (drawn["state"], drawn["problem"], drawn["mine"]) == ("drawing", "", True)
    assert partner.get(f"{base}/{begun['id']}")["mine"] is False
    (film,) = drawn["work_films"]
    assert film["anchors"] == [[0, film["from_ms"]]]
    assert film["pictures"] > 100
    opened = len(leaves(AccessOpening))
    partner.get(f"{base}/{begun['id']}/work/{film['name']}", status=403)  # another's name stands over it
    taken = b"".join(officer.get(f"{base}/{begun['id']}/work/{film['name']}").streaming_content)
    assert len(taken) == film["size_bytes"]
    assert (len(leaves(AccessOpening)), leaves(AccessEnd)[-1].access) == (opened + 1, leaves(AccessOpening)[-1].access)
    assert copies_made()[-1].copy == begun["id"], "a leak of it is traced"

    half = film["from_ms"] + (film["to_ms"] - film["from_ms"]) // 2
    region = {"camera": "gate", "from_ms": film["from_ms"], "to_ms": half, "points": LEFT_HALF}
    draw = f"{base}/{begun['id']}/regions"
    for wrong in (
        {"camera": "hall"}, {"from_ms": half + 1}, {"from_ms": film["to_ms"] + 1, "to_ms": film["to_ms"] + 9},
        {"points": [[0, 0], [2, 0], [1, 1]]}, {"points": [[0, 0], [1, 1]]},
    ):  # fmt: skip
        officer.put(draw, {"regions": [{**region, **wrong}]}, status=422, If_Match=f'"v{drawn["version"]}"')
    officer.post(f"{base}/{begun['id']}/order", {}, status=422, If_Match=f'"v{drawn["version"]}"')  # nothing drawn
    kept = officer.put(draw, {"regions": [region]}, If_Match=f'"v{drawn["version"]}"')
    assert kept["regions"] == [{**region, "points": LEFT_HALF}]
    officer.put(draw, {"regions": []}, status=412, If_Match=f'"v{drawn["version"]}"')
    ordered = officer.post(f"{base}/{begun['id']}/order", {}, If_Match=f'"v{kept["version"]}"')
    assert officer.post(f"{base}/{begun['id']}/cancel", {})["state"] == "drawing"  # called off before the worker came
    again = officer.get(f"{base}/{begun['id']}")
    ordered = officer.post(f"{base}/{begun['id']}/order", {}, If_Match=f'"v{again["version"]}"')
    assert ordered["state"] == "ordered"
    Redaction.objects.update(making=True)  # a worker that died
    assert REDACTIONS.adopt() == 1
    assert REDACTIONS.make_next()
    filled = officer.get(f"{base}/{begun['id']}")
    assert (filled["state"], filled["problem"]) == ("filled", "")
    lumas = list(pictures_of(filled_folder(Redaction.objects.get()) / filled["filled_films"][0]["name"]))
    assert abs(lumas[0][:, : lumas[0].shape[1] // 2 - 8].astype(int) - LUMA).max() <= 4
    assert lumas[-1][:, : lumas[-1].shape[1] // 2 - 8].std() > 5, "only until the region ends"

    wish = {
        "where": "警情通报", "legal_basis": "公开征集线索，经分局批准", "shown": ["face"], "protected": ["face"],
        "redacted_digest": filled["digest"],
    }  # fmt: skip
    asked = partner.post(f"/retrievals/{row['id']}/releases", wish, status=201)
    check = f"/releases/{asked['id']}/check"
    own = officer.post(check, NOTE, status=422, If_Match='"v1"')  # he drew it himself
    assert own["code"] == "second_person"
    head = Api(theft.head)
    head.post(check, NOTE, status=409, If_Match='"v1"')  # he has not watched it
    b"".join(head.get(f"{base}/{begun['id']}/films/{filled['filled_films'][0]['name']}").streaming_content)
    assert head.post(check, NOTE, If_Match='"v1"')["state"] == "permitted"
    partner.get(f"{base}/{begun['id']}/content", status=409)
    assert REDACTIONS.make_next()
    assert not REDACTIONS.make_next()
    sealed = officer.get(f"{base}/{begun['id']}")
    assert (sealed["state"], sealed["problem"]) == ("sealed", "")
    package, anchor, verifier = tmp_path / "d.zip", tmp_path / "anchor.txt", tmp_path / "verify.pyz"
    package.write_bytes(b"".join(partner.get(f"{base}/{begun['id']}/content").streaming_content))
    anchor.write_text(anchor_text(shelf.folder, "ed25519"))
    build_verifier(verifier)
    told = subprocess.run(
        [sys.executable, "-I", "-S", verifier, package, "--trust", anchor, "--json"], capture_output=True, text=True
    )
    said = json.loads(told.stdout)
    assert (told.returncode, said["verdict"]) == (0, "PASS")
    assert said["derived_from"]["package"] == row["packages"][0]["id"]
    assert said["derived_from"]["redacted_by"] == filled["redacted_by"]
    assert AuditEntry.objects.filter(action="retrievals.derive", after__manifest=sealed["manifest_digest"]).count() == 1
    town.clock.advance(1)
    assert REDACTIONS.sweep() == 0
    type(row_of := Redaction.objects.get().package.retrieval).objects.filter(pk=row_of.pk).update(state="closed")
    assert REDACTIONS.sweep() == 2
    assert [path.name for path in (folder() / begun["id"]).iterdir()] == ["derived.zip"]


def test_what_is_given_up_leaves_nothing(town: Town, shelf: Shelf) -> None:
    theft = Theft(town)
    officer = Api(theft.officer)
    row = go(Api(theft.custodian), theft.registered(spans=[span(shelf)]), "execute")
    assert PACKAGES.make_next()
    base = f"/retrievals/{row['id']}/redactions"
    begin = f"/retrievals/{row['id']}/packages/{row['packages'][0]['id']}/redactions"
    begun = officer.post(begin, {}, status=201)
    Redaction.objects.update(making=True)
    assert officer.post(f"{base}/{begun['id']}/cancel", {})["state"] == "opening", "the worker looks"
    Redaction.objects.update(making=False)
    assert REDACTIONS.make_next()
    assert officer.get(f"{base}/{begun['id']}")["state"] == "cancelled"
    assert not (folder() / begun["id"] / "work").exists()
    officer.post(begin, {}, status=201)  # another may be begun
