"""The order of a node's widgets in its list of values: which slot belongs to which input.

There are slots in between for what happens to a number after each run, for buttons, and in old
files for inputs that have no widget; widgets that were not saved leave holes.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.graph.comfy_format.catalogue import (
    AUTOGROW,
    DYNAMIC_COMBO,
    Spec,
    chosen,
    expanded,
)
from workflows.graph.comfy_format.shape import Node
from workflows.types import Json

#: What a control slot may hold: what is done to a value after each run.
CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
RANDOMIZE = "randomize"
_BUTTONS = ("upload3dmodel", "upload_3d_model")


def slots_of(node: Node, info: Json, saved: list[Json]) -> Iterator[tuple[Spec, int | None]]:
    """Yield each widget of a node's class with the slot of its value; None: the list has none.

    Inputs that come with a chosen option follow their combo.
    """
    slots = _Slots(saved, _skipped(info, saved))
    waiting = list(reversed([spec for spec in _top(info) if slots.takes(spec)]))
    while waiting:
        spec = waiting.pop()
        if spec.type == AUTOGROW:
            waiting.extend(reversed(_grown(node, spec)))
            continue
        at = slots.take(spec)
        if at is not None and saved[at] is None and needs_value(spec):
            at = None
        if spec.type == DYNAMIC_COMBO:
            options = chosen(spec, default(spec) if at is None else saved[at])
            waiting.extend(one for one in reversed(options) if slots.takes(one))
        slots.skip_control(spec, waiting[-1] if waiting else None)
        if spec.widget:
            yield spec, at


def default(spec: Spec) -> Json:
    """Return what a widget starts with."""
    if spec.options.get("default") is not None:
        return spec.options["default"]
    if spec.type == DYNAMIC_COMBO:
        options = spec.options.get("options")
        first = options[0] if isinstance(options, list) and options else None
        return first.get("key") if isinstance(first, dict) else None
    if spec.choices:
        return spec.choices[0]
    return {"INT": 0, "FLOAT": 0, "STRING": "", "BOOLEAN": False}.get(spec.kind)


def controlled(spec: Spec) -> bool:
    """Return whether a control slot follows a widget."""
    flag = spec.options.get("control_after_generate")
    if flag is not None:
        return bool(flag)
    return spec.type == "INT" and spec.name.rpartition(".")[2] in ("seed", "noise_seed")


def needs_value(spec: Spec) -> bool:
    """Return whether null is no value for a widget."""
    return spec.kind in ("INT", "FLOAT", "BOOLEAN", "COMBO", "STRING") or spec.choices is not None


def _top(info: Json) -> Iterator[Spec]:
    return (spec for spec in expanded(info, {}))


def _skipped(info: Json, saved: list[Json]) -> bool:
    """Return whether a file is so old that inputs without a widget have a slot."""
    specs = list(_top(info))
    forced = sum(_forced(spec) for spec in specs)
    count = sum(spec.widget for spec in specs) + sum(
        spec.widget and controlled(spec) for spec in specs
    )
    return forced > 0 and len(saved) == count + forced


def _forced(spec: Spec) -> bool:
    """Return whether an input would have a widget if its class did not forbid it."""
    return not spec.widget and Spec(spec.name, spec.type, {}, spec.choices).widget


class _Slots:
    """Walks over the saved values of a node."""

    def __init__(self, saved: list[Json], dummies: bool) -> None:
        self.saved = saved
        self.dummies = dummies
        self.at = 0

    def takes(self, spec: Spec) -> bool:
        """Return whether an input has a slot here."""
        return spec.widget or spec.type == AUTOGROW or (self.dummies and _forced(spec))

    def take(self, spec: Spec) -> int | None:
        """Return the slot of an input's value, or None when the values have come to an end."""
        if spec.type == "LOAD_3D":
            while self.at < len(self.saved) and self.saved[self.at] in _BUTTONS:
                self.at += 1
        # A hole: a widget that was not saved left its slot behind.
        if self._null() and needs_value(spec) and _could_be(spec, self._next()):
            self.at += 1
        if self.at >= len(self.saved):
            return None
        self.at += 1
        return self.at - 1

    def skip_control(self, spec: Spec, following: Spec | None) -> None:
        """Step over a control slot, when there is one."""
        value = self.saved[self.at] if self.at < len(self.saved) else None
        if isinstance(value, bool) and controlled(spec):  # the switch of the first versions
            self.at += following is None or following.kind != "BOOLEAN"
            return
        if not isinstance(value, str) or value not in CONTROLS:
            return
        if controlled(spec) or spec.type in ("INT", "FLOAT", "COMBO"):
            chance = following is not None and _could_be(following, value)
            if controlled(spec) or not chance:
                self.at += 1

    def _null(self) -> bool:
        return self.at < len(self.saved) and self.saved[self.at] is None

    def _next(self) -> Json:
        return self.saved[self.at + 1] if self.at + 1 < len(self.saved) else None


def _grown(node: Node, spec: Spec) -> list[Spec]:
    """Return the widgets that a growing input has in the file, by the sockets saved with it."""
    return [
        Spec(one.name, one.type, {}, None)
        for one in node.inputs
        if one.widget is not None and one.name.startswith(f"{spec.name}.")
    ]


def _could_be(spec: Spec, value: Json) -> bool:
    """Return whether a saved value has the type of a widget."""
    kind = spec.kind
    if kind == "INT" or kind == "FLOAT":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "BOOLEAN":
        return isinstance(value, bool)
    if kind == "COMBO":
        return value in spec.choices if spec.choices else isinstance(value, str | int)
    return isinstance(value, str) if kind == "STRING" else value is not None
