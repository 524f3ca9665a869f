"""ComfyUI workflow: runs a graph of ComfyUI's on a runner, a registered ComfyUI server.

The graph is in data["graph"] as its author's file; data["inputs"] and data["outputs"] say which
of its values and results are ports. How a graph becomes a prompt is `graph/comfy_format`'s matter,
the calls of a runner the engine's; here is the order of things, and what the responses mean.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress

from workflows.errors import (
    InvalidBody,
    NodeError,
    RunnerLost,
    RunnerStopped,
    RunnerUnreachable,
)
from workflows.graph import comfy_format
from workflows.graph.comfy_format import Prompt
from workflows.graph.node_ports import declared_rows
from workflows.graph.ports import FIELD_TYPES, MEDIA, Input, Output, is_list, item_type
from workflows.nodes.context import Context
from workflows.nodes.provider import Completed, Failed, Named, Pending, Provider
from workflows.nodes.providers.comfy_errors import failed, rejected, sentence, unfit
from workflows.nodes.registry import node
from workflows.nodes.runner import PROVIDER, Outcome, Runner
from workflows.types import Json, JsonObject

TYPE = "comfyWorkflow"
#: Waiting in a runner's queue counts, and videos take long.
TIMEOUT_SECONDS = 24 * 3600.0
#: Requests of ours that may be open at all runners together; each runner has a queue of its own.
OPEN_REQUESTS = 512
#: News come of themselves; this only bounds how often they are passed on.
PAUSE_SECONDS = 0.1
MAX_TAGS = 10

INPUTS = (
    Input(
        "graph",
        "json",
        "Graph",
        required=True,
        port=False,
        help="A ComfyUI file in API or UI format, as it was saved.",
    ),
    Input(
        "tags",
        "json",
        "Tags",
        port=False,
        advanced=True,
        help="Tags a runner must have; empty: any runner.",
    ),
)

#: What the content type of a file begins with that a port of the type gets; a file may be anything.
_CONTENT = {"image": "image/", "mask": "image/", "video": "video/", "audio": "audio/", "file": ""}


class ComfyUI(Provider):
    """The queues of all runners. A request id is `<runner id>/<prompt id>`, the latter a UUID."""

    name = PROVIDER
    slots = OPEN_REQUESTS

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> Named:
        """Pick a runner, bring it the files, and name the request; what follows submits it."""
        graph, tags = inputs.get("graph"), _tags(inputs.get("tags"))
        given = {name: value for name, value in inputs.items() if name not in ("graph", "tags")}
        runner = await context.runner(
            tags, field="tags", lacks=lambda known: comfy_format.lacking(graph, known).weight
        )
        catalogue = await runner.catalogue()
        if await context.run_thread(comfy_format.lacking, graph, catalogue):
            # It may have been installed since the runner was read.
            catalogue = await runner.catalogue(fresh=True)
        values = {**given, **await self._upload(context, runner, given)}
        prompt = await self._prompt(context, graph, values, catalogue)
        prompt_id = str(uuid.uuid4())
        pending = Pending(
            state="uploaded", runner={"id": runner.id, "name": runner.name}, prompt_id=prompt_id
        )

        async def submit() -> None:
            sent, workflow = prompt, _workflow(graph)
            refused = await runner.submit(prompt_id, sent.prompt, workflow=workflow)
            if refused is not None and refused.message:
                # Its nodes may be others than those it has returned: convert once more.
                newer = await runner.catalogue(fresh=True)
                if newer != catalogue:
                    sent = await self._prompt(context, graph, values, newer)
                    refused = await runner.submit(prompt_id, sent.prompt, workflow=workflow)
            if refused is not None and refused.message:
                raise rejected(refused, runner, context.data)
            left_out = refused.nodes if refused is not None else ()
            for warning in (*sent.warnings, *map(sentence, left_out)):
                context.warn(warning)

        return Named(f"{runner.id}/{prompt_id}", submit, pending)

    async def poll(self, context: Context, request_id: str) -> Completed | Pending | Failed:
        """Wait for news; the response is `{"files", "outputs": {node: {"files", "texts"}}}`."""
        runner, prompt_id = await self._find(context, request_id)
        request = await runner.status(prompt_id)
        known: JsonObject = {"id": runner.id, "name": runner.name}
        if request.outcome is not None:
            return await self._end(context, runner, prompt_id, request.outcome)
        if request.state == "removed":
            return Failed(
                RunnerStopped(
                    f"Another user deleted this from the queue of the runner {runner.name}.",
                    value=prompt_id,
                    expected="a request that is not cancelled there",
                )
            )
        if request.state == "lost":
            return Failed(
                RunnerLost(
                    f"The runner {runner.name} does not know the request: "
                    + (request.problem or "it may have been restarted."),
                    value=prompt_id,
                    expected="a request the runner knows",
                    transient=True,
                    status=502,
                )
            )
        if request.state == "away":
            if request.away_seconds > request.patience_seconds:
                return Failed(
                    RunnerUnreachable(
                        f"The runner {runner.name} has been unreachable for "
                        f"{request.patience_seconds:g} s while it had this.",
                        expected=f"a response within {request.patience_seconds:g} s",
                        status=502,
                    )
                )
            return Pending(PAUSE_SECONDS, None, f"Waiting for the runner {runner.name}")
        return Pending(
            PAUSE_SECONDS,
            request.fraction,
            request.text,
            request.preview,
            request.state,
            request.position,
            known,
            prompt_id,
        )

    async def cancel(self, context: Context, request_id: str) -> None:
        """Take the request out of the runner's queue, or stop it there."""
        runner, prompt_id = await self._find(context, request_id)
        await runner.cancel(prompt_id)

    async def release(self, context: Context, request_id: str) -> None:
        """Let the runner forget the request."""
        runner, prompt_id = await self._find(context, request_id)
        await runner.forget(prompt_id)

    async def _find(self, context: Context, request_id: str) -> tuple[Runner, str]:
        id, _, prompt_id = request_id.partition("/")
        return await context.runner_at(id), prompt_id

    async def _upload(self, context: Context, runner: Runner, given: JsonObject) -> JsonObject:
        """Bring the runner every file that is given; return what the graph calls each."""
        folder = f"patchbay/{context.run_id}"
        found: JsonObject = {}
        for row in declared_rows(context.data.get("inputs"), (port.name for port in INPUTS)):
            name, type = row["name"], FIELD_TYPES.get(str(row.get("type")), "any")
            if given.get(name) is not None and type in MEDIA:
                await context.progress(None, f"Uploading {row.get('label') or name}")
                found[name] = await runner.upload(given[name], folder=folder, field=name)
        if found:
            await context.progress(None, "")
        return found

    async def _prompt(
        self, context: Context, graph: Json, values: JsonObject, catalogue: JsonObject
    ) -> Prompt:
        rows = list(declared_rows(context.data.get("inputs"), (port.name for port in INPUTS)))
        try:
            return await context.run_thread(
                comfy_format.to_prompt,
                graph,
                values,
                catalogue,
                now=round(time.time() * 1000),
                inputs=rows,
            )
        except InvalidBody as error:
            raise unfit(error, context.data) from error

    async def _end(
        self, context: Context, runner: Runner, prompt_id: str, outcome: Outcome
    ) -> Completed | Failed:
        for warning in outcome.warnings:
            context.warn(warning)
        if outcome.kind == "interrupted":
            return Failed(
                RunnerStopped(
                    f"Another user stopped this on the runner {runner.name}.",
                    expected="a run that is not stopped there",
                )
            )
        if outcome.kind == "error":
            error = failed(outcome.error, runner)
            with suppress(NodeError):  # the failure itself is what has to be reported
                error.outputs = {"files": await self._saved(runner, prompt_id, outcome)}
            return Failed(error)
        rows = [row for made in outcome.outputs.values() for row in made["files"]]
        # What a graph only previews counts where it saves nothing.
        folder = "output" if any(row["folder"] == "output" for row in rows) else "temp"
        outputs: JsonObject = {}
        for id, made in outcome.outputs.items():
            kept = [
                await runner.keep(prompt_id, row)
                for row in made["files"]
                if row["folder"] == folder
            ]
            outputs[id] = {"files": kept, "texts": made["texts"]}
        files = [file for made in outputs.values() for file in made["files"]]
        return Completed({"files": files, "outputs": outputs})

    async def _saved(self, runner: Runner, prompt_id: str, outcome: Outcome) -> list[JsonObject]:
        """Copy what was saved before a node failed."""
        return [
            await runner.keep(prompt_id, row)
            for made in outcome.outputs.values()
            for row in made["files"]
            if row["folder"] == "output"
        ]


