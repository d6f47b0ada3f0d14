"""The page that checks evidence packages, as it was built with the screens."""

from __future__ import annotations

from importlib.resources import files

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text


def verify_page() -> bytes:
    """The checking page as it was built. Raises MingjianError `no_page` in a checkout where the UI was not built."""
    page = files("mingjian.web").joinpath("ui_dist/verify.html")
    if not page.is_file():
        raise MingjianError(
            "no_page",
            Text(zh="检查网页尚未构建", en="the checking page is not built"),
            fault=Fault.ENVIRONMENT,
            remedy=Text(zh="请先运行 make ui", en="run make ui"),
        )
    return page.read_bytes()
