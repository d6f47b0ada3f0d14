"""Every state table of the law, by name: for diagrams, screens and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingjian.rules.state_table import StateTable
from mingjian.rules.states.filing import FILING
from mingjian.rules.states.obstruction import OBSTRUCTION
from mingjian.rules.states.plan import PLAN
from mingjian.rules.states.project import PROJECT
from mingjian.rules.states.removal import REMOVAL_TABLE
from mingjian.rules.states.retrieval import RETRIEVAL

STATE_TABLES: Mapping[str, StateTable[Any]] = {
    table.name: table for table in (PLAN, PROJECT, FILING, REMOVAL_TABLE, RETRIEVAL, OBSTRUCTION)
}
