"""Procurement texts: what mandates and what leaves the choice free."""

import datetime as dt

import pytest

from mingjian.rules.brand_mandate import find_mandates, judge_template
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law

LAW = current_law()
ON = dt.date(2025, 6, 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("摄像机必须采用甲品牌产品。", "brand"),
        ("本项目指定使用某型号设备", "brand"),
        ("品牌:甲", "brand"),
        ("设备限定由甲公司供货。", "seller"),
        ("甲公司为唯一供应商", "seller"),
        ("图纸必须委托甲设计院编制", "designer"),
        ("仅限甲施工单位进场", "installer"),
        ("今后只能由甲公司作为运维企业", "repairer"),
        ("采购文件不得指定品牌,但摄像机必须采用甲品牌。", "brand"),
    ],
)
def test_a_mandate_is_found(text: str, kind: str) -> None:
    found = find_mandates(LAW, text, (), ON)
    assert kind in {mandate.kind for mandate in found}
    for mandate in found:
        assert text[mandate.start :].startswith(mandate.words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "采购文件不得指定品牌、供应商和施工单位。",
        "投标人应当填报所投产品的品牌和型号。",
        "品牌:________",
        "建设单位应当要求施工单位做好成品保护。",
        "应当委托具备法定条件的施工单位实施。",
        "产品应当符合国家标准的强制性要求。",
        "建设单位可以自主选择维修单位。",
    ],
)
def test_a_free_choice_is_no_mandate(text: str) -> None:
    assert find_mandates(LAW, text, (), ON) == ()


def test_known_brands_are_found_by_name_and_quoted_in_the_finding() -> None:
    text = "第三条 前端应选用甲牌球机,\n其余不限品牌。"
    assert judge_template(LAW, text, (), ON).verdict is Verdict.PASS
    answer = judge_template(LAW, text, ("甲牌",), ON)
    assert answer.verdict is Verdict.FAIL
    assert "“应选用甲牌”" in answer.reason.zh
    assert answer.keys == ("qd204.project.no_mandated_brand",)


def test_before_the_text_held_nothing_is_guessed() -> None:
    assert judge_template(LAW, "必须采用甲品牌", (), dt.date(2015, 1, 1)).verdict is Verdict.UNDETERMINED
