"""What a step of a fal workflow is given: its app, and its input with references resolved."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.fal_format import references
from workflows.nodes.context import Context
from workflows.types import JsonObject

#: What the names of workflows begin with.
NAMESPACE = "workflows"


def name_of(inputs: JsonObject) -> str:
    """Return the name of the app in a node's inputs, or in its data."""
    return str(inputs.get("app") or "").strip().strip("/")


def arguments_of(context: Context, inputs: JsonObject) -> JsonObject:
    """Return what the app is given. Raises NodeError when that is no object."""
    given = {name[1:]: value for name, value in inputs.items() if name.startswith("$")}
    resolved = references.resolve(context.data.get("arguments"), given)
    values = {} if resolved is None else resolved
    if not isinstance(values, dict):
        raise NodeError(
            "The input of an app must be an object.",
            field="arguments",
            value=values,
            expected='an object such as {"prompt": "…"}',
        )
    return values
