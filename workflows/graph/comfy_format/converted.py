"""A file as the prompt a runner gets, with the places in the file that its values came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.graph.comfy_format import api
from workflows.types import Json, JsonObject

#: The way from the graph to one value in it, by keys and indices.
Path = tuple[str | int, ...]
#: Which input of a prompt has a value: (node id, input name).
InputId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Converted:
    """The result of a conversion.

    `places` has for each value where it is in the file; several paths hold it twice, and values
    that come from one place share their paths. `labels` holds what users call a value, where they
    gave it a name of its own. `promoted` leads from what a subgraph's instance shows to the values
    inside; `shown` are the values inside that come from there, which ComfyUI sends untouched.
    `controls` says of numbers what ComfyUI's page does to them after each run, where the file does.
    """

    prompt: JsonObject
    places: Mapping[InputId, tuple[Path, ...]]
    warnings: tuple[str, ...] = ()
    labels: Mapping[InputId, str] = field(default_factory=dict)
    promoted: Mapping[InputId, tuple[InputId, ...]] = field(default_factory=dict)
    shown: frozenset[InputId] = frozenset()
    controls: Mapping[InputId, str] = field(default_factory=dict)

    def same(self, input: InputId) -> list[InputId]:
        """List the inputs that get the value of one: all that take it from the same place."""
        found: dict[InputId, None] = {}
        for one in self.promoted.get(input, (input,)):
            place = self.places.get(one)
            shared = [other for other, its in self.places.items() if its == place] if place else []
            found.update(dict.fromkeys([one, *shared]))
        return list(found)


def of_api(graph: JsonObject) -> Converted:
    """Return an API file as it is; its entries must be nodes (InvalidBody)."""
    api.check(graph)
    places = {
        (id, name): ((id, "inputs", name),)
        for id, node in graph.items()
        for name, value in node.get("inputs", {}).items()
        if api.link(value) is None
    }
    return Converted(graph, places)


def value_at(graph: JsonObject, path: Path) -> Json:
    """Return what is at a path."""
    value: Json = graph
    for part in path:
        value = value[part]
    return value


def replaced(graph: JsonObject, path: Path, value: Json) -> JsonObject:
    """Return a copy of a graph with another value at a path; all else is shared with the graph."""
    copy: JsonObject = dict(graph)
    holder: Json = copy
    for part in path[:-1]:
        inner = holder[part]
        holder[part] = list(inner) if isinstance(inner, list) else dict(inner)
        holder = holder[part]
    holder[path[-1]] = value
    return copy
