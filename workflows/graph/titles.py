"""What nodes and inputs are called in what users read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from workflows.graph.ports import MEDIA, Input, NodeType, item_type
from workflows.types import JsonObject, NodeId

#: What to connect to an input, by its type.
_NOUNS = {
    "text": "text",
    "number": "a number",
    "boolean": "a yes or no",
    "color": "a color",
    "image": "an image",
    "mask": "a mask",
    "video": "a video",
    "audio": "audio",
    "json": "JSON",
    "table": "a table",
    "file": "a file",
}


def titles(nodes: Iterable[JsonObject], types: Mapping[str, NodeType]) -> dict[NodeId, str]:
    """Return what to call each node, by id; of two with one title, the later is numbered."""
    seen: Counter[str] = Counter()
    found: dict[NodeId, str] = {}
    for node in nodes:
        title = title_of(node["data"], types.get(node["type"]))
        seen[title] += 1
        found[node["id"]] = title if seen[title] == 1 else f"{title} {seen[title]}"
    return found


def how_to_give(port: Input) -> str:
    """Return how an input gets its value: "connect an image or choose a file"."""
    by_hand = ""
    if port.widget is not None or not port.port:
        by_hand = "choose a file" if item_type(port.type) in MEDIA else "fill it in"
    if not port.port:
        return by_hand
    connect = f"connect {_NOUNS.get(item_type(port.type), 'an output')}"
    return f"{connect} or {by_hand}" if by_hand else connect


def title_of(data: JsonObject, node_type: NodeType | None) -> str:
    """Return what a user calls a node: its label, else its type's name."""
    label = data.get("label")
    if isinstance(label, str) and label.strip():
        return label.strip()
    return node_type.name if node_type else "Unknown node"


def label_of(port: Input) -> str:
    """Return what an input is called."""
    return port.label or port.name
