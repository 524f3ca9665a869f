"""Frame: an area of the canvas with a title and a color, for the nodes in it."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "frame",
    name="Frame",
    category="Interface",
    description="Holds the nodes that lie in it together; it never runs itself.",
    aliases=("group", "area", "section", "region", "box", "container", "organize"),
    inputs=(Input("color", "color", "Color", default="#5b8cff", widget="color", port=False),),
    runs=False,
    cacheable=False,
)
async def frame(context: Context, **fields: object) -> JsonObject:
    """Return nothing; the planner leaves frames out."""
    return {}
