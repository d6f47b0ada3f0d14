"""What `mingjian law list|show|coverage` prints, as values and text. Pure: the caller prints."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.examples import EXAMPLES
from mingjian.rules.law import Clause, Law, Parameter
from mingjian.rules.pack_schema import WHOM
from mingjian.rules.registry import BINDINGS, Coverage, coverage, rule_name

_STATUS = {
    "rule": Text("有规则", "has a rule"),
    "bound": Text("已落实", "bound"),
    "ruled": Text("有规则，尚无业务操作调用", "ruled, not yet reached by an action"),
    "planned": Text("后续落实", "planned"),
    "out_of_scope": Text("不由软件落实", "out of scope"),
    "unproved": Text("规则未经证明", "rule not proved"),
}
_CONFIDENCE = {
    "certain": Text("条号确定", "number certain"),
    "likely": Text("条号待核", "number to be confirmed"),
    "confirm_before_use": Text("使用前确认", "confirm before use"),
}


def law_list(law: Law, language: str = "zh") -> str:
    """One line a clause: pack, address, key, what it obliges. Ends with a newline."""
    lines = []
    for pack in law.packs:
        until = pack.valid_to.isoformat() if pack.valid_to else ""
        lines.append(f"{pack.id}  {pack.title.for_language(language)}  {pack.valid_from.isoformat()}..{until}")
        if not pack.text_held:
            lines.append(
                "  " + Text("未收录文本，一律“无法认定”", "text not held: undetermined").for_language(language)
            )
        lines += [
            f"  {clause.address:<8} {clause.key:<46} {clause.obliges.for_language(language)}" for clause in pack.clauses
        ]
    return "\n".join(lines) + "\n"


def find_clause(law: Law, name: str) -> Clause:
    """By key, or by pack and address: qd204.filing.acceptance, qd204:16.1, sc799:8.1.4.

    Raises MingjianError `unknown_clause`.
    """
    family, colon, address = name.partition(":")
    if not colon:
        return law.clause(name)
    found = [clause for clause in law.clauses if clause.key.startswith(f"{family}.") and _matches(clause, address)]
    if len(found) == 1:
        return found[0]
    raise MingjianError(
        "unknown_clause",
        Text(f"“{name}”不能确定一个条款", f"{name!r} does not name one clause"),
        fault=Fault.USER,
        field="clause",
        remedy=Text("写明条、款、项，例如 qd204:16.1", "give article, paragraph and item, such as qd204:16.1"),
    )


def _matches(clause: Clause, address: str) -> bool:
    return address in (clause.address, clause.article_label)


def law_show(law: Law, name: str, language: str = "zh") -> str:
    """A clause for people: label, text, duty, parameters, rules and examples. Ends with a newline.

    Raises MingjianError `unknown_clause`.
    """
    clause = find_clause(law, name)
    zh = language.lower().startswith("zh")
    lines = [
        clause.cite().printed(language),
        f"{clause.key} ({clause.pack}, {clause.valid_from.isoformat()}..{clause.valid_to or ''})",
        "",
        clause.text,
        "",
        ("义务:" if zh else "Obliges: ") + clause.obliges.for_language(language),
        ("主体:" if zh else "Whom: ") + ", ".join(WHOM[one].for_language(language) for one in clause.whom),
        ("状态:" if zh else "Status: ") + _STATUS[clause.status].for_language(language),
    ]
    if clause.why is not None:
        lines.append(("理由:" if zh else "Why: ") + clause.why.for_language(language))
    lines += [f"{name} = {parameter_text(value)}" for name, value in clause.parameters.items()]
    lines += [("规则:" if zh else "Rule: ") + rule_name(rule) for rule in BINDINGS.get(clause.key, ())]
    for example in EXAMPLES:
        if example.clause == clause.key:
            lines.append(f"- {example.kind.value}: {example.says.for_language(language)}")
    return "\n".join(lines) + "\n"


def parameter_text(value: Parameter) -> str:
    """A parameter for people."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(str(entry) for entry in value)
    return str(value)


def coverage_document(covered: Coverage) -> dict[str, object]:
    """The coverage as JSON values. `clauses` = `bound` + out_of_scope + unbound; ruled and planned tell the unbound."""
    out = [_reasoned(one.clause, one.why) for one in covered.of("out_of_scope")]
    bound = covered.of("bound")
    unbound = [one.clause.key for one in covered.standings if one.status not in ("bound", "out_of_scope")]
    return {
        "clauses": len(covered.standings),
        "bound": len(bound),
        "out_of_scope": out,
        "unbound": unbound,
        "ruled": [one.clause.key for one in covered.of("ruled")],
        "planned": [_reasoned(one.clause, one.why) for one in covered.of("planned")],
        "unproved": [_reasoned(one.clause, one.why) for one in covered.of("unproved")],
    }


def coverage_json(law: Law, reached: Mapping[str, str] | None = None) -> str:
    """What `mingjian law coverage --json` prints: one JSON object and a newline."""
    return json.dumps(coverage_document(coverage(law, reached)), ensure_ascii=False, indent=2) + "\n"


def coverage_summary(law: Law, reached: Mapping[str, str] | None = None, language: str = "zh") -> str:
    """What `mingjian law coverage` prints for people: counts by status. Ends with a newline."""
    covered = coverage(law, reached)
    lines = [
        f"{_STATUS[status].for_language(language)}: {len(covered.of(status))}"
        for status in ("bound", "ruled", "planned", "out_of_scope", "unproved")
    ]
    head = Text("条款总数", "clauses").for_language(language)
    return "\n".join([f"{head}: {len(covered.standings)}", *lines]) + "\n"


def confidence_text(clause: Clause) -> Text:
    """How sure the article's number is."""
    return _CONFIDENCE[clause.label_confidence]


def _reasoned(clause: Clause, why: Text | None) -> dict[str, str]:
    return {"clause": clause.key, "why": why.zh if why else "", "why_en": why.en if why else ""}
