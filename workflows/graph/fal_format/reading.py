"""fal contents -> document: nodes for the apps and results, connections for what they refer to.

Each node keeps under the key `fal` what the document has no place for, and the document does so for
the contents; `writing.py` puts the pieces together again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from workflows.errors import InvalidBody
from workflows.graph import document as shape
from workflows.graph.document import is_number, show
from workflows.graph.fal_format.fields import read_fields, undeclared_field
from workflows.graph.fal_format.references import broken_in, field_of, sources_in
from workflows.graph.order import sort
from workflows.graph.refs import INPUT
from workflows.types import Json, JsonObject, NodeId

APP, RESULT, REQUEST = "falApp", "falOutput", "requestInput"
#: The port a node of each type gives its result by.
PORTS = {APP: "output", RESULT: "result"}
AFTER = "after"
_RUNS = frozenset({"run", "model"})
_SHOWS = frozenset({"display", "output"})
#: Keys of a saved workflow around its contents.
_WRAPPER = frozenset({"name", "title", "is_public", "user_id", "user_nickname", "created_at"})
#: Keys of contents beside the nodes; with one of them it is no flat map of nodes.
_CONTENTS = frozenset({"nodes", "output", "schema", "metadata", "version", "edges"})
#: px between columns of nodes, and what a card takes above its rows and for each of them.
_COLUMN, _CARD, _LINE = 400, 320, 32


def unwrap(file: Json) -> tuple[JsonObject, JsonObject]:
    """Return the contents in a workflow file, and what is around them (name, title, …) or {}.

    Raises InvalidBody for anything but an object.
    """
    if not isinstance(file, dict):
        _wrong("contents", file, "a JSON object")
    contents = file.get("contents")
    if isinstance(contents, dict) and _WRAPPER & file.keys():
        return contents, {key: value for key, value in file.items() if key != "contents"}
    return file, {}


def detect(file: Json) -> bool:
    """Return whether JSON is a workflow in fal's format; whether it is valid is not checked."""
    if not isinstance(file, dict):
        return False
    contents, around = unwrap(file)
    return bool(around) or isinstance(contents.get("nodes"), dict) or _is_flat(contents)


def apps_of(document: JsonObject) -> list[str]:
    """List the apps (endpoint ids) that the nodes of a document run, each once."""
    apps = (node["data"].get("app") for node in document["nodes"] if node["type"] == APP)
    return list(dict.fromkeys(app for app in apps if isinstance(app, str)))


def described(contents: JsonObject) -> str | None:
    """Return what contents say they are for, None when they do not or at too great length."""
    metadata = contents.get("metadata")
    found = metadata.get("description") if isinstance(metadata, dict) else None
    fits = isinstance(found, str) and 0 < len(found) <= shape.MAX_DESCRIPTION
    return found if fits else None


def to_document(contents: Json) -> JsonObject:
    """Return the document of a workflow's contents: nodes, edges and `fal`.

    Raises InvalidBody naming the node and the key for what fal would refuse as well: an unknown
    type, a missing app, an id that is not its key, an unknown id in `depends` or at the head of a
    reference, a reference with text around it, nodes that wait for each other.
    """
    if not isinstance(contents, dict):
        _wrong("contents", contents, "a JSON object")
    if isinstance(contents.get("nodes"), list):
        return _lists(contents)
    flat = "nodes" not in contents and _is_flat(contents)
    nodes = contents if flat else contents.get("nodes", {})
    if not isinstance(nodes, dict):
        _wrong("nodes", nodes, "an object of nodes, or a list")
    return _Reader(contents, nodes, flat).document()


def _is_flat(contents: JsonObject) -> bool:
    """Return whether contents are a node map themselves."""
    return (
        bool(contents)
        and not _CONTENTS.issuperset(contents)
        and all(
            isinstance(node, dict) and {"type", "app", "fields"} & node.keys()
            for node in contents.values()
        )
    )


def _lists(contents: JsonObject) -> JsonObject:
    """Take nodes and edges in lists as they are: the form of the canvas."""
    edges = contents.get("edges", [])
    found = {"nodes": contents["nodes"], "edges": edges}
    shape.check(found)
    rest = {key: value for key, value in contents.items() if key not in ("nodes", "edges")}
    meta: JsonObject = {"shape": "lists", "rest": rest}
    if "edges" not in contents:
        meta["edges"] = False
    return {**found, "fal": meta}


