"""fal contents <-> document exactly: with the order of members as well.

`reading` and `writing` agree on values alone. Where what would be written has its members in
another order than what was read, the document keeps that order (`fal.order`): a tree of the objects
that differ, `{"keys": [...], "in": {member: tree}}`.
"""

from __future__ import annotations

from workflows.graph.fal_format import reading, writing
from workflows.types import Json, JsonObject


def to_document(contents: Json) -> JsonObject:
    """Return the document of a workflow's contents, as `reading.to_document` does."""
    document = reading.to_document(contents)
    order = _differences(contents, writing.from_document(document))
    if order is not None:
        document["fal"]["order"] = order
    return document


def from_document(document: JsonObject) -> JsonObject:
    """Return the contents of a document: exactly what was read, where nothing has been changed.

    What has been added follows what was there.
    """
    contents = writing.from_document(document)
    meta = document.get("fal")
    order = meta.get("order") if isinstance(meta, dict) else None
    found: JsonObject = _arrange(contents, order)
    return found


def _differences(wanted: Json, made: Json) -> JsonObject | None:
    """Return the order of the objects in `wanted` that have another one in `made`, else None."""
    # JSON that came in has at most 64 levels (strict_json), so recursion is safe.
    if wanted is made:
        return None
    pairs: list[tuple[str, Json, Json]] = []
    found: JsonObject = {}
    if isinstance(wanted, dict) and isinstance(made, dict):
        pairs = [(key, wanted[key], made[key]) for key in wanted if key in made]
        if list(wanted) != list(made):
            found["keys"] = list(wanted)
    elif isinstance(wanted, list) and isinstance(made, list):
        rows = zip(wanted, made, strict=False)
        pairs = [(str(at), one, other) for at, (one, other) in enumerate(rows)]
    inner = {key: tree for key, *both in pairs if (tree := _differences(*both)) is not None}
    if inner:
        found["in"] = inner
    return found or None


def _arrange(value: Json, order: Json) -> Json:
    """Return a value with its objects' members in an order; what the order does not fit stays."""
    if not isinstance(order, dict):
        return value
    given, keys = order.get("in"), order.get("keys")
    inner: JsonObject = given if isinstance(given, dict) else {}
    if isinstance(value, list):
        return [_arrange(item, inner.get(str(at))) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    wanted = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    names = dict.fromkeys([*(key for key in wanted if key in value), *value])
    return {name: _arrange(value[name], inner.get(name)) for name in names}
