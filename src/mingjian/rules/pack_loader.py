"""TOML text to packs, overlays, policies, conditions and calendars. Pure; reading the files is `library`'s."""

from __future__ import annotations

import datetime as dt
import tomllib
from itertools import pairwise

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.holiday_calendar import HolidayCalendar
from mingjian.rules.law import (
    Clause,
    ContractorCondition,
    Law,
    Pack,
    Policy,
    RetentionOverlay,
    UndemandableCredential,
)
from mingjian.rules.pack_schema import CONDITIONS, CONFIDENCES, LEVELS, STATUSES, WHOM, Table

_PACK_KEYS = frozenset({"id", "family", "title", "citation", "level", "valid_from", "valid_to", "text_held"})
_CLAUSE_KEYS = frozenset(
    [
        "key",
        "article",
        "paragraph",
        "item",
        "article_label",
        "label_confidence",
        "obliges",
        "whom",
        "status",
        "why",
        "applies_if",
        "stricter_than",
        "text",
        "valid_from",
        "valid_to",
        "parameters",
    ]
)


def parse_pack(text: str, name: str) -> Pack:
    """A pack from its TOML text. Raises MingjianError `bad_pack` naming pack, clause and key."""
    root = _root(text, name)
    root.only(frozenset({"pack", "clause"}))
    head_values = root.values.get("pack")
    if not isinstance(head_values, dict):
        root.fail("pack", "must be a table", "应为表")
    head = Table(f"{name}/pack", head_values)
    head.only(_PACK_KEYS)
    title, citation = head.text("title"), head.word("citation")
    pack_id, family = head.word("id"), head.word("family")
    valid_from, valid_to = head.day("valid_from"), head.optional_day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        head.fail("valid_to", "lies before valid_from", "早于 valid_from")
    if not pack_id.startswith(f"{family}@"):
        head.fail("id", f"must be {family}@YEAR", f"应为 {family}@年份")
    document = Text(zh=citation, en=title.en)
    clauses = tuple(_clause(table, pack_id, family, document, valid_from, valid_to) for table in root.tables("clause"))
    _all_distinct(root, clauses)
    held = head.flag("text_held")
    if held != bool(clauses):
        head.fail("text_held", "a pack has clauses exactly when its text is held", "有条款当且仅当收录文本")
    level = head.word("level", LEVELS)
    return Pack(pack_id, family, title, citation, level, valid_from, valid_to, held, clauses)


def _clause(
    table: Table, pack: str, family: str, document: Text, pack_from: dt.date, pack_to: dt.date | None
) -> Clause:
    table.only(_CLAUSE_KEYS)
    key = table.word("key")
    if not key.startswith(f"{family}."):
        table.fail("key", f"must begin with {family}.", f"应以 {family}. 开头")
    status = table.word("status", STATUSES)
    if (status == "rule") == ("why" in table.values):
        table.fail("why", "is given exactly for what has no rule yet", "仅对尚无规则的条款给出理由")
    parameters = table.values.get("parameters", {})
    if not isinstance(parameters, dict):
        table.fail("parameters", "must be a table", "应为表")
    inner = Table(f"{table.where}/parameters", parameters)
    whom = table.words("whom", frozenset(WHOM))
    if not whom:
        table.fail("whom", "names nobody", "未写明义务主体")
    return Clause(
        key=key,
        pack=pack,
        document=document,
        article=table.whole("article", least=1),
        paragraph=table.whole("paragraph", least=1),
        item=table.whole("item", 0),
        article_label=table.word("article_label"),
        label_confidence=table.word("label_confidence", CONFIDENCES),
        text=table.word("text"),
        obliges=table.text("obliges"),
        whom=whom,
        status=status,
        why=table.text("why") if "why" in table.values else None,
        applies_if=table.word("applies_if", CONDITIONS) if "applies_if" in table.values else "always",
        stricter_than=table.words("stricter_than"),
        valid_from=table.day("valid_from") if "valid_from" in table.values else pack_from,
        valid_to=table.day("valid_to") if "valid_to" in table.values else pack_to,
        parameters={name: inner.parameter(name) for name in parameters},
    )


def _all_distinct(root: Table, clauses: tuple[Clause, ...]) -> None:
    keys: set[str] = set()
    addresses: set[str] = set()
    for clause in clauses:
        if clause.key in keys or clause.address in addresses:
            root.fail(clause.key, "key or address is used twice", "键或条款位置重复")
        keys.add(clause.key)
        addresses.add(clause.address)


