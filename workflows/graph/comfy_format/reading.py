"""ComfyUI file -> document: one node with the file in it, what goes in, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import InvalidBody
from workflows.graph import document as shape
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.suggest import of_converted, outputs_of
from workflows.types import Json, JsonObject

NODE = "comfyWorkflow"
REQUEST, RESPONSE = "requestInput", "responseOutput"
#: The output that every such node has: all files of the run.
FILES = "files"
_INPUT_ID, _NODE_ID, _OUTPUT_ID = "input", "comfy", "output"
_COLUMN = 440


@dataclass(frozen=True, slots=True)
class Imported:
    """A document made of a file; `name` is what the file calls itself, or empty."""

    document: JsonObject
    name: str
    warnings: tuple[str, ...]


def to_document(value: Json, catalogue: Catalogue | None = None) -> Imported:
    """Return a document with one ComfyUI node, its inputs as fields and its outputs as results.

    The file is verbatim in the node. Raises InvalidBody for anything but a ComfyUI file;
    everything else that is wrong with it is in the warnings.
    """
    file = read(value)
    warnings: list[str] = []
    inputs: list[JsonObject] = []
    outputs: list[JsonObject] = []
    try:
        converted = convert(file, catalogue)
        outputs = outputs_of(converted.prompt, catalogue)
        warnings += converted.warnings
        inputs = of_converted(converted, catalogue)[0]
    except InvalidBody as error:
        warnings.append(error.message)
    found = document_of(value, inputs, outputs)
    return Imported(found, _name(file.graph), tuple(warnings))


def document_of(
    value: Json, inputs: list[JsonObject], outputs: list[JsonObject], tags: list[str] | None = None
) -> JsonObject:
    """Return the document around a file: a field for each input, a connection for each output."""
    data: JsonObject = {"graph": value, "tags": tags or [], "inputs": inputs, "outputs": outputs}
    nodes: list[JsonObject] = []
    edges: list[JsonObject] = []
    if inputs:
        fields = [_field(row) for row in inputs]
        nodes.append(_node(_INPUT_ID, REQUEST, 0, {"fields": fields, "values": {}}))
        edges += [
            _edge(_INPUT_ID, row["name"], _NODE_ID, row["name"], at)
            for at, row in enumerate(inputs)
        ]
    nodes.append(_node(_NODE_ID, NODE, 1, data))
    nodes.append(_node(_OUTPUT_ID, RESPONSE, 2, {}))
    ports = [row["name"] for row in outputs] or [FILES]
    edges += [
        _edge(_NODE_ID, port, _OUTPUT_ID, "result", len(edges) + at)
        for at, port in enumerate(ports)
    ]
    found: JsonObject = {"nodes": nodes, "edges": edges}
    shape.check(found)
    return found


def _field(row: JsonObject) -> JsonObject:
    return {key: value for key, value in row.items() if key != "target"}


def _node(id: str, type: str, column: int, data: JsonObject) -> JsonObject:
    return {"id": id, "type": type, "position": {"x": column * _COLUMN, "y": 0}, "data": data}


def _edge(source: str, port: str, target: str, into: str, at: int) -> JsonObject:
    return {
        "id": f"connection-{at + 1}",
        "source": source,
        "sourceHandle": f"{port}-out",
        "target": target,
        "targetHandle": f"{into}-in",
    }


def _name(graph: JsonObject) -> str:
    extra = graph.get("extra")
    info = extra.get("info") if isinstance(extra, dict) else None
    for holder in (info, extra):
        name = holder.get("name") if isinstance(holder, dict) else None
        if isinstance(name, str) and name.strip():
            return name.strip()[:200]
    return ""
