"""Where a camera stands: stated by one, confirmed by another, over with the first sign that it may have turned."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.city import City
from tests.web.client import Api
from tests.web.fakes import FakeEngine
from tests.web.masks.test_masks import draw, file, gate, go, iso, leaves, ticket, todo  # noqa: F401
from tests.web.retrievals.conftest import HOUR, Town
from tests.web.retrievals.conftest import town as town  # the fixture

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.ledger.leaf import ConfigurationChange
from mingjian.ports.engine import StreamStatus
from mingjian.ports.positions import SETTLE_MS
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.masks.covering import covers_of
from mingjian.web.masks.models import PositionStatement
from mingjian.web.masks.moves import end_interrupted
from mingjian.web.masks.queries import is_masked, masks_over
from mingjian.web.monitoring.conduct import ask_change, decide_change
from mingjian.web.registry.archive.actions import change_archive
from mingjian.web.registry.models import Camera, CameraArchive, Stream

SETTLE_NS = SETTLE_MS * 10**6
BOX = [[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]]
YARD = [[0.3, 0.1], [0.4, 0.1], [0.4, 0.2]]
ALWAYS = [[0.5, 0.1], [0.6, 0.1], [0.6, 0.2]]


@pytest.fixture
def turning(town: Town, gate: Camera, city: City) -> Camera:  # noqa: F811
    """The gate's camera with a mask for each of two presets, and one for all."""
    manager = city.browser(BoundRole.MANAGER)
    for points, preset in ((BOX, "大门"), (YARD, "后院"), (ALWAYS, "")):
        draw(manager, points=points, preset=preset)
    return gate


def state(api: Api, preset: str = "大门", status: int = 201, **more: Any) -> Any:
    return api.post("/mask-positions", {"camera": "gate", "preset": preset, **more}, status=status)


def confirm(api: Api, row: dict[str, Any], code: str, status: int = 200) -> Any:
    return go(api, row, "confirm", {"code": code}, status, under="mask-positions")


def withdraw(api: Api, row: dict[str, Any], status: int = 200, **more: Any) -> Any:
    return go(api, row, "withdraw", {"reason": "要转动云台", **more}, status, under="mask-positions")


def stand(town: Town, city: City, preset: str = "大门") -> Any:
    """Two people say that it stands there, and it is certain."""
    row = state(city.browser(BoundRole.MANAGER), preset)
    custodian = city.browser(BoundRole.CUSTODIAN)
    row = confirm(custodian, row, town.code(city.user(BoundRole.CUSTODIAN)))
    town.clock.advance(SETTLE_NS)
    return row


def corners(points: list[list[float]]) -> tuple[tuple[int, int], ...]:
    return tuple((round(x * 10_000), round(y * 10_000)) for x, y in points)


def shown(town: Town) -> set[tuple[tuple[int, int], ...]]:
    """What edges burn into the present picture, by the file."""
    return set(file()["gate"].now(town.clock.now_ns()))


def status(camera: str, at: str, since_ns: int) -> StreamStatus:
    numbers = dict.fromkeys(
        ("bitrate_bps", "fps_milli", "width", "height", "connects", "lost_packets", "damaged_units"), 0
    )
    return StreamStatus(
        camera=camera, stream="main", state=at, reason=None, detail_zh="", detail_en="", since_ns=since_ns,
        recording=True, codecs="avc1", clock_offset_ms=None, **numbers,
    )  # fmt: skip


BOTH = {corners(BOX), corners(ALWAYS)}
ALL = {*BOTH, corners(YARD)}


