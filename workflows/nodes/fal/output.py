"""Result: the object a fal workflow returns, put together from references."""

from __future__ import annotations

from workflows.graph.fal_format import references
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject


@node(
    "falOutput",
    name="Result object",
    category="Apps",
    description="Builds the object that a fal workflow returns.",
    aliases=("fal", "output", "display", "result", "return"),
    inputs=(
        Input(
            "fields",
            "any",
            "Fields",
            widget="json",
            port=False,
            help='Names with references: {"image": "$name.image.url"}.',
        ),
        Input(
            "display",
            "boolean",
            "Display only",
            widget="toggle",
            port=False,
            advanced=True,
            help="On: the workflow returns another result object.",
        ),
        Input(
            "after",
            "any",
            "Run after",
            many=True,
            advanced=True,
            help="Waits for these and ignores their values.",
        ),
    ),
    outputs=(Output("result", "json", "Result"),),
    dynamic="sources",
    sink=True,
    cacheable=False,
    preview="any",
    width=320,
    extra={"resultPort": "result"},
)
async def fal_output(
    context: Context,
    *,
    fields: Json,
    display: bool | None,
    after: list[Json] | None,
    **sources: Json,
) -> JsonObject:
    """Return the fields with their references resolved; a list of them is called `output`."""
    given = {name.removeprefix("$"): value for name, value in sources.items()}
    resolved = references.resolve(context.data.get("fields"), given)
    return {"result": resolved if isinstance(resolved, dict) else {"output": resolved}}
