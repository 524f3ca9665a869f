"""How many items the nodes of a run may be called for; what is known of it before the run.

Pure. The engine counts what really comes, and asks the same questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.errors import Problem, TooManyItems
from workflows.graph.plan import Plan
from workflows.graph.work import by_node
from workflows.types import NodeId


@dataclass(slots=True)
class ItemBudget:
    """Items that one node, and all nodes of a run together, may be called for; counts them."""

    per_node: int
    per_run: int
    counted: int = 0

    def count(self, title: str, items: int) -> None:
        """Count the items of a node. Raises TooManyItems."""
        if items > self.per_node:
            raise TooManyItems(
                f"{title} would be called for {items:,} items.",
                field="items",
                value=items,
                expected=f"at most {self.per_node:,} items of a node",
            )
        if self.counted + items > self.per_run:
            raise TooManyItems(
                f"With {title} the run would make {self.counted + items:,} calls for items.",
                field="items",
                value=self.counted + items,
                expected=f"at most {self.per_run:,} items of all nodes of a run together",
            )
        self.counted += items


def problems(plan: Plan, budget: ItemBudget) -> Iterator[Problem]:
    """Yield what of a plan goes beyond, as far as lists are known before the run."""
    counted: Mapping[NodeId, int] = {id: items for id, (_, items) in by_node(plan).items() if items}
    for id, items in counted.items():
        try:
            budget.count(plan.nodes[id].title, items)
        except TooManyItems as error:
            yield Problem(
                error.code,
                error.message,
                id,
                field="items",
                value=error.context["value"],
                expected=error.context["expected"],
            )
