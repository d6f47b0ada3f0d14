"""The packs against the texts: no clause forgotten, no word changed, errors name pack, clause and key."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Clause, Law
from mingjian.rules.law_text import Address, article_label, chinese_number, chinese_numeral, cut_clauses
from mingjian.rules.library import current_law
from mingjian.rules.pack_loader import (
    assemble,
    parse_calendars,
    parse_contractor_conditions,
    parse_overlays,
    parse_pack,
    parse_policies,
)

DATA = Path(__file__).parents[2] / "src" / "mingjian" / "rules" / "packs"
TEXTS = Path(__file__).parents[2] / "docs" / "law" / "text"
LAW = current_law()


@pytest.mark.parametrize(("pack", "file"), [("qd204@2020", "qd204-2020.md"), ("sc799@2025", "sc799-2025.md")])
def test_pack_holds_every_clause_of_the_text_verbatim(pack: str, file: str) -> None:
    texts = cut_clauses((TEXTS / file).read_text("utf-8"))
    held = next(candidate for candidate in LAW.packs if candidate.id == pack)
    assert [(str(clause.address), clause.text) for clause in texts] == [
        (clause.address, clause.text) for clause in held.clauses
    ]


@pytest.mark.parametrize(("file", "articles", "clauses"), [("qd204-2020.md", 36, 83), ("sc799-2025.md", 34, 67)])
def test_text_has_the_articles_it_says(file: str, articles: int, clauses: int) -> None:
    texts = cut_clauses((TEXTS / file).read_text("utf-8"))
    assert texts[-1].address.article == articles
    assert len(texts) == clauses


def test_labels_are_those_of_the_addresses() -> None:
    for pack in LAW.packs:
        paragraphs: dict[int, int] = {}
        for clause in pack.clauses:
            paragraphs[clause.article] = max(paragraphs.get(clause.article, 0), clause.paragraph)
        for clause in pack.clauses:
            address = Address(clause.article, clause.paragraph, clause.item)
            assert clause.article_label == article_label(address, paragraphs[clause.article])


def test_uncertain_article_numbers_are_marked_and_never_printed_without_their_mark() -> None:
    certain = {*range(1, 10), 19, 20, 22, 23, 24}
    for clause in LAW.clauses:
        expected = clause.pack != "qd204@2020" or clause.article in certain
        assert (clause.label_confidence == "certain") == expected
        printed = clause.cite().printed("zh-CN")
        assert clause.article_label in printed
        assert ("条号待核" in printed) != expected


def test_cutting_refuses_a_text_with_a_hole() -> None:
    with pytest.raises(ValueError, match="article 3 follows article 1"):
        cut_clauses("第一条 甲\n第三条 乙")
    with pytest.raises(ValueError, match="item 2 follows item 0"):
        cut_clauses("第一条 甲:\n(二)乙")


@given(st.integers(1, 99))
def test_chinese_numerals_round_trip(number: int) -> None:
    assert chinese_number(chinese_numeral(number)) == number


@pytest.mark.parametrize("bad", ["", "十十", "廿", "一百", "0"])
def test_foreign_numerals_are_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        chinese_number(bad)


GOOD = """
[pack]
id = "x@1"
family = "x"
title = { zh = "某办法", en = "Some measures" }
citation = "《某办法》"
level = "municipal"
valid_from = 2020-01-01
text_held = true
[[clause]]
key = "x.keep"
article = 1
paragraph = 1
article_label = "第一条"
label_confidence = "certain"
obliges = { zh = "保存", en = "keep" }
whom = ["using_unit"]
status = "rule"
text = "保存三日。"
[clause.parameters]
days = 3
"""


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('key = "x.keep"', 'key = "y.keep"', "x.toml/y.keep/key"),
        ('status = "rule"', 'status = "bound"', "x.toml/x.keep/status"),
        ('status = "rule"', 'status = "planned"', "x.toml/x.keep/why"),
        ('whom = ["using_unit"]', 'whom = ["martian"]', "x.toml/x.keep/whom"),
        ('whom = ["using_unit"]', "whom = []", "x.toml/x.keep/whom"),
        ("paragraph = 1", "paragraf = 1", "x.toml/x.keep/paragraf"),
        ("article = 1", "article = 0", "x.toml/x.keep/article"),
        ("days = 3", "days = 3.5", "x.toml/x.keep/parameters/days"),
        ("days = 3", "days = []", "x.toml/x.keep/parameters/days"),
        ('obliges = { zh = "保存", en = "keep" }', 'obliges = { zh = "保存" }', "x.toml/x.keep/obliges/en"),
        ("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2019-01-01", "x.toml/pack/valid_to"),
        ("text_held = true", "text_held = false", "x.toml/pack/text_held"),
        ('level = "municipal"', 'level = "village"', "x.toml/pack/level"),
    ],
)
def test_a_bad_pack_names_pack_clause_and_key(old: str, new: str, field: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_pack(GOOD.replace(old, new, 1), "x.toml")
    assert caught.value.code == "bad_pack"
    assert caught.value.field == field


def test_broken_toml_is_an_error_of_the_pack() -> None:
    with pytest.raises(MingjianError) as caught:
        parse_pack("[pack", "x.toml")
    assert caught.value.field == "x.toml"


def test_versions_of_a_family_must_follow_without_a_gap() -> None:
    later = parse_pack(GOOD, "x.toml")
    early = GOOD.replace("x@1", "x@0").replace("2020-01-01", "2010-01-01\nvalid_to = 2019-12-30")
    with pytest.raises(MingjianError) as caught:
        assemble((parse_pack(early, "early.toml"), later), Law(()))
    assert caught.value.field == "x@1/valid_from"


def test_a_clause_that_names_no_clause_is_refused() -> None:
    pack = parse_pack(GOOD.replace('status = "rule"', 'status = "rule"\nstricter_than = ["x.none"]'), "x.toml")
    with pytest.raises(MingjianError) as caught:
        assemble((pack,), Law(()))
    assert caught.value.field == "x@1/x.keep/x.none"


def test_a_calendar_refuses_a_working_weekend_on_a_weekday() -> None:
    text = """[[calendar]]
