"""Credentials in documents: which fields choose one, and what others see of a choice.

A field of the widget `credential` holds the id of one of its owner's credentials. An id means
something to its owner alone, so it is taken out of whatever another user gets: `WANTED` takes its
place and says that a key belongs there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from workflows.graph.ports import LOCAL, OF_MODEL, Input, NodeType
from workflows.types import Json, JsonObject, NodeId

#: What replaces another user's choice. It is no id, so it never finds a credential.
WANTED = "choose"


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a node that chooses a credential. `path` is the nodes that lead to its workflow.

    A node that runs another workflow leads to the slots of that one.
    """

    path: tuple[NodeId, ...]
    node: JsonObject
    field: Input

    @property
    def name(self) -> str:
        """Return what the slot is called in bindings."""
        return slot_name(self.path, self.node["id"], self.field.name)

    @property
    def chosen(self) -> Json:
        """Return the document's own choice."""
        return self.node["data"].get(self.field.name)


def slot_name(path: Iterable[NodeId], node_id: NodeId, field: str) -> str:
    """Return the name of a slot: the way to its node, and the field."""
    return "/".join(quote(part, safe="") for part in (*path, node_id, field))


def fields_of(node_type: NodeType | None) -> Iterator[Input]:
    """Yield the inputs of a node type that choose a credential."""
    for port in node_type.inputs if node_type else ():
        if port.widget == "credential":
            yield port


def resolved(node_type: NodeType | None, port: Input, data: JsonObject) -> Input:
    """Return a field with the provider it wants a key of: that of the node's model, if it says so.

    A model of this server, or none, wants no key.
    """
    if port.provider != OF_MODEL:
        return port
    return replace(port, provider=model_provider(node_type, data))


def model_provider(node_type: NodeType | None, data: JsonObject) -> str:
    """Return the provider of the model a node has chosen; empty for none, and for one of ours."""
    for port in node_type.inputs if node_type else ():
        if port.widget == "model":
            chosen = data.get(port.name)
            name = chosen if isinstance(chosen, str) and chosen else port.default
            provider = name.partition("/")[0] if isinstance(name, str) else ""
            return "" if provider == LOCAL else provider
    return ""


def slots(
    nodes: list[JsonObject], types: Mapping[str, NodeType], path: tuple[NodeId, ...] = ()
) -> Iterator[Slot]:
    """Yield the slots of a graph in the order of its nodes."""
    for node in nodes:
        node_type = types.get(node["type"])
        for port in fields_of(node_type):
            yield Slot(path, node, resolved(node_type, port, node["data"]))


def without_choices(
    nodes: list[JsonObject], types: Mapping[str, NodeType]
) -> tuple[list[JsonObject], list[str]]:
    """Return the nodes without their choices of credentials, and in words where a key is missing.

    The nodes themselves stay untouched; what has no choice is shared.
    """
    removed = [slot for slot in slots(nodes, types) if slot.chosen not in (None, "")]
    changes: dict[NodeId, JsonObject] = {}
    for slot in removed:
        if slot.chosen == WANTED:
            continue
        changes.setdefault(slot.node["id"], {})[slot.field.name] = WANTED
    return with_choices(nodes, changes), [place(slot, types) for slot in removed]


def with_choices(nodes: list[JsonObject], choices: Mapping[NodeId, JsonObject]) -> list[JsonObject]:
    """Return the nodes with other values in some fields: `{node: {field: value}}`."""
    if not choices:
        return nodes
    return [
        {**node, "data": {**node["data"], **choices[node["id"]]}} if node["id"] in choices else node
        for node in nodes
    ]


def place(slot: Slot, types: Mapping[str, NodeType]) -> str:
    """Name a slot as users know it: the node's title, and the field's label."""
    return f"{title(slot.node, types)}: {slot.field.label or slot.field.name}"[:200]


def title(node: JsonObject, types: Mapping[str, NodeType]) -> str:
    """Return what a card is headed with."""
    label = node["data"].get("label")
    if isinstance(label, str) and label:
        return label
    known = types.get(node["type"])
    return known.name if known else str(node["type"])
