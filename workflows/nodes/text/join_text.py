"""Join text: several texts as one."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import JsonObject

MAX_LETTERS = 1_000_000


@node(
    "joinText",
    name="Join text",
    category="Text",
    description="Puts texts one after the other, with something between them.",
    aliases=("concatenate", "combine", "merge", "append", "lines", "comma"),
    inputs=(
        Input("texts", "text", "Texts", required=True, many=True),
        Input("separator", "text", "Between", default="\\n", widget="text",
              help="\\n is a new line, \\t a tab."),
        Input("skipEmpty", "boolean", "Leave out empty texts", default=True, widget="toggle"),
    ),
    outputs=(Output("text", "text", "Text"),),
    cacheable=False,
)  # fmt: skip
async def join_text(
    context: Context, *, texts: list[str] | None, separator: str | None, skipEmpty: bool
) -> JsonObject:
    """Answer the texts in wire order."""
    between = (separator or "").replace("\\n", "\n").replace("\\t", "\t")
    chosen = [text for text in texts or [] if text.strip() or not skipEmpty]
    joined = between.join(chosen)
    if len(joined) > MAX_LETTERS:
        raise NodeError(
            f"The text would have {len(joined):,} letters.",
            field="texts",
            expected=f"at most {MAX_LETTERS:,}",
        )
    return {"text": joined}
