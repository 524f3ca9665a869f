"""The result of a run, as its caller gets it: what the response outputs collected (native C-29).

One edge gives `{"images": [...]}`, `{"videos": [...]}`, `{"audios": [...]}`, `{"files": [...]}`,
`{"text": "..."}` and so on by the type of what came; several are merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.graph.plan import Plan
from workflows.graph.ports import MEDIA, item_type
from workflows.graph.values import is_asset
from workflows.types import Json, JsonObject, NodeId, PortType

RESPONSE_OUTPUT = "responseOutput"
#: Key of a node type's `extra`: the object at this output is the run's result as it is.
WHOLE_RESULT = "resultPort"

MEDIA_KEYS = {
    "image": "images",
    "mask": "images",
    "video": "videos",
    "audio": "audios",
    "file": "files",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What came over one edge: `label` names the edge, `source_label` the node it came from."""

    value: Json
    type: PortType = "any"
    label: str = ""
    source_label: str = ""


def result_of(plan: Plan, outputs: Mapping[NodeId, JsonObject]) -> JsonObject:
    """Return the result of a finished run from the outputs of its nodes.

    Without a response output, what the last nodes put out is the result. Media stay references.
    Nodes whose type says so (`WHOLE_RESULT`) give the result as it is; of these, the ones marked
    `display` in their data count only when no other is there.
    """
    whole = [node for node in plan.nodes.values() if WHOLE_RESULT in node.node_type.extra]
    if whole:
        chosen = [node for node in whole if node.data.get("display") is not True] or whole
        found: JsonObject = {}
        for node in chosen:
            value = outputs.get(node.id, {}).get(str(node.node_type.extra[WHOLE_RESULT]))
            found |= value if isinstance(value, dict) else {}
        return found
    return shape(list(_parts(plan, outputs)))


def shape(parts: Sequence[Part]) -> JsonObject:
    """Merge what came over connections into one object.

    An edge with a label gives its name to a key of its own. Of several edges of one kind, those
    from nodes with a label do too; the others share the kind's key, as one list. Media keys always
    hold lists. A connection that brought nothing adds nothing.
    """
    present = [(part, *_kind(part)) for part in parts if part.value is not None]
    many = len(present) > 1
    counts = Counter(key for _, key, _ in present)
    named: list[tuple[str, Json]] = []
    shared: dict[str, list[Json]] = {}
    for part, key, value in present:
        label = part.label or (part.source_label if counts[key] > 1 else "")
        if many and label:
            named.append((label, value))
        else:
            shared.setdefault(key, []).append(value)
    result: JsonObject = {}
    for key, values in shared.items():
        if key in MEDIA_KEYS.values():
            result[key] = [item for value in values for item in value]
        elif key == "text" and len(values) > 1:
            result["texts"] = [*result.get("texts", []), *values]
        elif key == "texts":
            result[key] = [*result.get(key, []), *(item for value in values for item in value)]
        else:
            result[key] = values[0] if len(values) == 1 else values
    for label, value in named:
        result[_free(label, result)] = value
    return result


def _parts(plan: Plan, outputs: Mapping[NodeId, JsonObject]) -> Iterator[Part]:
    collectors = [node for node in plan.nodes.values() if node.type == RESPONSE_OUTPUT]
    for node in collectors:
        for connections in node.connections.values():
            for connection in connections:
                source = plan.nodes[connection.source]
                label = source.data.get("label")
                yield Part(
                    outputs.get(connection.source, {}).get(connection.port),
                    source.output_type(connection.port),
                    connection.label,
                    label.strip() if isinstance(label, str) else "",
                )
    if not collectors:
        for id in plan.sinks:
            for output in plan.nodes[id].outputs:
                yield Part(outputs.get(id, {}).get(output.name), output.type)


def _kind(part: Part) -> tuple[str, Json]:
    """Return the key a part goes by, and its value in the form that key promises."""
    value, declared = part.value, item_type(part.type)
    items = value if isinstance(value, list) else [value]
    if declared in MEDIA:
        return MEDIA_KEYS[declared], items
    if declared == "any" and items and all(is_asset(item) for item in items):
        keys = {_media_key(item) for item in items}
        return (keys.pop() if len(keys) == 1 else "files"), items
    if declared in ("any", "text", "color") and items and all(isinstance(i, str) for i in items):
        return ("texts" if isinstance(value, list) else "text"), value
    if declared == "text":
        return "texts", items  # an empty list of texts
    if declared in ("any", "boolean") and isinstance(value, bool):
        return "boolean", value
    if declared in ("any", "number") and isinstance(value, int | float):
        return "number", value
    return "json", value


def _media_key(reference: JsonObject) -> str:
    kind = str(reference["content_type"]).partition("/")[0]
    return MEDIA_KEYS.get(kind, "files")


def _free(label: str, taken: Mapping[str, Json]) -> str:
    """Return the label, or the label with the first number that makes it unlike those taken."""
    number, key = 2, label
    while key in taken:
        key, number = f"{label}-{number}", number + 1
    return key
