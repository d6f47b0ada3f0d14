"""What a filing consists of, who files and to whom (qd204 16; sc799 14). One form serves both packs.

What is missing never blocks a filing: the filing is registered with findings. Formal parts of the filing itself that
are missing are named once, in one notice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

ACCEPTANCE = "qd204.filing.acceptance"
REMOVAL = "qd204.filing.removal"
ENTRY_INTO_USE = "sc799.filing.entry_into_use"
TRUTHFUL = "sc799.filing.truthful"
ASKED_ONCE = "sc799.filing.nothing_asked_twice"

PARTS = {
    "drawings": Text("图纸等资料", "drawings and other material"),
    "unit": Text("单位基本情况", "particulars of the unit"),
    "location": Text("建设位置", "location"),
    "devices_number": Text("图像采集设备数量", "number of devices"),
    "devices_kind": Text("图像采集设备类型", "kinds of devices"),
    "storage_period": Text("视频图像信息存储期限", "storage period"),
    "unified_social_credit_code": Text("统一社会信用代码", "unified social credit code"),
    "business_licence": Text("营业执照", "business licence"),
    "authorisation_letter": Text("授权委托书", "authorisation letter"),
    "person_handling": Text("经办人身份信息", "person handling"),
    "seal": Text("印章或者电子印章", "seal or electronic seal"),
}
# What identifies who hands in: no clause lists these, an administrative filing cannot be attributed without them.
FORMAL_PARTS = ("unified_social_credit_code", "authorisation_letter", "person_handling", "seal")


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as handed in. `given` and `shared` name PARTS: given by the filer, or had from other departments."""

    kind: str  # acceptance, removal, entry_into_use, or both (acceptance and entry into use in one form)
    filer_roles: frozenset[str]
    given: frozenset[str]
    shared: frozenset[str] = frozenset()
    listed_in_article_7: bool | None = True


def parts_to_ask(law: Law, filing: Filing, on: dt.date) -> tuple[str, ...]:
    """The parts to ask the filer for: those of every pack and the formal ones, less what sharing gives."""
    wanted: list[str] = []
    for key in _payload_clauses(filing):
        clause = governing(law, key, filing.listed_in_article_7, on)
        if isinstance(clause, Clause):
            wanted += clause.names("parts")
    wanted += FORMAL_PARTS
    asked_once = law.ask(ASKED_ONCE, on)
    spared = filing.shared & set(asked_once.names("shareable")) if isinstance(asked_once, Clause) else frozenset()
    return tuple(part for part in dict.fromkeys(wanted) if part not in spared)


def judge_contents(law: Law, filing: Filing, on: dt.date) -> Judgement:
    """DUE with everything missing named at once; PASS complete. Never blocked."""
    cited = [
        clause
        for key in (*_payload_clauses(filing), ASKED_ONCE)
        if isinstance(clause := governing(law, key, filing.listed_in_article_7, on), Clause)
    ]
    if not cited:
        return _no_clause(law, filing, on)
    missing = [part for part in parts_to_ask(law, filing, on) if part not in filing.given]
    if not missing:
        return judge(Verdict.PASS, cited, Text("备案材料齐全", "the filing is complete"))
    named = listed(PARTS[part] for part in missing)
    return judge(
        Verdict.DUE,
        cited,
        Text(f"备案材料缺少：{named.zh}", f"missing: {named.en}"),
        Text(f"一次性补正：{named.zh}", f"provide: {named.en}"),
    )


def judge_asking(law: Law, part: str, available_by_sharing: bool, on: dt.date) -> Judgement:
    """May the office ask the filer for this part (sc799 14.3)? Not for what departments share."""
    clause = law.ask(ASKED_ONCE, on)
    if isinstance(clause, Judgement):
        return clause
    if available_by_sharing and part in clause.names("shareable"):
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("可以通过部门间信息共享获得，不得要求当事人提供", "departments share it: the filer is not asked"),
            Text("通过信息共享获取", "get it by sharing"),
        )
    return judge(Verdict.PASS, (clause,), Text("可以要求当事人提供", "the filer may be asked"))


