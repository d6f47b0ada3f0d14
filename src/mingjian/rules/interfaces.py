"""Three reserved interfaces, and grade and connection of government-funded systems (qd204 13.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

THREE_PLATFORMS = "qd204.interface.three_platforms"
_PLATFORMS = {
    "resource_sharing": Text("视频监控资源共享平台", "resource-sharing platform"),
    "police_image": Text("公安机关图像平台", "police image platform"),
    "emergency_command": Text("应急指挥平台", "emergency command platform"),
}


@dataclass(frozen=True, slots=True)
class Interfaces:
    """Which interfaces are reserved and connected, with evidence; `security_grade` None while none is given."""

    funding: str
    reserved: frozenset[str]
    connected: frozenset[str]
    security_grade: int | None


def judge_interfaces(law: Law, interfaces: Interfaces, on: dt.date) -> Judgement:
    """FAIL without a reserved interface or, government-funded, without a grade; DUE while not connected."""
    clause = law.ask(THREE_PLATFORMS, on)
    if isinstance(clause, Judgement):
        return clause
    platforms = clause.names("platforms")
    missing = [name for name in platforms if name not in interfaces.reserved]
    if missing:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"未预留接口：{_zh(missing)}", f"no interface reserved: {_en(missing)}"),
            Text("预留接口并提供联通测试证明", "reserve the interface and give evidence"),
        )
    if interfaces.funding not in clause.names("graded_funding"):
        return judge(Verdict.PASS, (clause,), Text("三个平台接口均已预留", "all interfaces are reserved"))
    if interfaces.security_grade is None:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("政府投资的系统未确定安全等级", "a government-funded system without a security grade"),
            Text("确定安全等级", "give it a grade"),
        )
    unconnected = [name for name in platforms if name not in interfaces.connected]
    if unconnected:
        return judge(
            Verdict.DUE,
            (clause,),
            Text(f"政府投资的系统尚未接入：{_zh(unconnected)}", f"not yet connected: {_en(unconnected)}"),
            Text("按照等级和权限接入", "connect by grade and right"),
        )
    return judge(Verdict.PASS, (clause,), Text("已定级并分级接入", "graded and connected"))


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """A role that asks for a system through a platform. `clearance` is the highest security grade the role may see
    (greater is more protected); `purposes` are those recorded for the role.
    """

    security_grade: int | None
    clearance: int
    purpose: str
    purposes: frozenset[str]


def judge_access(law: Law, request: AccessRequest, on: dt.date) -> Judgement:
    """Access by grade, role and purpose: PASS only where all three fit; an ungraded system is not opened."""
    clause = law.ask(THREE_PLATFORMS, on)
    if isinstance(clause, Judgement):
        return clause
    if request.security_grade is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("系统未确定安全等级，不能分级开放", "an ungraded system cannot be opened by grade"),
            Text("确定安全等级", "give it a grade"),
        )
    if request.security_grade > request.clearance:
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("权限低于系统安全等级", "the role's clearance is below the system's grade"),
            Text("由更高权限的岗位办理", "let a role with that clearance ask"),
        )
    if request.purpose not in request.purposes:
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("用途不在该岗位登记的用途之内", "the purpose is not one recorded for the role"),
            Text("登记用途后再申请", "record the purpose first"),
        )
    return judge(Verdict.PASS, (clause,), Text("等级、权限、用途相符", "grade, role and purpose fit"))


def _zh(names: list[str]) -> str:
    return "、".join(_PLATFORMS[name].zh for name in names)


def _en(names: list[str]) -> str:
    return ", ".join(_PLATFORMS[name].en for name in names)
