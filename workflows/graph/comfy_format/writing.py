"""Document -> ComfyUI file: the file as it was read, with the values that were changed since."""

from __future__ import annotations

from workflows.errors import InvalidBody
from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.casting import like
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import Converted, Path, replaced, value_at
from workflows.graph.comfy_format.faults import fault
from workflows.graph.comfy_format.files import File, read
from workflows.graph.comfy_format.grammar import Placeholder, parse, write
from workflows.graph.comfy_format.placeholders import requested, scan
from workflows.graph.comfy_format.reading import NODE, REQUEST
from workflows.graph.comfy_format.suggest import labelled
from workflows.graph.document import same
from workflows.graph.modes import NUMBERS, mode_of
from workflows.graph.ports import FIELD_TYPES, MEDIA
from workflows.types import Json, JsonObject


def from_document(document: JsonObject, catalogue: Catalogue | None = None) -> Json:
    """Return the file of the first ComfyUI node of a document.

    It equals the file that was imported as long as no input has another value than its default,
    which is what the file had. A changed value is written where the file holds it, a changed
    default of a placeholder into the placeholder. The catalogue finds values that the file itself
    does not name. The mode of the node becomes that of all its nodes, where the file has modes.
    Raises InvalidBody when no node holds a ComfyUI file.
    """
    node = next((node for node in document.get("nodes", []) if node.get("type") == NODE), None)
    if node is None:
        raise fault(
            "The workflow has no ComfyUI node", None, f"a node of type {NODE}", field="nodes"
        )
    value = node["data"].get("graph")
    file = read(value)
    try:
        converted = convert(file, catalogue)
    except InvalidBody:
        return value
    graph = file.graph
    for row, current in _values(document, node):
        graph = _patched(graph, file, converted, row, current)
    if file.format != "api" and (mode := mode_of(node)):
        graph = _with_mode(graph, NUMBERS[mode])
    if graph is file.graph:
        return value
    return graph if file.wrapper is None else {**value, file.wrapper: graph}


def _with_mode(graph: JsonObject, number: int) -> JsonObject:
    """Give every node that runs the number of a mode; those with one of their own keep it."""
    nodes = graph.get("nodes")
    if not isinstance(nodes, list):
        return graph
    return {
        **graph,
        "nodes": [
            {**node, "mode": number} if isinstance(node, dict) and not node.get("mode") else node
            for node in nodes
        ],
    }


def _values(document: JsonObject, node: JsonObject) -> list[tuple[JsonObject, Json]]:
    """List the inputs that are in the document with the values it has for them."""
    data = node["data"]
    rows = data.get("inputs")
    fields = _fields(document, node["id"])
    found: list[tuple[JsonObject, Json]] = []
    for name, row in labelled(rows if isinstance(rows, list) else []).items():
        typed = data.get(name)
        value = fields.get(name, row.get("default") if typed is None else typed)
        if value is not None and FIELD_TYPES.get(str(row.get("type"))) not in MEDIA:
            found.append((row, value))
    return found


def _fields(document: JsonObject, target: str) -> JsonObject:
    """Return the saved values and defaults of the request's fields that feed a node, by port."""
    requests = {one["id"]: one["data"] for one in document["nodes"] if one["type"] == REQUEST}
    found: JsonObject = {}
    for edge in document.get("edges", []):
        data = requests.get(edge["source"])
        if data is None or edge["target"] != target:
            continue
        name = str(edge.get("sourceHandle") or "").removesuffix("-out")
        port = str(edge.get("targetHandle") or "").removesuffix("-in")
        values, rows = data.get("values"), data.get("fields")
        row = labelled(rows if isinstance(rows, list) else []).get(name, {})
        saved = values.get(name) if isinstance(values, dict) else None
        found[port] = row.get("default") if saved is None else saved
    return found


def _patched(
    graph: JsonObject, file: File, converted: Converted, row: JsonObject, value: Json
) -> JsonObject:
    target = row.get("target")
    if not isinstance(target, dict):
        return graph
    if "placeholder" in target:
        return _rewritten(graph, converted, target, value)
    if value == row.get("default"):  # what the file had when it was read
        return graph
    node, name = str(target.get("node")), str(target.get("input"))
    paths = [path for one in converted.same((node, name)) for path in converted.places.get(one, ())]
    if file.format == "api" and not paths and node in graph:
        inputs = {**graph[node].get("inputs", {}), name: api.wrap(value)}
        return replaced(graph, (node, "inputs"), inputs)
    for path in dict.fromkeys(paths):
        before = value_at(graph, path)
        plain = api.unwrap(before)
        fitting = like(value, plain)
        if not (same(fitting, plain) or fitting == plain):
            graph = replaced(graph, path, api.wrap(fitting) if file.format == "api" else fitting)
    return graph


def _rewritten(
    graph: JsonObject, converted: Converted, target: JsonObject, value: Json
) -> JsonObject:
    """Return the graph with another default in each placeholder of a key."""
    key, kind = target["placeholder"], target.get("kind")
    known = [one for one in requested(scan(converted.prompt)) if one.key == key]
    if all(value == one.default for one in known if kind in (None, one.kind)):
        return graph
    done: set[Path] = set()
    for paths in converted.places.values():
        for path in paths:
            text = value_at(graph, path)
            if path in done or not isinstance(text, str):
                continue
            done.add(path)
            one = parse(text)
            if one is None or one.key != key:
                continue
            if kind in (None, one.kind) and (changed := _with(one, str(value))):
                graph = replaced(graph, path, write(changed))
    return graph


def _with(one: Placeholder, value: str) -> Placeholder | None:
    """Return a placeholder with another default, or None when it has this one already."""
    if value == one.default or one.kind not in ("text", "choice"):
        return None
    options = one.options
    if one.kind == "choice":
        if value not in options:
            return None
        options = (value, *(option for option in options if option != value))
    return Placeholder(one.kind, one.key, value, options, one.node, one.input)
