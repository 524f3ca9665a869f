"""A small set of node types for planning, and short ways to write nodes and edges."""

from __future__ import annotations

from typing import Any

from workflows.graph.ports import Input, NodeType, Output


def _type(type: str, inputs: list[Input], outputs: list[Output], **more: Any) -> NodeType:
    return NodeType(type, type.title(), "test", "", tuple(inputs), tuple(outputs), **more)


TYPES: dict[str, NodeType] = {
    kind.type: kind
    for kind in (
        _type(
            "requestInput",
            [Input("fields", "json", port=False), Input("values", "json", port=False)],
            [Output("params", "json")],
            dynamic="fields",
        ),
        _type("responseOutput", [Input("result", "any", many=True)], [], sink=True),
        _type("preview", [Input("value", "any", required=True)], [], sink=True),
        _type("textBox", [Input("text", "text")], [Output("text", "text")]),
        _type(
            "template",
            [Input("text", "text", port=False)],
            [Output("text", "text")],
            dynamic="placeholders",
        ),
        _type(
            "blur",
            [
                Input("image", "image", label="Picture", required=True),
                Input("radius", "number", default=4, min=0, max=100),
                Input("mode", "text", default="box", options=("box", "gaussian"), port=False),
            ],
            [Output("image", "image")],
        ),
        _type("upload", [Input("asset", "image", port=False)], [Output("image", "image")]),
        _type("list", [Input("items", "any", many=True)], [Output("items", "list<any>")]),
        _type("split", [Input("text", "text", required=True)], [Output("parts", "list<text>")]),
        _type("note", [], [], runs=False),
    )
}


def node(id: str, type: str = "textBox", **data: Any) -> dict[str, Any]:
    """Write one node."""
    return {"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data}


def edge(source: str, target: str, id: str | None = None, **more: Any) -> dict[str, Any]:
    """Write one edge from "node.port" to "node.port"; without a port, the handle is left out."""
    ends = {}
    for side, end in (("source", source), ("target", target)):
        name, _, port = end.partition(".")
        ends[side] = name
        if port:
            ends[f"{side}Handle"] = port
    return {"id": id or f"{source}>{target}", **ends, **more}


def graph(*items: dict[str, Any]) -> dict[str, Any]:
    """Make a document of nodes and edges, in the order given."""
    return {
        "nodes": [item for item in items if "type" in item],
        "edges": [item for item in items if "source" in item],
    }
