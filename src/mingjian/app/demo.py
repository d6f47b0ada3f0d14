"""The demo city: a data folder marked as demo, a camera farm over real RTSP, accounts, and a way to leave nothing."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.demo_city.people import PEOPLE
from mingjian.app.demo_facts import DemoFacts
from mingjian.app.engine_client import EngineClient
from mingjian.app.ports_free import require_port
from mingjian.app.run import RunOptions, child, run_system
from mingjian.app.running import supervisor_pid
from mingjian.app.terminal import note
from mingjian.app.web_setup import bring_up_web, migrate
from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.edge.listening import listens
from mingjian.media.simulate.specs import camera_spec
from mingjian.web.authority.actor import local_person

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_DEMO_KEEP_DAYS = 1
_STOP_PATIENCE_S = 15
_ROLES = (
    ("admin", "admin", "系统管理员", "演示市公安局"),
    ("duty", "operator", "值班员 王强", "演示市公安局指挥中心"),
    ("guard", "viewer", "保安 李敏", "滨河小区物业"),
    ("auditor", "auditor", "审计员 赵静", "演示市公安局法制支队"),
)


def run_demo(root: Path, port: int, cameras: int, clock: Clock, *, city: bool = True) -> None:
    """Make the demo folder when it is not there, then run everything until a signal.

    With `city` the register is filled in the background once pictures come: districts, organisations, 3,000 places,
    1,200 systems, 20,000 cameras, people and papers; what is there already is left alone.

    Raises MingjianError `not_demo` for a folder that is not marked as demo.
    """
    begun_ns = clock.mono_ns()
    folder = DataFolder(root)
    if not folder.identity_file.exists():
        note(Text(zh=f"正在建立演示目录 {root}…", en=f"making the demo folder {root}…"))
        init_data_folder(root, demo=True, clock=clock)
    _require_demo(folder)
    require_port("127.0.0.1", port)
    facts = _with_everybody(folder, DemoFacts.read(folder) or _new_facts(folder, cameras))
    require_port("127.0.0.1", facts.farm_port)
    note(Text(zh="正在建立账号和摄像机…", en="making accounts and cameras…"))
    bring_up_web(folder)
    migrate()
    _fill(facts)
    options = RunOptions(port=port)

    def announce() -> None:
        threading.Thread(target=_after_start, args=(folder, facts, options, clock, begun_ns, city), daemon=True).start()

    run_system(folder, options, extra=[child(folder, "farm")], on_started=announce)


def destroy_demo(root: Path, clock: Clock) -> None:
    """Stop what runs on a demo folder and delete all of it. Raises MingjianError `not_demo` for any other folder."""
    folder = DataFolder(root)
    if not folder.identity_file.exists():
        note(Text(zh=f"{root} 不存在，无需删除", en=f"there is no {root}: nothing to delete"))
        return
    _require_demo(folder)
    pid = supervisor_pid(folder)
    if pid is not None:
        note(Text(zh="正在停止…", en="stopping…"))
        os.kill(pid, signal.SIGTERM)
        _wait_until_gone(folder, clock)
    shutil.rmtree(root)
    note(Text(zh=f"已删除 {root}", en=f"deleted {root}"))


def _require_demo(folder: DataFolder) -> None:
    if not folder.identity().demo:
        raise MingjianError(
            "not_demo",
            Text(zh=f"{folder.root} 不是演示目录", en=f"{folder.root} is not a demo folder"),
            fault=Fault.USER,
            field="data",
            remedy=Text(
                zh="正式数据不会被演示命令使用或删除；请另指定目录",
                en="real data is neither used nor deleted by the demo: give another folder",
            ),
        )


def _new_facts(folder: DataFolder, cameras: int) -> DemoFacts:
    passwords = {name: _password() for name in _accounts()}
    facts = DemoFacts(_free_port(), _free_port(), cameras, passwords)
    facts.write(folder)
    return facts


def _accounts() -> list[str]:
    return [name for name, *_ in _ROLES] + [account for account, *_ in PEOPLE.values()]


def _with_everybody(folder: DataFolder, facts: DemoFacts) -> DemoFacts:
    """A folder of an earlier version knows fewer people."""
    missing = {name: _password() for name in _accounts() if name not in facts.passwords}
    if missing:
        facts = replace(facts, passwords={**facts.passwords, **missing})
        facts.write(folder)
    return facts


def _password() -> str:
    """Four groups that a person can type: 16 letters and digits, about 78 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fill(facts: DemoFacts) -> None:
    """Accounts and cameras that are not there yet."""
    from mingjian.web.accounts.actions import create_user
    from mingjian.web.accounts.models import User
    from mingjian.web.registry.actions import NewCamera, add_camera
    from mingjian.web.registry.models import Camera

    actor = local_person("demo")
    for name, role, display_name, unit in _ROLES:
        if not User.objects.filter(name=name).exists():
            create_user(
                actor,
                name=name,
                password=facts.passwords[name],
                role=role,
                display_name=display_name,
                unit=unit,
                must_change_password=False,
            )
    known = set(Camera.objects.values_list("name", flat=True))
    for number in range(1, facts.cameras + 1):
        spec = camera_spec(number)
        if spec.name.zh in known:
            continue
        base = f"rtsp://127.0.0.1:{facts.farm_port}/cam{number}"
        add_camera(
            actor,
            NewCamera(
                name=spec.name.zh,
                url=f"{base}/main",
                sub_url=f"{base}/sub",
                group="演示市",
                keep_days=_DEMO_KEEP_DAYS,
                note=spec.name.en,
            ),
        )


