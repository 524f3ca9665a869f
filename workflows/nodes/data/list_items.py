"""List: several things in order, for the nodes after it to work through."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

MAX_ITEMS = 1_000


@node(
    "list",
    name="List",
    category="Data",
    description="Collects items in order; the nodes after it run once for each.",
    aliases=(
        "array",
        "loop",
        "batch",
        "collect",
        "many",
        "items",
        "for each",
    ),
    inputs=(
        Input("items", "any", "Items", widget="list", many=True),
        Input(
            "excluded",
            "any",
            "Skipped",
            port=False,
            help="Positions of items that the next run skips, counted from 0.",
        ),
    ),
    outputs=(Output("items", "list<any>", "Items"),),
    cacheable=False,
)
async def list_items(
    context: Context, *, items: list[Json] | None, excluded: list[int] | None
) -> JsonObject:
    """Return the items that are not left out."""
    given = items or []
    if len(given) > MAX_ITEMS:
        raise NodeError(
            f"The list has {len(given):,} items.",
            field="items",
            value=len(given),
            expected=f"at most {MAX_ITEMS:,}",
        )
    positions = [] if excluded is None else excluded
    if not isinstance(positions, list) or any(
        not isinstance(position, int) or isinstance(position, bool) for position in positions
    ):
        raise NodeError(
            "Skipped items are given by their positions.",
            field="excluded",
            value=excluded,
            expected="a list of whole numbers",
        )
    out = set(positions)
    return {"items": [item for position, item in enumerate(given) if position not in out]}
