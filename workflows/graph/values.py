"""Whether a value suits an input, and how it is converted to the input's type.

The planner asks for typed-in values, the engine for those that come over edges. Types and which of
them fit are `ports`' matter; here are the values.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode

from workflows.errors import InvalidBody, NodeError, Problem, TooLarge
from workflows.graph import strict_json
from workflows.graph.document import is_number, show
from workflows.graph.ports import MEDIA, Input, is_list, item_type
from workflows.types import Json, NodeId, PortType

_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?"
)
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
_URLS = ("http://", "https://", "data:", "/media/")
#: Media types whose content type must begin so; a file may be anything.
_CONTENT = {"image": "image/", "mask": "image/", "video": "video/", "audio": "audio/"}
#: Bytes of a text that is read as JSON on a connection.
_MAX_JSON_BYTES = 10_000_000

_EXPECTED = {
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "color": "a color such as #ff8800",
    "json": "JSON",
    "table": "a table (a list of objects)",
    "image": "an image",
    "mask": "a mask",
    "video": "a video",
    "audio": "an audio file",
    "file": "a file",
}


def convert(value: Json, target: PortType, *, field: str, source: PortType | None = None) -> Json:
    """Return `value` as a value of the type `target` (an item for T, a list for `list<T>`).

    Numbers, booleans and colors become text; text becomes a number, boolean, color or JSON when
    it parses; `source` is the type the value was declared with (text that came as JSON is not
    parsed again). Media are references `{"asset" | "url": …}` or URLs. None stays None.
    Raises NodeError naming `field`, the value and what was expected.
    """
    if value is None or target == "any":
        return value
    if is_list(target):
        inner = item_type(target)
        items = value if isinstance(value, list) else [value]
        return [convert(item, inner, field=field, source=source) for item in items]
    if target == "text":
        return _to_text(value, field)
    if target == "number":
        return _to_number(value, field)
    if target == "boolean":
        return _to_boolean(value, field)
    if target == "color":
        return _to_color(value, field)
    if target == "json":
        return _to_json(value, field) if isinstance(value, str) and source == "text" else value
    if target == "table":
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            return value
        raise _misfit(value, target, field)
    return _to_media(value, target, field, source)


def accept(port: Input, value: Json, *, source: PortType | None = None) -> Json:
    """Convert one value for one call of an input and hold it to the input's limits.

    For an input that takes `many`, `value` is one of its items. Raises NodeError naming the input.
    """
    type = item_type(port.type) if port.many else port.type
    converted = convert(value, type, field=port.name, source=source)
    for item in converted if is_list(type) and isinstance(converted, list) else [converted]:
        _check_limits(port, item)
    return converted


def accept_typed(port: Input, value: Json) -> Json:
    """Convert a value a user typed or an API caller sent; a `many` input takes a list of them.

    None, and empty text where the input is not text, mean that nothing was given: None. Raises
    NodeError naming the input.
    """
    if is_unset(port, value):
        return None
    if port.many:
        items = value if isinstance(value, list) else [value]
        return [accept(port, item, source="text") for item in items]
    return accept(port, value, source="text")


def as_problem(error: NodeError, node_id: NodeId | None) -> Problem:
    """Turn a misfitting value into a problem of the graph."""
    facts = error.context
    return Problem(
        "INVALID_VALUE",
        error.message,
        node_id=node_id,
        field=facts.get("field"),
        value=facts.get("value"),
        expected=facts.get("expected"),
    )


def is_unset(port: Input, value: Json) -> bool:
    """Return whether a typed-in value means that nothing was given.

    Empty text does, unless the input is free text that may be empty on purpose; and so does an
    empty list where the input is required.
    """
    if value is None or (port.required and port.many and value == []):
        return True
    free = item_type(port.type) in ("text", "any") and not port.required and not port.options
    return value == "" and not free and "" not in port.options


def _check_limits(port: Input, value: Json) -> None:
    label = port.label or port.name
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = port.min, port.max
        if (low is not None and value < low) or (high is not None and value > high):
            expected = _range(low, high) + (f" {port.unit}" if port.unit else "")
            raise _error(f"{label} is {show(value)}; expected {expected}.", value, expected, port)
    if port.options and isinstance(value, str) and value not in port.options:
        expected = "one of " + ", ".join(port.options)
        raise _error(f"{label} is {show(value)}; expected {expected}.", value, expected, port)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high:g}"
    return f"at least {low:g}" if high is None else f"a number from {low:g} to {high:g}"


def _to_text(value: Json, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, int | float):
        return json.dumps(value)
    raise _misfit(value, "text", field)


def _to_number(value: Json, field: str) -> int | float:
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and is_number(float(text)):
            return float(text)
    elif is_number(value):
        number: int | float = value
        return number
    raise _misfit(value, "number", field)


def _to_boolean(value: Json, field: str) -> bool:
    if isinstance(value, bool):
        return value
    found = _BOOLEANS.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise _misfit(value, "boolean", field)
    return found


def _to_color(value: Json, field: str) -> str:
    if isinstance(value, str) and _COLOR.fullmatch(value.strip()):
        return value.strip()
    raise _misfit(value, "color", field)


def _to_json(value: str, field: str) -> Json:
    try:
        return strict_json.loads(value.encode("utf-8", "surrogatepass"), max_bytes=_MAX_JSON_BYTES)
    except (InvalidBody, TooLarge) as error:
        raise NodeError(
            f"{field} is not JSON: {error.message}",
            field=field,
            value=_brief(value),
            expected=str(error.context["expected"]),
        ) from error


def _to_media(value: Json, target: PortType, field: str, source: PortType | None) -> Json:
    if isinstance(value, str) and value.startswith(_URLS):
        return value
    if _is_reachable(value) and not (target == "mask" and source == "image"):
        content_type = value.get("content_type")
        wanted = _CONTENT.get(target, "")
        if not isinstance(content_type, str) or content_type.startswith(wanted):
            return value
    if target == "file" and source in ("json", "table"):
        # A data: URL is the one reference to content that needs no storage.
        content = b64encode(strict_json.dumps(value).encode()).decode()
        return f"data:application/json;base64,{content}"
    raise _misfit(value, target, field)


def is_media(value: Json) -> bool:
    """Return whether a value is a media reference: an object with an asset or a URL."""
    if not isinstance(value, dict):
        return False
    return any(isinstance(value.get(key), str) and value[key] for key in ("asset", "url"))


def _is_reachable(value: Json) -> bool:
    """Return whether a media reference names a file of this server or a URL files have."""
    if not is_media(value):
        return False
    asset, url = value.get("asset"), value.get("url")
    return bool(isinstance(asset, str) and asset) or str(url).startswith(_URLS)


def is_asset(value: Json) -> bool:
    """Return whether a value is a reference to a file of this server (JSON with a `url` is not)."""
    if not isinstance(value, dict):
        return False
    return all(isinstance(value.get(key), str) for key in ("asset", "content_type"))


def _misfit(value: Json, target: PortType, field: str) -> NodeError:
    expected = _EXPECTED[target]
    if target in MEDIA:
        expected += " (a file of this server or a URL)"
    return NodeError(
        f"{field} is {_shown(value)}; expected {expected}.",
        field=field,
        value=_brief(value),
        expected=expected,
    )


def _shown(value: Json) -> str:
    """Return what a value is; a file by its name and its true type, which its name may hide."""
    if not is_asset(value):
        return show(value)
    return f"the file {show(value.get('name') or value['asset'])} ({value['content_type']})"


def _error(message: str, value: Json, expected: str, port: Input) -> NodeError:
    return NodeError(message, field=port.name, value=value, expected=expected)


def _brief(value: Json) -> Json:
    if isinstance(value, str) and len(value) > 200:
        return value[:199] + "…"
    return _shown(value) if isinstance(value, dict | list) else value
