"""Examples: three-simultaneous, brands, conformance, interfaces, cost, contractors, acceptance (qd204 10-15)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.acceptance import ARCHIVES, CERTIFICATE, INSPECTION, judge_acceptance, judge_archives
from mingjian.rules.brand_mandate import NO_MANDATE, judge_template
from mingjian.rules.conformance import (
    CONFORMANCE,
    PRODUCTS,
    TestResult,
    VulnerabilityNotice,
    judge_conformance,
    judge_product,
)
from mingjian.rules.contractors import CONDITIONS, ContractedWork, Credential, judge_contractor, may_demand
from mingjian.rules.day_count import DatedFact, Precision, on_day
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.integration_cost import INTEGRATION, IntegrationCost, judge_cost
from mingjian.rules.interfaces import THREE_PLATFORMS, Interfaces, judge_interfaces
from mingjian.rules.judgement import Verdict
from mingjian.rules.simultaneous import THREE_SIMULTANEOUS, StageDates, judge_three_simultaneous

_STAGES = ("design", "construction", "commissioning")
_TOGETHER = {stage: StageDates(on_day(2021, 3, 1), on_day(2021, 3, 1)) for stage in _STAGES}
_STANDARD = TestResult("national_standard", "GB/T 28181", "2022", True)
_SPECIFICATION = TestResult("technical_specification", "市级接入技术规范", "2020", True)
_PLATFORMS = frozenset({"resource_sharing", "police_image", "emergency_command"})
_STEPS = frozenset({"remedy", "inform_users", "report_authority"})
_LICENCE = Credential("business_licence", dt.date(2015, 1, 1), None)
_PAPERS = frozenset({"statutory_inspection_report", "acceptance_certificate"})
_ARCHIVES = frozenset({"design", "construction", "inspection", "acceptance"})
_MANDATES = {
    "brand": "投标产品必须采用甲品牌。",
    "seller": "设备须由指定的某某供应商提供。",
    "designer": "限定由某某设计院承担。",
    "installer": "指定某某施工单位实施。",
    "repairer": "系统须由某某公司指定维修单位负责。",
}


def _work(
    kind: str, *credentials: Credential, day: DatedFact | None = None, building: bool | None = False
) -> ContractedWork:
    return ContractedWork(kind, day or on_day(2021, 5, 1), building, credentials)


EXAMPLES: tuple[Example, ...] = (
    passing(
        THREE_SIMULTANEOUS,
        Text("三个阶段均同步", "all stages together"),
        lambda law: judge_three_simultaneous(law, "new", True, _TOGETHER, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            THREE_SIMULTANEOUS,
            Text(f"{stage}滞后一日", f"{stage} a day late"),
            lambda law, stage=stage: (
                judge_three_simultaneous(
                    law,
                    "new",
                    True,
                    {**_TOGETHER, stage: StageDates(on_day(2021, 3, 1), on_day(2021, 3, 2))},
                    MUNICIPAL_ONLY,
                ).verdict
            ),
            Verdict.FAIL,
        )
        for stage in _STAGES
    ),
    *(
        failing(
            THREE_SIMULTANEOUS,
            Text(f"{kind}项目未同步", f"a {kind} project without the system"),
            lambda law, kind=kind: (
                judge_three_simultaneous(
                    law, kind, True, {"design": StageDates(on_day(2021, 3, 1), None)}, MUNICIPAL_ONLY
                ).verdict
            ),
            Verdict.FAIL,
        )
        for kind in ("new", "rebuilt", "extended")
    ),
    boundary(
        THREE_SIMULTANEOUS,
        Text("日期只精确到月，不能判定", "known to the month only"),
        lambda law: (
            judge_three_simultaneous(
                law,
                "new",
                True,
                {
                    **_TOGETHER,
                    "design": StageDates(on_day(2021, 3, 15), DatedFact(dt.date(2021, 3, 1), Precision.MONTH)),
                },
                MUNICIPAL_ONLY,
            ).verdict
        ),
        Verdict.UNDECIDABLE,
    ),
    boundary(
        THREE_SIMULTANEOUS,
        Text("维修工程不在此列", "repair works are not meant"),
        lambda law: judge_three_simultaneous(law, "repair", True, {}, MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    passing(
        NO_MANDATE,
        Text("只提技术要求", "technical requirements only"),
        lambda law: judge_template(law, "摄像机应当符合GB/T 28181-2022。", (), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            NO_MANDATE,
            Text(f"指定{kind}", f"a mandated {kind}"),
            lambda law, text=text: judge_template(law, text, (), MUNICIPAL_ONLY).verdict,
            Verdict.FAIL,
        )
        for kind, text in _MANDATES.items()
    ),
    boundary(
        NO_MANDATE,
        Text("写明不得指定品牌", "says that no brand may be mandated"),
        lambda law: judge_template(law, "采购文件不得指定品牌。", (), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        NO_MANDATE,
        Text("以已知品牌名称代替“品牌”二字", "a known brand's name instead of the word"),
        lambda law: judge_template(law, "摄像机应采用甲牌产品。", ("甲牌",), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    passing(
        CONFORMANCE,
        Text("标准和规范均检测合格", "both tested"),
        lambda law: judge_conformance(law, (_STANDARD, _SPECIFICATION), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        CONFORMANCE,
        Text("国家标准检测不合格", "fails the standard"),
        lambda law: (
            judge_conformance(
                law, (TestResult("national_standard", "GB/T 28181", "2022", False), _SPECIFICATION), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.FAIL,
    ),
    failing(
        CONFORMANCE,
        Text("缺少技术规范检测", "no test of the specification"),
        lambda law: judge_conformance(law, (_STANDARD,), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    boundary(
        CONFORMANCE,
        Text("标准未写版本", "a standard without its edition"),
        lambda law: (
            judge_conformance(
                law, (TestResult("national_standard", "GB/T 28181", "", True), _SPECIFICATION), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.UNDECIDABLE,
    ),
    passing(
        PRODUCTS,
        Text("符合强制性标准且漏洞已闭环", "standards met, notice closed"),
        lambda law: judge_product(law, True, (VulnerabilityNotice("甲-1", _STEPS),), BOTH).verdict,
        Verdict.PASS,
    ),
    failing(
        PRODUCTS,
        Text("不符合强制性标准", "mandatory standard failed"),
        lambda law: judge_product(law, False, (), BOTH).verdict,
        Verdict.FAIL,
    ),
    *(
        boundary(
            PRODUCTS,
            Text(f"漏洞处置缺少{step}", f"a notice still lacks {step}"),
            lambda law, step=step: (
                judge_product(law, True, (VulnerabilityNotice("甲-1", _STEPS - {step}),), BOTH).verdict
            ),
            Verdict.DUE,
        )
        for step in sorted(_STEPS)
    ),
    passing(
        THREE_PLATFORMS,
        Text("社会资金系统预留三个接口", "three interfaces, private funds"),
        lambda law: judge_interfaces(law, Interfaces("private", _PLATFORMS, frozenset(), None), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            THREE_PLATFORMS,
            Text(f"缺少{platform}接口", f"without {platform}"),
            lambda law, platform=platform: (
                judge_interfaces(
                    law, Interfaces("private", _PLATFORMS - {platform}, frozenset(), None), MUNICIPAL_ONLY
                ).verdict
            ),
            Verdict.FAIL,
        )
        for platform in sorted(_PLATFORMS)
    ),
    boundary(
        THREE_PLATFORMS,
        Text("政府投资未定级", "government-funded without a grade"),
        lambda law: (
            judge_interfaces(law, Interfaces("government", _PLATFORMS, _PLATFORMS, None), MUNICIPAL_ONLY).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        THREE_PLATFORMS,
        Text("政府投资已定级待接入", "graded, connection due"),
        lambda law: judge_interfaces(law, Interfaces("government", _PLATFORMS, frozenset(), 2), MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    passing(
        INTEGRATION,
        Text("公安机关整合，同级财政列支", "public security, its own budget"),
        lambda law: (
            judge_cost(law, IntegrationCost("public_security", "district", "district", 100), MUNICIPAL_ONLY).verdict
        ),
        Verdict.PASS,
    ),
    passing(
        INTEGRATION,
        Text("政府确定的部门整合", "the designated body"),
        lambda law: (
            judge_cost(
                law, IntegrationCost("designated_department", "municipal", "municipal", 100), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.PASS,
    ),
    failing(
        INTEGRATION,
        Text("企业自行整合", "a company integrates"),
        lambda law: judge_cost(law, IntegrationCost("company", "district", "district", 100), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        INTEGRATION,
        Text("区级整合由市级列支", "another level pays"),
        lambda law: (
            judge_cost(law, IntegrationCost("public_security", "district", "municipal", 100), MUNICIPAL_ONLY).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        INTEGRATION,
        Text("预算级次未登记", "no level stated"),
        lambda law: judge_cost(law, IntegrationCost("public_security", "district", None, 100), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    *(
        passing(
            CONDITIONS,
            Text(f"{kind}单位持有营业执照", f"{kind} with a licence"),
            lambda law, kind=kind: judge_contractor(law, _work(kind, _LICENCE), MUNICIPAL_ONLY).verdict,
            Verdict.PASS,
        )
        for kind in ("design", "construction", "maintenance")
    ),
    failing(
        CONDITIONS,
        Text("无营业执照", "no licence"),
        lambda law: judge_contractor(law, _work("maintenance"), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    failing(
        CONDITIONS,
        Text("协会证书不得要求提供", "an association's certificate is never demanded"),
        lambda law: may_demand(law, "association_capability_certificate", MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        CONDITIONS,
        Text("执照当日到期仍有效", "expires on the day of the work"),
        lambda law: (
            judge_contractor(
                law,
                _work("design", Credential("business_licence", dt.date(2015, 1, 1), dt.date(2021, 5, 1))),
                MUNICIPAL_ONLY,
            ).verdict
        ),
        Verdict.PASS,
    ),
    boundary(
        CONDITIONS,
        Text("执照前一日到期", "expired the day before"),
        lambda law: (
            judge_contractor(
                law,
                _work("design", Credential("business_licence", dt.date(2015, 1, 1), dt.date(2021, 4, 30))),
                MUNICIPAL_ONLY,
            ).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        CONDITIONS,
        Text("属于建设工程的施工另需资质和安全生产许可证", "building engineering asks for more"),
        lambda law: judge_contractor(law, _work("construction", _LICENCE, building=True), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    passing(
        INSPECTION,
        Text("检验报告和验收证明齐全", "both papers"),
        lambda law: judge_acceptance(law, _PAPERS, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        INSPECTION,
        Text("缺检验报告", "no inspection report"),
        lambda law: judge_acceptance(law, frozenset({"acceptance_certificate"}), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        INSPECTION,
        Text("两项均缺时同时列明", "both missing: both named"),
        lambda law: judge_acceptance(law, frozenset(), MUNICIPAL_ONLY).keys,
        (INSPECTION, CERTIFICATE),
    ),
    passing(
        CERTIFICATE,
        Text("检验报告和验收证明齐全", "both papers"),
        lambda law: judge_acceptance(law, _PAPERS, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        CERTIFICATE,
        Text("缺验收证明", "no certificate"),
        lambda law: judge_acceptance(law, frozenset({"statutory_inspection_report"}), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        CERTIFICATE,
        Text("不要求公安机关批准验收", "no approval of public security is asked for"),
        lambda law: "公安" in judge_acceptance(law, frozenset(), MUNICIPAL_ONLY).reason.zh,
        False,
    ),
    passing(
        ARCHIVES,
        Text("四类档案齐全", "four archives"),
        lambda law: judge_archives(law, _ARCHIVES, True, BOTH).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            ARCHIVES,
            Text(f"缺少{name}档案", f"no {name} archive"),
            lambda law, name=name: judge_archives(law, _ARCHIVES - {name}, True, BOTH).verdict,
            Verdict.FAIL,
        )
        for name in sorted(_ARCHIVES)
    ),
    boundary(
        ARCHIVES,
        Text("第七条以外场所不适用", "outside article 7"),
        lambda law: judge_archives(law, frozenset(), False, BOTH).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        ARCHIVES,
        Text("施行前一日不适用", "not the day before"),
        lambda law: judge_archives(law, frozenset(), True, LAST_MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
)
