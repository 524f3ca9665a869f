"""Join text: several texts as one."""

from __future__ import annotations

from workflows.graph.measure import Tally
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject

MAX_CHARACTERS = 1_000_000


@node(
    "joinText",
    name="Join text",
    category="Text",
    description="Joins texts one after the other, with a separator between them.",
    aliases=("concatenate", "combine", "merge", "append", "lines", "comma"),
    inputs=(
        Input("texts", "text", "Texts", required=True, many=True),
        Input(
            "separator",
            "text",
            "Separator",
            default="\\n",
            widget="text",
            help="\\n is a new line, \\t a tab.",
        ),
        Input("skipEmpty", "boolean", "Skip empty texts", default=True, widget="toggle"),
    ),
    outputs=(Output("text", "text", "Text"),),
    cacheable=False,
)
async def join_text(
    context: Context, *, texts: list[str] | None, separator: str | None, skipEmpty: bool
) -> JsonObject:
    """Return the texts in connection order."""
    between = (separator or "").replace("\\n", "\n").replace("\\t", "\t")
    chosen = [text for text in texts or [] if not skipEmpty or (text and not text.isspace())]
    tally = Tally(MAX_CHARACTERS, "characters", "texts")
    for at, text in enumerate(chosen):
        tally.add(len(text) + (len(between) if at else 0))
    return {"text": between.join(chosen)}
