"""Reverse text: an example of a node type in a package of its own."""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "exampleReverseText",
    name="Reverse text",
    category="Text",
    description="Writes a text from its end to its beginning.",
    aliases=("backwards", "mirror"),
    inputs=(Input("text", "text", "Text", required=True, widget="textarea"),),
    outputs=(Output("text", "text", "Text"),),
    cacheable=False,
)
async def reverse_text(context: Context, *, text: str) -> JsonObject:
    """Return the text reversed."""
    return {"text": text[::-1]}
