"""Everybody signed in has a to-do page; what is on it follows from his other rights."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.policy import SignedInPolicy

OWN = SignedInPolicy("todo.own", Text(zh="查看本人待办", en="see what one has to do"))
