"""Workflows in fal's format: one example of each variant, and generated ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.pure.strategies import coordinates, texts, values

DRAW: dict[str, Any] = {
    "id": "draw",
    "type": "run",
    "app": "demo/text-to-image",
    "depends": ["input"],
    "input": {"prompt": "$input.subject", "num_images": 2},
    "metadata": {"position": {"x": 320, "y": 40.5}},
}
JOIN: dict[str, Any] = {
    "id": "join",
    "type": "run",
    "app": "demo/side-by-side",
    "depends": ["draw"],
    "input": {"image_urls": ["$draw.images.0.url", "$draw.images.1.url"], "gap": 12},
}
OUT: dict[str, Any] = {
    "id": "out",
    "type": "display",
    "depends": ["join"],
    "input": {},
    "fields": {"sheet": "$join.image.url"},
}
SUBJECT = {
    "name": "subject",
    "label": "Subject",
    "type": "string",
    "required": True,
    "modelId": "draw",
    "ui": {"placeholder": "a fox"},
}

BUILDER: dict[str, Any] = {
    "name": "duo",
    "version": "1",
    "nodes": {"draw": DRAW, "join": JOIN, "out": OUT},
    "output": {"sheet": "$join.image.url", "originals": "$draw.images"},
    "schema": {
        "input": {"subject": SUBJECT},
        "output": {"sheet": {"name": "sheet", "label": "Sheet", "type": "string"}},
    },
    "metadata": {"input": {"position": {"x": 0, "y": 40}}, "description": "Two side by side"},
}

#: One of each shape that is seen in the wild, by the number the table of variants gives it.
VARIANTS: dict[str, dict[str, Any]] = {
    "V1 builder": BUILDER,
    "V2 platform": {
        "name": "duo",
        "version": "1.0.0",
        "nodes": {"draw": DRAW},
        "output": {"image": "$draw.images.0.url"},
        "schema": {
            "input": {"subject": {"type": "string"}},
            "output": {"image": {"type": "string"}},
        },
    },
    "V3 model and output": {
        "nodes": {
            "draw": {**DRAW, "type": "model"},
            "output": {
                "id": "output",
                "type": "output",
                "depends": ["draw"],
                "fields": {"image": "$draw.images.0.url"},
                "metadata": {"position": {"x": 600, "y": 100}},
            },
        }
    },
    "V4 empty lists": {"nodes": [], "edges": []},
    "V5 flat map": {
        "input": {"id": "input", "type": "input", "depends": [], "input": {"subject": "a fox"}},
        "draw": DRAW,
        "output": {
            "id": "output",
            "type": "display",
            "depends": ["draw"],
            "fields": {"image": "$draw.images.0.url"},
        },
    },
    "V6 package": {
        "name": "duo",
        "version": "0.1",
        "schema": {
            "input": {
                "type": "object",
                "title": "Input",
                "required": ["subject"],
                "properties": {
                    "subject": {"type": "string", "title": "Subject"},
                    "steps": {"type": "integer", "default": 4},
                },
            },
            "output": {"type": "object", "properties": {}},
        },
        "nodes": {
            "draw": DRAW,
            "node_1": {
                "id": "node_1",
                "type": "display",
                "depends": ["draw"],
                "fields": ["$draw.images.0.url"],
            },
        },
        "output": {"image": "$draw.images.0.url"},
    },
    "V7 of 2024": {
        "nodes": {
            "a": {"name": "a", "app": "demo/text-to-image", "input": {"prompt": "$input.subject"}},
            "b": {"name": "b", "app": "demo/rembg", "input": {"image_url": "$a.images[0].url"}},
        },
        "output": {"image": "$b.image.url"},
    },
}

_ids = ["draw", "join-2", "fal_ai/x/v1.5/pro", "b_1", "Ünïcode", "output"]
_paths = st.sampled_from(["", ".images.0.url", ".images[1]", ".a-b", ".0"])
_more = st.dictionaries(st.sampled_from(["note", "x", "creditCost", "ui"]), values, max_size=2)
_plain = values.filter(lambda value: "$" not in str(value))


@st.composite
def arguments(draw: st.DrawFn, heads: list[str]) -> Any:
    """Draw JSON with references to the given heads in it."""
    leaf = st.one_of(
        _plain,
        st.builds(lambda head, path: f"${head}{path}", st.sampled_from([*heads, "input"]), _paths),
        st.sampled_from(["$5 off", "$", "$input.prompt", "$$", "costs $draw", "$unknown"]),
    )
    keys = st.sampled_from(["prompt", "image_url", "b", ""])
    return draw(
        st.recursive(
            leaf,
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
            max_leaves=5,
        )
    )


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw valid contents with unknown keys at every level."""
    ids = draw(st.lists(st.sampled_from(_ids), unique=True, max_size=4))
    nodes: dict[str, Any] = {}
    for id in ids:
        before = list(nodes)
        node: dict[str, Any] = draw(_more)
        shows = draw(st.booleans())
        node["app" if not shows else "fields"] = (
            draw(arguments(before)) if shows else draw(st.sampled_from(["demo/x", "workflows/a/b"]))
        )
        if draw(st.booleans()) or shows:
            node["type"] = draw(
                st.sampled_from(["display", "output"] if shows else ["run", "model"])
            )
        if draw(st.booleans()):
            node["id"] = id
        if draw(st.booleans()) and not shows:
            node["input"] = draw(arguments(before))
        if draw(st.booleans()):
            node["depends"] = draw(st.lists(st.sampled_from([*before, "input"]), max_size=3))
        if draw(st.booleans()):
            node["metadata"] = {
                "position": {"x": draw(coordinates), "y": draw(coordinates)},
                **draw(_more),
            }
        nodes[id] = node
    found: dict[str, Any] = {**draw(_more), "nodes": nodes}
    if draw(st.booleans()):
        found["output"] = draw(arguments(ids))
    if draw(st.booleans()):
        fields = draw(
            st.dictionaries(
                st.sampled_from(["prompt", "a.b", "Größe", "properties_"]),
                _plain | _field(),
                max_size=3,
            )
        )
        if draw(st.booleans()):
            fields = {"type": "object", "properties": fields, "required": ["prompt"]}
        found["schema"] = draw(
            st.sampled_from(
                [{"input": fields}, {"input": fields, "output": {}}, {}, {"output": {}}]
            )
        )
    if draw(st.booleans()):
        found["metadata"] = {"input": {"position": {"x": draw(coordinates), "y": 1}}, **draw(_more)}
    return found


def _field() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "name": texts,
            "label": texts,
            "type": st.sampled_from(["string", "integer", "boolean", "array", {"kind": "list"}]),
            "required": st.booleans(),
            "default": _plain,
            "enum": st.lists(texts, max_size=2),
            "minimum": st.integers(0, 5),
            "modelId": texts,
        },
    )
