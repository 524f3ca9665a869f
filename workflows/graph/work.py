"""How much a graph does: which node types with which models, how often, and what of it is counted.

Pure, and without prices: what each costs is the matter of `billing/prices.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workflows.graph import order
from workflows.graph.document import is_number, same
from workflows.graph.modes import effective
from workflows.graph.node_ports import inputs_of, outputs_of, port_name
from workflows.graph.plan import Plan
from workflows.graph.ports import Input, NodeType, Output, is_list
from workflows.types import Json, JsonObject, NodeId

#: What a call of a task is counted by, an input of the node, and how many it is when left empty.
COUNTED: Mapping[str, tuple[str, float]] = {
    "image": ("count", 1),
    "edit": ("count", 1),
    "video": ("seconds", 5),
}
#: A longer model's name is no name.
LONGEST_MODEL = 200


@dataclass(frozen=True, slots=True)
class Work:
    """What one type of node does with one model ("": it has none), all its calls together.

    `amount` counts images, seconds of video, or else calls.
    """

    type: str
    model: str = ""
    amount: float = 1

    def row(self) -> list[Json]:
        """Return it as a workflow's row keeps it."""
        return [self.type, self.model, self.amount]


#: A source: a node's id and the handle of its output.
_Source = tuple[NodeId, Json]
#: How many items the outputs of nodes have; None: one value, or it is not known how many.
_Lengths = dict[NodeId, dict[str, int | None]]


@dataclass(frozen=True, slots=True)
class _Node:
    id: NodeId
    type: NodeType
    inputs: Sequence[Input]
    outputs: Sequence[Output]
    values: Mapping[str, Json]
    links: Mapping[str, Sequence[_Source]]
    pinned: JsonObject | None = None


def task_of(node_type: NodeType) -> str:
    """Return the task a node type chooses a model for, empty for none."""
    return next((port.task for port in node_type.inputs if port.widget == "model"), "")


def unit_of(task: str) -> str:
    """Return what a task's price is for: a call, an image, or a second."""
    return {"count": "image", "seconds": "second"}.get(COUNTED.get(task, ("", 1))[0], "call")


def of_calls(node_type: NodeType, calls: Iterable[Mapping[str, Json]]) -> list[Work]:
    """Return what calls of a node with these arguments do, by model."""
    models: defaultdict[str, float] = defaultdict(float)
    for arguments in calls:
        models[_model(node_type, arguments)] += _amount(node_type, arguments)
    return [Work(node_type.type, model, amount) for model, amount in models.items()]


def of_plan(plan: Plan) -> list[Work]:
    """Return what a run will do, as far as that is known before it begins."""
    return _sum(by_node(plan).values())


def by_node(plan: Plan) -> dict[NodeId, tuple[Work, int | None]]:
    """Return what each node of a run will do, and how many items it has; None: no list is known."""
    return _each(
        _Node(
            node.id,
            node.node_type,
            node.inputs,
            node.outputs,
            {**node.values, **node.request},
            node.links,
            node.pinned,
        )
        for node in plan.nodes.values()
    )


def of_document(document: JsonObject, types: Mapping[str, NodeType]) -> list[Work]:
    """Return what a run of a checked document probably does; unknown nodes do nothing."""
    effect = effective({"nodes": [], "edges": [], **document}, types)
    document = effect.document
    items = {node["id"]: node for node in document["nodes"] if node["type"] in types}
    edges: dict[NodeId, list[tuple[Json, _Source]]] = {id: [] for id in items}
    for edge in document["edges"]:
        source, target = edge["source"], edge["target"]
        if source in items and target in items and source != target:
            edges[target].append((edge.get("targetHandle"), (source, edge.get("sourceHandle"))))
    depends = {
        id: tuple(dict.fromkeys(source for _, (source, _) in found)) for id, found in edges.items()
    }
    found = list(order.sort(depends).order)
    # What is on a cycle cannot run, and is counted as if nothing came to it.
    found += items.keys() - set(found)
    each = _each(
        _of_item(items[id], types[items[id]["type"]], edges[id], effect.pinned.get(id))
        for id in found
    )
    return _sum(each.values())


def same_work(before: JsonObject, after: JsonObject, types: Mapping[str, NodeType]) -> bool:
    """Return whether a document surely does what it did before operations were applied to it.

    Documents share what was not touched, so only the nodes that were are looked at.
    """
    old, new = before.get("nodes", []), after.get("nodes", [])
    if before.get("edges") is not after.get("edges") or len(old) != len(new):
        return False
    pairs = zip(old, new, strict=True)
    return all(one is other or _counts_alike(one, other, types) for one, other in pairs)


