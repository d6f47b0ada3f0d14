"""Who may read the law: everybody who is signed in."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.policy import SignedInPolicy

READ = SignedInPolicy("law.read", Text(zh="查阅法规条款", en="read the law"))
