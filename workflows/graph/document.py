"""The shape of a document: nodes, edges, viewport and metadata; its identity and its summary.

Only structure is judged here. Whether a document can run is `plan`'s question, for drafts may be
saved unfinished; unknown keys are kept, on the document and on each node and edge.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import InvalidBody, TooLarge
from workflows.graph.origins import EXPECTED, origins_of
from workflows.types import Json, JsonObject

MAX_NODES = 5_000
MAX_EDGES = 10_000
#: Characters of an id, a type or a handle.
MAX_NAME = 200
MAX_DESCRIPTION = 20_000
MAX_TAGS = 50
#: Characters of one tag.
MAX_TAG = 40

#: Keys that belong to the server; operations and diffs leave them alone.
READ_ONLY = frozenset(
    {
        "slug",
        "folderId",
        "isTemplate",
        "createdBy",
        "role",
        "sharedBy",
        "createdAt",
        "updatedAt",
        "appId",
        "estimatedCreditCost",
        "version",
        "epoch",
        "formats",
        "nodeCount",
        "lastRun",
        "template",
        "copiedFrom",
        "canEdit",
        "removed",
    }
)

_FLAGS = frozenset({"publicPlayground", "hidden", "archived"})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of workflows shows of a document; `types` maps node type to how many."""

    nodes: int
    edges: int
    types: Mapping[str, int]


def check(document: Json, *, max_nodes: int = MAX_NODES, max_edges: int = MAX_EDGES) -> None:
    """Check the structure of a whole document: `nodes`, `edges`, and the metadata it carries.

    Absent lists count as empty. Raises InvalidBody (or TooLarge above the limits) for the first
    fault, naming its path (`nodes[3].position.x`), the value and what was expected.
    """
    if not isinstance(document, dict):
        raise _wrong("document", document, "an object")
    for key, limit, check_one in (
        ("nodes", max_nodes, check_node),
        ("edges", max_edges, check_edge),
    ):
        items = document.get(key, [])
        if not isinstance(items, list):
            raise _wrong(key, items, "a list")
        if len(items) > limit:
            raise TooLarge(
                f"The workflow has {len(items)} {key}; this server accepts at most {limit}.",
                field=key,
                value=len(items),
                expected=f"at most {limit} {key}",
            )
        seen: dict[str, int] = {}
        for index, item in enumerate(items):
            check_one(item, f"{key}[{index}]")
            first = seen.setdefault(item["id"], index)
            if first != index:
                expected = f"an id that {key}[{first}] does not have already"
                raise _wrong(f"{key}[{index}].id", item["id"], expected)
    for key, value in document.items():
        if key not in ("nodes", "edges"):
            check_meta(key, value)


def check_node(node: Json, field: str) -> None:
    """Check one node's structure; `field` is its path in errors (InvalidBody)."""
    if not isinstance(node, dict):
        raise _wrong(field, node, "an object")
    for key in ("id", "type"):
        _check_name(node.get(key), f"{field}.{key}")
    _check_numbers(node.get("position"), f"{field}.position", ("x", "y"))
    if not isinstance(node.get("data"), dict):
        raise _wrong(f"{field}.data", node.get("data"), "an object")


def check_edge(edge: Json, field: str) -> None:
    """Check one edge's structure; `field` is its path in errors (InvalidBody)."""
    if not isinstance(edge, dict):
        raise _wrong(field, edge, "an object")
    for key in ("id", "source", "target"):
        _check_name(edge.get(key), f"{field}.{key}")
    for key in ("sourceHandle", "targetHandle"):
        handle = edge.get(key)
        if handle is not None and not (isinstance(handle, str) and len(handle) <= MAX_NAME):
            raise _wrong(f"{field}.{key}", handle, f"text of at most {MAX_NAME} characters or null")


def check_meta(key: str, value: Json) -> None:
    """Check one top-level key other than `nodes` and `edges`; unknown keys may hold anything.

    Raises InvalidBody naming the key.
    """
    if key == "name":
        if not (isinstance(value, str) and value.strip() and len(value) <= MAX_NAME):
            raise _wrong(key, value, f"text of 1 to {MAX_NAME} characters")
    elif key == "description":
        if not (isinstance(value, str) and len(value) <= MAX_DESCRIPTION):
            raise _wrong(key, value, f"text of at most {MAX_DESCRIPTION} characters")
    elif key == "tags":
        if not isinstance(value, list) or len(value) > MAX_TAGS:
            raise _wrong(key, value, f"a list of at most {MAX_TAGS} texts")
        for index, tag in enumerate(value):
            if not (isinstance(tag, str) and len(tag) <= MAX_TAG):
                raise _wrong(f"tags[{index}]", tag, f"text of at most {MAX_TAG} characters")
    elif key == "viewport":
        if value is not None:
            _check_numbers(value, key, ("x", "y", "zoom"))
    elif key == "cover":
        if not (value is None or isinstance(value, dict)):
            raise _wrong(key, value, "an object or null")
    elif key == "thumbnail":
        if not (value is None or isinstance(value, str)):
            raise _wrong(key, value, "text or null")
    elif key == "embedOrigins":
        if value is not None and origins_of(value) is None:
            raise _wrong(key, value, EXPECTED)
    elif key in _FLAGS and not isinstance(value, bool):
        raise _wrong(key, value, "true or false")


def summary(document: JsonObject) -> Summary:
    """Count a checked document's nodes, edges and node types."""
    nodes = document.get("nodes", [])
    types = Counter(node["type"] for node in nodes)
    return Summary(len(nodes), len(document.get("edges", [])), dict(types))


def sha256(nodes: list[JsonObject], edges: list[JsonObject]) -> str:
    """Return the hex digest of a graph's content.

    The order of keys does not matter; the order of nodes and edges and the type of every number do.
    """
    content = json.dumps([nodes, edges], sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def same(a: Json, b: Json) -> bool:
    """Return whether two JSON values are equal to the last bit.

    Unlike `==`, 1, 1.0 and True differ, and so do 0.0 and -0.0. The order of keys does not matter.
    """
    pairs = [(a, b)]
    while pairs:
        left, right = pairs.pop()
        if left is right:
            continue
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            pairs.extend((value, right[key]) for key, value in left.items())
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right or (left == 0 and math.copysign(1, left) != math.copysign(1, right)):
            return False
    return True


def _check_name(value: Json, field: str) -> None:
    if not (isinstance(value, str) and 0 < len(value) <= MAX_NAME):
        raise _wrong(field, value, f"text of 1 to {MAX_NAME} characters")


def _check_numbers(value: Json, field: str, keys: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise _wrong(field, value, f"an object with the numbers {', '.join(keys)}")
    for key in keys:
        if not is_number(value.get(key)):
            raise _wrong(f"{field}.{key}", value.get(key), "a finite number")


def is_number(value: Json) -> bool:
    """Return whether a value is a number a float can hold (true and false are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1.7e308


def _wrong(field: str, value: Json, expected: str) -> InvalidBody:
    return InvalidBody(
        f"{field} is {show(value)}; expected {expected}.",
        field=field,
        value=_brief(value),
        expected=expected,
    )


def show(value: Json) -> str:
    """Return a short JSON rendering of a value for a sentence a user reads."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large integer"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


def _brief(value: Json) -> Json:
    """Keep a faulty value small enough to send back: scalars whole, the rest in words."""
    if isinstance(value, dict | list):
        return show(value)
    return value if not isinstance(value, str) or len(value) <= 200 else value[:199] + "…"
