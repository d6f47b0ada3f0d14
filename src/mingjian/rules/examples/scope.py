"""Examples: scope (qd204 2; sc799 33), coordination (qd204 3), declared use and flags (qd204 4, 5)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.coordination import (
    DEPARTMENTS,
    MECHANISM,
    PUBLIC_SECURITY,
    Mechanism,
    judge_mechanism,
    may_be_tasked,
    may_supervise,
)
from mingjian.rules.declared_use import DECLARED_USE, NO_LEAK, judge_declarations, judge_inherited, strictest_flag
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY, OLD_TEXT
from mingjian.rules.judgement import Verdict
from mingjian.rules.scope import CITY, DEFINITION, NON_PUBLIC, SystemScope, in_scope, non_public_place

_FULL = SystemScope("370202", frozenset({"collect", "transmit", "display", "store"}), True)
_BOTH_PROGRAMMES = frozenset({"urban_rural_planning", "smart_city"})
_DEPARTMENTS = (
    "development_reform",
    "industry_information",
    "finance",
    "natural_resources_planning",
    "housing_construction",
    "urban_management",
    "market_regulation",
    "big_data",
    "transport",
    "emergency_management",
)
_DECLARED = {"purpose": "治安防控", "legal_basis": "第七条第一款第(六)项", "sharing_grade": "2"}

EXAMPLES: tuple[Example, ...] = (
    passing(
        CITY,
        Text("市内商场系统", "a system in the city"),
        lambda law: in_scope(law, _FULL, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        CITY,
        Text("外市系统", "a system of another city"),
        lambda law: in_scope(law, SystemScope("370602", _FULL.functions, True), MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        CITY,
        Text("市级代码本身（370200）", "the city's own code"),
        lambda law: in_scope(law, SystemScope("370200", _FULL.functions, True), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        CITY,
        Text("同省代码370102", "another city of the province"),
        lambda law: in_scope(law, SystemScope("370102", _FULL.functions, True), MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        CITY,
        Text("修订前的事实不作推定", "a fact of the old text is not guessed"),
        lambda law: in_scope(law, _FULL, OLD_TEXT).verdict,
        Verdict.UNDETERMINED,
    ),
    boundary(
        CITY,
        Text("含有3702的更长代码370282", "a county-level city within"),
        lambda law: in_scope(law, SystemScope("370282", _FULL.functions, True), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        passing(
            DEFINITION,
            Text(f"采集并{name}", f"collects and does {name}"),
            lambda law, name=name: (
                in_scope(law, SystemScope("370202", frozenset({"collect", name}), True), MUNICIPAL_ONLY).verdict
            ),
            Verdict.PASS,
        )
        for name in ("transmit", "display", "store")
    ),
    failing(
        DEFINITION,
        Text("只采集而不传输、显示、存储", "collects only"),
        lambda law: in_scope(law, SystemScope("370202", frozenset({"collect"}), True), MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        DEFINITION,
        Text("未说明是否涉及公共安全", "not stated whether it concerns public safety"),
        lambda law: in_scope(law, SystemScope("370202", _FULL.functions, None), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    passing(
        NON_PUBLIC,
        Text("自家院内，未对外传播", "one's own yard, nothing spread"),
        lambda law: non_public_place(law, frozenset({"no_harm", "no_illegal_spreading"}), BOTH).verdict,
        Verdict.PASS,
    ),
    failing(
        NON_PUBLIC,
        Text("公开传播他人影像", "others' pictures are spread"),
        lambda law: non_public_place(law, frozenset({"no_harm"}), BOTH).verdict,
        Verdict.FAIL,
    ),
    failing(
        NON_PUBLIC,
        Text("侵犯邻居合法权益", "it harms the neighbour"),
        lambda law: non_public_place(law, frozenset({"no_illegal_spreading"}), BOTH).verdict,
        Verdict.FAIL,
    ),
    boundary(
        NON_PUBLIC,
        Text("条例施行前一日", "the day before the regulation"),
        lambda law: non_public_place(law, frozenset(), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    *(
        passing(
            MECHANISM,
            Text(f"{level}级机制健全", f"a {level} mechanism"),
            lambda law, level=level: (
                judge_mechanism(law, Mechanism(level, True, _BOTH_PROGRAMMES), MUNICIPAL_ONLY).verdict
            ),
            Verdict.PASS,
        )
        for level in ("municipal", "district")
    ),
    failing(
        MECHANISM,
        Text("未建立机制", "no mechanism"),
        lambda law: judge_mechanism(law, Mechanism("municipal", False, _BOTH_PROGRAMMES), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    *(
        failing(
            MECHANISM,
            Text(f"只纳入{only}", f"included in {only} alone"),
            lambda law, only=only: (
                judge_mechanism(law, Mechanism("district", True, frozenset({only})), MUNICIPAL_ONLY).verdict
            ),
            Verdict.FAIL,
        )
        for only in ("urban_rural_planning", "smart_city")
    ),
    boundary(
        MECHANISM,
        Text("镇街不在本款层级", "a township is of no such level"),
        lambda law: judge_mechanism(law, Mechanism("township", False, frozenset()), MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    *(
        passing(
            PUBLIC_SECURITY,
            Text(f"区公安机关对区内系统{task}", f"{task} within the district"),
            lambda law, task=task: (
                may_supervise(law, "public_security", "370202", task, "370202", MUNICIPAL_ONLY).verdict
            ),
            Verdict.PASS,
        )
        for task in ("guide", "supervise", "manage")
    ),
    failing(
        PUBLIC_SECURITY,
        Text("其他部门行使公安机关职权", "another department"),
        lambda law: may_supervise(law, "finance", "370202", "manage", "370202", MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        PUBLIC_SECURITY,
        Text("相邻区的系统", "a system of the next district"),
        lambda law: may_supervise(law, "public_security", "370202", "supervise", "370203", MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    *(
        passing(
            DEPARTMENTS,
            Text(f"可向{name}派发协调任务", f"a task for {name}"),
            lambda law, name=name: may_be_tasked(law, name, MUNICIPAL_ONLY).verdict,
            Verdict.PASS,
        )
        for name in _DEPARTMENTS
    ),
    failing(
        DEPARTMENTS,
        Text("气象部门未列举", "meteorology is not named"),
        lambda law: may_be_tasked(law, "meteorology", MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    boundary(
        DEPARTMENTS,
        Text("“等”部门须另说明依据", '"and others" must show their duty'),
        lambda law: may_be_tasked(law, "education", MUNICIPAL_ONLY).remedy is not None,
        True,
    ),
    passing(
        DECLARED_USE,
        Text("三项均登记", "all declared"),
        lambda law: judge_declarations(law, _DECLARED, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            DECLARED_USE,
            Text(f"缺少{name}", f"without {name}"),
            lambda law, name=name: judge_declarations(law, {**_DECLARED, name: ""}, MUNICIPAL_ONLY).verdict,
            Verdict.DUE,
        )
        for name in _DECLARED
    ),
    boundary(
        DECLARED_USE,
        Text("只填空格不算登记", "blanks declare nothing"),
        lambda law: judge_declarations(law, {**_DECLARED, "purpose": "  "}, MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    passing(
        NO_LEAK,
        Text("片段继承国家秘密标注", "a clip inherits state secret"),
        lambda law: judge_inherited(law, ("privacy", "state_secret"), "state_secret", MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        NO_LEAK,
        Text("片段降为个人隐私", "a clip is flagged lower"),
        lambda law: judge_inherited(law, ("trade_secret", "privacy"), "privacy", MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    failing(
        NO_LEAK,
        Text("含隐私的片段无标注", "a clip with privacy carries no flag"),
        lambda law: judge_inherited(law, ("privacy",), None, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        NO_LEAK,
        Text("标注从严允许", "a stricter flag is allowed"),
        lambda law: judge_inherited(law, ("privacy",), "trade_secret", MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        NO_LEAK,
        Text("取最严格的来源标注", "the strictest of the sources"),
        lambda law: strictest_flag(law, ("privacy", "trade_secret", "state_secret"), MUNICIPAL_ONLY),
        "state_secret",
    ),
)
