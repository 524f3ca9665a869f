"""Aliases every layer shares; owns no logic."""

from __future__ import annotations

from typing import Any

#: Any JSON value. Spelt `Json` wherever `Any` would otherwise appear.
Json = Any
JsonObject = dict[str, Any]

#: A node's id inside one document.
NodeId = str

#: The name of a port type: one of `graph.ports.TYPES`, or `list<T>`.
PortType = str
