"""References in fal's format: `$input.prompt`, `$node.images.0.url`, whole strings only.

A superset of fal's own grammar: ids may hold dots, `[0]` means `.0`. A *source* is what a reference
starts from as our nodes have it for a port: a node's id, `input`, or `input.<field>`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from workflows.errors import NodeError
from workflows.graph.refs import INPUT, Reference, find, look_up, map_strings, parse
from workflows.types import Json, NodeId

_BRACKETS = re.compile(r"\[([0-9]{1,9})\]")
#: A name that is certainly meant as a node: characters of a name first, then a path.
_MEANT = re.compile(r"\$([A-Za-z_][A-Za-z0-9_/-]*)(?:\.[A-Za-z0-9_-]+|\[[0-9]+\])+")


def normalise(value: Json) -> Json:
    """Return a copy of a JSON value with `[n]` written `.n` in strings that begin with `$`."""

    def change(text: str) -> str:
        return _BRACKETS.sub(r".\1", text) if text.startswith("$") else text

    return map_strings(value, change)


def source_of(reference: Reference) -> str:
    """Return the source a reference starts from."""
    if reference.head != INPUT or not reference.path:
        return reference.head
    return f"{INPUT}.{reference.path[0]}"


def field_of(source: str) -> str | None:
    """Return the input field a source names: "" for all of them, None for a node."""
    head, _, field = source.partition(".")
    return field if source == INPUT or (head == INPUT and field) else None


def sources_in(value: Json, nodes: Collection[NodeId]) -> list[str]:
    """List the sources of all references in a JSON value, each once, in order."""
    heads = {INPUT, *nodes}
    found = (source_of(reference) for _, reference in find(normalise(value), heads))
    return list(dict.fromkeys(found))


def broken_in(value: Json, nodes: Collection[NodeId]) -> str | None:
    """Return the first string that is meant as a reference and leads nowhere, or None.

    "$5 off" and "$name" stay text: only a known name with something else behind it, or an unknown
    name with a path, is meant as a reference.
    """
    heads = {INPUT, *nodes}
    wrong: list[str] = []

    def check(text: str) -> str:
        plain = _BRACKETS.sub(r".\1", text)
        if text.startswith("$") and parse(plain, heads) is None and _is_meant(text, heads):
            wrong.append(text)
        return text

    map_strings(value, check)
    return min(wrong) if wrong else None


def resolve(value: Json, sources: Mapping[str, Json]) -> Json:
    """Return a copy of `value` with every reference replaced by what it leads to, type and all.

    An input field without a value (None) takes its key, or its place in a list, with it. Raises
    NodeError naming the reference for a node without a result and for a path that leads nowhere.
    """
    found = _resolve(normalise(value), sources)
    return None if found is _ABSENT else found


def rename(value: Json, names: Mapping[str, str], sources: Collection[str]) -> Json:
    """Return a copy of `value` in which references start from the new names of their sources."""

    def change(text: str) -> str:
        reference = parse(_BRACKETS.sub(r".\1", text), sources) if text.startswith("$") else None
        if reference is None or reference.head not in names:
            return text
        return str(Reference(names[reference.head], reference.path))

    return map_strings(value, change) if names else value


_ABSENT = object()


def _resolve(value: Json, sources: Mapping[str, Json]) -> Json:
    # JSON that came in has at most 64 levels (strict_json), so recursion is safe.
    if isinstance(value, dict):
        pairs = ((key, _resolve(item, sources)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _ABSENT}
    if isinstance(value, list):
        items = (_resolve(item, sources) for item in value)
        return [item for item in items if item is not _ABSENT]
    reference = parse(value, sources)
    if reference is None:
        return value
    source = sources[reference.head]
    if source is None and field_of(reference.head) is not None:
        return _ABSENT
    if source is None:
        raise NodeError(
            f"{value} leads to a node that has no result.",
            field="arguments",
            value=value,
            expected=f"a connection into ${reference.head}",
        )
    return look_up(source, reference)


def _is_meant(text: str, heads: Collection[str]) -> bool:
    for head in heads:
        rest = text[1 + len(head) :]
        if text.startswith(head, 1) and rest and not (rest[0].isalnum() or rest[0] in "_-/"):
            return True
    return _MEANT.fullmatch(text) is not None