def _after_start(
    folder: DataFolder, facts: DemoFacts, options: RunOptions, clock: Clock, begun_ns: int, city: bool
) -> None:
    """In a thread of its own: pictures first, the register of the city after them, at the lowest priority."""
    _tell_when_pictures_come(folder, facts, options, clock, begun_ns)
    if not city:
        return
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)
    from mingjian.app.demo_city.filling import fill_city

    told: dict[str, int] = {}

    def say(what: Text, done: int, total: int) -> None:
        percent = done * 100 // total
        if percent >= told.get(what.en, -20) + 20 or done == total:
            told[what.en] = percent
            note(Text(zh=f"城市登记：{what.zh} {done}/{total}", en=f"the city's register: {what.en} {done}/{total}"))

    try:
        fill_city(local_person("demo"), facts.passwords, say, lambda: _tell_people(facts))
    except MingjianError as error:
        note(
            Text(
                zh=f"城市登记没有完成：{error.say('zh')}", en=f"the city's register is not complete: {error.say('en')}"
            )
        )
        return
    seconds = (clock.mono_ns() - begun_ns) / NS_PER_S
    note(Text(zh=f"城市登记已完成（{seconds:.0f} 秒）", en=f"the city's register is complete ({seconds:.0f} s)"))


def _tell_people(facts: DemoFacts) -> None:
    for role, (account, name, _, title, _) in PEOPLE.items():
        words = f"  {account:<12} {facts.passwords[account]}   {role.value}"
        note(Text(zh=f"{words}({role.label.zh} {name},{title})", en=words))


def _tell_when_pictures_come(
    folder: DataFolder, facts: DemoFacts, options: RunOptions, clock: Clock, begun_ns: int
) -> None:
    """Progress while cameras connect, then the address and the accounts."""
    client = EngineClient(folder)
    pause = threading.Event()
    told = -1
    # one camera may be in its drop-out when we start: all but one is enough to begin
    while told < max(1, facts.cameras - 1):
        streaming = _streaming(client)
        if streaming != told:
            note(Text(zh=f"画面 {streaming}/{facts.cameras}", en=f"pictures {streaming}/{facts.cameras}"))
            told = streaming
        pause.wait(0.3)
    while not asyncio.run(listens(folder.web_socket)):  # who opens the address now must be able to sign in
        pause.wait(0.1)
    seconds = (clock.mono_ns() - begun_ns) / NS_PER_S
    note(
        Text(
            zh=f"\n明鉴演示已就绪（{seconds:.0f} 秒）：{options.url}",
            en=f"\nthe demo is ready ({seconds:.0f} s): {options.url}",
        )
    )
    for name, role, display_name, _ in _ROLES:
        words = f"  {name:<8} {facts.passwords[name]}   {role}"
        note(Text(zh=f"{words}({display_name})", en=words))
    note(
        Text(
            zh=f"拔掉 7 号摄像机:echo 'unplug 7' | nc 127.0.0.1 {facts.control_port}\n按 Ctrl+C 停止;mingjian demo --destroy 不留痕迹",
            en=f"unplug camera 7: echo 'unplug 7' | nc 127.0.0.1 {facts.control_port}\nCtrl+C stops; mingjian demo --destroy leaves nothing",
        )
    )


def _streaming(client: EngineClient) -> int:
    try:
        streams = client.status().streams
    except MingjianError:
        return 0
    return sum(1 for status in streams if status.stream == "main" and status.state == "streaming")


def _wait_until_gone(folder: DataFolder, clock: Clock) -> None:
    deadline_ns = clock.mono_ns() + _STOP_PATIENCE_S * NS_PER_S
    pause = threading.Event()
    while supervisor_pid(folder) is not None:
        if clock.mono_ns() > deadline_ns:
            raise MingjianError(
                "does_not_stop",
                Text(zh="演示系统没有在限时内停止", en="the demo did not stop in time"),
                fault=Fault.OURS,
                remedy=Text(zh="请先结束该进程再重试", en="end its process and try again"),
            )
        pause.wait(0.1)
