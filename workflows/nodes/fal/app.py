"""App: one step of a fal workflow, run by whatever here can run it.

An app is a workflow of this server (`workflows/<owner>/<name>`) or one of fal's utility endpoints
that has an equivalent here.
"""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.fal_format import references
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal import equivalents
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

NAMESPACE = "workflows"


@node(
    "falApp",
    name="App",
    category="Apps",
    description="Runs a workflow or a utility by its name, as a step of a fal workflow does.",
    aliases=("fal", "model", "endpoint", "run", "workflow", "nested", "sub-workflow"),
    inputs=(
        Input("app", "text", "App", required=True, widget="text", port=False,
              placeholder="workflows/owner/name"),
        Input("arguments", "any", "Input", widget="json", port=False,
              help="What the app is given; $name.path stands for what comes over the wire $name."),
        Input("after", "any", "After", many=True, advanced=True,
              help="Waits for these, whatever they bring."),
    ),
    outputs=(Output("output", "json", "Output"),),
    dynamic="sources",
    deterministic=False,
    cacheable=False,
    width=320,
    timeout_seconds=3_600,
)  # fmt: skip
async def fal_app(
    context: Context, *, app: str, arguments: Json, after: list[Json] | None, **sources: Json
) -> JsonObject:
    """Answer what the app answers, whole, as `output`."""
    given = {name.removeprefix("$"): value for name, value in sources.items()}
    resolved = references.resolve(context.data.get("arguments"), given)
    values = {} if resolved is None else resolved
    if not isinstance(values, dict):
        raise NodeError(
            "The input of an app must be an object.",
            field="arguments", value=values, expected='an object such as {"prompt": "…"}',
        )  # fmt: skip
    name = app.strip().strip("/")
    parts = name.split("/")
    if parts[0] == NAMESPACE and len(parts) == 3:
        return {"output": await context.run_workflow(parts[1], parts[2], values)}
    function = equivalents.find(name)
    if function is None:
        raise NodeError(
            f"{name} cannot run here: it is no workflow of this server, which would be called "
            "workflows/<owner>/<name>, it has no built-in equivalent, and this server does not "
            "call fal itself.",
            field="app", value=name, status=501,
            expected="workflows/<owner>/<name> or one of " + ", ".join(equivalents.names()),
        )  # fmt: skip
    return {"output": await function(context, values)}
