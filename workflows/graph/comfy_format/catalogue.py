"""What a runner says about its node classes (`/object_info`), read in one way for all its forms.

A spec is `[type]` or `[type, options]`; combos come as a list of options in place of the type or as
`["COMBO", {"options": [...]}]`; node packs write a bare string as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.types import Json, JsonObject

Catalogue = Mapping[str, Json]

DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3"
AUTOGROW = "COMFY_AUTOGROW_V3"
DYNAMIC_SLOT = "COMFY_DYNAMICSLOT_V3"
DYNAMIC_GROUP = "COMFY_DYNAMICGROUP_V3"
#: Types that have a widget of their own beside numbers, text, switches and combos.
_VALUES = frozenset(
    {
        "COLOR",
        "COLORS",
        "BOUNDING_BOX",
        "BOUNDING_BOXES",
        "CURVE",
        "RANGE",
        "VIDEO_EDIT",
        "IMAGECOMPARE",
        "RESOLUTION_PREVIEW",
        "COMPOSITOR",
        "LOAD_3D",
        "WEBCAM",
        "CAMERA_INFO_STATE",
    }
)
_SIMPLE = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})


@dataclass(frozen=True, slots=True)
class Spec:
    """One declared input: its type, its options, and for a combo what can be chosen."""

    name: str
    type: str
    options: Mapping[str, Json]
    choices: tuple[Json, ...] | None = None
    required: bool = True

    @property
    def widget(self) -> bool:
        """Whether the input has a value of its own; else only a link can feed it."""
        if self.options.get("forceInput") is True or self.options.get("defaultInput") is True:
            return False
        kind = self.options.get("widgetType", self.type)
        return (
            self.type == DYNAMIC_COMBO
            or kind in _SIMPLE
            or kind in _VALUES
            or (self.options.get("socketless") is True)
        )

    @property
    def kind(self) -> str:
        """The type whose widget and casts apply."""
        kind = self.options.get("widgetType", self.type)
        return kind if isinstance(kind, str) else self.type


def parse(name: str, raw: Json, required: bool = True) -> Spec:
    """Read one input's spec; what cannot be read is an input of any type."""
    items = raw if isinstance(raw, list) and raw else [raw]
    kind, options = items[0], items[1] if len(items) > 1 else {}
    if not isinstance(options, dict):
        options = {}
    if isinstance(kind, list):
        return Spec(name, "COMBO", options, tuple(kind), required)
    if kind == "COMBO":
        choices = options.get("options")
        return Spec(
            name, "COMBO", options, tuple(choices) if isinstance(choices, list) else None, required
        )
    return Spec(name, kind if isinstance(kind, str) else "*", options, None, required)


def inputs(info: Json) -> list[Spec]:
    """List the inputs that a class (or an option of a dynamic combo) declares, in order."""
    declared = info.get("input") if isinstance(info, dict) and "input" in info else info
    if not isinstance(declared, dict):
        return []
    order = info.get("input_order") if isinstance(info, dict) else None
    found: list[Spec] = []
    for group in ("required", "optional"):
        specs = declared.get(group)
        if not isinstance(specs, dict):
            continue
        listed = order.get(group) if isinstance(order, dict) else None
        names = [name for name in listed if name in specs] if isinstance(listed, list) else []
        rest = (name for name in specs if name not in set(names))
        found += [parse(name, specs[name], group == "required") for name in [*names, *rest]]
    return found


def chosen(spec: Spec, value: Json) -> list[Spec]:
    """List the inputs that come with the chosen option of a dynamic combo, under full names."""
    options = spec.options.get("options")
    for option in options if isinstance(options, list) else []:
        if isinstance(option, dict) and option.get("key") == value:
            return [
                Spec(f"{spec.name}.{sub.name}", sub.type, sub.options, sub.choices, sub.required)
                for sub in inputs(option.get("inputs"))
            ]
    return []


def expanded(info: Json, values: Mapping[str, Json]) -> Iterator[Spec]:
    """Yield every declared input, with those that follow from chosen options behind their combo."""
    waiting = list(reversed(inputs(info)))
    while waiting:
        spec = waiting.pop()
        yield spec
        if spec.type == DYNAMIC_COMBO:
            waiting.extend(reversed(chosen(spec, values.get(spec.name))))


def find(catalogue: Catalogue | None, node: JsonObject, name: str) -> Spec | None:
    """Return the spec of a node's input (API format), or None when nothing declares it."""
    info = (catalogue or {}).get(node.get("class_type", ""))
    if info is None:
        return None
    values = node.get("inputs")
    specs = expanded(info, values if isinstance(values, dict) else {})
    return next((spec for spec in specs if spec.name == name), None)


def is_output(info: Json) -> bool:
    """Return whether a class is one that a run is for."""
    return isinstance(info, dict) and info.get("output_node") is True
