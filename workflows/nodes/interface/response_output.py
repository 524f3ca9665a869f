"""Response output: what a run gives back."""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject


@node(
    "responseOutput",
    name="Output",
    category="Interface",
    description="Collects what a run returns; connect every result here.",
    aliases=("response output", "result", "return", "answer", "end", "save", "api"),
    inputs=(Input("result", "any", "Results", required=True, many=True),),
    sink=True,
    cacheable=False,
    preview="any",
    width=320,
)
async def response_output(context: Context, *, result: list[Json] | None) -> JsonObject:
    """Return everything that came, in connection order, for the canvas to show.

    How a caller gets it is `graph/result.py`'s matter, which knows the connections' labels.
    """
    return {"result": list(result or [])}