class _Reader:
    """The state of one reading."""

    def __init__(self, contents: JsonObject, nodes: JsonObject, flat: bool) -> None:
        self.contents = contents
        self.raw = nodes
        self.flat = flat
        #: Ids of the nodes a reference can name.
        self.ids = {id for id, node in nodes.items() if self._kind(id, node) != REQUEST}
        self.uses: dict[NodeId, list[str]] = {}

    def document(self) -> JsonObject:
        made = [self._node(id, node) for id, node in self.raw.items() if id in self.ids]
        self._check_order()
        rest = (
            {}
            if self.flat
            else {
                key: value for key, value in self.contents.items() if key not in ("nodes", "output")
            }
        )
        shape_name = "flat" if self.flat else "nodes" if "nodes" in self.contents else "none"
        meta: JsonObject = {"shape": shape_name, "rest": rest}
        self._add_output(made)
        nodes = [*self._request(meta), *made]
        self._place(nodes)
        found = {"nodes": nodes, "edges": self._edges(nodes)}
        shape.check(found)
        return {**found, "fal": meta}

    def _kind(self, id: NodeId, node: Json) -> str:
        """Return the type of ours for a node."""
        if not isinstance(node, dict):
            _wrong(f"nodes.{id}", node, "an object")
        kind = node.get("type")
        if kind is None:
            kind = "run" if "app" in node else "display" if "fields" in node else None
        if kind == "input":
            if id != INPUT:
                _wrong(f"nodes.{id}.type", kind, "run or display; the input node is called input")
            return REQUEST
        if not isinstance(kind, str) or kind not in _RUNS | _SHOWS:
            _wrong(f"nodes.{id}.type", node.get("type"), "run or display")
        if id == INPUT or id.startswith(f"{INPUT}.") or not id:
            _wrong(f"nodes.{id}", id, "an id other than input, which means the run's inputs")
        return APP if kind in _RUNS else RESULT

    def _node(self, id: NodeId, raw: JsonObject) -> JsonObject:
        kind, keep = self._kind(id, raw), dict(raw)
        self._check_id(id, raw)
        data: JsonObject = {}
        if kind == APP:
            app = keep.pop("app", None)
            if not (isinstance(app, str) and 0 < len(app) <= 500):
                _wrong(f"nodes.{id}.app", app, "an app such as owner/name")
            data["app"] = app
            key, name = "input", "arguments"
        else:
            key = name = "fields"
            data["display"] = True
        if key in keep:
            data[name] = keep.pop(key)
        depends = self._depends(id, keep.pop("depends", None))
        self.uses[id] = sources = self._sources(f"nodes.{id}.{key}", data.get(name))
        data["sources"] = sources
        fal: JsonObject = {"rest": keep}
        if "depends" in raw:
            fal["depends"] = raw["depends"]
        heads = [
            source.partition(".")[0] if field_of(source) is not None else source
            for source in sources
        ]
        undeclared = [head for head in dict.fromkeys(heads) if head not in depends]
        if undeclared:
            fal["undeclared"] = undeclared
        self.uses[id] = list(dict.fromkeys([*sources, *(one for one in depends if one != INPUT)]))
        return {"id": id, "type": kind, "data": data, "fal": fal}

    def _check_id(self, id: NodeId, raw: JsonObject) -> None:
        if raw.get("id", id) != id:
            _wrong(f"nodes.{id}.id", raw["id"], f"the node's key, {id}")

    def _depends(self, id: NodeId, depends: Json) -> list[NodeId]:
        if depends is None:
            return []
        if not isinstance(depends, list) or not all(isinstance(one, str) for one in depends):
            _wrong(f"nodes.{id}.depends", depends, "a list of node ids")
        for other in depends:
            if other != INPUT and other not in self.ids:
                _wrong(f"nodes.{id}.depends", other, "input or the id of a node in the workflow")
        return depends

    def _sources(self, place: str, value: Json) -> list[str]:
        broken = broken_in(value, self.ids)
        if broken is not None:
            _wrong(
                place,
                broken,
                "a reference to input or a node of the workflow and nothing else, such as "
                "$input.prompt or $node.images.0.url (texts are joined by a node)",
            )
        return sources_in(value, self.ids)

    def _check_order(self) -> None:
        depends = {id: [one for one in uses if one in self.ids] for id, uses in self.uses.items()}
        for id, uses in depends.items():
            if id in uses:
                _wrong(f"nodes.{id}", f"${id}", "no reference of a node to itself")
        for cycle in sort(depends).cycles:
            _wrong(f"nodes.{cycle[0]}", list(cycle), "nodes that do not wait for each other")

    def _add_output(self, made: list[JsonObject]) -> None:
        """Give the workflow's `output` a node; a display node that shows the same is that node."""
        if self.flat or "output" not in self.contents:
            return
        output = self.contents["output"]
        for node in made:
            if node["type"] == RESULT and shape.same(node["data"].get("fields"), output):
                del node["data"]["display"]
                return
        id = next(name for name in _names("output") if name not in self.raw)
        sources = self._sources("output", output)
        self.uses[id] = sources
        data: JsonObject = {"fields": output, "sources": sources}
        made.append({"id": id, "type": RESULT, "data": data, "fal": {"output": True}})

    def _request(self, meta: JsonObject) -> list[JsonObject]:
        """Return the request input, if the workflow has anything like it."""
        rows: list[JsonObject] = []
        schema = meta["rest"].get("schema")
        declared = isinstance(schema, dict) and isinstance(schema.get("input"), dict)
        if declared:
            rest = {key: value for key, value in schema.items() if key != "input"}
            meta["rest"] = {**meta["rest"], "schema": rest}
            rows = read_fields(schema["input"])
            meta["input"] = (
                {key: value for key, value in schema["input"].items() if key != "properties"}
                if isinstance(schema["input"].get("properties"), dict)
                else None
            )
        raw = self.raw.get(INPUT)
        used = [
            field for uses in self.uses.values() for source in uses if (field := field_of(source))
        ]
        data: JsonObject = {"fields": rows}
        fal: JsonObject = {}
        if raw is not None:
            self._check_id(INPUT, raw)
            keep = dict(raw)
            if isinstance(raw.get("input"), dict):
                data["values"] = keep.pop("input")
                used = [*data["values"], *used]
            fal["node"] = keep
        known = {row["name"] for row in rows}
        rows.extend(undeclared_field(name) for name in dict.fromkeys(used) if name not in known)
        if raw is None and not rows and not any(INPUT in uses for uses in self.uses.values()):
            return []
        return [{"id": INPUT, "type": REQUEST, "data": data, "fal": fal}]

    def _place(self, nodes: list[JsonObject]) -> None:
        """Give every node its position: its own, else one in the column behind its sources."""
        depth: dict[NodeId, int] = {INPUT: 0}
        ids = {id: [one for one in uses if one in self.uses] for id, uses in self.uses.items()}
        for id in sort(ids).order:
            depth[id] = 1 + max((depth[one] for one in ids[id]), default=0)
        below: dict[int, int] = {}
        for node in nodes:
            column = depth[node["id"]]
            y = below.get(column, 0)
            below[column] = y + _CARD + _LINE * _lines(node["data"])
            position = _position(self._metadata(node["id"]))
            node["position"] = position or {"x": column * _COLUMN, "y": y}
            node["fal"]["at"] = dict(node["position"])

    def _metadata(self, id: NodeId) -> Json:
        raw = self.raw.get(id)
        if isinstance(raw, dict):
            return raw.get("metadata")
        metadata = self.contents.get("metadata")
        return metadata.get(INPUT) if isinstance(metadata, dict) and id == INPUT else None

    def _edges(self, nodes: list[JsonObject]) -> list[JsonObject]:
        types = {node["id"]: node["type"] for node in nodes}
        edges: list[JsonObject] = []
        for node in nodes:
            if node["type"] == REQUEST:
                continue
            for source in self.uses[node["id"]]:
                field = field_of(source)
                port = PORTS[types[source]] if field is None else field or "params"
                into = f"${source}" if source in node["data"]["sources"] else AFTER
                edges.append(
                    {
                        "id": f"connection-{len(edges) + 1}",
                        "source": INPUT if field is not None else source,
                        "sourceHandle": f"{port}-out",
                        "target": node["id"],
                        "targetHandle": f"{into}-in",
                    }
                )
        return edges


def _position(metadata: Json) -> JsonObject | None:
    position = metadata.get("position") if isinstance(metadata, dict) else None
    if not isinstance(position, Mapping):
        return None
    x, y = position.get("x"), position.get("y")
    return {"x": x, "y": y} if is_number(x) and is_number(y) else None


def _lines(data: JsonObject) -> int:
    """Count the rows that a node's card has for its arguments or fields."""
    rows = (data.get(key) for key in ("arguments", "fields"))
    return sum(len(value) for value in rows if isinstance(value, dict | list))


def _names(name: str) -> list[str]:
    return [name, *(f"{name}-{number}" for number in range(2, shape.MAX_NODES + 3))]


def _wrong(field: str, value: Json, expected: str) -> NoReturn:
    raise InvalidBody(
        f"{field} is {show(value)}; expected {expected}.",
        field=field[:200],
        value=show(value),
        expected=expected,
    )