def _counts_alike(one: JsonObject, other: JsonObject, types: Mapping[str, NodeType]) -> bool:
    keys = ("id", "type", "mode", "pinned")
    if not same([one.get(key) for key in keys], [other.get(key) for key in keys]):
        return False
    node_type = types.get(one["type"])
    if node_type is None or one["data"] is other["data"]:
        return True
    a, b = (_of_item(item, node_type, (), None) for item in (one, other))
    if (a.inputs, a.outputs) != (b.inputs, b.outputs):
        return False
    counted = [(_model(node_type, node.values), _amount(node_type, node.values)) for node in (a, b)]
    if counted[0] != counted[1]:
        return False
    # Of all other values only lists count, by their length.
    values = [(a.values.get(name), b.values.get(name)) for name in a.values.keys() | b.values]
    return all(x is y or (not isinstance(x, list) and not isinstance(y, list)) for x, y in values)


def _of_item(
    item: JsonObject,
    node_type: NodeType,
    edges: Iterable[tuple[Json, _Source]],
    pinned: JsonObject | None,
) -> _Node:
    data = item["data"]
    inputs, outputs = inputs_of(node_type, data), outputs_of(node_type, data)
    values = {port.name: port.default for port in inputs}
    saved = data.get("values") if node_type.dynamic == "fields" else None
    values |= saved if isinstance(saved, dict) else {}
    values |= {name: value for name, value in data.items() if value not in (None, "")}
    names = frozenset(port.name for port in inputs)
    links: dict[str, list[_Source]] = {}
    for handle, source in edges:
        name = port_name(handle, "in", names)
        if name is not None:
            links.setdefault(name, []).append(source)
    return _Node(item["id"], node_type, inputs, outputs, values, links, pinned)


def _each(nodes: Iterable[_Node]) -> dict[NodeId, tuple[Work, int | None]]:
    """Count node after node, each after what feeds it: a list runs those behind it per item."""
    lengths: _Lengths = {}
    found: dict[NodeId, tuple[Work, int | None]] = {}
    for node in nodes:
        if node.pinned is not None:
            lengths[node.id] = {
                name: len(value) if isinstance(value, list) else None
                for name, value in node.pinned.items()
            }
            continue
        items = _items(node, lengths)
        amount = _amount(node.type, node.values) * (1 if items is None else items)
        found[node.id] = Work(node.type.type, _model(node.type, node.values), amount), items
        lengths[node.id] = {
            output.name: _length(node, output, items, lengths) for output in node.outputs
        }
    return found


def _sum(each: Iterable[tuple[Work, int | None]]) -> list[Work]:
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for work, _ in each:
        found[work.type, work.model] += work.amount
    return [Work(type, model, amount) for (type, model), amount in found.items()]


def _items(node: _Node, lengths: _Lengths) -> int | None:
    """Return how often lists run a node, None when none does."""
    found = [
        length
        for port in node.inputs
        if not port.many and not is_list(port.type) and port.type not in ("any", "json")
        for source in node.links.get(port.name, ())[:1]
        if (length := _connected(source, lengths)) is not None
    ]
    if not found:
        return None
    return max(found) if min(found) else 0


def _length(node: _Node, output: Output, items: int | None, lengths: _Lengths) -> int | None:
    each = _listed(node, output, lengths) if is_list(output.type) else None
    return each if items is None else items * (1 if each is None else each)


def _listed(node: _Node, output: Output, lengths: _Lengths) -> int | None:
    if COUNTED.get(task_of(node.type), ("",))[0] == "count":
        return round(_amount(node.type, node.values))
    # A list's output has the name of the input it collects, a request's that of its value.
    connected = node.links.get(output.name)
    if connected:
        return sum(1 if (found := _connected(row, lengths)) is None else found for row in connected)
    value = node.values.get(output.name)
    if not isinstance(value, list):
        return None
    excluded = node.values.get("excluded")
    out = {at for at in excluded if is_number(at)} if isinstance(excluded, list) else set()
    return sum(at not in out for at in range(len(value)))


def _connected(source: _Source, lengths: _Lengths) -> int | None:
    id, handle = source
    found = lengths.get(id, {})
    return found.get(port_name(handle, "out", frozenset(found)) or "")


def _model(node_type: NodeType, values: Mapping[str, Json]) -> str:
    for port in node_type.inputs:
        if port.widget == "model":
            found = values.get(port.name) or port.default
            return found.strip()[:LONGEST_MODEL] if isinstance(found, str) else ""
    return ""


def _amount(node_type: NodeType, values: Mapping[str, Json]) -> float:
    name, usual = COUNTED.get(task_of(node_type), ("", 1.0))
    found = values.get(name)
    return float(found) if is_number(found) and found and found > 0 else usual
