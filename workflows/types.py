"""Aliases every layer shares, with the notes that the API's description needs of them."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

#: Any JSON value. Spelt `Json` wherever `Any` would otherwise appear.
Json = Any
JsonObject = Annotated[dict[str, Any], Meta(extra_json_schema={"additionalProperties": {}})]


def described(name: str) -> Meta:
    """Say that a shape is described by hand, under this name in `api/openapi`."""
    return Meta(extra_json_schema={"$ref": f"#/components/schemas/{name}"})


#: A time and a UUID as text.
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]

#: A node and an edge of a document, whose fields are open.
Node = Annotated[Json, described("Node")]
Edge = Annotated[Json, described("Edge")]

#: A node's id inside one document.
NodeId = str

#: The name of a port type: one of `graph.ports.TYPES`, or `list<T>`.
PortType = str
