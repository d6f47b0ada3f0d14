"""Scopes of API tokens: which endpoints a token may call at all. What a scope lets through, the person's rights decide.

A scope is `SLICE:read` or `SLICE:write`, the slice being the first part of a policy's name. Reading is what changes
nothing (GET, HEAD); writing includes it. A token never reaches what keeps an account safe: passwords, second factors,
tokens, other people's accounts can at most be read.
"""

from __future__ import annotations

from collections.abc import Iterable

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import OpenPolicy, Policy, Refused, all_policies

READ, WRITE = "read", "write"
_ONLY_READ = frozenset({"accounts"})
_TITLES = {
    "accounts": Text("账号", "accounts"),
    "audit": Text("审计记录", "the audit record"),
    "files": Text("文件", "files"),
    "filings": Text("备案", "filings"),
    "holds": Text("锁定", "holds"),
    "inspections": Text("检查线索", "inspection leads"),
    "law": Text("法规", "the law"),
    "ledger": Text("账本", "the ledger"),
    "obstructions": Text("遮挡妨碍", "obstructions"),
    "organisations": Text("单位和人员", "organisations and people"),
    "planning": Text("规划", "planning"),
    "projects": Text("建设项目", "projects"),
    "registry": Text("场所、系统和摄像机", "places, systems and cameras"),
    "retrievals": Text("调取", "retrievals"),
    "signs": Text("提示标识", "signs"),
    "system": Text("系统状态", "the system's state"),
    "todo": Text("待办", "the to-do page"),
    "viewing": Text("观看", "viewing"),
    "works": Text("周边施工", "works nearby"),
    "zones": Text("涉密周边区域", "secure zones"),
}
_VERBS = {READ: Text("查看", "read"), WRITE: Text("查看和办理", "read and change")}


def scope_of(policy: Policy, *, changes: bool) -> str:
    """The scope that an endpoint with this policy asks of a token; "" for one that no token may call."""
    part = policy.name.partition(".")[0]
    if changes and part in _ONLY_READ:
        return ""
    return f"{part}:{WRITE if changes else READ}"


def known_scopes() -> dict[str, Text]:
    """Every scope there is, with what people call it."""
    parts = sorted({one.name.partition(".")[0] for one in all_policies() if not isinstance(one, OpenPolicy)})
    return {
        f"{part}:{verb}": Text(f"{_VERBS[verb].zh}{title.zh}", f"{_VERBS[verb].en} {title.en}")
        for part in parts
        for verb in ((READ,) if part in _ONLY_READ else (READ, WRITE))
        for title in [_TITLES.get(part, Text(part, part))]
    }


def covers(scopes: Iterable[str], wanted: str) -> bool:
    """Whether one of the scopes lets `wanted` through."""
    part, _, verb = wanted.partition(":")
    return bool(wanted) and (wanted in scopes or (verb == READ and f"{part}:{WRITE}" in scopes))


def require_scope(actor: Actor, policy: Policy, *, changes: bool) -> None:
    """Raise Refused `outside_scope` when the actor comes by a token that does not reach this. Open endpoints are open."""
    if actor.scopes is None or isinstance(policy, OpenPolicy):
        return
    wanted = scope_of(policy, changes=changes)
    if covers(actor.scopes, wanted):
        return
    if not wanted:
        message = Text("接口令牌不能用于此操作，请登录后办理", "no token may do this: sign in")
    else:
        message = Text(f"此接口令牌没有“{wanted}”范围", f"this token does not have the scope {wanted!r}")
    raise Refused(
        "outside_scope", message, policy=policy.name, actor=actor,
        remedy=Text("请使用范围合适的令牌", "use a token with the scope it needs"),
    )  # fmt: skip
