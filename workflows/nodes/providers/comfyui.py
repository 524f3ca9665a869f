"""ComfyUI workflow: runs a graph of ComfyUI's on a runner, a registered ComfyUI server.

The graph lies in data["graph"] as its author's file; data["inputs"] and data["outputs"] say which
of its values and results are ports.
"""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import (
    Input,
    Output,
    declared_rows,
    is_list,
    item_type,
)
from workflows.nodes.context import Context
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

TYPE = "comfyWorkflow"
#: Waiting in a runner's queue counts, and films take long.
TIMEOUT_SECONDS = 24 * 3600.0

#: What the content type of a file begins with that a port of the type gets; a file may be anything.
_CONTENT = {"image": "image/", "mask": "image/", "video": "video/", "audio": "audio/", "file": ""}


@node(
    TYPE,
    name="ComfyUI workflow",
    category="Apps",
    description="Runs a ComfyUI workflow on a registered ComfyUI server.",
    aliases=("comfy", "comfyui", "runner", "stable diffusion", "graph", "prompt"),
    inputs=(
        Input("graph", "json", "Graph", required=True, port=False,
              help="A ComfyUI file in API or UI format, as it was saved."),
        Input("tags", "json", "Tags", port=False, advanced=True,
              help="The tags a runner must have; none: any runner."),
    ),
    outputs=(Output("files", "list<file>", "Files"),),
    dynamic="declared",
    deterministic=False,
    cacheable=False,
    width=320,
    timeout_seconds=TIMEOUT_SECONDS,
)  # fmt: skip
async def comfy_workflow(
    context: Context, *, graph: Json, tags: Json, answer: Json = None, **values: Json
) -> JsonObject:
    """Answer the files and texts of each declared output's node, and all files as `files`."""
    if answer is None:
        raise NodeError(
            "This server has no runner for it.", field="tags", value=tags,
            expected="a runner with these tags",
        )  # fmt: skip
    found: JsonObject = {"files": answer["files"]}
    for row in declared_rows(context.data.get("outputs"), ("files",)):
        of_node = answer["outputs"].get(str(row.get("node")), {})
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
