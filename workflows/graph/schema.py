"""The inputs of a workflow: the fields its request-input nodes declare, their values, their schema.

One reading of `data.fields` and `data.values` (spec native 1.11, 3.4) serves the schema endpoints,
the playground form and the planner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from workflows.errors import NodeError, Problem
from workflows.graph.document import is_number, show
from workflows.graph.node_ports import field_input
from workflows.graph.ports import MEDIA, Input
from workflows.graph.randomize import RandomNumbers
from workflows.graph.values import accept_typed, as_problem, is_unset
from workflows.types import Json, JsonObject, NodeId

REQUEST_INPUT = "requestInput"

_STRINGS: JsonObject = {"type": "string"}
_SCHEMAS: dict[str, JsonObject] = {
    "text": _STRINGS,
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "color": {"type": "string", "pattern": "^#[0-9a-fA-F]{3,8}$"},
}
#: Types of fields whose values are JSON; what is in it, the node that takes it says.
_JSON: dict[str, JsonObject] = {"curve": {"type": "object"}, "gradient": {"type": "array"}}
#: What the `kind` of a field (see `_misfit`) adds.
_KINDS: dict[str, JsonObject] = {
    "integer": {"type": "integer"},
    "list": {"type": "array"},
    "object": {"type": "object"},
}
_MEDIA_SCHEMA: JsonObject = {
    "anyOf": [
        {"type": "string", "format": "uri-reference"},
        {"type": "object", "properties": {"asset": _STRINGS, "url": _STRINGS}},
    ]
}
_ITEMS: dict[str, Callable[[Json], bool]] = {
    "string": lambda item: isinstance(item, str),
    "number": is_number,
    "integer": lambda item: is_number(item) and float(item).is_integer(),
    "boolean": lambda item: isinstance(item, bool),
}


#: What the schema says of a field with `randomize`.
RANDOMIZE = "Left out, each run draws a new number."
#: Inputs of unknown names that are reported one by one.
MAX_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a workflow: `port` is how it is checked, `saved` the value in the document."""

    node_id: NodeId
    port: Input
    declared: JsonObject
    saved: Json

    @property
    def hidden(self) -> bool:
        """Whether callers neither see nor give it: it keeps its saved value or its default."""
        return self.declared.get("hidden") is True

    @property
    def preset(self) -> Json:
        """What it is where a caller gives nothing; None for a number that each run draws."""
        if self.saved is not None:
            return self.saved
        return None if self.port.randomize else self.port.default


@dataclass(frozen=True, slots=True)
class Resolved:
    """The values a run works with, by field name, and what was wrong with those it was given."""

    values: JsonObject
    problems: list[Problem]


def fields_of(document: JsonObject) -> list[Field]:
    """List the inputs of a document in order; a name declared twice counts once, the first time.

    Entries that are no objects, or have no name, are passed over.
    """
    found: dict[str, Field] = {}
    for node in document.get("nodes", []):
        if node["type"] == REQUEST_INPUT:
            for field in node_fields(node):
                found.setdefault(field.port.name, field)
    return list(found.values())


def shown_fields(document: JsonObject) -> list[Field]:
    """List the inputs of a document that callers see and may give, in order."""
    return [field for field in fields_of(document) if not field.hidden]


def node_fields(node: JsonObject) -> Iterator[Field]:
    """Yield the fields one request-input node declares, doubles included."""
    rows, values = node["data"].get("fields"), node["data"].get("values")
    saved = values if isinstance(values, dict) else {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str) and row["name"]:
            yield Field(node["id"], field_input(row), row, saved.get(row["name"]))


def describe(document: JsonObject) -> JsonObject:
    """Return `{"fields": [...], "values": {...}}` as the schema endpoints return it.

    A field is shown as its author declared it; a value is the saved one or else the default, null
    for a number that each run draws. Hidden fields are not there.
    """
    fields = shown_fields(document)
    values = {field.port.name: field.preset for field in fields}
    return {"fields": [dict(field.declared) for field in fields], "values": values}


def json_schema(document: JsonObject) -> JsonObject:
    """Return a JSON Schema (2020-12) of the `inputs` object of a run."""
    fields = shown_fields(document)
    required = [field.port.name for field in fields if is_required(field)]
    schema: JsonObject = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {field.port.name: _property(field) for field in fields},
        "additionalProperties": False,
    }
    return {**schema, "required": required} if required else schema


