"""App: one step of a fal workflow, run by whatever can run it.

An app is a workflow of this server (`workflows/<owner>/<name>` or an alias), one of fal's utilities
that has an equivalent here, or, with the owner's own key, anything at fal.
"""

from __future__ import annotations

from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal import equivalents, files
from workflows.nodes.fal.arguments import NAMESPACE, arguments_of, name_of
from workflows.nodes.fal.provider import Fal, nowhere
from workflows.nodes.fal.service import PROVIDER
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject


@node(
    "falApp",
    name="fal app",
    category="Apps",
    description="Runs a workflow, a utility or an app at fal by its id, as fal's steps do.",
    aliases=(
        "app",
        "model",
        "endpoint",
        "run",
        "workflow",
        "nested",
        "sub-workflow",
        "fal utility",
    ),
    inputs=(
        Input(
            "app",
            "text",
            "App",
            required=True,
            widget="app",
            port=False,
            placeholder="workflows/owner/name",
        ),
        Input(
            "arguments",
            "any",
            "Input",
            widget="json",
            port=False,
            help="What the app gets; $name.path stands for what the connection $name brings.",
        ),
        Input(
            "credential",
            "text",
            "Credential",
            widget="credential",
            port=False,
            advanced=True,
            provider=PROVIDER,
            help="For apps at fal: your API key to use; empty uses your newest one for fal.",
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
    outputs=(Output("output", "json", "Output"),),
    dynamic="sources",
    provider=Fal(),
    deterministic=False,
    cacheable=False,
    width=320,
    timeout_seconds=3_600,
    pixel_bytes=24,
)
async def fal_app(
    context: Context,
    *,
    app: str,
    arguments: Json,
    credential: str | None,
    after: list[Json] | None,
    provided: JsonObject | None = None,
    **sources: Json,
) -> JsonObject:
    """Return what the app returns, whole, as `output`; `provided` is what fal said."""
    if provided is not None:
        return {"output": await files.inward(context, provided["output"])}
    values = arguments_of(context, sources)
    name = name_of({"app": app})
    parts = name.split("/")
    function = equivalents.find(name)
    if function is not None:
        return {"output": await function(context, values)}
    named = parts[0] == NAMESPACE and len(parts) == 3 and await context.is_account(parts[1])
    workflow = (parts[1], parts[2]) if named else await context.alias(name)
    if workflow is None:
        raise nowhere(name)
    return {"output": await context.run_workflow(*workflow, values)}
