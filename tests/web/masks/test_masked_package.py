"""A package holds originals: of a masked camera it is made only after a lift for that retrieval by two people."""

from __future__ import annotations

from tests.web.city import as_actor
from tests.web.client import Api
from tests.web.retrievals.conftest import Town, go
from tests.web.retrievals.conftest import town as town  # the fixture
from tests.web.retrievals.test_packages import Shelf, span
from tests.web.retrievals.test_packages import shelf as shelf  # the fixture
from tests.web.retrievals.test_theft import Theft

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.authority.actor import BoundRole
from mingjian.web.masks.actions import draw_mask
from mingjian.web.retrievals.packaging import PACKAGES


def test_no_original_under_a_mask_enters_a_package_without_a_lift_for_it(town: Town, shelf: Shelf) -> None:
    theft = Theft(town)
    manager = town.person("manager.mask", "mall", BoundRole.MANAGER)
    draw_mask(as_actor(manager), "gate", [(0.1, 0.1), (0.6, 0.1), (0.6, 0.6)], "", "对面住宅窗户")
    custodian = Api(theft.custodian)
    row = go(custodian, theft.registered(spans=[span(shelf)]), "execute")
    assert PACKAGES.make_next()
    (failed,) = custodian.get(f"/retrievals/{row['id']}")["packages"]
    assert failed["state"] == "failed"
    assert ("privacy masks" in failed["problem"], failed["problem_code"]) == (True, "masked_footage")
    wish = {
        "cameras": ["gate"], "purpose": "查找盗窃嫌疑人", "from": format_iso_ns(shelf.from_s * NS_PER_S),
        "to": format_iso_ns(shelf.to_s * NS_PER_S), "expires_at": format_iso_ns((town.now_s + 3600) * NS_PER_S),
    }  # fmt: skip
    other = custodian.post("/mask-lifts", wish, status=201)  # of no retrieval: for his own eyes
    asked = custodian.post("/mask-lifts", {**wish, "retrieval": row["id"]}, status=201)
    for lift in (other, asked):
        row = custodian.get(f"/retrievals/{row['id']}")
        go(custodian, row, "packages", status=201)
        assert PACKAGES.make_next()
        assert custodian.get(f"/retrievals/{row['id']}")["packages"][0]["state"] == "failed"
        go(Api(manager), lift, "grant", {"code": town.code(manager)}, under="mask-lifts")
    row = custodian.get(f"/retrievals/{row['id']}")
    go(custodian, row, "packages", status=201)
    assert PACKAGES.make_next()
    assert "ready" in {one["state"] for one in custodian.get(f"/retrievals/{row['id']}")["packages"]}
