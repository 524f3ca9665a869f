"""Which JSON is a ComfyUI file, of which format, and where in its wrapper the graph is.

Three shapes are one thing here: the API format (`{"6": {"class_type", "inputs"}}`), the UI formats
0.4 and 1 (`{"nodes": [...], "links": [...]}`), and either below `prompt` or `workflow`, as a posted
body or an image's metadata has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workflows.graph.comfy_format.faults import fault
from workflows.graph.document import show
from workflows.types import Json, JsonObject

Format = Literal["api", "ui"]

#: Keys under which a whole graph may be; the editable form is preferred where both are there.
_WRAPPERS = ("workflow", "prompt")
_UI_MARKS = frozenset({"links", "last_node_id", "last_link_id"})


@dataclass(frozen=True, slots=True)
class File:
    """A ComfyUI file: its format, the graph, and the key of the wrapper that it is under."""

    format: Format
    graph: JsonObject
    wrapper: str | None = None


def detect(value: Json) -> Format | None:
    """Return which format of ComfyUI a JSON value is in, or None when it is something else."""
    found = _find(value)
    return found.format if found else None


def read(value: Json) -> File:
    """Return the graph in a JSON value. Raises InvalidBody for anything but a ComfyUI file."""
    found = _find(value)
    if found is None:
        raise fault(
            f"This is {show(value)} that is no ComfyUI workflow",
            value,
            "an object of nodes with class_type and inputs, or one with the lists nodes and links",
            field="graph",
        )
    return found


def _find(value: Json) -> File | None:
    if not isinstance(value, dict):
        return None
    format = _format(value)
    if format is not None:
        return File(format, value)
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, dict) and (format := _format(inner)) is not None:
            return File(format, inner, key)
    return None


def _format(value: JsonObject) -> Format | None:
    nodes = value.get("nodes")
    if isinstance(nodes, list):
        marked = bool(_UI_MARKS & value.keys()) or ("state" in value and "version" in value)
        typed = all(isinstance(node, dict) and "type" in node for node in nodes)
        return "ui" if marked and typed and "edges" not in value else None
    classes = (node.get("class_type") for node in value.values() if isinstance(node, dict))
    return "api" if any(isinstance(one, str) for one in classes) else None
