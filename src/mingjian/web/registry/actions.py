"""What is done with cameras. The command line calls the same functions as the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.sealing import seal
from mingjian.kernel.text import Text
from mingjian.ports.camera_probe import DeviceStream, FoundDevice, ProbeStep, SearchWish
from mingjian.ports.camera_url import CheckedUrl
from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import configuration_changed
from mingjian.web.registry import searches
from mingjian.web.registry.archive.enrolment import deciding, judge_camera, standing_of, suspended_by_name
from mingjian.web.registry.judging import today
from mingjian.web.registry.keeping import judge_keep_days
from mingjian.web.registry.models import Camera, CameraArchive, CameraSearch, Stream
from mingjian.web.registry.names import ADDED, ASKED_DEVICE, CHANGED, DISABLED, DISCOVERED, ENABLED, REMOVED, TESTED
from mingjian.web.registry.plan import plan_changed
from mingjian.web.registry.policies import MANAGE, PROBE
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.rights import Scope
from mingjian.web.registry.searches import Search
from mingjian.web.registry.searching import camera_text, initials, remember
from mingjian.web.registry.shared import clean, organisation_of
from mingjian.web.registry.signals import camera_closed

_EVIDENCE = frozenset({"enabled", "keep_days", "record_audio", "main_host", "sub_host", "address_replaced"})
"""What decides whether footage is there: its changes are leaves of the ledger."""
_PLAIN = ("name", "group", "enabled", "keep_days", "priority", "record_audio", "note")


@dataclass(frozen=True, slots=True)
class NewCamera:
    """What a camera is made from. URLs may carry credentials and are sealed at once; `sub_url` empty: no sub stream."""

    name: str
    url: str
    sub_url: str = ""
    transport: str = "tcp"
    push: bool = False
    group: str = ""
    enabled: bool = True
    keep_days: int | None = None  # None: the installation's default
    priority: int = 5
    record_audio: bool = True
    note: str = ""
    organisation: str = ""  # whose it is; somebody with a bound role can only add cameras of his reach

    def __repr__(self) -> str:
        return f"NewCamera(name={self.name!r})"


def add_camera(actor: Actor, new: NewCamera) -> Camera:
    """Register a camera and order the engine to record it. Raises MingjianError naming the field at fault."""
    organisation = organisation_of(new.organisation) if new.organisation else None
    division = None if organisation is None else organisation.division_id
    MANAGE.require(actor, Scope(None if organisation is None else organisation.id, division))
    keep_days = configuration.current().keep_days if new.keep_days is None else new.keep_days
    values = _checked({field: getattr(new, field) for field in _PLAIN} | {"keep_days": keep_days})
    judgements = judge_keep_days(actor, ADDED, keep_days)
    urls = {"main": _check_url(new.url, "url", push=new.push)}
    if new.sub_url:
        urls["sub"] = _check_url(new.sub_url, "sub_url", push=new.push)
    _check_transport(new.transport)
    now_ns = wiring.clock().now_ns()
    camera = Camera(
        id=new_id(now_ns), planned_from_ns=now_ns, created_ns=now_ns, organisation=organisation, division_id=division,
        **values,
    )  # fmt: skip
    camera.initials = initials(camera.name)
    named = _judge_name(camera)
    with transaction.atomic():
        camera.save(force_insert=True)
        for name, checked in urls.items():
            _new_stream(camera, name, checked, new.transport, push=new.push).save()
        _remember(camera)
        record(
            actor, ADDED, kind="camera", object_id=camera.id, name=camera.name, after=_state(camera), policy=MANAGE,
            judgements=(*judgements, *named),
        )  # fmt: skip
        plan_changed()
    return camera


def change_camera(
    actor: Actor, camera_id: str, values: Mapping[str, Any], expected_version: int | None, reason: str = ""
) -> Camera:
    """Change what `values` names: plain fields, `url`, `sub_url` ("" drops the sub stream), `transport`.

    Raises MingjianError changed_meanwhile when the camera is not at `expected_version` (None: not checked), and what
    names a field at fault; nothing is changed then.
    """
    seen = visible_camera(actor, camera_id)
    MANAGE.require(actor, seen)
    plain = _checked({key: value for key, value in values.items() if key in _PLAIN})
    judgements = judge_keep_days(actor, CHANGED, plain["keep_days"], seen) if "keep_days" in plain else ()
    push = any(stream.push for stream in seen.streams.all())
    urls = {
        name: _check_url(values[field], field, push=push)
        for name, field in (("main", "url"), ("sub", "sub_url"))
        if values.get(field)
    }
    if "transport" in values:
        _check_transport(values["transport"])
    with transaction.atomic():
        camera = visible_camera(actor, camera_id, lock=True)
        require_version(camera.version, expected_version)
        _require_present(camera)
        old = _state(camera)
        for key, value in plain.items():
            setattr(camera, key, value)
        named: tuple[Judgement, ...] = ()
        if "name" in plain:
            camera.initials = initials(camera.name)
            named = _judge_name(camera)
        _change_streams(camera, urls, values.get("transport"), drop_sub=values.get("sub_url") == "")
        before, after = changes(old, dict.fromkeys(old) | _state(camera))
        if urls:  # a new password at the same host leaves no other trace
            after = {**after, "address_replaced": sorted(urls)}
        if not after:
            return camera
        camera.version += 1
        camera.save()
        _remember(camera)
        record(
            actor, _name_of_change(after), kind="camera", object_id=camera.id, name=camera.name, before=before,
            after=after, policy=MANAGE, reason=reason, judgements=(*judgements, *named),
        )  # fmt: skip
        for setting in sorted(_EVIDENCE.intersection(after)):
            configuration_changed(actor, camera.id, setting, before.get(setting), after[setting])
        plan_changed()
    return camera


def enable_camera(actor: Actor, camera_id: str) -> Camera:
    """Record it again."""
    return change_camera(actor, camera_id, {"enabled": True}, None)


def disable_camera(actor: Actor, camera_id: str, reason: str) -> Camera:
    """Stop recording it; from now on its time is a gap with the reason "disabled"."""
    return change_camera(actor, camera_id, {"enabled": False}, None, reason)


def remove_camera(actor: Actor, camera_id: str, reason: str, expected_version: int | None = None) -> Camera:
    """Take the camera out of the register. Its footage and holds stay until their time is over."""
    MANAGE.require(actor, visible_camera(actor, camera_id))
    if len(reason.strip()) < 2:
        raise MingjianError(
            "invalid",
            Text(zh="移除摄像机必须说明原因", en="removing a camera needs a reason"),
            fault=Fault.USER,
            field="reason",
            remedy=Text(zh="例如“设备报废”", en='such as "device scrapped"'),
        )
    with transaction.atomic():
        camera = visible_camera(actor, camera_id, lock=True)
        require_version(camera.version, expected_version)
        _require_present(camera)
        camera.removed_ns = wiring.clock().now_ns()
        camera.version += 1
        camera.save()
        day = today().isoformat()
        camera.memberships.filter(until_date="").update(until_date=day)
        camera.devices.filter(until_date="").update(until_date=day)
        after = {"removed_at": format_iso_ns(camera.removed_ns)}
        record(
            actor, REMOVED, kind="camera", object_id=camera.id, name=camera.name, after=after, policy=MANAGE,
            reason=reason,
        )  # fmt: skip
        configuration_changed(actor, camera.id, "removed_at", None, after["removed_at"])
        camera_closed.send(Camera, camera=camera, actor=actor)
        plan_changed()
    return camera


def test_camera(actor: Actor, url: str, transport: str) -> tuple[ProbeStep, ...]:
    """Try a URL before it is registered: the steps, of which one may have failed."""
    PROBE.require(actor)
    checked = _check_url(url, "url")
    _check_transport(transport)
    steps = wiring.probe().test(checked.url, transport, allow_loopback=configuration.current().demo)
    failed = next((step.step for step in steps if step.state == "failed"), None)
    after = {"host": checked.host, "failed_step": failed}
    record(actor, TESTED, kind="camera", name=checked.host, after=after, policy=PROBE)
    return steps


def discover_cameras(actor: Actor, wish: SearchWish) -> tuple[FoundDevice, ...]:
    """Search the network to the end. Raises MingjianError naming the field at fault."""
    _may_search(actor, wish)
    return wiring.probe().discover(wish, allow_loopback=configuration.current().demo)


def begin_search(actor: Actor, wish: SearchWish) -> Search:
    """Search the network in the background; `searches.desk` tells how it goes on. Raises MingjianError `search_busy`."""
    _may_search(actor, wish)
    return searches.desk.begin(actor.user, wish, wiring.probe(), allow_loopback=configuration.current().demo)


def streams_of_device(actor: Actor, address: str, port: int, user: str, password: str) -> tuple[DeviceStream, ...]:
    """What an ONVIF device tells of its streams to the given account, which is not kept."""
    PROBE.require(actor)
    record(actor, ASKED_DEVICE, kind="network", name=address, after={"address": address, "port": port}, policy=PROBE)
    return wiring.probe().streams(address, port, user, password, allow_loopback=configuration.current().demo)


def _may_search(actor: Actor, wish: SearchWish) -> None:
    """Recorded before it begins: probing a network is an act of its own."""
    PROBE.require(actor)
    if wish.method == "range" and not wish.address_range:
        raise MingjianError(
            "invalid",
            Text(zh="按地址范围搜索须填写地址范围", en="searching a range needs the range"),
            fault=Fault.USER,
            field="range",
            remedy=Text(zh="例如 192.168.1.0/24", en="such as 192.168.1.0/24"),
        )
    after = {"method": wish.method, "range": wish.address_range}
    record(actor, DISCOVERED, kind="network", after=after, policy=PROBE)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Plain fields that may be stored: trimmed, within their bounds."""
    if "name" in values:
        values["name"] = clean(values["name"], "name", 1, 128)
    if "group" in values:
        parts = [part.strip() for part in clean(values["group"], "group", 0, 255).split("/")]
        values["group"] = "/".join(part for part in parts if part)
    if "note" in values:
        values["note"] = values["note"].strip()[:1000]
    if "priority" in values and not 0 <= values["priority"] <= 9:
        raise MingjianError(
            "invalid",
            Text(
                zh="优先级应为 0（最后降级）到 9（最先降级）", en="priority is 0 (degraded last) to 9 (degraded first)"
            ),
            fault=Fault.USER,
            field="priority",
        )
    return values


