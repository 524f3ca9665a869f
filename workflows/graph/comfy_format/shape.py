"""The UI formats 0.4 and 1 read in one way: nodes, sockets, links and subgraph definitions.

What files hold in two shapes has one here: links as lists or objects, ids and slots as numbers or
numeric text, positions as `[x, y]` or `{"0": x, "1": y}`, links by list or by id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflows.graph.comfy_format.converted import Path
from workflows.graph.document import is_number
from workflows.types import Json, JsonObject

MUTED, BYPASSED = 2, 4
#: Ids of the two ends of a subgraph, unless the definition names others.
_INPUT_END, _OUTPUT_END = "-10", "-20"


@dataclass(frozen=True, slots=True)
class Link:
    """One connection, ids as text and slots counted from 0."""

    id: str
    origin: str
    origin_slot: int
    target: str
    target_slot: int
    type: str


@dataclass(frozen=True, slots=True)
class Socket:
    """One input or output of a node as the file has it; `widget` names the widget it belongs to.

    `links` are the connections of a subgraph's own input or output, the one that counts in front.
    """

    name: str
    type: str
    link: str | None = None
    widget: str | None = None
    label: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the file and the way to it from the graph."""

    id: str
    type: str
    path: Path
    raw: JsonObject
    inputs: tuple[Socket, ...]
    outputs: tuple[Socket, ...]

    @property
    def mode(self) -> int:
        """0 runs, 2 is muted, 4 is bypassed; other numbers run."""
        return integer(self.raw.get("mode")) or 0

    @property
    def title(self) -> str:
        """The title a user gave the node, or nothing."""
        title = self.raw.get("title")
        return title if isinstance(title, str) else ""

    @property
    def properties(self) -> Mapping[str, Json]:
        """The node's properties; an empty mapping when it has none."""
        found = self.raw.get("properties")
        return found if isinstance(found, dict) else {}

    @property
    def known_as(self) -> str:
        """The class the node was made of, by which text in other nodes may name it."""
        found = self.properties.get("Node name for S&R")
        return found if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True)
class Graph:
    """The root of a file or one subgraph definition."""

    raw: JsonObject
    path: Path
    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    inputs: tuple[Socket, ...] = ()
    outputs: tuple[Socket, ...] = ()
    input_end: str = _INPUT_END
    output_end: str = _OUTPUT_END
    #: The links at a subgraph's own ends, by the number of its input or output.
    entering: Mapping[int, list[Link]] = field(default_factory=dict)
    leaving: Mapping[int, list[Link]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a subgraph is called."""
        name = self.raw.get("name")
        return name if isinstance(name, str) else ""


class Definitions(dict[str, Graph]):
    """The subgraph definitions of a file by id; `promoted` keeps what was worked out of them."""

    def __init__(self) -> None:
        super().__init__()
        self.promoted: dict[int, list[int]] = {}


def read_graph(raw: JsonObject, path: Path = ()) -> Graph:
    """Read one level of a file: the root, or a definition at its path."""
    nodes = {node.id: node for node in _nodes(raw, path)}
    links = {link.id: link for link in read_links(raw)}
    first = _end(raw.get("inputNode"), _INPUT_END)
    last = _end(raw.get("outputNode"), _OUTPUT_END)
    entering: dict[int, list[Link]] = {}
    leaving: dict[int, list[Link]] = {}
    for link in links.values():
        if link.origin == first:
            entering.setdefault(link.origin_slot, []).append(link)
        if link.target == last:
            leaving.setdefault(link.target_slot, []).append(link)
    return Graph(
        raw,
        path,
        nodes,
        links,
        _sockets(raw.get("inputs")),
        _sockets(raw.get("outputs")),
        first,
        last,
        entering,
        leaving,
    )


def definitions(raw: JsonObject, path: Path = ()) -> Definitions:
    """Return every subgraph definition of a file by its id, those inside definitions included."""
    found = Definitions()
    waiting: list[tuple[JsonObject, Path]] = [(raw, path)]
    while waiting:
        holder, at = waiting.pop()
        definitions = holder.get("definitions")
        listed = definitions.get("subgraphs") if isinstance(definitions, dict) else None
        for index, one in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                here = (*at, "definitions", "subgraphs", index)
                found.setdefault(one["id"], read_graph(one, here))
                waiting.append((one, here))
    return found


def read_links(raw: JsonObject) -> Iterator[Link]:
    """Yield the links of one level; entries that are none are passed over."""
    links = raw.get("links")
    rows = list(links.values()) if isinstance(links, dict) else links
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, list) and len(row) >= 5:
            ends: list[Json] = [*row[:5], row[5] if len(row) > 5 else "*"]
        elif isinstance(row, dict):
            ends = [
                row.get(key)
                for key in ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
            ]
        else:
            continue
        slots = integer(ends[2]), integer(ends[4])
        if slots[0] is not None and slots[1] is not None:
            yield Link(
                ident(ends[0]),
                ident(ends[1]),
                slots[0],
                ident(ends[3]),
                slots[1],
                type_name(ends[5]),
            )


def ident(value: Json) -> str:
    """Return an id as text: 5, 5.0 and "5" are one id."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def integer(value: Json) -> int | None:
    """Return a whole number that a file may hold as text, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        return int(text) if len(text) < 20 and text.lstrip("-").isdecimal() else None
    return value if isinstance(value, int) else None


def type_name(value: Json) -> str:
    """Return a socket's type as text; odd files have numbers and lists there."""
    if isinstance(value, list):
        return "COMBO"
    return value if isinstance(value, str) and value else "*"


def pair(value: Json) -> tuple[float, float] | None:
    """Return two numbers held as a list or as an object with the keys 0 and 1, else None."""
    if isinstance(value, dict):
        value = [value.get("0"), value.get("1")]
    if isinstance(value, list) and len(value) >= 2 and all(is_number(one) for one in value[:2]):
        return float(value[0]), float(value[1])
    return None


def _nodes(raw: JsonObject, path: Path) -> Iterator[Node]:
    nodes = raw.get("nodes")
    for index, one in enumerate(nodes if isinstance(nodes, list) else []):
        if isinstance(one, dict):
            yield Node(
                ident(one.get("id")),
                str(one.get("type")),
                (*path, "nodes", index),
                one,
                _sockets(one.get("inputs")),
                _sockets(one.get("outputs")),
            )


def _sockets(value: Json) -> tuple[Socket, ...]:
    return tuple(_socket(one) for one in value) if isinstance(value, list) else ()


def _socket(raw: Json) -> Socket:
    """Read a socket; what is none keeps its place, for slots count."""
    if not isinstance(raw, dict):
        return Socket("", "*")
    widget = raw.get("widget")
    named = widget.get("name") if isinstance(widget, dict) else widget
    label, listed = raw.get("label"), raw.get("linkIds")
    return Socket(
        str(raw.get("name", "")),
        type_name(raw.get("type")),
        None if raw.get("link") is None else ident(raw["link"]),
        named if isinstance(named, str) else None,
        label if isinstance(label, str) else "",
        tuple(ident(one) for one in listed) if isinstance(listed, list) else (),
    )


def _end(value: Json, fallback: str) -> str:
    return ident(value["id"]) if isinstance(value, dict) and "id" in value else fallback
