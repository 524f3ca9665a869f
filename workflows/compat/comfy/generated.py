"""`$random()` and `$timestamp()`: filled when a run is made, so that all its tries are the same.

The value before is noted, for reading the graph later or running it again.
"""

from __future__ import annotations

from random import Random

from workflows.graph.comfy_format import api, fill_generated, read
from workflows.graph.comfy_format.catalogue import Catalogue
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.converted import replaced, value_at
from workflows.graph.comfy_format.placeholders import scan
from workflows.types import Json, JsonObject

#: A note: where in the graph, the value before, the value now, and the input's node and name.
Note = JsonObject


def fill(
    value: JsonObject, catalogue: Catalogue | None, *, now: int, random: Random | None = None
) -> tuple[JsonObject, list[Note]]:
    """Return a file with its generated placeholders filled, and a note for each place.

    `now` is Unix time in milliseconds. Raises InvalidBody as `placeholders` does.
    """
    file = read(value)
    converted = convert(file, catalogue)
    wanted = {(one.node, one.input) for one in scan(converted.prompt) if one.field is None}
    if not wanted:
        return value, []
    filled = fill_generated(converted.prompt, catalogue, now=now, random=random)
    graph, notes = file.graph, []
    done: dict[tuple[str | int, ...], Json] = {}
    for input in sorted(wanted):
        node, name = input
        found = filled[node]["inputs"][name]
        put = found if file.format == "api" else api.unwrap(found)
        for path in converted.places.get(input, ()):
            # Inputs that share a place in the file share what is put there.
            if path in done:
                continue
            done[path] = put
            notes.append(
                {
                    "path": list(path),
                    "was": value_at(graph, path),
                    "value": put,
                    "node": node,
                    "input": name,
                }
            )
            graph = replaced(graph, path, put)
    return _wrapped(value, file.wrapper, graph), notes


def undo(value: JsonObject, notes: list[Note]) -> JsonObject:
    """Return a file as it was before `fill`."""
    file = read(value)
    graph = file.graph
    for note in notes:
        graph = replaced(graph, tuple(note["path"]), note["was"])
    return _wrapped(value, file.wrapper, graph)


def _wrapped(value: JsonObject, wrapper: str | None, graph: JsonObject) -> JsonObject:
    return graph if wrapper is None else {**value, wrapper: graph}
