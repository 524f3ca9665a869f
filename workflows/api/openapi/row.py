"""One row of the description: what an operation takes, returns and refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.types import JsonObject

#: A schema, or a type that it is made of (`api/openapi/classes.py`).
Shape = JsonObject | type[Any]

#: What each status of an error means; every error has one shape, `Error`.
ERRORS: dict[int, str] = {
    400: "Something in the request is not as expected; `field` and `expected` say what.",
    401: "No credential, or one that does not count.",
    403: "The credential does not allow this.",
    404: "It does not exist, or belongs to another user.",
    409: "It has changed meanwhile, or is in the way.",
    412: "If-Match names another version.",
    413: "The request, or what is stored for this account, would be too large.",
    415: "The body has a Content-Type that this URL does not take.",
    416: "The file has no such range.",
    422: "It was understood, but cannot be done.",
    429: "Too many requests or runs; Retry-After says in how many seconds to come back.",
    500: "The run failed.",
    502: "Another server's response is an error.",
    503: "Too many streams are open; Retry-After says when to come back.",
    504: "The run takes longer than the call may wait; it continues.",
    402: "The credits do not suffice.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    `responses` maps a status to (description, shape or None). `body` is the class that reads the
    request's body, or a schema where none does. `needs` is the capability in words, None: any
    credential will do; `public`: no credential is required; `session`: browser sessions only. What
    a view's class declares of these is added (`generate.py`) where no words are given.
    `deprecated`: another operation does the same. `errors` are statuses besides those that follow
    from the rest. `also` and `body_also` map further content types of status 200 and of the request
    to their schemas.
    """

    name: str
    tag: str
    summary: str
    responses: Mapping[int, tuple[str, Shape | None]]
    needs: str | None = None
    public: bool = False
    session: bool = False
    query: tuple[JsonObject, ...] = ()
    headers: tuple[JsonObject, ...] = ()
    body: Shape | None = None
    body_required: bool = True
    body_type: str = "application/json"
    errors: tuple[int, ...] = ()
    response_type: str | tuple[str, ...] = "application/json"
    also: Mapping[str, JsonObject] = field(default_factory=dict)
    body_also: Mapping[str, JsonObject] = field(default_factory=dict)
    more: str = ""
    deprecated: bool = False
    extra: JsonObject = field(default_factory=dict)

    def statuses(self, path: str) -> list[int]:
        """List every status the operation returns with an error."""
        found = {400, *self.errors}
        if not self.public:
            found |= {401, 403, 429}
        if "{" in path:
            found.add(404)
        if self.body is not None:
            found |= {413, 415}
        if any(header["name"] == "If-Match" for header in self.headers):
            found.add(412)
        return sorted(found)

    def types(self) -> list[type[Any]]:
        """List the types that schemas are made of."""
        shapes = [self.body, *(shape for _, shape in self.responses.values())]
        return [shape for shape in shapes if not isinstance(shape, dict | None)]

    def description(self) -> str:
        """Return what is under the summary."""
        parts = [self.more] if self.more else []
        if self.needs:
            parts.append(f"Needs {self.needs}.")
        if self.session:
            parts.append("Browser sessions only.")
        if self.public:
            parts.append("No credential is required or read.")
        return " ".join(parts)


def ref(name: str) -> JsonObject:
    """Refer to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: JsonObject) -> JsonObject:
    """A list of things."""
    return {"type": "array", "items": schema}


def one(*parts: str, **properties: JsonObject) -> JsonObject:
    """An object with properties, of which those named in `parts` must be there."""
    schema: JsonObject = {"type": "object", "properties": properties}
    return {**schema, "required": list(parts)} if parts else schema


def whole(*optional: str, **properties: JsonObject) -> JsonObject:
    """An object with properties, all of which must be there but for the optional ones."""
    return one(*(name for name in properties if name not in optional), **properties)


def opened(schema: JsonObject) -> JsonObject:
    """Let further keys through, of which nothing is known."""
    return {**schema, "additionalProperties": {}}


def parameter(name: str, schema: JsonObject, description: str) -> JsonObject:
    """One parameter of the query or one header."""
    return {"name": name, "schema": schema, "description": description}


IDEMPOTENCY_KEY = parameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200},
    "A repeat under this key returns what the first request made.",
)

STRING: JsonObject = {"type": "string"}
BINARY: JsonObject = {"type": "string", "format": "binary"}
BOOLEAN: JsonObject = {"type": "boolean"}
INTEGER: JsonObject = {"type": "integer"}
NUMBER: JsonObject = {"type": "number"}
#: An object whose keys are another program's matter: a node's data, values by name.
FREE: JsonObject = {"type": "object", "additionalProperties": {}}
TIME: JsonObject = {"type": "string", "format": "date-time"}
UUID: JsonObject = {"type": "string", "format": "uuid"}
ANY: JsonObject = {}
DONE: Mapping[int, tuple[str, Shape]] = {200: ("Done.", whole(success={"const": True}))}


def nullable(schema: JsonObject) -> JsonObject:
    """Let null through as well."""
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}
