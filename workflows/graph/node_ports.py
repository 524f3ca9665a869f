"""The ports of one node: those of its type and those that follow from its data.

Reads placeholders, sources and declared fields; what is malformed in them makes no port.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from workflows.graph.document import is_number
from workflows.graph.ports import FIELD_TYPES, MEDIA, TYPES, Input, NodeType, Output, item_type
from workflows.types import Json, JsonObject

#: `{name}` in a template; the name becomes a text port. `{{` and `}}` are literal braces.
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")

#: The name of a port that a node declares in its data.
DECLARED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def placeholders(text: Json) -> list[str]:
    """List the names in `{name}` of a template text, in order of first appearance."""
    if not isinstance(text, str):
        return []
    names = (match.group(1) for match in PLACEHOLDER.finditer(text))
    return list(dict.fromkeys(name for name in names if name))


def sources(data: JsonObject) -> list[str]:
    """List the names in data["sources"]: what the references of a node begin with."""
    rows = data.get("sources")
    names = [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []
    return list(dict.fromkeys(name for name in names if name))


def declared_rows(rows: Json, taken: Iterable[str]) -> Iterator[JsonObject]:
    """Yield the entries of data["inputs"] or data["outputs"] that are ports.

    Those are objects under a proper name that is neither `taken` nor that of an earlier entry.
    """
    seen = set(taken)
    for row in rows if isinstance(rows, list) else []:
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str) and DECLARED_NAME.fullmatch(name) and name not in seen:
            seen.add(name)
            yield row


def field_input(row: JsonObject) -> Input:
    """Read one declared field as an input; what is malformed in it limits nothing."""
    type = FIELD_TYPES.get(str(row.get("type")), "any")
    low, high = (_number(row.get(key)) for key in ("min", "max"))
    return Input(
        row["name"],
        type,
        label=_text(row.get("label")),
        required=row.get("required") is True,
        default=row.get("default"),
        options=_options(row.get("options")) if type == "text" else (),
        min=low if type == "number" else None,
        max=high if type == "number" else None,
        step=_number(row.get("step")),
        help=_text(row.get("help")),
        randomize=row.get("type") == "number" and row.get("randomize") is True,
    )


def _declared_input(row: JsonObject) -> Input:
    kind, port = str(row.get("type")), field_input(row)
    widget: Json = kind
    if kind == "json":
        port, widget = replace(port, type="json"), "json"
    elif port.type == "any":
        widget = "text"
    elif port.type in MEDIA and row.get("many") is True:
        port, widget = replace(port, type=f"list<{port.type}>", many=True), None
    elif port.type in MEDIA:
        widget = "asset"
    elif kind == "text" and row.get("multiline") is True:
        widget = "textarea"
    port = replace(
        port,
        label=port.label or port.name,
        widget=widget,
        unit=_text(row.get("unit")),
        advanced=row.get("advanced") is True,
    )
    if kind != "slider":
        return port
    low, high = (0 if port.min is None else port.min), (100 if port.max is None else port.max)
    return replace(port, min=low, max=high)


def _declared_output(row: JsonObject) -> Output:
    type = _text(row.get("type"))
    known = type if item_type(type) in TYPES else "any"
    return Output(row["name"], known, _text(row.get("label")) or row["name"])


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Json) -> float | None:
    return value if is_number(value) else None


def _options(value: Json) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else []
    found = [row.get("value") if isinstance(row, dict) else row for row in rows]
    return tuple(_choice(one) for one in found if isinstance(one, str) or is_number(one))


def _choice(number: str | float | None) -> str:
    """Return a choice as the canvas shows and saves it: a number as JavaScript writes it."""
    if not isinstance(number, float):
        return str(number)
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        plain = format(Decimal(repr(number)), "f").removeprefix("-" if number == 0 else "")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return repr(number).replace("e-0", "e-")


def inputs_of(node_type: NodeType, data: JsonObject) -> tuple[Input, ...]:
    """List a node's inputs: the declared ones and those that follow from its data."""
    if node_type.dynamic in ("declared", "model"):
        taken = (port.name for port in node_type.inputs)
        found = map(_declared_input, declared_rows(data.get("inputs"), taken))
        return (*node_type.inputs, *found)
    if node_type.dynamic == "sources":
        names = (Input(f"${name}", "any", label=f"${name}") for name in sources(data))
        return (*node_type.inputs, *names)
    if node_type.dynamic != "placeholders":
        return node_type.inputs
    declared = {port.name for port in node_type.inputs}
    names_in_text = (
        Input(name, "text", label=name, required=True)
        for name in placeholders(data.get("text"))
        if name not in declared
    )
    return (*node_type.inputs, *names_in_text)


def outputs_of(node_type: NodeType, data: JsonObject) -> tuple[Output, ...]:
    """List a node's outputs: the declared ones and those that follow from its data."""
    if node_type.dynamic == "declared":
        taken = (port.name for port in node_type.outputs)
        found = map(_declared_output, declared_rows(data.get("outputs"), taken))
        return (*found, *node_type.outputs)
    if node_type.dynamic != "fields":
        return node_type.outputs
    entries = data.get("fields")
    rows = entries if isinstance(entries, list) else []
    ports = [
        Output(
            row["name"],
            FIELD_TYPES.get(str(row.get("type")), "any"),
            _text(row.get("label")) or row["name"],
        )
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("name"), str) and row["name"]
    ]
    return (*ports, *node_type.outputs)


def port_name(
    handle: Json, side: Literal["in", "out"], names: frozenset[str] | set[str]
) -> str | None:
    """Find the port a handle id means.

    A handle is the bare port name or `<name>-in` / `<name>-out` (spec native 2.3). The exact name
    wins, so a request field called `check-in` stays reachable. None: no such port.
    """
    if not isinstance(handle, str):
        return next(iter(names)) if len(names) == 1 and handle is None else None
    if handle in names:
        return handle
    bare = handle.removesuffix(f"-{side}")
    return bare if bare in names else None
