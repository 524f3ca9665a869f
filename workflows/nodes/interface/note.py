"""Note: words on the canvas for its readers."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "note",
    name="Note",
    category="Interface",
    description="Shows a text on the canvas; it never runs.",
    aliases=("comment", "sticky", "annotation", "text", "remark", "help", "documentation"),
    inputs=(
        Input("text", "text", "Text", widget="textarea", port=False),
        Input("color", "color", "Color", default="#f4d675", widget="color", port=False),
    ),
    runs=False,
    cacheable=False,
)
async def note(context: Context, **fields: object) -> JsonObject:
    """Return nothing; the planner leaves notes out."""
    return {}
