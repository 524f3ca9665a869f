"""UI format -> the prompt that a runner gets: what ComfyUI's page does before a run."""

from __future__ import annotations

from dataclasses import replace

from workflows.graph.comfy_format import api
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.graph.comfy_format.converted import Converted, InputId, Path
from workflows.graph.comfy_format.core_nodes import VIRTUAL
from workflows.graph.comfy_format.faults import fault
from workflows.graph.comfy_format.flatten import Scope, flatten, proxied
from workflows.graph.comfy_format.grammar import is_placeholder
from workflows.graph.comfy_format.shape import Node, definitions, read_graph
from workflows.graph.comfy_format.tracing import Source, trace
from workflows.graph.comfy_format.widgets import Value, read_widgets
from workflows.types import Json, JsonObject

#: Classes named in one warning.
_LISTED = 6
_GROUP_NODES = ("workflow>", "workflow/")


def of_ui(graph: JsonObject, catalogue: Catalogue | None = None) -> Converted:
    """Return the prompt for a UI file.

    The catalogue names the values of widgets; a class it does not know is read as well as the file
    allows, with a warning where values stay without a name. Raises InvalidBody for group nodes of
    old files, which no runner knows, and TooLarge for subgraphs that multiply without end.
    """
    top, warnings = flatten(read_graph(graph), definitions(graph))
    return _Conversion(catalogue, warnings).run(top)


class _Conversion:
    """The state of one conversion."""

    def __init__(self, catalogue: Catalogue | None, warnings: list[str]) -> None:
        self.catalogue = catalogue or {}
        self.warnings = warnings
        self.prompt: JsonObject = {}
        self.places: dict[InputId, tuple[Path, ...]] = {}
        self.labels: dict[InputId, str] = {}
        self.controls: dict[InputId, str] = {}
        self.shown: set[InputId] = set()
        #: Classes whose values have no names, in order.
        self.unnamed: dict[str, None] = {}
        self.promoted: dict[InputId, tuple[InputId, ...]] = {}

    def run(self, top: Scope) -> Converted:
        for scope, node in top.walk():
            if node.type.startswith(_GROUP_NODES):
                raise fault(
                    f"Node {scope.execution_id(node)} is a group node ({node.type})",
                    node.type,
                    "its nodes on the canvas: ungroup them in ComfyUI, or make a subgraph of them",
                    node=scope.execution_id(node),
                )
            if node.type not in VIRTUAL:
                self._node(scope, node)
        self._drop_dangling()
        if self.unnamed:
            self.warnings.append(
                "The file does not name the values of "
                + _listed(list(self.unnamed))
                + "; a runner that has these nodes knows their names."
            )
        return Converted(
            self.prompt,
            self.places,
            tuple(self.warnings),
            self.labels,
            self.promoted,
            frozenset(self.shown),
            self.controls,
        )

    def _node(self, scope: Scope, node: Node) -> None:
        id, type = scope.execution_id(node), node.type
        info = self.catalogue.get(type)
        if info is None and node.known_as in self.catalogue and node.known_as:
            type, info = node.known_as, self.catalogue[node.known_as]
        if info is None and self.catalogue:
            if not self._connected(node):
                self.warnings.append(
                    f"Node {id}: {type} is unknown here and feeds nothing; it was left out."
                )
                return
            self.warnings.append(f"Node {id}: {type} is unknown here.")
        inputs: JsonObject = {}
        for name, one in self._values(scope, node, info).items():
            inputs[name] = self._put(id, name, one)
        for socket in node.inputs:
            source, through = trace(scope, socket)
            for shown in through:
                self._promote(shown, (id, socket.name))
            if through and isinstance(source, Source) and source.value is not None:
                self.shown.add((id, socket.name))
            self._connect(scope, id, socket.name, inputs, source)
        self.prompt[id] = {
            "class_type": type,
            "inputs": inputs,
            "_meta": {"title": _title(node, type, info)},
        }

    def _values(self, scope: Scope, node: Node, info: Json) -> dict[str, Value]:
        id = scope.execution_id(node)
        found = read_widgets(node, info)
        if found.unnamed:
            self.unnamed.setdefault(node.type, None)
        self.warnings.extend(f"Node {id}: {text}." for text in found.warnings)
        values = (
            {**_unnamed_placeholders(node), **found.values} if found.unnamed else dict(found.values)
        )
        for (inner, name), over in scope.widgets.items():
            if inner == node.id:
                control = values[name].control if name in values else ""
                values[name] = replace(over, control=over.control or control)
        for inner, name in proxied(scope.instance) if scope.instance and scope.parent else []:
            if inner == node.id and scope.parent and scope.instance:
                self._promote((scope.parent.execution_id(scope.instance), name), (id, name))
        return values

    def _connect(
        self, scope: Scope, id: str, name: str, inputs: JsonObject, source: Source | str
    ) -> None:
        if isinstance(source, Source):
            if source.value is not None:
                inputs[name] = self._put(id, name, source.value)
            else:
                inputs[name] = [source.node, source.slot]
                for known in (self.places, self.labels, self.controls):
                    known.pop((id, name), None)
        elif source == "muted":
            inputs.pop(name, None)
            self.places.pop((id, name), None)

    def _promote(self, shown: InputId, inside: InputId) -> None:
        self.promoted[shown] = (*self.promoted.get(shown, ()), inside)

    def _put(self, id: str, name: str, one: Value) -> Json:
        if one.paths:
            self.places[id, name] = one.paths
        if one.label:
            self.labels[id, name] = one.label
        if one.control:  # what a subgraph shows of its inside has none and goes by the inner one
            self.controls[id, name] = one.control
        return api.wrap(one.value)

    def _connected(self, node: Node) -> bool:
        return any(one.link is not None for one in node.inputs) or any(
            isinstance(one, dict) and one.get("links") for one in node.raw.get("outputs") or []
        )

    def _drop_dangling(self) -> None:
        """Take away edges from nodes that are not in the prompt; a runner would refuse them."""
        for node in self.prompt.values():
            inputs = node["inputs"]
            for name, value in list(inputs.items()):
                source = api.link(value)
                if source is not None and source[0] not in self.prompt:
                    del inputs[name]


def _unnamed_placeholders(node: Node) -> dict[str, Value]:
    """Return placeholders among values without names, so that a caller can give them."""
    saved = node.raw.get("widgets_values")
    return {
        f"widgets_values.{at}": Value(value, ((*node.path, "widgets_values", at),))
        for at, value in enumerate(saved if isinstance(saved, list) else [])
        if isinstance(value, str) and is_placeholder(value)
    }


def _listed(types: list[str]) -> str:
    more = len(types) - _LISTED
    return ", ".join(types[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _title(node: Node, type: str, info: Json) -> str:
    shown = info.get("display_name") if isinstance(info, dict) else None
    return node.title or (shown if isinstance(shown, str) and shown else type)
