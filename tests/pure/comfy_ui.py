"""Short ways to write ComfyUI's UI files, and generated ones."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.pure.strategies import scalars

Raw = dict[str, Any]


def node(id: int | str, type: str, *, ins: str = "", outs: str = "", **more: Any) -> Raw:
    """Return a node; `ins` and `outs` list sockets as `name:TYPE`, one with a widget `name!TYPE`.

    `values` are its widgets_values, `named` its widgets_values_named.
    """
    found: Raw = {
        "id": id,
        "type": type,
        "pos": [0, 0],
        "size": [210, 60],
        "flags": {},
        "order": 0,
        "mode": more.pop("mode", 0),
        "inputs": [_input(one) for one in ins.split()],
        "outputs": [_output(one) for one in outs.split()],
        "properties": more.pop("properties", {"Node name for S&R": type}),
    }
    if "values" in more:
        found["widgets_values"] = more.pop("values")
    if "named" in more:
        found["widgets_values_named"] = more.pop("named")
    return {**found, **more}


def _input(text: str) -> Raw:
    if "!" in text:
        name, type = text.split("!")
        return {"name": name, "type": type, "link": None, "widget": {"name": name}}
    name, type = text.split(":")
    return {"name": name, "type": type, "link": None}


def _output(text: str) -> Raw:
    name, type = text.split(":")
    return {"name": name, "type": type, "links": None}


def graph(*nodes: Raw, links: str = "", **more: Any) -> Raw:
    """Return a file of version 0.4; `links` lists `source.slot>target.slot`, blanks between."""
    found: Raw = {
        "last_node_id": len(nodes),
        "last_link_id": 0,
        "nodes": list(nodes),
        "links": [],
        "groups": [],
        "config": {},
        "extra": {},
        "version": 0.4,
        **more,
    }
    for row in _linked(list(nodes), links):
        found["links"].append(row)
        found["last_link_id"] = row[0]
    return found


def subgraph(id: str, *nodes: Raw, ins: str = "", outs: str = "", links: str = "") -> Raw:
    """Return a definition; its own ends are called `in` and `out` in `links`."""
    inputs = [{**_output(one), "id": f"{id}-in-{at}"} for at, one in enumerate(ins.split())]
    outputs = [{**_output(one), "id": f"{id}-out-{at}"} for at, one in enumerate(outs.split())]
    rows = _linked(list(nodes), links)
    return {
        "id": id,
        "name": f"Sub {id}",
        "version": 1,
        "revision": 0,
        "state": {},
        "config": {},
        "inputNode": {"id": -10, "bounding": [-200, 0, 120, 60]},
        "outputNode": {"id": -20, "bounding": [900, 0, 120, 60]},
        "inputs": inputs,
        "outputs": outputs,
        "widgets": [],
        "nodes": list(nodes),
        "groups": [],
        "links": [as_object(row) for row in rows],
        "extra": {},
    }


def as_object(row: list[Any]) -> Raw:
    """Return a link in the shape of version 1."""
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    return dict(zip(keys, row, strict=True))


def as_version_1(file: Raw) -> Raw:
    """Return a file of version 0.4 as one of version 1, numbers as text and places as objects."""
    found = copy.deepcopy(file)
    found["version"] = 1
    found["links"] = [as_object(row) for row in found["links"]]
    for link in found["links"]:
        link["origin_slot"] = str(link["origin_slot"])
    for one in found["nodes"]:
        one["pos"] = {"0": one["pos"][0], "1": one["pos"][1]}
    found["state"] = {"lastNodeId": found.pop("last_node_id"), "lastLinkId": 0}
    return found


def _linked(nodes: list[Raw], links: str) -> list[list[Any]]:
    known = {str(one["id"]): one for one in nodes}
    rows: list[list[Any]] = []
    for number, text in enumerate(links.split(), 1):
        source, target = (end.split(".") for end in text.split(">"))
        type = "*"
        if source[0] != "in":
            output = known[source[0]]["outputs"][int(source[1])]
            output["links"] = [*(output["links"] or []), number]
            type = output["type"]
        if target[0] != "out":
            known[target[0]]["inputs"][int(target[1])]["link"] = number
        ends = [
            -10 if source[0] == "in" else known[source[0]]["id"],
            int(source[1]),
            -20 if target[0] == "out" else known[target[0]]["id"],
            int(target[1]),
        ]
        rows.append([number, *ends, type])
    return rows


_types = st.sampled_from(
    [
        "KSampler",
        "Mystery",
        "Note",
        "Reroute",
        "PrimitiveNode",
        "LoadImage",
        "sub-1",
        "SetNode",
        "GetNode",
    ]
)
_names = st.sampled_from(["text", "seed", "image", "value", "", "a.b"])


_saved = st.one_of(scalars, st.just([1, "two"]), st.just({"x": 1}))
_facts: list[dict[str, Any]] = [{"color": "#335", "title": "Mine"}, {"title": None, "note": [1]}]
_more = st.sampled_from([{}, {}, *_facts])


@st.composite
def files(draw: st.DrawFn) -> Raw:
    """Draw a file in which anything may lead anywhere, with unknown keys at every level."""
    nodes = [draw(_nodes(id)) for id in range(1, draw(st.integers(0, 4)) + 1)]
    links: list[Any] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        row = [number, *draw(st.tuples(_ends, _slots, _ends, _slots)), draw(_link_types)]
        links.append(row if draw(st.booleans()) else as_object(row))
    inner = subgraph("sub-1", draw(_nodes(1)), draw(_nodes(2)), ins="text:STRING")
    inner["links"] = [as_object([1, -10, 0, 1, 0, "STRING"]), as_object([2, 1, 0, -20, 0, "*"])]
    return {
        "nodes": nodes,
        "links": links,
        "version": draw(st.sampled_from([0.4, 1])),
        "definitions": {"subgraphs": [inner]},
        **draw(_more),
    }


_ends, _slots = st.integers(0, 5), st.integers(0, 2)
_link_types = st.sampled_from(["IMAGE", "*", -1])
_sockets = st.lists(
    st.builds(
        lambda name, type, link, more: {"name": name, "type": type, "link": link, **more},
        _names,
        st.sampled_from(["IMAGE", "STRING", "*", 0]),
        st.none() | st.integers(0, 5),
        st.sampled_from([{}, {"widget": {"name": "text"}}, {"label": "L"}]),
    ),
    max_size=2,
)


@st.composite
def _nodes(draw: st.DrawFn, id: int) -> Raw:
    found: Raw = {
        "id": draw(st.sampled_from([id, str(id), float(id)])),
        "type": draw(_types),
        "mode": draw(st.sampled_from([0, 2, 4])),
        "inputs": draw(_sockets),
        "outputs": [],
        "pos": draw(st.sampled_from([[0, 1.5], {"0": 3, "1": 4}, "?"])),
        **draw(_more),
    }
    kind = draw(st.integers(0, 3))
    if kind in (1, 3):
        found["widgets_values"] = draw(st.lists(_saved, max_size=4))
    if kind == 2:
        found["widgets_values"] = draw(st.dictionaries(_names, _saved, max_size=2))
    if kind == 3:
        found["widgets_values_named"] = draw(st.dictionaries(_names, _saved, max_size=2))
    return found