@pytest.mark.applies("privacy.judge_privacy", "masks.position.confirm")
def test_one_states_where_it_stands_and_another_confirms_it(town: Town, turning: Camera, city: City) -> None:
    manager, custodian = city.browser(BoundRole.MANAGER), city.browser(BoundRole.CUSTODIAN)
    state(city.browser(BoundRole.MANAGER, "west"), status=404)
    assert state(manager, "后门", 422)["field"] == "/preset"  # a slip of the pen uncovers nothing
    state(manager, "\u200b", 422, without_masks=True)
    assert state(manager, "后门", without_masks=True)["without_masks"]
    town.clock.advance(NS_PER_S)
    row = state(manager, " 大 门 ")
    assert (row["preset"], row["without_masks"], row["stated_mine"]) == ("大 门", False, True)
    assert shown(town) == ALL
    assert todo(manager, "masks.positions") == []
    assert [one["title"] for one in todo(custodian, "masks.positions")] == ["gate：大 门"]
    before = leaves(ConfigurationChange)
    code = town.code(city.user(BoundRole.MANAGER))
    assert confirm(manager, row, code, 409)["code"] == "conflict"
    town.code(city.user(BoundRole.CUSTODIAN))
    confirm(custodian, row, "000000", 401)
    assert shown(town) == ALL
    held = confirm(custodian, row, town.code(city.user(BoundRole.CUSTODIAN)))
    assert (held["state"], held["confirmed_by"]) == ("in_force", "custodian.east")
    assert held["in_force_from"] == format_iso_ns(town.clock.now_ns())
    assert [one.setting for one in leaves(ConfigurationChange)[len(before) :]] == ["mask_position"]
    assert shown(town) == ALL  # not before it is certain
    began_ns = town.clock.now_ns()
    town.clock.advance(SETTLE_NS)
    assert shown(town) == BOTH
    told = {one["preset"]: one["resting"] for one in manager.get("/masks?camera=gate")}
    assert told == {"大门": False, "后院": True, "": False}
    assert state(manager, "后院")["state"] == "stated"  # whoever says it anew has seen it turn
    assert shown(town) == ALL
    town.clock.advance(HOUR * NS_PER_S)
    (late, ended, dropped) = manager.get("/mask-positions?camera=gate")["items"]
    assert [one["state"] for one in (late, ended, dropped)] == ["late", "ended", "dropped"]
    assert (ended["ended_by"], ended["ended_why"]) == ("manager.east", "restated")
    confirm(custodian, late, town.code(city.user(BoundRole.CUSTODIAN)), 409)
    assert todo(custodian, "masks.positions") == []

    # footage of then is covered by the masks of then, in what plays and in what leaves; before and after, by all
    sure = (began_ns + SETTLE_NS, began_ns + SETTLE_NS + 1)
    assert masks_over("gate", *sure) == tuple(sorted(ALL))  # it lasted 10 s and not an instant longer
    assert {one.mask for one in covers_of("gate", *sure, "")} == {
        one["id"] for one in manager.get("/masks?camera=gate")
    }
    assert file()["gate"].where.elsewhere("后院") == ()