def _check_url(url: str, field: str, *, push: bool = False) -> CheckedUrl:
    """A pushing camera's URL names where it will announce to us: nothing connects to it, so loopback is harmless."""
    allow_loopback = push or configuration.current().demo
    return wiring.check_camera_url()(url, allow_loopback=allow_loopback, field=field)


def _check_transport(transport: str) -> None:
    if transport not in ("tcp", "udp"):
        raise MingjianError(
            "invalid",
            Text(zh="传输方式只能是 tcp 或 udp", en="transport is tcp or udp"),
            fault=Fault.USER,
            field="transport",
        )


def _new_stream(camera: Camera, name: str, checked: CheckedUrl, transport: str, *, push: bool) -> Stream:
    return Stream(
        camera=camera,
        name=name,
        url_sealed=seal(configuration.current().secret_key, f"camera/{camera.id}/{name}", checked.url),
        host=checked.host,
        has_credentials=checked.has_credentials,
        transport=transport,
        push=push,
    )


def _change_streams(camera: Camera, urls: Mapping[str, CheckedUrl], transport: str | None, *, drop_sub: bool) -> None:
    streams = {stream.name: stream for stream in camera.streams.all()}
    if "main" not in streams:
        if urls or transport or drop_sub:
            _first_stream(camera, urls, transport)
        return
    main = streams["main"]
    if drop_sub and "sub" in streams:
        streams.pop("sub").delete()
    for name, checked in urls.items():
        fresh = _new_stream(camera, name, checked, main.transport, push=main.push)
        if name in streams:
            fresh.pk, fresh._state.adding = streams[name].pk, False
        streams[name] = fresh
    for stream in streams.values():
        stream.transport = transport or stream.transport
        stream.save()