def is_required(field: Field) -> bool:
    """Return whether a run needs a value of its caller for a field."""
    port = field.port
    if not port.required or port.randomize:
        return False
    return is_unset(port, field.saved) and is_unset(port, port.default)


def declared(fields: list[Field], inputs: JsonObject) -> tuple[JsonObject, list[str]]:
    """Return those of a run's inputs that are declared, and the names of the others."""
    names = {field.port.name for field in fields if not field.hidden}
    known = {name: value for name, value in inputs.items() if name in names}
    return known, [name for name in inputs if name not in names]


def resolve(
    fields: list[Field],
    inputs: JsonObject,
    *,
    needed: frozenset[NodeId] | set[NodeId],
    numbers: RandomNumbers,
) -> Resolved:
    """Work out each field's value: what the run was given, else what is saved, else the default.

    A field with `randomize` has a number from `numbers` instead of the default.
    A hidden field is not given by callers. A required field without a value is a problem only on
    the nodes in `needed` (those that run).
    An input of unknown name, or of the wrong type, is always one.
    """
    values: JsonObject = {}
    problems: list[Problem] = []
    names = {field.port.name: None for field in fields if not field.hidden}
    unknown = [name for name in inputs if name not in names]
    expected = "one of " + ", ".join(names) if names else "no inputs"
    for name in unknown[:MAX_UNKNOWN]:
        more = f" (and {len(unknown) - MAX_UNKNOWN:,} more)" if len(unknown) > MAX_UNKNOWN else ""
        message = f"This workflow has no input {show(name)}{more}; expected {expected}."
        problems.append(
            Problem(
                "UNKNOWN_INPUT",
                message,
                field=name,
                value=name,
                expected=expected,
                of_inputs=True,
            )
        )
    for field in fields:
        port = field.port
        given = None if field.hidden else inputs.get(port.name)
        value: Json = None
        try:
            if given is not None or field.node_id in needed:
                value = _accept_given(field, given)
                if value is None:
                    value = _fallback(field, numbers)
        except NodeError as error:
            problem = as_problem(error, field.node_id)
            problems.append(replace(problem, of_inputs=given is not None))
            continue
        values[port.name] = value
        if value is None and port.required and field.node_id in needed:
            label = port.label or port.name
            problems.append(
                Problem(
                    "MISSING_INPUT",
                    f"The input {label} needs a value.",
                    node_id=field.node_id,
                    field=port.name,
                    expected=f"a value of type {port.type}",
                    of_inputs=True,
                )
            )
    return Resolved(values, problems)


def _accept_given(field: Field, given: Json) -> Json:
    value = accept_typed(field.port, given)
    expected = None if value is None else _misfit(field, value)
    if expected is None:
        return value
    name = field.port.name
    raise NodeError(
        f"{name} is {show(given)}; expected {expected}.",
        field=name,
        value=show(given),
        expected=expected,
    )


def _misfit(field: Field, value: Json) -> str | None:
    """Return what the `kind` of a field expects (integer, list, object) when a value is another."""
    kind, items = field.declared.get("kind"), field.declared.get("items")
    if field.port.type == "number":
        return None if kind != "integer" or float(value).is_integer() else "a whole number"
    if field.port.type != "any":
        return None
    if kind == "object":
        return None if isinstance(value, dict) else "an object"
    if kind != "list":
        return None
    if not isinstance(value, list):
        return "a list"
    fits = _ITEMS.get(str(items))
    return None if fits is None or all(map(fits, value)) else f"a list of type {items}"


def _fallback(field: Field, numbers: RandomNumbers) -> Json:
    port, saved = field.port, accept_typed(field.port, field.saved)
    if saved is not None:
        return saved
    return accept_typed(
        port, numbers.number(field.node_id, port) if port.randomize else port.default
    )


def _property(field: Field) -> JsonObject:
    port = field.port
    schema = dict(_SCHEMAS.get(port.type, {}))
    if port.type in MEDIA:
        # As fal hints at what a field of a file takes.
        schema = {**_MEDIA_SCHEMA, "ui": {"field": port.type}}
    schema |= _JSON.get(str(field.declared.get("type")), {})
    schema |= _KINDS.get(str(field.declared.get("kind")), {})
    facts = {
        "title": port.label or None,
        "description": f"{port.help} {RANDOMIZE if port.randomize else ''}".strip() or None,
        "enum": list(port.options) or None,
        "minimum": port.min,
        "maximum": port.max,
        "default": field.preset,
    }
    return {**schema, **{key: fact for key, fact in facts.items() if fact is not None}}
