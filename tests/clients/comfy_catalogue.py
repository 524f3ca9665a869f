"""A catalogue of node classes made from the workflow files that use them.

No runner is at hand to ask, so the catalogue says what the files themselves show: names where a
file holds named values, invented ones elsewhere, types by the values seen. Two converters that are
given the same catalogue must then agree on which value goes where; that the names are those of a
real runner, it cannot show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

CONTROLS = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
VIRTUAL = {"Note", "MarkdownNote", "PrimitiveNode", "Reroute"}
WIDGETS = {
    "INT",
    "FLOAT",
    "STRING",
    "BOOLEAN",
    "COMBO",
    "COLOR",
    "COLORS",
    "BOUNDING_BOX",
    "BOUNDING_BOXES",
    "CURVE",
    "RANGE",
}
DYNAMIC = "COMFY_DYNAMICCOMBO_V3"
_PAGE_ONLY = {"control_after_generate", "upload", "audioUI", "image_upload"}


def levels(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the root of a file and its subgraph definitions."""
    return [workflow, *(workflow.get("definitions") or {}).get("subgraphs", [])]


def catalogue(workflows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return an `/object_info` for every class that the files use."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for workflow in workflows:
        subgraphs = {level["id"] for level in levels(workflow)[1:]}
        for level in levels(workflow):
            for node in level["nodes"]:
                if node["type"] not in subgraphs | VIRTUAL:
                    seen.setdefault(node["type"], []).append(node)
    return {type: _entry(type, nodes) for type, nodes in sorted(seen.items())}


def _entry(type: str, nodes: list[dict[str, Any]]) -> dict[str, Any]:
    named = [node["widgets_values_named"] for node in nodes if node.get("widgets_values_named")]
    widgets = _of_named(named) if named else _of_values(nodes)
    inputs: dict[str, Any] = {}
    for node in nodes:
        for socket in node.get("inputs") or []:
            if not socket.get("widget"):
                kind = str(socket["type"])
                inputs.setdefault(
                    socket["name"], [kind, {"forceInput": True}] if kind in WIDGETS else [kind]
                )
    inputs = {name: spec for name, spec in inputs.items() if name not in widgets}
    outputs = max((node.get("outputs") or [] for node in nodes), key=len)
    required = {**inputs, **widgets}
    return {
        "input": {"required": required},
        "input_order": {"required": list(required)},
        "output": [one["type"] for one in outputs],
        "output_name": [one["name"] for one in outputs],
        "output_is_list": [False for _ in outputs],
        "name": type,
        "display_name": type,
        "output_node": not outputs,
        "category": "",
        "description": "",
        "python_module": "nodes",
    }


def _of_named(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Name the widgets as the files do; `a.b` behind `a` is an input of the option chosen there."""
    order: dict[str, None] = {}
    for row in sorted(rows, key=len, reverse=True):
        order.update(dict.fromkeys(row))
    widgets: dict[str, Any] = {}
    for name in order:
        parent = name.rpartition(".")[0]
        base = name.partition(".")[0].partition("#")[0]
        if base in _PAGE_ONLY or base in CONTROLS or parent in order:
            continue
        widgets[name] = _spec(name, rows, order)
    return widgets


def _spec(name: str, rows: list[dict[str, Any]], order: dict[str, None]) -> list[Any]:
    here = [row for row in rows if name in row]
    children = [one for one in order if one.rpartition(".")[0] == name]
    if not children:
        flags = (
            {"control_after_generate": True} if any(_controls(row, name) for row in here) else {}
        )
        return [_type([row[name] for row in here]), flags]
    options = []
    for key in dict.fromkeys(row[name] for row in here):
        chosen = [row for row in here if row[name] == key]
        subs = [one for one in children if any(one in row for row in chosen)]
        specs = {one[len(name) + 1 :]: _spec(one, chosen, order) for one in subs}
        options.append({"key": key, "inputs": {"required": specs}})
    return [DYNAMIC, {"options": options}]


def _controls(row: dict[str, Any], name: str) -> bool:
    names = list(row)
    after = names[names.index(name) + 1 : names.index(name) + 2]
    return bool(after) and (
        after[0].partition("#")[0] == "control_after_generate" or after[0] in CONTROLS
    )


def _of_values(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Name the widgets by number, or by the sockets saved with them when all are there."""
    lists = [
        node["widgets_values"] for node in nodes if isinstance(node.get("widgets_values"), list)
    ]
    length = min((len(one) for one in lists), default=0)
    marked = max(
        (
            [
                socket["widget"]["name"]
                for socket in node.get("inputs") or []
                if socket.get("widget")
            ]
            for node in nodes
        ),
        key=len,
    )
    columns = [[one[at] for one in lists] for at in range(length)]
    while columns and all(one in (None, "", "image") for one in columns[-1]):
        columns.pop()  # what buttons of the page leave behind
    slots = [at for at in range(len(columns)) if not _is_control(columns, at)]
    names = marked if len(marked) == len(slots) else [f"value_{at}" for at in slots]
    widgets: dict[str, Any] = {}
    for name, at in zip(names, slots, strict=True):
        flags = {"control_after_generate": True} if _is_control(columns, at + 1) else {}
        widgets[name] = [_type(columns[at]), flags]
    return widgets


def _is_control(columns: list[list[Any]], at: int) -> bool:
    if not 0 < at < len(columns):
        return False
    numbers = all(isinstance(one, int | float) for one in columns[at - 1])
    return numbers and all(one in CONTROLS for one in columns[at])


def _type(values: list[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "BOOLEAN"
    if kinds == {int}:
        return "INT"
    if kinds and kinds <= {int, float}:
        return "FLOAT"
    if kinds == {dict}:
        return "BOUNDING_BOX"
    if kinds <= {str}:
        return "STRING"
    return "COMBO" if kinds <= {str, int} else "COLORS"


def nodes_of(workflow: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every level and node of a file."""
    for level in levels(workflow):
        for node in level["nodes"]:
            yield level, node