def judge_truth(
    law: Law,
    declared: Mapping[str, str],
    observed: Mapping[str, str],
    listed_in_article_7: bool | None,
    on: dt.date,
) -> Judgement:
    """Declared against observed facts, part by part; what was not observed is not judged."""
    clause = governing(law, TRUTHFUL, listed_in_article_7, on)
    if isinstance(clause, Judgement):
        return clause
    checked = [part for part in clause.names("verify") if part in declared and part in observed]
    if not checked:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("备案信息尚未核对", "nothing filed has been checked yet"),
            Text("现场或者远程核对", "check it on the spot or remotely"),
        )
    wrong = [part for part in checked if declared[part] != observed[part]]
    if wrong:
        zh = "、".join(f"{PARTS[part].zh}(备案“{declared[part]}”,核实“{observed[part]}”)" for part in wrong)
        en = ", ".join(f"{PARTS[part].en} (filed {declared[part]!r}, found {observed[part]!r})" for part in wrong)
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"备案信息与实际不符：{zh}", f"filed and found differ: {en}"),
            Text("更正备案信息", "correct the filing"),
        )
    return judge(Verdict.PASS, (clause,), Text("已核对的备案信息属实", "what was checked is true"))


def judge_filer(law: Law, filing: Filing, on: dt.date) -> Judgement:
    """Whether this capacity files this kind: the building unit 16.1, the using unit 16.2, the managing unit sc799 14."""
    return strictest(_filer(law, key, filing, on) for key in _payload_clauses(filing) or (REMOVAL,))


def _filer(law: Law, key: str, filing: Filing, on: dt.date) -> Judgement:
    clause = governing(law, key, filing.listed_in_article_7, on)
    if isinstance(clause, Judgement):
        return clause
    if filing.filer_roles & set(clause.names("filer")):
        return judge(Verdict.PASS, (clause,), Text("备案主体符合规定", "the right one files"))
    return judge(
        Verdict.FAIL,
        (clause,),
        Text("备案主体不是规定的单位", "the filer is not the unit the clause names"),
        Text("由规定的单位备案，或者提交其授权委托书", "let that unit file, or attach its authorisation"),
    )


def judge_recipient(
    law: Law, organ_kind: str, organ_division: str, divisions_concerned: frozenset[str], on: dt.date
) -> Judgement:
    """The recipient is the public security organ of each district concerned; a station only takes in.

    `organ_kind`: district_public_security, police_station or another; divisions are GB/T 2260 codes.
    """
    municipal, national = law.ask(ACCEPTANCE, on), law.ask(ENTRY_INTO_USE, on)
    found = [clause for clause in (municipal, national) if isinstance(clause, Clause)]
    if not found and isinstance(municipal, Judgement):
        return municipal
    if organ_kind == "police_station" and any(organ_division.startswith(code) for code in divisions_concerned):
        return judge(
            Verdict.DUE,
            found,
            Text("派出所只代收，备案机关为所在地区（市）公安机关", "a station only takes in for the district organ"),
            Text("转送区（市）公安机关", "pass it on to the district organ"),
        )
    if organ_kind != "district_public_security" or organ_division not in divisions_concerned:
        return judge(
            Verdict.FAIL,
            found,
            Text("不是所在地区（市）公安机关", "not the public security organ of a district concerned"),
            Text("向系统所涉各区（市）公安机关分别备案", "file with the organ of each district concerned"),
        )
    return judge(Verdict.PASS, found, Text("备案机关正确", "the right recipient"))


@dataclass(frozen=True, slots=True)
class Registration:
    """The outcome of taking a filing in: it is registered, with every finding kept beside it."""

    registered: bool
    findings: tuple[Judgement, ...]


def register(judgements: tuple[Judgement, ...]) -> Registration:
    """Register a filing. No verdict blocks: what is late, missing or wrong becomes a finding."""
    settled = (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return Registration(True, tuple(one for one in judgements if one.verdict not in settled))


def _payload_clauses(filing: Filing) -> tuple[str, ...]:
    return {
        "acceptance": (ACCEPTANCE,),
        "removal": (),
        "entry_into_use": (ENTRY_INTO_USE,),
        "both": (ACCEPTANCE, ENTRY_INTO_USE),
    }[filing.kind]


def _no_clause(law: Law, filing: Filing, on: dt.date) -> Judgement:
    keys = _payload_clauses(filing) or (REMOVAL,)
    answers = [
        answer for key in keys if isinstance(answer := governing(law, key, filing.listed_in_article_7, on), Judgement)
    ]
    if answers:
        return strictest(answers)
    return Judgement(Verdict.NOT_APPLICABLE, (), Text("无须提交材料", "no parts are asked for"))
