"""Preview: shows what comes over a connection."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject


@node(
    "preview",
    name="Preview",
    category="Interface",
    description="Shows a value on the canvas without making it part of the result.",
    aliases=("show", "view", "display", "inspect", "debug", "watch", "look"),
    inputs=(Input("value", "any", "Value", required=True, many=True),),
    sink=True,
    cacheable=False,
    preview="any",
    width=320,
)
async def preview(context: Context, *, value: list[Json] | None) -> JsonObject:
    """Return what came, for the canvas to show."""
    return {"value": list(value or [])}
