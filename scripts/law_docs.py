"""Write docs/law/*.md from the packs: article, rule, examples; state diagrams; penalties; coverage.

Run `python scripts/law_docs.py` after a change of the law or its rules; a test compares what is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingjian.app.law_reached import reached_rules
from mingjian.rules.example import Example
from mingjian.rules.examples import EXAMPLES
from mingjian.rules.law import Clause, Law, Pack
from mingjian.rules.library import current_law
from mingjian.rules.pack_schema import WHOM
from mingjian.rules.proof import mutations
from mingjian.rules.registry import BINDINGS, coverage, rule_name
from mingjian.rules.report import confidence_text, parameter_text
from mingjian.rules.state_table import StateTable, diagram
from mingjian.rules.states.tables import STATE_TABLES

FOLDER = Path(__file__).parents[1] / "docs" / "law"
HEAD = "<!-- Written by scripts/law_docs.py from the packs; do not edit. -->\n\n"
STATUS = {
    "bound": "已落实 bound",
    "ruled": "有规则 ruled",
    "planned": "后续落实 planned",
    "out_of_scope": "不由软件落实 out of scope",
    "unproved": "未证明 unproved",
}


def pages(law: Law) -> dict[str, str]:
    """File name to text, for every page."""
    reached = reached_rules()
    standing = {one.clause.key: one.status for one in coverage(law, reached).standings}
    found = {"index.md": _index(law, standing), "states.md": _states(), "other-data.md": _other_data(law)}
    for pack in law.packs:
        if pack.text_held:
            found[f"{pack.id.replace('@', '-')}.md"] = _pack(law, pack, standing, reached)
    return found


def _index(law: Law, standing: dict[str, str]) -> str:
    lines = [
        HEAD + "# 规定与规则 The law and its rules",
        "",
        "条款是数据,规则是函数,示例是证明。下表由规则包生成;条号未经确认的,凡引用均附标记。",
        "",
        "Clauses are data, rules are functions, examples are the proof. An article number that is not certain is "
        "never cited without its mark.",
        "",
        "- **bound**: a rule with examples, reached from an action of the application.",
        "- **ruled**: a rule with passing, failing and boundary examples; every small change of a parameter makes an "
        "example fail. No action reaches it yet.",
        "- **planned**: no rule yet; the reason stands beside it.",
        "- **out of scope**: nothing a program could check.",
        "",
        "| 规则包 pack | 施行 in force | 条款 clauses | " + " | ".join(STATUS.values()) + " |",
        "|---|---|---|" + "---|" * len(STATUS),
    ]
    for pack in law.packs:
        counts = [sum(standing[clause.key] == status for clause in pack.clauses) for status in STATUS]
        until = f"{pack.valid_from}..{pack.valid_to or ''}"
        name = f"[{pack.id}]({pack.id.replace('@', '-')}.md)" if pack.text_held else f"{pack.id} (文本未收录 not held)"
        lines.append(f"| {name} | {until} | {len(pack.clauses)} | " + " | ".join(map(str, counts)) + " |")
    lines += [
        "",
        "- [状态图 States](states.md)",
        "- [其他数据 Other data](other-data.md): overlays, policies, calendars",
        "",
    ]
    return "\n".join(lines)


def _pack(law: Law, pack: Pack, standing: dict[str, str], reached: dict[str, str]) -> str:
    lines = [
        f"{HEAD}# {pack.title.zh} ({pack.id})",
        "",
        f"{pack.title.en}. In force since {pack.valid_from}.",
        "",
        "| 条款 clause | 键 key | 义务 obliges | 状态 status |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {clause.article_label} | `{clause.key}` | {clause.obliges.zh} | {STATUS[standing[clause.key]]} |"
        for clause in pack.clauses
    ]
    for clause in pack.clauses:
        lines += _clause(law, clause, standing[clause.key], reached)
    return "\n".join(lines) + "\n"


def _clause(law: Law, clause: Clause, status: str, reached: dict[str, str]) -> list[str]:
    mark = "" if clause.label_confidence == "certain" else f" ({confidence_text(clause).zh})"
    lines = ["", f"## {clause.article_label}{mark} `{clause.key}`", "", f"> {clause.text}", ""]
    whom = "、".join(WHOM[one].zh for one in clause.whom)
    lines += [f"- {clause.obliges.zh} / {clause.obliges.en}", f"- 主体 whom: {whom}", f"- {STATUS[status]}"]
    if clause.why is not None:
        lines.append(f"- {clause.why.zh} / {clause.why.en}")
    if clause.applies_if != "always":
        lines.append(f"- 适用条件 applies if: {clause.applies_if}")
    if clause.stricter_than:
        lines.append("- 严于 stricter than: " + ", ".join(f"`{key}`" for key in clause.stricter_than))
    lines += [f"- `{name}` = {parameter_text(value)}" for name, value in clause.parameters.items()]
    rules = BINDINGS.get(clause.key, ())
    if rules:
        lines.append("- 规则 rule: " + ", ".join(f"`{rule_name(rule)}`" for rule in rules))
        actions = [reached[rule_name(rule)] for rule in rules if rule_name(rule) in reached]
        names = dict.fromkeys(name for one in actions for name in one.split(", "))
        if names:
            lines.append("- 业务操作 action: " + ", ".join(f"`{name}`" for name in names))
        own = [example for example in EXAMPLES if example.clause == clause.key]
        count = sum(1 for _ in mutations(law, clause))
        lines.append(f"- 示例 examples: {len(own)}; 改变参数 mutations noticed: {count}")
        lines += [_example(example) for example in own]
    return lines


def _example(example: Example) -> str:
    return f"  - {example.kind.value}: {example.says.zh} / {example.says.en}"


def _states() -> str:
    lines = [f"{HEAD}# 状态图 States", ""]
    for table in STATE_TABLES.values():
        lines += _table(table)
    return "\n".join(lines)


def _table(table: StateTable[Any]) -> list[str]:
    lines = [f"## {table.title.zh} {table.title.en}", "", "```mermaid", diagram(table).rstrip(), "```", ""]
    lines += ["| 从 from | 事件 event | 到 to | 条件 guard | 条款 clauses |", "|---|---|---|---|---|"]
    for move in table.transitions:
        clauses = ", ".join(f"`{key}`" for key in move.clauses)
        lines.append(f"| {move.source} | {move.event} | {move.target} | {move.guard or ''} | {clauses} |")
    return [*lines, ""]


def _other_data(law: Law) -> str:
    lines = [f"{HEAD}# 其他数据 Other data", "", "## 保存期限的其他法律 Retention overlays", ""]
    for overlay in law.overlays:
        confirm = " (适用前须确认 confirm before use)" if overlay.confirm_before_use else ""
        lines.append(f"- `{overlay.key}`: {overlay.label.zh} / {overlay.label.en}; {overlay.basis.zh}{confirm}")
    lines += ["", "## 内部规定 Policies (never cited as law)", ""]
    for policy in law.policies:
        value = parameter_text(policy.value)
        lines.append(f"- `{policy.key}` = {value}: {policy.label.zh} / {policy.label.en}")
    lines += ["", "## 承包单位的法定条件 Contractor's legal conditions", ""]
    for condition in law.contractor_conditions:
        until = f"{condition.valid_from}..{condition.valid_to or ''}"
        lines.append(
            f"- {condition.label.zh} / {condition.label.en}: {condition.basis.zh}, {until}, {condition.confidence}"
        )
    lines += [f"- 不得要求 never demanded: {one.label.zh} ({one.why.zh})" for one in law.never_demanded]
    lines += ["", "## 节假日 Public holidays", ""]
    for calendar in law.calendars:
        lines.append(
            f"- {calendar.year}: {calendar.source.zh}, {calendar.confidence}, "
            f"{len(calendar.off)} days off, {len(calendar.working_weekends)} working weekend days"
        )
    return "\n".join(lines) + "\n"


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    """Write every page."""
    for name, text in pages(current_law()).items():
        (FOLDER / name).write_text(text, "utf-8")
        write(f"docs/law/{name}\n")


if __name__ == "__main__":
    main()
