"""Which inputs and outputs a ComfyUI file offers a workflow: placeholders, else what users change.

Without placeholders these are the widgets its author has brought to the front (of a subgraph, or
with a title), files to load, prompts, seeds and sizes. `ports` has all there can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress

from workflows.errors import InvalidBody
from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.casting import cast
from workflows.graph.comfy_format.catalogue import Catalogue, Spec, find
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import Converted, InputId
from workflows.graph.comfy_format.core_nodes import LOADERS, named_type, output_type, saves
from workflows.graph.comfy_format.files import read
from workflows.graph.comfy_format.grammar import Placeholder
from workflows.graph.comfy_format.labels import Labels, readable, spaced
from workflows.graph.comfy_format.names import Names
from workflows.graph.comfy_format.placeholders import requested, scan
from workflows.graph.comfy_format.slots import RANDOMIZE
from workflows.types import Json, JsonObject, PortType

#: A longer form would be of no use.
MAX_INPUTS = 40
MAX_OPTIONS = 200
#: Characters from which a text is edited in several lines.
_LONG = 60
#: Integers that every reader of JSON keeps.
_SAFE = 2**53

_PROMPTS = frozenset(
    {
        "text",
        "prompt",
        "positive",
        "negative",
        "text_g",
        "text_l",
        "clip_l",
        "t5xxl",
        "positive_prompt",
        "negative_prompt",
        "caption",
        "lyrics",
        "tags",
        "string",
    }
)
#: How the names of models end, which a runner has or has not.
_MODELS = (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft", ".onnx")
_SEEDS = frozenset({"seed", "noise_seed"})
_SIZES = frozenset({"width", "height"})
_PRIMITIVES = frozenset(
    {
        "PrimitiveInt",
        "PrimitiveFloat",
        "PrimitiveString",
        "PrimitiveStringMultiline",
        "PrimitiveBoolean",
    }
)


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
    found = requested(scan(converted.prompt))
    if found:
        rows = [_of_placeholder(one, converted, catalogue, names) for one in found]
    else:
        rows = _distinct(list(_widgets(converted, catalogue, names)), converted.prompt)
    return rows, outputs_of(converted.prompt, catalogue)


def ports(
    value: Json, catalogue: Catalogue | None = None
) -> tuple[list[JsonObject], list[JsonObject]]:
    """Return the input that each value of a file can be, and the output that each node can be.

    A name is given as if the port were the only one of its node. Raises InvalidBody for what is no
    ComfyUI file.
    """
    converted = convert(read(value), catalogue)
    labels = Labels(converted.prompt, catalogue)
    ids = [
        (id, name)
        for id, node in converted.prompt.items()
        for name, held in node.get("inputs", {}).items()
        if held is None or isinstance(held, str | int | float)
    ]
    return (
        [_of_widget(one, converted, catalogue, labels, Names()) for one in ids],
        [
            _of_node(id, output_type(type, catalogue) or named_type(type), type, labels, Names())
            for id, node in converted.prompt.items()
            for type in [node["class_type"]]
        ],
    )


def _distinct(rows: list[JsonObject], prompt: JsonObject) -> list[JsonObject]:
    """Distinguish inputs of one label: by their nodes, then by a number."""
    labels = Counter(row["label"] for row in rows)
    for row in rows:
        if labels[row["label"]] > 1:
            node = prompt[row["target"]["node"]]
            meta = node.get("_meta")
            title = meta.get("title") if isinstance(meta, dict) else None
            known = isinstance(title, str) and title.strip()
            name = str(title).strip() if known else spaced(node["class_type"])
            if name.lower() != row["label"].lower():
                row["label"] = f"{name}: {row['label'].lower()}"
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row["label"]] += 1
        if seen[row["label"]] > 1:
            row["label"] = f"{row['label']} {seen[row['label']]}"
    return rows


def outputs_of(prompt: JsonObject, catalogue: Catalogue | None) -> list[JsonObject]:
    """List the outputs: one for each node that saves something, else for each that shows it."""
    types = {id: output_type(node["class_type"], catalogue) for id, node in prompt.items()}
    found = {id: type for id, type in types.items() if type is not None}
    saved = {id: type for id, type in found.items() if saves(prompt[id]["class_type"])} or found
    labels, names = Labels(prompt, catalogue), Names()
    return [
        _of_node(id, type, prompt[id]["class_type"], labels, names) for id, type in saved.items()
    ]


def _of_node(id: str, type: PortType, class_type: str, labels: Labels, names: Names) -> JsonObject:
    label = labels.title(id) or spaced(class_type)
    return {"name": names.give(label, "output"), "label": label, "type": type, "node": id}


def _of_placeholder(
    one: Placeholder, converted: Converted, catalogue: Catalogue | None, names: Names
) -> JsonObject:
    node = converted.prompt[one.node]
    spec = find(catalogue, node, one.input)
    row: JsonObject = {
        "name": names.give(one.key),
        "label": one.key.replace("_", " ").strip() or one.key,
        "type": "text",
        "target": {"placeholder": one.key, "kind": one.kind},
    }
    if one.kind == "choice":
        return {**row, "type": "pills", "options": list(one.options), "default": one.default}
    if one.kind == "file":
        loader = LOADERS.get(node["class_type"])
        return {**row, "type": loader[1] if loader else "file", "required": True}
    if one.default is None:
        return {**row, **_form(one.input, spec, None), "required": True}
    default: Json = one.default
    if spec is not None:
        with suppress(InvalidBody):  # one that does not fit is refused when it is used
            default = cast(default, spec)
    return {**row, **_form(one.input, spec, default)}


def _widgets(
    converted: Converted, catalogue: Catalogue | None, names: Names
) -> Iterator[JsonObject]:
    labels = Labels(converted.prompt, catalogue)
    inner = {input for ids in converted.promoted.values() for input in ids}
    closed = {id.partition(":")[0] for id, _ in converted.promoted}
    seen: set[object] = set()
    found: list[tuple[int, InputId]] = []
    for id, node in converted.prompt.items():
        # A subgraph whose author chose what it shows offers that and nothing else.
        hidden = ":" in id and id.partition(":")[0] in closed
        for name, value in node.get("inputs", {}).items():
            shown = (id, name) in inner or (id, name) in converted.labels
            if api.link(value) is not None or (hidden and not shown):
                continue
            rank = _rank(node, name, value, labels, shown, id)
            if rank is not None:
                found.append((rank, (id, name)))
    for _, input in sorted(found, key=lambda row: row[0]):
        place = converted.places.get(input, input)
        if place not in seen and len(seen) < MAX_INPUTS:
            seen.add(place)
            yield _of_widget(input, converted, catalogue, labels, names)


def _rank(
    node: JsonObject, name: str, value: Json, labels: Labels, shown: bool, id: str
) -> int | None:
    """Return how far in front a value is, or None when it is not offered."""
    type, base = node["class_type"], name.rpartition(".")[2]
    if type in LOADERS:
        return 0 if LOADERS[type][0] == name else None
    if isinstance(value, str) and value.lower().endswith(_MODELS):
        return None
    if isinstance(value, str) and base in _PROMPTS and not type.startswith(("Save", "Load")):
        return 0
    if shown:
        return (3 if base in _SEEDS else 1) if isinstance(value, str | int | float) else None
    if type in _PRIMITIVES and name == "value":
        return 2 if labels.title(id) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    if base in _SEEDS:
        return 3
    inert = type.startswith(("Save", "Load", "Preview")) or "Crop" in type
    return 2 if base in _SIZES and not inert else None


def _of_widget(
    input: InputId,
    converted: Converted,
    catalogue: Catalogue | None,
    labels: Labels,
    names: Names,
) -> JsonObject:
    id, name = input
    node = converted.prompt[id]
    type, value = node["class_type"], node["inputs"][name]
    label = readable(converted.labels.get(input, "")) or labels.value(id, name)
    row: JsonObject = {
        "name": names.give(label, name),
        "label": label,
        "type": "text",
        "target": {"node": id, "input": name},
    }
    if type in LOADERS and LOADERS[type][0] == name:
        return {**row, "type": LOADERS[type][1]}
    row |= _form(name, find(catalogue, node, name), value)
    randomize = isinstance(value, int) and converted.controls.get(input) == RANDOMIZE
    return {**row, "randomize": True} if randomize and row["type"] == "number" else row


def _form(name: str, spec: Spec | None, value: Json) -> JsonObject:
    """Return the type of a field, its bounds, and its default when there is one."""
    row = _like(value) if spec is None else _widget(spec)
    if row["type"] == "select":
        if value is not None and str(value) not in row["options"]:
            row = {"type": "text"}  # a model, say, that this runner has not got
        value = None if value is None else str(value)
    elif row["type"] == "number":
        if not isinstance(value, int | float) and value is not None:
            row = {"type": "text"}
        elif value is not None and not row.get("min", value) <= value <= row.get("max", value):
            row = {"type": "number"}
    if row["type"] == "text" and name.rpartition(".")[2] in _PROMPTS:
        row["type"] = "textarea"
    return row if value is None else {**row, "default": value}


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
    long = isinstance(value, str) and ("\n" in value or len(value) > _LONG)
    return {"type": "textarea" if long else "text"}


def labelled(rows: list[JsonObject]) -> Mapping[str, JsonObject]:
    """Return declared inputs by name; rows without one are passed over."""
    return {
        row["name"]: row
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("name"), str)
    }
