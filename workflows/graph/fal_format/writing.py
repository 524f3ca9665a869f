"""Document -> fal contents: as they were read, with what has been changed on the canvas since.

A document that holds nodes fal does not know is written as its lists of nodes and edges, which fal
stores as they are.
"""

from __future__ import annotations

from workflows.graph.document import same
from workflows.graph.fal_format.fields import write_fields
from workflows.graph.fal_format.reading import APP, PORTS, REQUEST, RESULT
from workflows.graph.fal_format.references import field_of, rename
from workflows.graph.node_ports import port_name, sources
from workflows.graph.refs import INPUT
from workflows.types import Json, JsonObject, NodeId

#: Node types that only fal's format has, and all that it can hold.
OWN = frozenset({APP, RESULT})
KNOWN = OWN | {REQUEST}


def from_document(document: JsonObject) -> JsonObject:
    """Return the contents of a document; exactly those it was read from, if nothing has changed."""
    meta = document.get("fal")
    if not (isinstance(meta, dict) and isinstance(meta.get("rest"), dict)):
        meta = None
    types = [node["type"] for node in document["nodes"]]
    foreign = not KNOWN.issuperset(types) or types.count(REQUEST) > 1
    native = meta is None and OWN.isdisjoint(types)
    if foreign or native or (meta is not None and meta.get("shape") == "lists"):
        return _lists(document, meta or {})
    return _Writer(document, meta).contents()


def _lists(document: JsonObject, meta: JsonObject) -> JsonObject:
    found = {**meta.get("rest", {}), "nodes": document["nodes"]}
    if document["edges"] or meta.get("edges") is not False:
        found["edges"] = document["edges"]
    return found


class _Writer:
    """The state of one writing."""

    def __init__(self, document: JsonObject, meta: JsonObject | None) -> None:
        self.fresh = meta is None
        self.meta: JsonObject = meta or {
            "shape": "nodes",
            "rest": {"version": "1", "schema": {"output": {}}, "metadata": {}},
            "input": None,
        }
        self.nodes: dict[NodeId, JsonObject] = {node["id"]: node for node in document["nodes"]}
        self.name = document.get("name")
        self.connections: dict[NodeId, list[JsonObject]] = {id: [] for id in self.nodes}
        for edge in document["edges"]:
            if edge["target"] in self.connections and edge["source"] in self.nodes:
                self.connections[edge["target"]].append(edge)

    def contents(self) -> JsonObject:
        nodes: JsonObject = {}
        output: Json = None
        has_output = False
        request: JsonObject | None = None
        for id, node in self.nodes.items():
            fal = _fal(node)
            if node["type"] == REQUEST:
                request = node
                if isinstance(fal.get("node"), dict):
                    nodes[id] = self._input(node, fal["node"])
                continue
            if node["data"].get("display") is not True and node["type"] == RESULT:
                output, has_output = self._value(node, "fields"), True
                if fal.get("output") is True:
                    continue
            nodes[id] = self._node(node, fal)
        if self.meta["shape"] == "flat":
            return nodes
        found: JsonObject = dict(self.meta["rest"])
        if self.fresh and isinstance(self.name, str):
            found = {"name": self.name, **found}
        if self.meta["shape"] == "nodes" or nodes:
            found["nodes"] = nodes
        if has_output:
            found["output"] = output
        self._write_input(found, request)
        return found

    def _input(self, node: JsonObject, rest: JsonObject) -> JsonObject:
        found = dict(rest)
        if "values" in node["data"]:
            found["input"] = node["data"]["values"]
        return _placed(node, found)

    def _node(self, node: JsonObject, fal: JsonObject) -> JsonObject:
        app = node["type"] == APP
        rest = fal.get("rest")
        found = (
            dict(rest)
            if isinstance(rest, dict)
            else {"id": node["id"], "type": "run" if app else "display"}
        )
        if "id" in found:
            # A node that was copied on the canvas has an id of its own.
            found["id"] = node["id"]
        if app:
            found["app"] = node["data"].get("app", "")
        value, key = ("arguments", "input") if app else ("fields", "fields")
        if value in node["data"]:
            found[key] = self._value(node, value)
        depends = self._depends(node, fal)
        if depends or "depends" in fal or not isinstance(rest, dict):
            found["depends"] = depends
        return _placed(node, found)

    def _value(self, node: JsonObject, key: str) -> Json:
        """Return a node's references, naming what its connections lead from now."""
        names = {}
        declared = sources(node["data"])
        ports = {f"${name}" for name in declared}
        for edge in self.connections[node["id"]]:
            port = port_name(edge.get("targetHandle"), "in", ports)
            source = self._source(edge)
            if port is not None and source is not None and port != f"${source}":
                names[port[1:]] = source
        return rename(node["data"].get(key), names, declared)

    def _source(self, edge: JsonObject) -> str | None:
        node = self.nodes[edge["source"]]
        if node["type"] in PORTS:
            return str(node["id"])
        handle = str(edge.get("sourceHandle") or "").removesuffix("-out")
        return INPUT if handle == "params" else f"{INPUT}.{handle}"

    def _depends(self, node: JsonObject, fal: JsonObject) -> list[str]:
        """Return what a node waits for: as declared, less the edges gone, plus the new ones."""
        connected: list[str] = []
        for edge in self.connections[node["id"]]:
            source = self._source(edge)
            if source is not None:
                connected.append(INPUT if field_of(source) is not None else source)
        declared = fal.get("depends")
        stored = declared if isinstance(declared, list) else []
        silent = fal.get("undeclared", [])
        remaining = [id for id in stored if id == INPUT or id in connected]
        added = [id for id in dict.fromkeys(connected) if id not in stored and id not in silent]
        return [*remaining, *added]

    def _write_input(self, found: JsonObject, request: JsonObject | None) -> None:
        rows = request["data"].get("fields") if request is not None else []
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        if "input" in self.meta or any(row.get("undeclared") is not True for row in rows):
            schema = found.get("schema")
            found["schema"] = dict(schema) if isinstance(schema, dict) else {}
            found["schema"]["input"] = write_fields(rows, self.meta.get("input"))
        at = _fal(request).get("at") if request is not None else None
        if request is not None and "node" not in _fal(request):
            if isinstance(at, dict) and same(request["position"], at):
                return
            metadata = found.get("metadata")
            found["metadata"] = dict(metadata) if isinstance(metadata, dict) else {}
            before = found["metadata"].get(INPUT)
            stored = before if isinstance(before, dict) else {}
            found["metadata"][INPUT] = {**stored, "position": request["position"]}


def _fal(node: JsonObject | None) -> JsonObject:
    fal = (node or {}).get("fal")
    return fal if isinstance(fal, dict) else {}


def _placed(node: JsonObject, found: JsonObject) -> JsonObject:
    """Write the position of a node that has been moved."""
    if same(node["position"], _fal(node).get("at")):
        return found
    metadata = found.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    return {**found, "metadata": {**metadata, "position": node["position"]}}
