"""Port types: which exist, which value fits where, how lists spread, and what ports a node has.

Owns the shape of a node type (`NodeType`, `Input`, `Output`) so that the planner, the registry and
the canvas's catalogue speak of one thing. Which types exist is the registry's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from workflows.graph.document import is_number
from workflows.types import Json, JsonObject, PortType

#: Every port type with its label; `list<T>` of each also is one.
TYPES: Mapping[PortType, str] = {
    "text": "Text",
    "number": "Number",
    "boolean": "Yes/No",
    "color": "Color",
    "image": "Image",
    "mask": "Mask",
    "video": "Video",
    "audio": "Audio",
    "json": "JSON",
    "table": "Table",
    "file": "File",
    "any": "Anything",
}

MEDIA: frozenset[PortType] = frozenset({"image", "mask", "video", "audio", "file"})

#: Conversions that happen by themselves on a connection (research canvas F.1).
AUTOMATIC: frozenset[tuple[PortType, PortType]] = frozenset(
    {
        ("number", "text"),
        ("boolean", "text"),
        ("color", "text"),
        ("image", "file"),
        ("video", "file"),
        ("audio", "file"),
        ("table", "file"),
        ("json", "file"),
        ("mask", "image"),
        ("table", "json"),
        ("json", "table"),
    }
)

#: Text is taken as one of these when the literal parses at that moment; else the node says so.
PARSED: frozenset[PortType] = frozenset({"number", "boolean", "json", "color"})

Widget = Literal[
    "text",
    "textarea",
    "number",
    "slider",
    "select",
    "pills",
    "toggle",
    "color",
    "asset",
    "json",
    "fields",
    "list",
    "app",
    "credential",
    "model",
    "mask",
    "ratio",
    "curve",
]

#: What people want of a model; a field of the widget `model` offers those of one task.
TASKS: Mapping[str, str] = {
    "chat": "Chat",
    "describe": "Describe image",
    "image": "Generate image",
    "edit": "Edit image",
    "upscale": "Upscale",
    "removeBackground": "Remove background",
    "video": "Generate video",
    "speak": "Speak",
    "transcribe": "Transcribe",
    "sound": "Audio and music",
    "embed": "Embed text",
    "moderate": "Moderate",
    "readText": "Read text",
    "denoise": "Denoise speech",
    "faces": "Find faces",
    "any": "Any model",
}

#: The provider of the models that run on this server.
LOCAL = "local"
#: The provider of the workflows of this server that are published as models: `workflow/owner/name`.
WORKFLOW = "workflow"
#: Stands for a provider that is known once a model is chosen.
OF_MODEL = "{model}"

#: `{name}` in a template; the name becomes a text port. `{{` and `}}` are literal braces.
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")

#: The name of a port that a node declares in its data.
DECLARED_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a node type: a field a user can fill in and a port a connection can feed.

    `many` means that the port takes several edges, in edge order, and always gets a list.
    `port=False` is a setting that cannot be connected; `widget=None` is a port without a field.
    `labels` words the options that do not read as they are stored.
    `randomize`: where nothing gives it a value, each run draws a new number instead of the default.
    With the widget `model` it chooses one of a `task`'s models, as `provider/name`.
    With the widget `mask` it is painted on the image that the node takes at `image` or `base`.
    With the widget `curve` it is JSON: points by channel, see `nodes/image/curves_image.py`.
    With the widget `credential` it chooses one of the user's credentials; where `provider` is set,
    that provider's newest one is used when none is chosen. The provider `OF_MODEL` is that of the
    model the node has chosen.
    """

    name: str
    type: PortType
    label: str = ""
    required: bool = False
    default: Json = None
    widget: Widget | None = None
    options: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    min: float | None = None
    max: float | None = None
    step: float | None = None
    unit: str = ""
    help: str = ""
    placeholder: str = ""
    advanced: bool = False
    many: bool = False
    port: bool = True
    provider: str = ""
    randomize: bool = False
    task: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One output port of a node type."""

    name: str
    type: PortType
    label: str = ""


@dataclass(frozen=True, slots=True)
class NodeType:
    """What a registered node type declares; the function that does the work stays in the registry.

    `dynamic` names how further ports follow from the node's data:
    `placeholders` - every `{name}` in data["text"] is a text input (template);
    `fields` - every entry of data["fields"] is an output, plus `params` (request input);
    `sources` - every name in data["sources"] is an input `$name`, for references (fal nodes);
    `declared` - data["inputs"] and data["outputs"] list further ports (ComfyUI workflow);
    `model` - data["inputs"] lists the fields that the chosen model has besides.
    `sink` nodes are what a run is for: with any present, only they and their ancestors run.
    `deterministic` promises: same inputs, same output, no effect outside; only such nodes are
    cached (`cacheable`) and may start before their parents' results are on disk.
    `pixel_bytes` is how much memory a call takes for each pixel of the largest image it reads or
    makes, all its copies included; what it needs beyond the engine's budget for media is refused.
    `joins` says that it reads videos by `Context.load_clip` and images by `Context.load_image`
    alone, so that what other nodes make of them need not be written to files before.
    `package` is the installed package that declares it, empty for a type of Patchbay's own.
    """

    type: str
    name: str
    category: str
    description: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    aliases: tuple[str, ...] = ()
    version: int = 1
    deterministic: bool = True
    cacheable: bool = True
    shared_cache: bool = False
    sink: bool = False
    runs: bool = True
    dynamic: Literal["placeholders", "fields", "sources", "declared", "model"] | None = None
    preview: str | None = None
    width: int = 280
    timeout_seconds: float = 600.0
    pixel_bytes: int = 8
    credits: float | None = None
    package: str = ""
    joins: bool = False
    extra: JsonObject = field(default_factory=dict)

    @property
    def works(self) -> bool:
        """Whether it does work whose result is worth keeping; else it only hands values on."""
        return self.cacheable or not self.deterministic


def item_type(port_type: PortType) -> PortType:
    """Return T for `list<T>`, else the type itself."""
    return port_type[5:-1] if port_type.startswith("list<") else port_type


def is_list(port_type: PortType) -> bool:
    """Return whether the type is `list<T>`."""
    return port_type.startswith("list<")


#: Field types of a request input (spec native 3.4) -> port type of the socket they get.
FIELD_TYPES: Mapping[str, PortType] = {
    "text": "text",
    "textarea": "text",
    "number": "number",
    "slider": "number",
    "pills": "text",
    "select": "text",
    "toggle": "boolean",
    "color": "color",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
}


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
    gaps = (
        Input(name, "text", label=name, required=True)
        for name in placeholders(data.get("text"))
        if name not in declared
    )
    return (*node_type.inputs, *gaps)


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


def fits(source: PortType, target: PortType) -> str | None:
    """Return how a value of one type reaches a port of another, or None when it cannot.

    Answers `same`, `any`, `automatic`, `parsed` (text that must parse when it runs), with `each:`
    in front when a list meets a single input, which then runs once per item.
    """
    if is_list(source) and not is_list(target) and target not in ("any", "json"):
        inner = fits(item_type(source), target)
        return f"each:{inner}" if inner else None
    plain_source, plain_target = item_type(source), item_type(target)
    if plain_source == plain_target:
        return "same"
    if "any" in (plain_source, plain_target):
        return "any"
    if (plain_source, plain_target) in AUTOMATIC:
        return "automatic"
    if plain_source == "text" and plain_target in PARSED:
        return "parsed"
    return None
