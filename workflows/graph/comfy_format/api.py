"""The API format of ComfyUI: its check, its links, and a walk over every value in it.

`{"<node id>": {"class_type", "inputs": {name: value | ["<source id>", slot]}, "_meta"}}`; a list
that is a value is written `{"__value__": [...]}`.
"""

from __future__ import annotations

from collections.abc import Callable

from workflows.graph.comfy_format.faults import fault
from workflows.graph.refs import map_strings
from workflows.types import Json, JsonObject


def check(prompt: JsonObject) -> None:
    """Check that every entry is a node with a class and inputs; raises InvalidBody naming it."""
    for id, node in prompt.items():
        if not isinstance(node, dict):
            raise fault(f"Node {id} is no object", node, "class_type and inputs", node=id)
        if not (isinstance(node.get("class_type"), str) and node["class_type"]):
            raise fault(
                f"Node {id} has no class_type",
                node.get("class_type"),
                "the name of a node class",
                field=f"{id}.class_type",
                node=id,
            )
        if not isinstance(node.get("inputs", {}), dict):
            raise fault(
                f"Node {id} has no inputs",
                node["inputs"],
                "an object of inputs",
                field=f"{id}.inputs",
                node=id,
            )


def link(value: Json) -> tuple[str, int] | None:
    """Return the source's id and slot when an input's value is a link, else None."""
    if isinstance(value, list) and len(value) == 2:
        source, slot = value
        if isinstance(source, str | int) and isinstance(slot, int) and not isinstance(slot, bool):
            return str(source), slot
    return None


def wrap(value: Json) -> Json:
    """Return a value as an input may hold it: a list would be taken for a link."""
    return {"__value__": value} if isinstance(value, list) else value


def unwrap(value: Json) -> Json:
    """Return the value an input holds, without the wrapper of lists."""
    if isinstance(value, dict) and value.keys() == {"__value__"}:
        return value["__value__"]
    return value


def map_inputs(prompt: JsonObject, change: Callable[[str, str, str], Json]) -> JsonObject:
    """Copy a prompt with each string in its inputs changed: `change(node id, input, text)`.

    Lists and objects are walked; links, classes and titles stay as they are.
    """
    found: JsonObject = {}
    for id, node in prompt.items():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        if isinstance(inputs, dict):
            node = {
                **node,
                "inputs": {
                    name: _mapped(id, name, value, change) for name, value in inputs.items()
                },
            }
        found[id] = node
    return found


def _mapped(id: str, name: str, value: Json, change: Callable[[str, str, str], Json]) -> Json:
    if link(value) is not None:
        return value
    return map_strings(value, lambda text: change(id, name, text))
