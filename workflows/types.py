"""Aliases every layer shares; owns no logic."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

#: Any JSON value. Spelt `Json` wherever `Any` would otherwise appear.
Json = Any
JsonObject = Annotated[dict[str, Any], Meta(extra_json_schema={"additionalProperties": {}})]

#: A time and a UUID as text. The notes of types are for the API's description.
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Uuid = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]

#: A node's id inside one document.
NodeId = str

#: The name of a port type: one of `graph.ports.TYPES`, or `list<T>`.
PortType = str
