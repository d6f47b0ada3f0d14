"""Footage that is to be shown to the public (sc799 22): what could harm anybody is protected before.

That a second person checks the protection is the operator's policy: the law asks for strict protection only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

PUBLIC_RELEASE = "sc799.use.public_release"
PEOPLE = "policy.public_release.people"

SHOWN: Mapping[str, Text] = {
    "face": Text("人脸", "faces"),
    "plate": Text("机动车号牌", "number plates"),
    "personal": Text("其他敏感个人信息", "other sensitive personal information"),
    "organisation_name": Text("法人、非法人组织的名称", "names of organisations"),
    "licence": Text("营业执照", "business licences"),
}


@dataclass(frozen=True, slots=True)
class Release:
    """A wish to publish. `legal_basis`: by what it is lawful at all. `shown`: what of SHOWN the original lets be seen;
    `protected`: what of it the redacted copy hides. `redacted`: there is such a copy, linked to the original.
    `people`: who asked, and who checked.
    """

    legal_basis: str
    shown: frozenset[str]
    protected: frozenset[str]
    redacted: bool
    people: frozenset[str]


def judge_release(law: Law, release: Release, on: dt.date) -> Judgement:
    """Whether it may be published. BLOCKED: no basis, or something to be protected still shows. SUSPENDED: nobody else
    than who asks has checked it yet.
    """
    clause = law.ask(PUBLIC_RELEASE, on)
    if isinstance(clause, Judgement):
        return clause
    if not release.legal_basis.strip():
        return judge(
            Verdict.BLOCKED, (clause,), Text("未写明公开传播的依据", "nothing is named that permits publication"),
            Text("写明依据", "name it"),
        )  # fmt: skip
    open_ = [SHOWN[name] for name in clause.names("protects") if name in release.shown - release.protected]
    if open_ or (release.shown & set(clause.names("protects")) and not release.redacted):
        zh = "、".join(one.zh for one in open_) or "受保护的内容"
        en = ", ".join(one.en for one in open_) or "what is to be protected"
        return judge(
            Verdict.BLOCKED, (clause,), Text(f"{zh}未采取保护措施", f"not protected: {en}"),
            Text("遮蔽后再公开", "blur it before it is published"),
        )  # fmt: skip
    if len(release.people) < law.policy_number(PEOPLE):
        return judge(
            Verdict.SUSPENDED, (clause,), Text("须由另一人核验遮蔽效果", "somebody else has to check the protection"),
            Text("由申请人以外的人核验", "have another person check it"), policies=(PEOPLE,),
        )  # fmt: skip
    return judge(
        Verdict.PASS, (clause,), Text("已采取保护措施，可以公开", "protected and checked: it may be published"),
        policies=(PEOPLE,),
    )  # fmt: skip
