"""Names of the audit record that projects use."""

from __future__ import annotations

from mingjian.web.audit.names import register

PROPOSED = register("projects.propose", "提出建设项目", "proposed a project")
CHANGED = register("projects.change", "修改建设项目", "changed a project")
STEPPED = register("projects.step", "推进建设项目", "a project took a step")
HELD = register("projects.held", "建设项目未通过核验", "a project was held by what the law asks")
CHECKED = register("projects.check_template", "核查采购、登记文本", "checked a procurement or enrolment text")