def test_footage_is_covered_by_the_masks_of_where_it_stood(town: Town, turning: Camera, city: City) -> None:
    row = stand(town, city)
    began_ns = PositionStatement.objects.get(pk=row["id"]).from_ns
    assert began_ns is not None
    town.clock.advance(HOUR * NS_PER_S)
    ended_ns = town.clock.now_ns()
    withdraw(city.browser(BoundRole.MANAGER), row)
    certain = (began_ns + SETTLE_NS, ended_ns - SETTLE_NS)
    yard = next(mask for mask in turning.masks.all() if mask.preset == "后院")
    assert set(masks_over("gate", certain[0], certain[1] - 10**6)) == BOTH
    assert set(masks_over("gate", certain[0] - 10**6, certain[1] - 10**6)) == ALL
    assert set(file()["gate"].over(certain[0], certain[1] - 10**6)) == BOTH
    assert set(file()["gate"].over(ended_ns, ended_ns + 1)) == ALL
    spans = [(one.from_ns, one.to_ns) for one in covers_of("gate", began_ns, ended_ns, "") if one.mask == yard.pk]
    assert spans == [(began_ns - SETTLE_NS, certain[0]), (certain[1], ended_ns + SETTLE_NS)]
    for mask in turning.masks.exclude(pk=yard.pk):  # nothing else is left: what was recorded there is not masked
        mask.withdrawn_ns = began_ns
        mask.save()
    assert masks_over("gate", certain[0], certain[1] - 10**6) == ()
    assert is_masked("gate", certain[0] // 10**6, certain[1] // 10**6 - 1)  # the present is


def test_no_one_person_and_no_other_role_makes_a_position_hold(town: Town, turning: Camera, city: City) -> None:
    """All pairs of roles: who states and who confirms. Only two different people who may set masks make it hold."""
    keepers = {BoundRole.MANAGER, BoundRole.CUSTODIAN}
    browsers = {role: city.browser(role) for role in BoundRole}
    made = set()
    for role in set(BoundRole) - keepers:
        browsers[role].send("POST", "/mask-positions", {"camera": "gate", "preset": "大门"}, status=403)
    for first in sorted(keepers):
        row = state(browsers[first])
        for second in sorted(BoundRole, key=lambda role: role in keepers and role is not first):  # the other one last
            code = town.code(city.user(second)) if second in keepers else "000000"
            tag = f'"v{row["version"]}"'
            answer = browsers[second].send("POST", f"/mask-positions/{row['id']}/confirm", {"code": code}, If_Match=tag)
            if answer.get("state") == "in_force":
                made.add((first, second))
                continue
            assert answer["code"] in ("forbidden", "not_found", "conflict"), (first, second, answer)
            assert PositionStatement.objects.get(pk=row["id"]).from_ns is None
    assert made == {(BoundRole.MANAGER, BoundRole.CUSTODIAN), (BoundRole.CUSTODIAN, BoundRole.MANAGER)}
    assert set(PositionStatement.objects.values_list("stated_by_id", flat=True)) == {
        city.user(one).id for one in keepers
    }


def test_every_sign_that_it_may_have_turned_ends_it(
    town: Town, turning: Camera, city: City, engine: FakeEngine
) -> None:
    manager = city.browser(BoundRole.MANAGER)
    actor = city.actor(BoundRole.MANAGER)

    def newest() -> tuple[str, str]:
        row = manager.get("/mask-positions?camera=gate")["items"][0]
        return row["state"], row["ended_why"]

    # its pictures come from another address; a new picture of the same name of stream changes nothing
    stand(town, city)
    stream = Stream.objects.get(camera_id="gate", name="sub")
    stream.transport = "udp"
    stream.save()
    assert (newest(), shown(town)) == (("in_force", ""), BOTH)
    stream.url_sealed = "other"
    stream.save()
    assert (newest(), shown(town)) == (("ended", "address"), ALL)

    # its connection broke: it may have been without power
    row = stand(town, city)
    held_ns = PositionStatement.objects.get(pk=row["id"]).from_ns
    assert held_ns is not None
    engine.streams = (status("gate", "streaming", held_ns - 1), status("hall", "failed", held_ns + 1))
    assert (end_interrupted(), newest()) == (0, ("in_force", ""))
    engine.away = True
    assert end_interrupted() == 0
    engine.away = False
    engine.streams = (status("gate", "streaming", held_ns + NS_PER_S),)  # it is back already
    assert (end_interrupted(), newest(), shown(town)) == (1, ("ended", "interrupted"), ALL)
    assert PositionStatement.objects.get(pk=row["id"]).ended_ns == held_ns + NS_PER_S
    assert end_interrupted() == 0
    engine.streams = ()

    # somebody may go and turn it, until its file says that he did
    stand(town, city)
    asked = ask_change(city.actor(BoundRole.GUARD), "gate", "re_aiming", "朝向后院", "盗窃频发")
    assert newest() == ("in_force", "")
    decide_change(actor, asked.id, True, "同意", asked.version)
    assert (newest(), shown(town)) == (("ended", "re_aiming"), ALL)
    assert "re-aiming" in state(manager, status=409)["detail"]

    # it was moved, twice in a row
    town.clock.advance(NS_PER_S)
    CameraArchive.objects.filter(pk="gate").update(moved_ns=None)
    asked.refresh_from_db()
    asked.used_ns = town.clock.now_ns()
    asked.save()
    row = stand(town, city)
    began_ns = PositionStatement.objects.get(pk=row["id"]).from_ns
    state(manager, "大门")  # a statement that waits is over as well
    town.clock.advance(NS_PER_S)
    for azimuth in (90, None):
        moved_ns = town.clock.now_ns()
        if azimuth is not None:
            camera = Camera.objects.get(pk="gate")
            change_archive(actor, "gate", {"azimuth_deg": azimuth}, camera.version)
            first_ns = moved_ns
        else:
            archive = CameraArchive.objects.get(pk="gate")
            archive.moved_ns = moved_ns
            archive.save()
        town.clock.advance(HOUR * NS_PER_S)
    assert newest() == ("dropped", "moved")
    held = PositionStatement.objects.get(pk=row["id"])
    assert began_ns is not None
    assert held.ended_ns is not None
    assert held.ended_ns < first_ns
    assert "not confirmed" in state(manager, status=409)["detail"]
    for mask in manager.get("/masks?camera=gate"):
        go(manager, mask, "confirm", under="masks")

    # moved behind everybody's back: the end is known from the file of the camera alone
    row = stand(town, city)
    CameraArchive.objects.filter(pk="gate").update(moved_ns=town.clock.now_ns())
    assert shown(town) == ALL
    town.clock.advance(HOUR * NS_PER_S)
    go(manager, manager.get("/masks?camera=gate")[0], "confirm", under="masks")
    assert shown(town) == ALL


def test_one_person_takes_it_back_also_for_what_was(town: Town, turning: Camera, city: City) -> None:
    manager, guard = city.browser(BoundRole.MANAGER), city.browser(BoundRole.GUARD)
    row = stand(town, city)
    began_ns = PositionStatement.objects.get(pk=row["id"]).from_ns
    assert began_ns is not None
    town.clock.advance(HOUR * NS_PER_S)
    withdraw(guard, row, 403)
    later = format_iso_ns(town.clock.now_ns() + NS_PER_S)
    assert withdraw(manager, row, 422, since=later)["field"] == "/since"
    assert withdraw(manager, {**row, "version": 1}, 412)
    half_ns = town.clock.now_ns() - HOUR * NS_PER_S // 2
    gone = withdraw(manager, row, since=format_iso_ns(half_ns))
    assert (gone["state"], gone["ended_why"], gone["reason"]) == ("ended", "withdrawn", "要转动云台")
    assert shown(town) == ALL
    assert set(masks_over("gate", half_ns - 2 * SETTLE_NS, half_ns - SETTLE_NS - 10**6)) == BOTH
    assert set(masks_over("gate", half_ns - 2 * SETTLE_NS, half_ns)) == ALL
    withdraw(manager, gone, 409)
    withdraw(manager, gone, 409, since=later)  # never longer
    never = withdraw(manager, gone, since=format_iso_ns(began_ns - HOUR * NS_PER_S))
    assert never["ended_at"] == never["in_force_from"]
    assert file()["gate"].positions == ()
    assert [one.before is None for one in leaves(ConfigurationChange) if one.setting == "mask_position"] == [
        True, False, False,
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="masks.position.end").count() == 2
    waiting = state(manager)
    assert withdraw(manager, waiting)["state"] == "dropped"
    confirm(city.browser(BoundRole.CUSTODIAN), waiting, town.code(city.user(BoundRole.CUSTODIAN)), 409)


def test_reading_costs_the_same_for_one_statement_and_for_many(town: Town, turning: Camera, city: City) -> None:
    manager = city.browser(BoundRole.MANAGER)

    def counts() -> list[int]:
        found = []
        for path in ("/masks?camera=gate", "/mask-positions?camera=gate"):
            with CaptureQueriesContext(connection) as queries:
                manager.get(path)
            found.append(len(queries))
        return found

    state(manager)
    few = counts()
    for _ in range(8):
        state(manager)
    assert counts() == few
    city.browser(BoundRole.OFFICER, "west").get("/mask-positions?camera=gate", status=404)
