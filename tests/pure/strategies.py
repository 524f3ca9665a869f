"""Generated JSON values, documents and operations that several tests here draw from."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

#: Text that JSON can carry exactly: no NUL, no surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
numbers = st.one_of(
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 0.0, 1, 1.0, 1e22, 2**70, 2**53 + 1, 1e16]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
ids = st.sampled_from([f"n{number}" for number in range(8)])
edge_ids = st.sampled_from([f"e{number}" for number in range(8)])
coordinates = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6))
extra_keys = st.sampled_from(["color", "note", "zIndex", "", "$x", "parentId"])


@st.composite
def nodes(draw: st.DrawFn, node_id: str | None = None) -> dict[str, Any]:
    """Draw one node of the stored shape, with unknown keys."""
    return {
        "id": node_id or draw(ids),
        "type": draw(st.sampled_from(["textBox", "template", "preview", "mystery"])),
        "position": {"x": draw(coordinates), "y": draw(coordinates)},
        "data": draw(st.dictionaries(st.sampled_from(["text", "a", ""]), values, max_size=3)),
        **draw(st.dictionaries(extra_keys, values, max_size=2)),
    }


@st.composite
def edges(draw: st.DrawFn, edge_id: str | None = None) -> dict[str, Any]:
    """Draw one edge of the stored shape; it may dangle, as drafts may."""
    return {
        "id": edge_id or draw(edge_ids),
        "source": draw(ids),
        "target": draw(ids),
        "sourceHandle": draw(st.sampled_from(["text-out", None])),
        "targetHandle": "text-in",
        **draw(st.dictionaries(extra_keys, values, max_size=2)),
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a whole document, with unknown keys at every level."""
    node_ids = draw(st.lists(ids, unique=True, max_size=5))
    chosen = draw(st.lists(edge_ids, unique=True, max_size=5))
    document: dict[str, Any] = {
        "nodes": [draw(nodes(node_id)) for node_id in node_ids],
        "edges": [draw(edges(edge_id)) for edge_id in chosen],
        **draw(st.dictionaries(extra_keys, values, max_size=2)),
    }
    if draw(st.booleans()):
        document["viewport"] = {"x": draw(coordinates), "y": 0, "zoom": 1}
    if draw(st.booleans()):
        document["name"] = draw(st.sampled_from(["Sticker", "Poster"]))
    return document
