"""Which inputs and outputs a ComfyUI file offers a workflow: placeholders, else what people change.

Without placeholders these are the widgets its author has brought to the front (of a subgraph, or
with a title), files to load, prompts, seeds and sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.casting import cast
from workflows.graph.comfy_format.catalogue import Catalogue, Spec, find
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import Address, Converted
from workflows.graph.comfy_format.core_nodes import LOADERS, output_type, saves
from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.grammar import Placeholder
from workflows.graph.comfy_format.names import Names
from workflows.graph.comfy_format.placeholders import asked, scan
from workflows.types import Json, JsonObject

#: More than a form of this length is nobody's wish.
MAX_INPUTS = 40
MAX_OPTIONS = 200
#: Integers that every reader of JSON keeps.
_SAFE = 2**53

_PROMPTS = frozenset({
    "text", "prompt", "positive", "negative", "text_g", "text_l", "clip_l", "t5xxl",
    "positive_prompt", "negative_prompt", "caption", "lyrics", "tags", "string",
})  # fmt: skip
_SEEDS = frozenset({"seed", "noise_seed"})
_SIZES = frozenset({"width", "height"})
_PRIMITIVES = frozenset({
    "PrimitiveInt", "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline",
    "PrimitiveBoolean",
})  # fmt: skip


def suggest(
    value: Json, catalogue: Catalogue | None = None
) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return the inputs and outputs a node with this file should have.

    Raises InvalidBody for what is no ComfyUI file or has placeholders that are not well-formed.
    """
    return of_converted(convert(read(value), catalogue), catalogue)


def of_converted(
    converted: Converted, catalogue: Catalogue | None
) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return the inputs and outputs for a file that has been converted."""
    names = Names()
    found = asked(scan(converted.prompt))
    if found:
        rows = [_of_placeholder(one, converted, catalogue, names) for one in found]
    else:
        rows = list(_widgets(converted, catalogue, names))
    return rows, outputs_of(converted.prompt, catalogue)


def outputs_of(prompt: JsonObject, catalogue: Catalogue | None) -> list[JsonObject]:
    """List the outputs: one for each node that saves something, else for each that shows it."""
    types = {id: output_type(node["class_type"], catalogue) for id, node in prompt.items()}
    found = {id: type for id, type in types.items() if type is not None}
    kept = {id: type for id, type in found.items() if saves(prompt[id]["class_type"])} or found
    names = Names()
    rows: list[JsonObject] = []
    for id, type in kept.items():
        label = _title(prompt[id]) or prompt[id]["class_type"]
        rows.append({"name": names.give(label, "output"), "label": label, "type": type, "node": id})
    return rows


def _of_placeholder(
    one: Placeholder, converted: Converted, catalogue: Catalogue | None, names: Names
) -> JsonObject:
    node = converted.prompt[one.node]
    spec = find(catalogue, node, one.input)
    row: JsonObject = {
        "name": names.give(one.key), "label": one.key.replace("_", " ").strip() or one.key,
        "type": "text", "target": {"placeholder": one.key, "kind": one.kind},
    }  # fmt: skip
    if one.kind == "choice":
        return {**row, "type": "pills", "options": list(one.options), "default": one.default}
    if one.kind == "file":
        loader = LOADERS.get(node["class_type"])
        return {**row, "type": loader[1] if loader else "file", "required": True}
    if spec is not None:
        row |= _widget(spec)
    elif one.input in _PROMPTS:
        row["type"] = "textarea"
    if one.default is None:
        return {**row, "required": True}
    try:
        row["default"] = one.default if spec is None else cast(one.default, spec)
    except Exception:
        row["default"] = one.default
    return row


def _widgets(
    converted: Converted, catalogue: Catalogue | None, names: Names
) -> Iterator[JsonObject]:
    seen: set[object] = set()
    found: list[tuple[int, Address, str]] = []
    for id, node in converted.prompt.items():
        for name, value in node.get("inputs", {}).items():
            rank = None if api.link(value) is not None else _rank(converted, id, name, value)
            if rank is not None:
                found.append((rank, (id, name), node["class_type"]))
    for _, address, type in sorted(found, key=lambda row: row[0]):
        place = converted.places.get(address, address)
        if place in seen or len(seen) >= MAX_INPUTS:
            continue
        seen.add(place)
        yield _of_widget(address, type, converted, catalogue, names)


def _rank(converted: Converted, id: str, name: str, value: Json) -> int | None:
    """Return how far in front a value stands, or None when it is not offered."""
    node = converted.prompt[id]
    type = node["class_type"]
    if (id, name) in converted.labels:
        return 0 if isinstance(value, str | int | float | bool) else None
    if type in LOADERS:
        return 0 if LOADERS[type][0] == name else None
    base = name.rpartition(".")[2]
    if isinstance(value, str) and base in _PROMPTS and not type.startswith(("Save", "Load")):
        return 0
    if type in _PRIMITIVES and name == "value":
        return 1 if _title(node) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return 2 if base in _SEEDS else 1 if base in _SIZES else None


def _of_widget(
    address: Address, type: str, converted: Converted, catalogue: Catalogue | None, names: Names
) -> JsonObject:
    id, name = address
    node = converted.prompt[id]
    value = node["inputs"][name]
    title = converted.labels.get(address) or _label(node, name)
    row: JsonObject = {
        "name": names.give(title, name), "label": title, "type": "text",
        "target": {"node": id, "input": name},
    }  # fmt: skip
    if type in LOADERS and LOADERS[type][0] == name:
        return {**row, "type": LOADERS[type][1]}
    spec = find(catalogue, node, name)
    row |= _widget(spec) if spec is not None else _like(value)
    if name.rpartition(".")[2] in _PROMPTS and row["type"] == "text":
        row["type"] = "textarea"
    row["default"] = str(value) if row["type"] == "select" else value
    return row


def _widget(spec: Spec) -> JsonObject:
    """Return the form of a field for a declared input."""
    kind = spec.kind
    if kind == "BOOLEAN":
        return {"type": "toggle"}
    if kind in ("INT", "FLOAT"):
        row: JsonObject = {"type": "number"}
        for key in ("min", "max", "step"):
            bound = spec.options.get(key)
            if (
                isinstance(bound, int | float)
                and not isinstance(bound, bool)
                and abs(bound) < _SAFE
            ):
                row[key] = bound
        return row
    if kind == "COMBO" and spec.choices and len(spec.choices) <= MAX_OPTIONS:
        return {"type": "select", "options": [str(choice) for choice in spec.choices]}
    return {"type": "textarea" if spec.options.get("multiline") is True else "text"}


def _like(value: Json) -> JsonObject:
    if isinstance(value, bool):
        return {"type": "toggle"}
    if isinstance(value, int | float):
        return {"type": "number"}
    return {"type": "textarea" if "\n" in str(value) else "text"}


def _title(node: JsonObject) -> str:
    """Return the title a person gave a node, or nothing."""
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return title.strip() if isinstance(title, str) and title.strip() != node["class_type"] else ""


def _label(node: JsonObject, name: str) -> str:
    words = name.rpartition(".")[2].replace("_", " ")
    title = _title(node)
    if not title:
        return words[:1].upper() + words[1:]
    return title if name in ("value", "text", "image", "prompt") else f"{title}: {words}"


def labelled(rows: list[JsonObject]) -> Mapping[str, JsonObject]:
    """Return declared inputs by name; rows without one are passed over."""
    return {row["name"]: row for row in rows
            if isinstance(row, dict) and isinstance(row.get("name"), str)}  # fmt: skip