year = 2025
confidence = "certain"
source = { zh = "甲", en = "a" }
off = [[2025-01-01, 2025-01-01]]
working_weekends = [2025-01-06]"""
    with pytest.raises(MingjianError, match="2025-01-06"):
        parse_calendars(text, "holidays.toml")


@pytest.mark.parametrize(
    ("day", "packs"),
    [
        (dt.date(2010, 2, 28), []),
        (dt.date(2010, 3, 1), ["qd204@2010"]),
        (dt.date(2020, 8, 22), ["qd204@2010"]),
        (dt.date(2020, 8, 23), ["qd204@2020"]),
        (dt.date(2025, 3, 31), ["qd204@2020"]),
        (dt.date(2025, 4, 1), ["qd204@2020", "sc799@2025"]),
    ],
)
def test_packs_in_time(day: dt.date, packs: list[str]) -> None:
    assert [pack.id for pack in LAW.packs_on(day)] == packs


@given(st.dates(dt.date(2010, 3, 1), dt.date(2100, 1, 1)))
def test_no_gap_between_packs_in_time(day: dt.date) -> None:
    assert [pack.family for pack in LAW.packs_on(day)].count("qd204") == 1


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.sampled_from([clause.key for clause in LAW.clauses]))
def test_a_clause_asked_as_of_a_date_gives_the_law_of_that_date(day: dt.date, key: str) -> None:
    answer = LAW.ask(key, day)
    municipal = key.startswith("qd204.")
    if day < (dt.date(2010, 3, 1) if municipal else dt.date(2025, 4, 1)):
        assert isinstance(answer, Judgement)
        assert answer.verdict is Verdict.NOT_APPLICABLE
    elif municipal and day < dt.date(2020, 8, 23):
        assert isinstance(answer, Judgement)
        assert answer.verdict is Verdict.UNDETERMINED
        assert answer.clauses[0].pack == "qd204@2010"
    else:
        assert isinstance(answer, Clause)
        assert answer.pack == ("qd204@2020" if municipal else "sc799@2025")


def test_an_unknown_clause_is_an_error_with_a_remedy() -> None:
    with pytest.raises(MingjianError) as caught:
        LAW.clause("qd204.nothing")
    assert caught.value.code == "unknown_clause"
    assert "law list" in caught.value.say("en")


def test_a_parameter_of_the_wrong_kind_names_pack_clause_and_key() -> None:
    clause = LAW.clause("qd204.filing.acceptance")
    with pytest.raises(MingjianError) as caught:
        clause.names("days")
    assert caught.value.field == "qd204@2020/qd204.filing.acceptance/days"
    with pytest.raises(MingjianError):
        clause.number("nothing")


@given(
    st.lists(
        st.lists(st.lists(st.text("甲乙丙,。", min_size=1), max_size=3), min_size=1, max_size=3),
        min_size=1,
        max_size=12,
    )
)
def test_cutting_finds_again_what_was_written(articles: list[list[list[str]]]) -> None:
    lines: list[str] = []
    written: list[tuple[str, str]] = []
    for number, paragraphs in enumerate(articles, start=1):
        lines += [f"### 第{chinese_numeral(number)}条", ""]
        for place, items in enumerate(paragraphs, start=1):
            lines += [f"段{place}", ""]
            written.append((f"{number}.{place}", f"段{place}"))
            for at, item in enumerate(items, start=1):
                lines += [f"({chinese_numeral(at)}){item}", ""]
                written.append((f"{number}.{place}.{at}", f"({chinese_numeral(at)}){item}"))
    assert [(str(clause.address), clause.text) for clause in cut_clauses("\n".join(lines))] == written


PARSERS = {
    "sc799_2025.toml": parse_pack,
    "holidays.toml": parse_calendars,
    "policies.toml": parse_policies,
    "retention_overlays.toml": parse_overlays,
    "contractor_conditions.toml": parse_contractor_conditions,
}
JUNK = ["", "1", "-3", "2.5", "true", "[]", "[1]", '["x"]', "{}", '"x"', "2020-01-01", "[[2020-01-01]]", "= ="]


@given(st.sampled_from(sorted(PARSERS)), st.integers(0, 10_000), st.sampled_from(JUNK), st.booleans())
def test_damaged_data_are_refused_by_name_or_parse(name: str, at: int, junk: str, drop: bool) -> None:
    lines = (DATA / name).read_text("utf-8").splitlines()
    line = at % len(lines)
    key, equals, _ = lines[line].partition("=")
    lines[line] = "" if drop else f"{key}{equals} {junk}"
    refusal: MingjianError | None = None
    try:
        PARSERS[name]("\n".join(lines), name)
    except MingjianError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code == "bad_pack"
        assert refusal.field is not None
        assert refusal.field.startswith(name)
