"""Request input: what a caller of the workflow can set."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph import schema
from workflows.graph.ports import MEDIA, Input, Output
from workflows.graph.randomize import RandomNumbers
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject


@node(
    "requestInput",
    name="Inputs",
    category="Interface",
    description="Declares the fields that callers of this workflow fill in; each is an output.",
    aliases=(
        "request input",
        "form",
        "parameters",
        "variables",
        "arguments",
        "api",
        "fields",
        "start",
        "number",
        "slider",
        "random number",
        "color picker",
        "dropdown",
        "upload form",
    ),
    inputs=(
        Input("fields", "any", "Fields", widget="fields", port=False),
        Input("values", "any", "Values", port=False),
    ),
    outputs=(Output("params", "json", "All parameters"),),
    dynamic="fields",
    cacheable=False,
    width=320,
)
async def request_input(context: Context, *, fields: Json, values: Json) -> JsonObject:
    """Return each field's value (given, else saved, else default) and `params`, all but media.

    The run's random numbers are among those given.
    """
    declared = list(schema.node_fields({"id": context.node_id, "data": context.data}))
    names = {field.port.name for field in declared}
    given = {name: value for name, value in context.inputs.items() if name in names}
    resolved = schema.resolve(declared, given, needed={context.node_id}, numbers=RandomNumbers())
    if resolved.problems:
        problem = resolved.problems[0]
        raise NodeError(
            problem.message, field=problem.field, value=problem.value, expected=problem.expected
        )
    plain = {field.port.name for field in declared if field.port.type not in MEDIA}
    params = {name: value for name, value in resolved.values.items() if name in plain}
    return {**resolved.values, "params": params}
