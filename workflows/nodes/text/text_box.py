"""Text: words that other nodes use."""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "textBox",
    name="Text",
    category="Text",
    description="Holds a text for other nodes to use.",
    aliases=("string", "prompt", "words", "textarea", "constant", "write"),
    inputs=(Input("text", "text", "Text", default="", widget="textarea"),),
    outputs=(Output("text", "text", "Text"),),
    cacheable=False,
)
async def text_box(context: Context, *, text: str | None) -> JsonObject:
    """Return the text as it is."""
    return {"text": text or ""}
