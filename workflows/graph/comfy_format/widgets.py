"""A node's `widgets_values` by name: which value belongs to which widget, and where it is.

Files hold the values of a node as a list without names. Three things name them: the key
`widgets_values_named`, values as an object, and the catalogue (see slots.py for the order).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from workflows.graph.comfy_format.catalogue import expanded
from workflows.graph.comfy_format.converted import Path
from workflows.graph.comfy_format.shape import Node
from workflows.graph.comfy_format.slots import CONTROLS, default, needs_value, slots_of
from workflows.graph.comfy_format.well_known import WIDGETS
from workflows.graph.document import is_number, same
from workflows.types import Json, JsonObject

#: Widgets of the page that are never sent.
_UNSENT = frozenset(
    {
        "control_after_generate",
        "control_filter_list",
        "upload",
        "audioUI",
        "videopreview",
        "video-preview",
        "choose file to upload",
        "choose video to upload",
        "speak_and_recognation",
    }
)
#: More than this to compare is no real node.
_MAX_PAIRS = 250_000
_NAMED, _VALUES = "widgets_values_named", "widgets_values"


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one widget and the paths at which the file holds it (none: a default).

    `control` is what ComfyUI's page does to it after each run, empty where the file does not say.
    """

    value: Json
    paths: tuple[Path, ...] = ()
    label: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class Widgets:
    """The named values of a node, and how many of its saved values have no name."""

    values: Mapping[str, Value]
    unnamed: int = 0
    warnings: tuple[str, ...] = ()


def read_widgets(node: Node, info: Json) -> Widgets:
    """Return a node's values by name, with its class's entry of the catalogue or None."""
    found = _read(node, info)
    return replace(found, values=_controlled(node, found.values))


def _controlled(node: Node, values: Mapping[str, Value]) -> dict[str, Value]:
    """Say of each number what its control, the entry that follows it in the file, does to it."""
    named = node.raw.get(_NAMED)
    held = named if isinstance(named, dict) else node.raw.get(_VALUES)
    by_name: JsonObject = held if isinstance(held, dict) else {}
    after = dict(pairwise(by_name))
    slots = {path[-1] for one in values.values() for path in one.paths if path[-2] == _VALUES}
    found: dict[str, Value] = {}
    for name, one in values.items():
        control: Json = None
        for path in one.paths:
            following = after.get(name, "")
            if isinstance(path[-1], int) and path[-1] + 1 not in slots:
                control = control_at(node, path[-1] + 1) or control
            elif following.partition("#")[0] == "control_after_generate":
                control = control or by_name[following]
        known = is_number(one.value) and isinstance(control, str) and control in CONTROLS
        found[name] = replace(one, control=str(control)) if known else one
    return found


def control_at(node: Node, slot: int) -> str:
    """Return the control word in a slot of a node's values, empty where there is none."""
    saved = node.raw.get(_VALUES)
    value = saved[slot] if isinstance(saved, list) and slot < len(saved) else None
    return value if isinstance(value, str) and value in CONTROLS else ""


def _read(node: Node, info: Json) -> Widgets:
    named, values = node.raw.get(_NAMED), node.raw.get(_VALUES)
    if isinstance(named, dict):
        found = _of_named(node, named, values if isinstance(values, list) else [])
    elif isinstance(values, dict):
        found = {
            name: Value(value, ((*node.path, _VALUES, name),))
            for name, value in values.items()
            if not _of_page(name)
        }
    elif info is None:
        return _guessed(node, values if isinstance(values, list) else [])
    else:
        return _positional(node, info, values if isinstance(values, list) else [])
    return Widgets(found) if info is None else _declared(node, info, found)


def _of_named(node: Node, named: JsonObject, values: list[Json]) -> dict[str, Value]:
    """Take the names from the object and the values from the list, which ComfyUI itself reads."""
    found: dict[str, Value] = {}
    slots = pairs(named, values)
    for name, value in named.items():
        paths: tuple[Path, ...] = ((*node.path, _NAMED, name),)
        at = slots.get(name)
        if at is not None:
            value, paths = values[at], (*paths, (*node.path, _VALUES, at))
        if not _of_page(name):
            found[name] = Value(value, paths)
    return found


