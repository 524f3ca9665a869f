"""Values into the type that an input of a node class declares, before ComfyUI's own rough casts.

ComfyUI would take the text "false" for true and refuse "1.0" as an integer or "8" as one of the
numbers 4, 8 and 16.
"""

from __future__ import annotations

import math
import re

from workflows.graph.comfy_format.catalogue import Spec, parse
from workflows.graph.comfy_format.faults import fault
from workflows.types import Json

_INTEGER = re.compile(r"[+-]?\d{1,4000}")
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
#: In the order in which a union of types tries them.
_ORDER = ("BOOLEAN", "INT", "FLOAT", "COMBO", "STRING")
_KNOWN = frozenset(_ORDER)
_WORDS = {
    "BOOLEAN": "true or false",
    "INT": "a whole number",
    "FLOAT": "a number",
    "COMBO": "one of its options",
    "STRING": "text",
}


def cast(value: Json, spec: Json, node: str = "", input: str = "") -> Json:
    """Return a value in the type a spec of `/object_info` declares; other types pass untouched.

    BOOLEAN takes true/false/1/0, INT whole numbers in any spelling, FLOAT finite numbers, COMBO
    the option whose text is the value's. Raises InvalidBody naming node and input.
    """
    declared = spec if isinstance(spec, Spec) else parse(input, spec)
    kinds = declared.kind.split(",")
    if not _KNOWN.issuperset(kinds):
        return value
    for kind in _ORDER:
        if kind in kinds and (result := _cast(value, kind, declared)) is not None:
            return result
    where = f"Node {node}, input {input}" if node else "The value"
    raise fault(
        f"{where} takes no {_named(value)}",
        value,
        " or ".join(_WORDS[kind] for kind in kinds),
        node=node or None,
        input=input or None,
        field=None if node else "value",
    )


def clamp(value: int, spec: Spec | None) -> int:
    """Bring a generated number into the range an input allows, as random there as it was before."""
    low, high = _bound(spec, "min"), _bound(spec, "max")
    if low is not None and high is not None and low <= high:
        first, last = math.ceil(low), math.floor(high)
        return value if first <= value <= last else first + (value - first) % (last - first + 1)
    if high is not None:
        return min(value, math.floor(high))
    return value if low is None else max(value, math.ceil(low))


def like(value: Json, model: Json) -> Json:
    """Return a value in the type of the one before, when no spec says better."""
    if isinstance(model, bool):
        return _boolean(value) if _boolean(value) is not None else value
    if isinstance(model, int) and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(model, int | float) and isinstance(value, str):
        number = _integer(value) if isinstance(model, int) else _float(value)
        return value if number is None else number
    if isinstance(model, str) and isinstance(value, int | float):
        return _text(value)
    return value


def _cast(value: Json, kind: str, spec: Spec) -> Json:
    """Return the value in one type, or None where it does not fit."""
    if kind == "COMBO":
        return _combo(value, spec)
    if kind == "BOOLEAN" and "," in spec.kind:
        return value if isinstance(value, bool) else None
    return {"INT": _integer, "FLOAT": _float, "BOOLEAN": _boolean, "STRING": _text}[kind](value)


def _named(value: Json) -> str:
    return f"{value!r}"[:80] if isinstance(value, str | int | float) else type(value).__name__


def _bound(spec: Spec | None, key: str) -> float | int | None:
    bound = spec.options.get(key) if spec else None
    return bound if _is_number(bound) else None


def _is_number(value: Json) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _integer(value: Json) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text)
        value = _float(text)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    return None


def _float(value: Json) -> float | int | None:
    if _is_number(value):
        number: float | int = value
        return number
    if isinstance(value, str):
        try:
            found = float(value.strip())
        except ValueError:
            return None
        return found if math.isfinite(found) and "_" not in value else None
    return None


def _boolean(value: Json) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str | int) else ""
    return True if text in _TRUE else False if text in _FALSE else None


def _text(value: Json) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def _combo(value: Json, spec: Spec) -> Json:
    """Pick the option that is meant; the runner judges what is none (files have no full list)."""
    many = any(spec.options.get(key) for key in ("multiselect", "multi_select"))
    if isinstance(value, dict) and "__value__" in value:
        return {"__value__": _combo(value["__value__"], spec)}
    if many and isinstance(value, list):
        return [_option(one, spec.choices or ()) for one in value]
    return _option(value, spec.choices or ())


def _option(value: Json, choices: tuple[Json, ...]) -> Json:
    for option in choices:
        if type(option) is type(value) and option == value:
            return option
    return next((option for option in choices if _text(option) == _text(value) is not None), value)