def _first_stream(camera: Camera, urls: Mapping[str, CheckedUrl], transport: str | None) -> None:
    """A camera that was enrolled by its file gets its streams."""
    if "main" not in urls:
        raise MingjianError(
            "invalid",
            Text(zh="须先填写主码流地址", en="the main stream's address comes first"),
            fault=Fault.USER,
            field="url",
        )
    for name, checked in urls.items():
        _new_stream(camera, name, checked, transport or "tcp", push=False).save()


def _judge_name(camera: Camera) -> tuple[Judgement, ...]:
    """Suspend a camera whose name speaks of a room of privacy; the judgement that does, if one does.

    A camera with a file is judged by the whole of it (registry.archive), not by its name alone.
    """
    archive = CameraArchive.objects.filter(camera_id=camera.id).select_related("builder").first()
    if archive is None:
        found = {"name": suspended_by_name(current_law(), camera, today())}
    else:
        found = judge_camera(current_law(), camera, archive, (), today())
    if camera.standing != "refused":
        camera.standing = standing_of(found)
    return deciding(found)


def _remember(camera: Camera) -> None:
    """Keep what searching reads."""
    hosts = [stream.host for stream in Stream.objects.filter(camera=camera)]
    archive = CameraArchive.objects.filter(camera_id=camera.id).first()
    remember(CameraSearch, camera.id, camera_text(camera, hosts, archive))


def _require_present(camera: Camera) -> None:
    if camera.removed_ns is not None:
        raise MingjianError(
            "conflict",
            Text(zh="这台摄像机已被移除", en="this camera has been removed"),
            fault=Fault.USER,
            remedy=Text(zh="如需继续使用，请重新添加", en="add it anew if it is to be used again"),
        )


def _name_of_change(after: Mapping[str, Any]) -> str:
    if list(after) == ["enabled"]:
        return ENABLED if after["enabled"] else DISABLED
    return CHANGED


def _state(camera: Camera) -> dict[str, Any]:
    """What the audit record may show of a camera."""
    state = {field: getattr(camera, field) for field in _PLAIN}
    for stream in Stream.objects.filter(camera=camera):
        state[f"{stream.name}_host"] = stream.host
        state[f"{stream.name}_transport"] = stream.transport
    return state