def pairs(named: JsonObject, values: list[Json]) -> dict[str, int]:
    """Return the slot of each name: both are in one order, but either may lack entries.

    Of all ways to pair the shorter with the longer, the one with the most equal values counts.
    """
    names = list(named)
    swapped = len(names) > len(values)
    if len(names) * len(values) > _MAX_PAIRS:
        return {name: at for at, name in enumerate(names[: len(values)])}
    short, long = (values, list(named.values())) if swapped else (list(named.values()), values)
    # best[i][j]: equal pairs when the first i of the short list are in the first j of the long one
    best = [[0] * (len(long) + 1) for _ in range(len(short) + 1)]
    for i in range(1, len(short) + 1):
        best[i][i - 1] = -1
        for j in range(i, len(long) + 1):
            hit = best[i - 1][j - 1] + same(short[i - 1], long[j - 1])
            best[i][j] = max(hit, best[i][j - 1]) if j > i else hit
    found: dict[str, int] = {}
    i, j = len(short), len(long)
    while i > 0:
        if j > i and best[i][j] == best[i][j - 1]:
            j -= 1
            continue
        i, j = i - 1, j - 1
        found[names[j] if swapped else names[i]] = i if swapped else j
    return found


def _of_page(name: str) -> bool:
    """Return whether a widget belongs to ComfyUI's page alone: it is saved and never sent."""
    return name.partition("#")[0] in _UNSENT or name in CONTROLS


def _declared(node: Node, info: Json, found: dict[str, Value]) -> Widgets:
    """Put named values in the order of the class, and add the defaults of what is missing.

    Names the class does not declare are kept: node packs add widgets as others are chosen.
    """
    plain = {name: one.value for name, one in found.items()}
    values: dict[str, Value] = {}
    warnings: list[str] = []
    for spec in expanded(info, plain):
        if not spec.widget:
            continue
        if spec.name in found and (found[spec.name].value is not None or not needs_value(spec)):
            values[spec.name] = found[spec.name]
        else:
            plain[spec.name] = default(spec)
            values[spec.name] = Value(plain[spec.name])
            warnings.append(f"no value for {spec.name}: its default is used")
    linked = {spec.name for spec in expanded(info, plain) if not spec.widget}
    values |= {
        name: one
        for name, one in found.items()
        if name not in values and name not in linked and not is_left(one.value)
    }
    return Widgets(values, 0, tuple(warnings))


def _positional(node: Node, info: Json, saved: list[Json]) -> Widgets:
    values: dict[str, Value] = {}
    warnings: list[str] = []
    for spec, at in slots_of(node, info, saved):
        if at is None:
            values[spec.name] = Value(default(spec))
            warnings.append(f"no value for {spec.name}: its default is used")
        else:
            values[spec.name] = Value(saved[at], ((*node.path, _VALUES, at),))
    return Widgets(values, 0, tuple(warnings))


def _guessed(node: Node, saved: list[Json]) -> Widgets:
    """Name values without a catalogue: a well-known class, or the sockets saved with widgets."""
    names = WIDGETS.get(node.type)
    if names is None:
        sockets = [one.widget for one in node.inputs if one.widget is not None]
        names = tuple(sockets)
        if len(saved) > len(sockets):
            names = _with_controls(sockets, saved)
        if not sockets or len(names) > len(saved):
            names = ()
    found = {
        name: Value(saved[at], ((*node.path, _VALUES, at),))
        for at, name in enumerate(names)
        if name is not None and at < len(saved)
    }
    rest = [] if node.type in WIDGETS else saved[len(names) :]
    left = 0 if all(is_left(value) for value in rest) else len(rest)
    return Widgets({} if left else found, left)


def is_left(value: Json) -> bool:
    """Return whether a value is what buttons and controls of the page leave behind."""
    if isinstance(value, dict):
        return value.get("type") == "button"
    return value is None or (
        isinstance(value, str) and (value in ("", "image") or value in CONTROLS)
    )


def _with_controls(names: list[str], saved: list[Json]) -> tuple[str | None, ...]:
    """Put a control slot behind each number whose next value is one of the control words."""
    slots: list[str | None] = []
    for name in names:
        slots.append(name)
        at = len(slots)
        if at < len(saved) and isinstance(saved[at], str) and saved[at] in CONTROLS:
            before = saved[at - 1]
            if isinstance(before, int | float) and not isinstance(before, bool):
                slots.append(None)
    return tuple(slots)
