"""Why an import, or the undoing of one, stops at an object."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def outdated(number: int | None = None) -> MingjianError:
    """Something the rows speak of was changed since the preview."""
    where = ("", "") if number is None else (f"(第 {number} 行)", f" (row {number})")
    return MingjianError(
        "import_outdated",
        Text(f"预览之后登记资料已有变化{where[0]}", f"the register has changed since the preview{where[1]}"),
        fault=Fault.USER,
        remedy=Text("请重新上传文件并预览", "upload the file again and look at the new preview"),
    )


def touched() -> MingjianError:
    """Undoing leaves alone what somebody has changed since."""
    return MingjianError(
        "changed_meanwhile",
        Text("导入之后已被修改，未撤销", "changed since the import: left as it is"),
        fault=Fault.USER,
        remedy=Text("如确需恢复，请在该登记中逐项修改", "change it by hand where that is wanted"),
    )