@node(
    TYPE,
    name="ComfyUI workflow",
    category="Apps",
    description="Runs a ComfyUI workflow on a registered ComfyUI server.",
    aliases=("comfy", "comfyui", "runner", "stable diffusion", "graph", "prompt"),
    inputs=INPUTS,
    outputs=(Output("files", "list<file>", "Files"),),
    provider=ComfyUI(),
    dynamic="declared",
    deterministic=False,
    cacheable=False,
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)
async def comfy_workflow(
    context: Context, *, graph: Json, tags: Json, provided: JsonObject, **values: Json
) -> JsonObject:
    """Return the files and texts of each declared output's node, and all files as `files`.

    Texts of all nodes are beside them as `texts`, for clients that know no ports.
    """
    found: JsonObject = {"files": provided["files"]}
    texts = [text for made in provided["outputs"].values() for text in made.get("texts", ())]
    if texts:
        found["texts"] = texts
    for row in declared_rows(context.data.get("outputs"), ("files",)):
        of_node = provided["outputs"].get(str(row.get("node")), {})
        found[row["name"]] = _output(str(row.get("type")), of_node)
    return found


def _output(type: str, of_node: JsonObject) -> Json:
    """Pick what a port of the type shows of one node's files and texts."""
    wanted = item_type(type)
    texts, files = of_node.get("texts", []), of_node.get("files", [])
    if wanted == "text":
        return texts if is_list(type) else "\n".join(texts)
    if wanted not in _CONTENT:
        return {"files": files, "texts": texts}
    fitting = [file for file in files if file["content_type"].startswith(_CONTENT[wanted])]
    return fitting if is_list(type) else next(iter(fitting), None)


def _tags(value: Json) -> list[str]:
    """Read the tags a runner must have. Raises NodeError for what are no tags."""
    if value is None:
        return []
    rows = [row.strip() for row in value if isinstance(row, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(rows) != len(value) or len(rows) > MAX_TAGS:
        raise NodeError(
            "The tags are not valid.",
            field="tags",
            value=value,
            expected=f"a list of at most {MAX_TAGS} texts",
        )
    return list(dict.fromkeys(row for row in rows if row))


def _workflow(graph: Json) -> JsonObject | None:
    """Return the file in UI format, which ComfyUI writes into the images it saves."""
    if comfy_format.detect(graph) != "ui":
        return None
    return comfy_format.read(graph).graph
