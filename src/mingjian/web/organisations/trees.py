"""The closure tables of the two trees: kept beside each change of a parent, inside its transaction.

The closure holds (ancestor, descendant) for each node and everything above it, the node itself included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.organisations.models import Division, DivisionReach, Organisation, OrganisationReach

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Tree:
    """A table of nodes with `parent_id`, and its closure."""

    nodes: type[Model]
    reach: type[Model]

    def attach(self, node_id: str, parent_id: str | None) -> None:
        """A new node without children is below `parent_id`."""
        above = [] if parent_id is None else self._above(parent_id)
        self._write((ancestor, node_id) for ancestor in [*above, node_id])

    def move(self, node_id: str, parent_id: str | None) -> None:
        """The node and what is below it now hang below `parent_id`. Raises MingjianError `tree_circle`."""
        below = self.below(node_id)
        if parent_id is not None and parent_id in below:
            raise MingjianError(
                "tree_circle",
                Text(zh="上级不能是自身或自身的下级", en="what is above cannot be the node itself or below it"),
                fault=Fault.USER,
                field="parent",
            )
        rows = self._rows()
        rows.filter(descendant_id__in=below).exclude(ancestor_id__in=below).delete()
        above = [] if parent_id is None else self._above(parent_id)
        self._write((ancestor, descendant) for ancestor in above for descendant in below)

    def below(self, node_id: str) -> set[str]:
        """The node and everything below it."""
        return set(self._rows().filter(ancestor_id=node_id).values_list("descendant_id", flat=True))

    def rebuild(self) -> None:
        """The whole closure anew from the parents: after an import, and to repair."""
        parents: dict[str, str | None] = dict(self.nodes._default_manager.values_list("pk", "parent_id"))
        self._rows().all().delete()
        self._write((ancestor, node) for node in parents for ancestor in ancestors(node, parents))

    def _above(self, node_id: str) -> list[str]:
        return list(self._rows().filter(descendant_id=node_id).values_list("ancestor_id", flat=True))

    def _rows(self) -> Any:
        return self.reach._default_manager

    def _write(self, pairs: Iterable[tuple[str, str]]) -> None:
        rows = [self.reach(ancestor_id=ancestor, descendant_id=descendant) for ancestor, descendant in pairs]
        self._rows().bulk_create(rows, batch_size=_BATCH)


def ancestors(node: str, parents: Mapping[str, str | None]) -> list[str]:
    """The node and everything above it. Raises ValueError for a circle."""
    found: list[str] = []
    at: str | None = node
    while at is not None:
        if at in found:
            raise ValueError(f"the parents of {node} go in a circle")
        found.append(at)
        at = parents[at]
    return found


DIVISIONS = Tree(Division, DivisionReach)
ORGANISATIONS = Tree(Organisation, OrganisationReach)