def assemble(packs: tuple[Pack, ...], law: Law) -> Law:
    """`law` with `packs`, checked as a whole.

    Raises MingjianError `bad_pack` when two versions of one family overlap or leave a gap, a key is used twice, or a
    clause named by another (`stricter_than`, `breaches`) does not exist.
    """
    by_family: dict[str, list[Pack]] = {}
    for pack in packs:
        by_family.setdefault(pack.family, []).append(pack)
    for versions in by_family.values():
        _follow_without_gap(sorted(versions, key=lambda pack: pack.valid_from))
    known = {clause.key for pack in packs for clause in pack.clauses}
    for pack in packs:
        for clause in pack.clauses:
            named = (*clause.stricter_than, *_names(clause, "breaches"), *_names(clause, "remove_breaches"))
            for other in named:
                if other not in known:
                    Table(f"{pack.id}/{clause.key}", {}).fail(other, "names no clause", "所指条款不存在")
    return Law(packs, law.overlays, law.policies, law.contractor_conditions, law.never_demanded, law.calendars)


def _names(clause: Clause, name: str) -> tuple[str, ...]:
    return clause.names(name) if name in clause.parameters else ()


def _follow_without_gap(versions: list[Pack]) -> None:
    for earlier, later in pairwise(versions):
        if earlier.valid_to is None or earlier.valid_to + dt.timedelta(days=1) != later.valid_from:
            Table(later.id, {}).fail(
                "valid_from", f"must be the day after the last of {earlier.id}", f"应为 {earlier.id} 末日的次日"
            )


def parse_overlays(text: str, name: str) -> tuple[RetentionOverlay, ...]:
    """Retention overlays. Raises MingjianError `bad_pack`."""
    return tuple(
        RetentionOverlay(
            table.word("key"),
            table.words("kinds"),
            table.whole("days", least=1),
            table.flag("continuous_in_opening_hours"),
            table.flag("confirm_before_use"),
            table.day("valid_from"),
            table.optional_day("valid_to"),
            table.text("label"),
            table.text("basis"),
        )
        for table in _root(text, name).tables("overlay")
    )


def parse_policies(text: str, name: str) -> tuple[Policy, ...]:
    """Policies. Raises MingjianError `bad_pack`."""
    policies = []
    for table in _root(text, name).tables("policy"):
        value = table.parameter("value")
        if isinstance(value, tuple):
            numbers = tuple(entry for entry in value if isinstance(entry, int))
            if len(numbers) != len(value):
                table.fail("value", "must be a whole number or a list of them", "应为整数或者整数列表")
            policies.append(Policy(table.word("key"), numbers, table.text("label")))
        else:
            policies.append(Policy(table.word("key"), table.whole("value"), table.text("label")))
    return tuple(policies)


def parse_contractor_conditions(
    text: str, name: str
) -> tuple[tuple[ContractorCondition, ...], tuple[UndemandableCredential, ...]]:
    """Contractor's conditions and the certificates never demanded. Raises MingjianError `bad_pack`."""
    root = _root(text, name)
    conditions = tuple(
        ContractorCondition(
            table.word("credential"),
            table.words("works"),
            table.flag("only_building_engineering"),
            table.day("valid_from"),
            table.optional_day("valid_to"),
            table.word("confidence", CONFIDENCES),
            table.text("label"),
            table.text("basis"),
        )
        for table in root.tables("condition")
    )
    never = tuple(
        UndemandableCredential(table.word("credential"), table.text("label"), table.text("why"))
        for table in root.tables("never_demand")
    )
    return conditions, never


def parse_calendars(text: str, name: str) -> tuple[HolidayCalendar, ...]:
    """Holiday calendars. Raises MingjianError `bad_pack` for a day of another year or a working day no weekend."""
    return tuple(_calendar(table) for table in _root(text, name).tables("calendar"))


def _calendar(table: Table) -> HolidayCalendar:
    year = table.whole("year", least=1949)
    working = frozenset(_days(table, "working_weekends"))
    off: set[dt.date] = set()
    ranges = table.values.get("off")
    if not isinstance(ranges, list):
        table.fail("off", "must be a list of ranges", "应为日期区间列表")
    for entry in ranges:
        days = _days(Table(table.where, {"off": entry}), "off")
        if len(days) != 2 or days[1] < days[0]:
            table.fail("off", "a range has a first and a last day", "区间应有首日和末日")
        first, last = days
        off.update(first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    for day in off | working:
        if day.year != year:
            table.fail("year", f"{day} is not in {year}", f"{day} 不属于{year}年")
    for day in working:
        if day.weekday() < 5 or day in off:
            table.fail("working_weekends", f"{day} is no weekend day, or a day off", f"{day} 不是调休上班的周末")
    return HolidayCalendar(year, table.word("confidence", CONFIDENCES), table.text("source"), frozenset(off), working)


def _days(table: Table, key: str) -> list[dt.date]:
    value = table.values.get(key)
    if not isinstance(value, list) or not all(type(entry) is dt.date for entry in value):
        table.fail(key, "must be a list of dates", "应为日期列表")
    return value


def _root(text: str, name: str) -> Table:
    try:
        return Table(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MingjianError(
            "bad_pack",
            Text(zh=f"规则包 {name} 不是有效的 TOML:{error}", en=f"{name} is not valid TOML: {error}"),
            fault=Fault.OURS,
            field=name,
        ) from error
