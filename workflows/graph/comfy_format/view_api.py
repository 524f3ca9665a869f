"""A file in API format as an image: it has no places, so nodes are laid out in columns."""

from __future__ import annotations

from workflows.graph.comfy_format import api, layout
from workflows.graph.comfy_format.catalogue import Catalogue, Spec, expanded, inputs
from workflows.graph.comfy_format.drawn import (
    ComfyLink,
    ComfyNode,
    ComfySlot,
    ComfyView,
    ComfyWidget,
)
from workflows.graph.comfy_format.shape import type_name
from workflows.types import Json, JsonObject

MAX_OPTIONS = 200
#: Characters from which a value is drawn in several lines.
_LONG = 60
#: Outputs that a file can claim of an unknown class.
_MAX_OUTPUTS = 100


def draw(prompt: JsonObject, catalogue: Catalogue) -> ComfyView:
    """Return the image of a prompt; entries that are no nodes are left out."""
    nodes = {id: node for id, node in prompt.items() if isinstance(node, dict)}
    links: list[ComfyLink] = []
    drawn = {id: _node(id, node, nodes, catalogue, links) for id, node in nodes.items()}
    depends: dict[str, list[str]] = {id: [] for id in drawn}
    for link in links:
        depends[link["to"]].append(link["from"])
        outputs = drawn[link["from"]]["outputs"]
        while len(outputs) <= min(link["fromSlot"], _MAX_OUTPUTS):
            outputs.append({"name": str(len(outputs)), "type": "*"})
        if link["type"] == "*" and 0 <= link["fromSlot"] < len(outputs):
            link["type"] = outputs[link["fromSlot"]]["type"]
    heights = {id: _height(node) for id, node in drawn.items()}
    for id, (x, y) in layout.columns(depends, heights).items():
        node = drawn[id]
        node["x"], node["y"], node["height"] = x, y, heights[id]
    return {"nodes": list(drawn.values()), "links": links, "groups": [], "subgraphs": {}}


def widget_row(
    name: str, value: Json, spec: Spec | None, *, label: str = "", control: str = ""
) -> ComfyWidget:
    """Return a value as it is drawn, with what may be chosen where that is known."""
    # JavaScript would round what is above 2^53.
    large = isinstance(value, int) and abs(value) > 2**53
    found: ComfyWidget = {"name": name, "value": str(value) if large else value}
    if spec is not None and spec.choices and len(spec.choices) <= MAX_OPTIONS:
        found["options"] = [str(one) for one in spec.choices]
    if label and label != name:
        found["label"] = label
    if control:
        found["control"] = control
    return found


def _node(
    id: str, node: JsonObject, nodes: JsonObject, catalogue: Catalogue, links: list[ComfyLink]
) -> ComfyNode:
    """Draw one node and add the links that end at it."""
    type = str(node.get("class_type"))
    info = catalogue.get(type)
    held = node.get("inputs")
    given: JsonObject = held if isinstance(held, dict) else {}
    sources = {
        name: source
        for name, value in given.items()
        if (source := api.link(value)) is not None and source[0] in nodes
    }
    plain = {name: api.unwrap(value) for name, value in given.items() if name not in sources}
    specs = {spec.name: spec for spec in expanded(info, plain)} if info is not None else {}
    slots: list[ComfySlot] = []
    for name, (origin, slot) in sources.items():
        kind = specs[name].type if name in specs else "*"
        links.append(
            {
                "id": str(len(links) + 1),
                "from": origin,
                "fromSlot": slot,
                "to": id,
                "toSlot": len(slots),
                "type": kind,
            }
        )
        slots.append({"name": name, "type": kind, "link": links[-1]["id"]})
    slots += [
        {"name": spec.name, "type": spec.type}
        for spec in inputs(info)
        if spec.name not in given and not spec.widget
    ]
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    shown = info.get("display_name") if isinstance(info, dict) else None
    return {
        "id": id,
        "type": type,
        "x": 0,
        "y": 0,
        "width": layout.WIDTH,
        "height": 0,
        "mode": 0,
        "collapsed": False,
        "title": title if isinstance(title, str) and title else shown or type,
        "inputs": slots,
        "outputs": _outputs(info),
        "widgets": [widget_row(name, value, specs.get(name)) for name, value in plain.items()],
    }


def _outputs(info: Json) -> list[ComfySlot]:
    types = info.get("output") if isinstance(info, dict) else None
    names = info.get("output_name") if isinstance(info, dict) else None
    known = names if isinstance(names, list) else []
    found: list[ComfySlot] = []
    for at, one in enumerate(types if isinstance(types, list) else []):
        kind = type_name(one)
        found.append({"name": str(known[at]) if at < len(known) else kind, "type": kind})
    return found


def _height(node: ComfyNode) -> int:
    texts = [one["value"] for one in node["widgets"] if isinstance(one["value"], str)]
    rows = max(len(node["inputs"]), len(node["outputs"])) + len(node["widgets"])
    return layout.height(rows, sum(len(text) > _LONG for text in texts))
