"""A ComfyUI file as an image of itself: nodes, links, groups, notes, and every value in its place.

`drawn.py` has the shapes.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.graph.comfy_format.catalogue import Catalogue, expanded
from workflows.graph.comfy_format.core_nodes import NOTES
from workflows.graph.comfy_format.drawn import (
    ComfyCanvas,
    ComfyGroup,
    ComfyLink,
    ComfyNode,
    ComfySlot,
    ComfySubgraph,
    ComfyView,
    ComfyWidget,
)
from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.flatten import bound, promoted, proxied, shown_values
from workflows.graph.comfy_format.shape import (
    Definitions,
    Graph,
    Link,
    Node,
    Socket,
    definitions,
    pair,
    read_graph,
)
from workflows.graph.comfy_format.tracing import PRIMITIVE
from workflows.graph.comfy_format.view_api import draw, widget_row
from workflows.graph.comfy_format.widgets import Value, control_at, is_left, read_widgets
from workflows.graph.document import is_number
from workflows.types import Json

#: Types of the two nodes that are the ends of a subgraph.
INPUT_END, OUTPUT_END = "subgraph inputs", "subgraph outputs"
_WIDTH, _HEIGHT = 210.0, 60.0


def view(value: Json, catalogue: Catalogue | None = None) -> ComfyView:
    """Return what a viewer draws of a file; nodes of unknown classes are shown like all others.

    Raises InvalidBody for anything but a ComfyUI file.
    """
    file = read(value)
    if file.format == "api":
        return draw(file.graph, catalogue or {})
    known = definitions(file.graph)
    root = _Level(read_graph(file.graph), known, catalogue or {}).canvas()
    inner: dict[str, ComfySubgraph] = {
        id: {"name": graph.name, **_Level(graph, known, catalogue or {}).canvas(ends=True)}
        for id, graph in known.items()
    }
    return {**root, "subgraphs": inner}


class _Level:
    """One canvas of a UI file: the root or a subgraph."""

    def __init__(self, graph: Graph, known: Definitions, catalogue: Catalogue) -> None:
        self.graph, self.known, self.catalogue = graph, known, catalogue
        #: The first link out of each node.
        self.first: dict[str, Link] = {}
        for link in graph.links.values():
            self.first.setdefault(link.origin, link)

    def canvas(self, *, ends: bool = False) -> ComfyCanvas:
        """Return nodes, links and groups; with `ends`, those of the subgraph are nodes too."""
        nodes = [self._node(node) for node in self.graph.nodes.values()]
        if ends:
            nodes += [
                self._end("inputNode", self.graph.input_end, INPUT_END),
                self._end("outputNode", self.graph.output_end, OUTPUT_END),
            ]
        ids = {node["id"] for node in nodes}
        links: list[ComfyLink] = [
            {
                "id": one.id,
                "from": one.origin,
                "fromSlot": one.origin_slot,
                "to": one.target,
                "toSlot": one.target_slot,
                "type": one.type,
            }
            for one in self.graph.links.values()
            if {one.origin, one.target} <= ids
        ]
        groups = self.graph.raw.get("groups")
        rows = [_group(one) for one in groups] if isinstance(groups, list) else []
        return {"nodes": nodes, "links": links, "groups": [one for one in rows if one]}

    def _node(self, node: Node) -> ComfyNode:
        inner = self.known.get(node.type)
        info = self.catalogue.get(node.type)
        shown = info.get("display_name") if isinstance(info, dict) else None
        x, y = pair(node.raw.get("pos")) or (0.0, 0.0)
        width, height = pair(node.raw.get("size")) or (_WIDTH, _HEIGHT)
        flags = node.raw.get("flags")
        found: ComfyNode = {
            "id": node.id,
            "type": node.type,
            "title": node.title or (inner.name if inner else "") or shown or node.type,
            "x": x,
            "y": y,
            "width": max(width, 1.0),
            "height": max(height, 1.0),
            "mode": node.mode,
            "collapsed": isinstance(flags, dict) and flags.get("collapsed") is True,
            "inputs": [_slot(one) for one in node.inputs],
            "outputs": [_slot(one) for one in node.outputs],
            "widgets": [],
        }
        color = node.raw.get("bgcolor") or node.raw.get("color")
        if isinstance(color, str):
            found["color"] = color
        if node.type in NOTES:
            found["note"] = _note(node)
        else:
            found["widgets"] = self._instance(node, inner) if inner else self._widgets(node, info)
        return found

    def _widgets(self, node: Node, info: Json) -> list[ComfyWidget]:
        """List a node's values by name, and without one those that cannot be named."""
        values = read_widgets(node, info).values
        saved = node.raw.get("widgets_values")
        rows = saved if isinstance(saved, list) else []
        if node.type == PRIMITIVE and rows:
            control = control_at(node, 1)
            return [widget_row("", rows[0], None, label=self._fed(node), control=control)]
        named = {
            path[-1]
            for one in values.values()
            for path in one.paths
            if path[-2:-1] == ("widgets_values",)
        }
        plain = {name: one.value for name, one in values.items()}
        specs = {spec.name: spec for spec in expanded(info, plain)} if info is not None else {}
        found = [
            widget_row(name, one.value, specs.get(name), control=one.control)
            for name, one in values.items()
        ]
        rest = [one for at, one in enumerate(rows) if at not in named]
        nameless: list[ComfyWidget] = [{"name": "", "value": one} for one in rest]
        return found + [one for one in nameless if not (values and is_left(one["value"]))]

    def _fed(self, node: Node) -> str:
        """Return the name of the first widget that a primitive feeds, empty for none."""
        link = self.first.get(node.id)
        target = self.graph.nodes.get(link.target) if link else None
        for socket in target.inputs if target else ():
            if link and socket.link == link.id:
                return socket.label or socket.widget or socket.name
        return ""

    def _instance(self, node: Node, inner: Graph) -> list[ComfyWidget]:
        """List what a subgraph shows: the values set on the instance, else those inside."""
        shown, over = shown_values(node, inner, self.known)
        rows: dict[str, Value] = {}
        labels: dict[str, str] = {}
        for number in promoted(inner, self.known):
            name = inner.inputs[number].name
            socket = bound(node, inner, number)
            label = (socket.label if socket else "") or inner.inputs[number].label
            if label and label != name:
                labels[name] = label
            inside = self._inside(inner, number)
            if number in shown:
                rows[name] = replace(shown[number], control=inside.control)
            elif socket is None or socket.link is None:
                rows[name] = inside
        for id, name in proxied(node):
            if (id, name) in over:
                rows[name] = over[id, name]
        return [
            widget_row(name, one.value, None, label=labels.get(name, ""), control=one.control)
            for name, one in rows.items()
        ]

    def _inside(self, inner: Graph, number: int, depth: int = 0) -> Value:
        """Return the value inside to which a subgraph's input leads."""
        for link in inner.entering.get(number, ()):
            node = inner.nodes.get(link.target)
            if node is None:
                continue
            socket = next((one for one in node.inputs if one.link == link.id), None)
            deeper = self.known.get(node.type)
            if socket is None:
                continue
            if deeper is not None and depth < 8:
                values = shown_values(node, deeper, self.known)[0]
                at = next((i for i, one in enumerate(deeper.inputs) if one.name == socket.name), -1)
                if at >= 0:
                    further = self._inside(deeper, at, depth + 1)
                    known = values.get(at)
                    return replace(known, control=further.control) if known else further
            elif socket.widget is not None:
                found = read_widgets(node, self.catalogue.get(node.type)).values
                if socket.widget in found:
                    return found[socket.widget]
        return Value(None)

    def _end(self, key: str, id: str, type: str) -> ComfyNode:
        raw = self.graph.raw.get(key)
        x, y, width, height = _box(raw.get("bounding") if isinstance(raw, dict) else None) or (
            0.0,
            0.0,
            128.0,
            _HEIGHT,
        )
        sockets = self.graph.inputs if type == INPUT_END else self.graph.outputs
        slots = [_slot(one) for one in sockets]
        return {
            "id": id,
            "title": "Inputs" if type == INPUT_END else "Outputs",
            "type": type,
            "x": x,
            "y": y,
            "width": max(width, 1.0),
            "height": max(height, 1.0),
            "mode": 0,
            "collapsed": False,
            "inputs": slots if type == OUTPUT_END else [],
            "outputs": slots if type == INPUT_END else [],
            "widgets": [],
        }


def _slot(one: Socket) -> ComfySlot:
    found: ComfySlot = {"name": one.name, "type": one.type}
    if one.label and one.label != one.name:
        found["label"] = one.label
    if one.link is not None:
        found["link"] = one.link
    return found


def _note(node: Node) -> str:
    values = node.raw.get("widgets_values")
    text = values[0] if isinstance(values, list) and values else node.properties.get("text", "")
    if isinstance(values, dict):
        text = next(iter(values.values()), "")
    return text if isinstance(text, str) else ""


def _group(raw: Json) -> ComfyGroup | None:
    box = _box(raw.get("bounding")) if isinstance(raw, dict) else None
    if box is None or not isinstance(raw, dict):
        return None
    x, y, width, height = box
    title, color = raw.get("title"), raw.get("color")
    return {
        "title": title if isinstance(title, str) else "",
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "color": color if isinstance(color, str) else None,
    }


def _box(value: Json) -> tuple[float, float, float, float] | None:
    if isinstance(value, dict):
        value = [value.get(str(at)) for at in range(4)]
    if isinstance(value, list) and len(value) >= 4 and all(is_number(one) for one in value[:4]):
        return float(value[0]), float(value[1]), float(value[2]), float(value[3])
    return None
