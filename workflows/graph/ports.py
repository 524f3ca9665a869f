"""Port types: which exist, which value fits where, how lists spread, and the shape of a node type.

Owns `NodeType`, `Input` and `Output`, so that the planner, the registry and the canvas's catalogue
speak of one thing. Which types exist is the registry's matter, which ports a node has is said by
`node_ports.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    "gradient",
]

#: What users want of a model; a field of the widget `model` offers those of one task.
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
#: Names a provider that is known once a model is chosen.
OF_MODEL = "{model}"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a node type: a field a user can fill in and a port a connection can feed.

    `many` means that the port takes several edges, in edge order, and always gets a list.
    `port=False` is a setting that cannot be connected; `widget=None` is a port without a field.
    `labels` words the options that read otherwise than stored, the capital at their start aside.
    `shown_when`: pages show it while each of these other fields has one of these of its options;
    what it holds and its connection stay meanwhile, and count as ever.
    `randomize`: where nothing gives it a value, each run draws a new number instead of the default.
    With the widget `model` it chooses one of a `task`'s models, as `provider/name`.
    With the widget `mask` it is painted on the image that the node takes at `image` or `base`.
    With the widget `curve` it is JSON: points by channel, see `nodes/image/curves_image.py`.
    With the widget `gradient` it is JSON: stops `{"color", "place"}`, `nodes/image/gradient.py`;
    while it has none, it shows the colors that the node has at `start`, `middle` and `end`.
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
    shown_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    "curve": "json",
    "gradient": "json",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
}


def fits(source: PortType, target: PortType) -> str | None:
    """Return how a value of one type reaches a port of another, or None when it cannot.

    Returns `same`, `any`, `automatic`, `parsed` (text that must parse when it runs), with `each:`
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
