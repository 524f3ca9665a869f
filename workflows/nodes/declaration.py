"""What a node type's declaration must be like, checked when it is registered.

Planner, canvas and API rely on it without another check.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any, get_args

from workflows.errors import NodeError
from workflows.graph.ports import TASKS, TYPES, Input, NodeType, Output, Widget, item_type
from workflows.graph.values import accept_typed

#: Models are called by the name in lowercase with hyphens, so there is one spelling of each.
_TYPE = re.compile(r"[a-z][A-Za-z0-9]{0,63}")


def check(node_type: NodeType, function: Callable[..., Any], more: Sequence[str] = ()) -> None:
    """Raise ValueError naming what in a declaration is wrong, and what was expected.

    `more` are arguments that the function gets besides its inputs.
    """
    if not isinstance(node_type.type, str) or not _TYPE.fullmatch(node_type.type):
        raise ValueError(
            f"node type {node_type.type!r}: expected a name of at most 64 letters and digits, "
            "with a lowercase letter first"
        )
    problem = (
        _texts(node_type)
        or _ports(node_type.inputs, Input)
        or _ports(node_type.outputs, Output)
        or next(filter(None, map(_field, node_type.inputs)), "")
        or _shown_when(node_type.inputs)
        or _numbers(node_type)
        or _function(node_type, function, more)
    )
    if problem:
        raise ValueError(f"node type {node_type.type!r}: {problem}")


def _texts(node_type: NodeType) -> str:
    for key in ("name", "category", "description"):
        value = getattr(node_type, key)
        if not isinstance(value, str) or not value.strip():
            return f"{key} is {value!r}; expected a text"
    if not all(isinstance(alias, str) for alias in node_type.aliases):
        return f"aliases is {node_type.aliases!r}; expected texts"
    return ""


def _numbers(node_type: NodeType) -> str:
    for key in ("version", "timeout_seconds", "pixel_bytes", "width"):
        value = getattr(node_type, key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            return f"{key} is {value!r}; expected a number greater than 0"
    return ""


def _ports(ports: Sequence[Any], kind: type[Input] | type[Output]) -> str:
    """Check what inputs and outputs have in common."""
    side, names = kind.__name__.lower(), set()
    for port in ports:
        if not isinstance(port, kind):
            return f"{side}s has {port!r}; expected {kind.__name__}(…)"
        if not isinstance(port.name, str) or not port.name.isidentifier():
            return f"{side} {port.name!r}: expected a Python name"
        if port.name in names:
            return f"{side} {port.name!r} is declared twice"
        if not isinstance(port.type, str) or item_type(port.type) not in TYPES:
            known = ", ".join(TYPES)
            return f"{side} {port.name!r}: its type is {port.type!r}; expected {known} or list<…>"
        names.add(port.name)
    return ""


def _field(port: Input) -> str:
    """Check how an input is filled in."""
    start = f"input {port.name!r}"
    if port.widget is not None and port.widget not in get_args(Widget):
        return f"{start}: its widget is {port.widget!r}; expected {', '.join(get_args(Widget))}"
    if port.widget in ("select", "pills") and not port.options:
        return f"{start}: a {port.widget} needs options"
    if (port.task not in TASKS) if port.widget == "model" else port.task:
        return f"{start}: its task is {port.task!r}; expected, for a model, {', '.join(TASKS)}"
    if port.widget == "slider" and (port.min is None or port.max is None):
        return f"{start}: a slider needs min and max"
    try:
        accept_typed(port, port.default)
    except NodeError as error:
        return f"{start}: its default does not suit it: {error.message}"
    return ""


def _shown_when(ports: Sequence[Input]) -> str:
    """Check that what a field is shown by are other fields, and values that those can have."""
    options = {port.name: port.options for port in ports}
    for port in ports:
        start = f"input {port.name!r}"
        if port.shown_when and port.required:
            return f"{start}: what is required is always shown"
        for name, values in port.shown_when.items():
            if name == port.name or not options.get(name):
                return f"{start}: it is shown by {name!r}; expected another input that has options"
            if not values or isinstance(values, str) or not set(values) <= set(options[name]):
                known = ", ".join(options[name])
                return f"{start}: it is shown when {name} is {values!r}; expected some of {known}"
    return ""


def _function(node_type: NodeType, function: Callable[..., Any], more: Sequence[str]) -> str:
    """Check that the function can be called with what it will get."""
    name = getattr(function, "__name__", repr(function))
    if not inspect.iscoroutinefunction(function):
        return f"{name} is no async function"
    given = dict.fromkeys([port.name for port in node_type.inputs] + list(more))
    try:
        inspect.signature(function).bind(None, **given)
    except TypeError as error:
        wanted = ", ".join(["context", *given])
        return f"{name} cannot be called with its inputs ({error}); expected ({wanted})"
    return ""
