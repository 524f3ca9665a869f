"""Which result may stand in for running a node: keys, look-up, and what is worth storing.

A key is the hash of everything that determines a result: the owner, the node type and its version,
the node's own data, and for each edge the key of its source, so that a chain of n nodes costs n
hashes. Where a parent's result cannot be foretold, the key is made of the values that came. Files
count by their content, as the database knows it, never as a document claims.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.utils import timezone

from workflows.errors import Unavailable
from workflows.graph.digests import IGNORED
from workflows.graph.ports import MEDIA, NodeType, item_type
from workflows.media import hashed
from workflows.media.references import asset_id, assets_in
from workflows.models import Asset, CacheEntry
from workflows.nodes.local import pack
from workflows.prepared import Parameter, PreparedQuery
from workflows.types import Json, JsonObject, NodeId
from workflows.weights import store

if TYPE_CHECKING:
    from workflows.graph.plan import Plan, PlannedNode

R = TypeVar("R")

#: A used entry is marked again only after this long: a write per hit would be a waste.
MARK_AFTER = timedelta(days=1)
_QUERY_KEYS = 512


@dataclass(slots=True)
class Hit:
    """A stored result; `stale_mark` says that its last use should be noted again."""

    output: JsonObject
    stale_mark: bool


@dataclass(slots=True)
class Prepared:
    """What a run knows before it starts: node id to key, and of `searched` keys the results."""

    keys: dict[NodeId, str] = field(default_factory=dict)
    searched: frozenset[str] = frozenset()
    hits: dict[str, Hit] = field(default_factory=dict)


def needs_keys(plan: Plan) -> bool:
    """Return whether the plan holds a node whose result is stored."""
    return any(is_cacheable(node.node_type) for node in plan.nodes.values())


def prepare(
    plan: Plan, owner_id: int, *, lookup: bool, held: Mapping[NodeId, str] | None = None
) -> Prepared:
    """Compute the keys of every node that a cacheable one depends on, and look up their results.

    For a reader thread. With `lookup` False only keys are computed (results are stored anyway).
    `held` has the keys of results that the run takes as they are, empty for one that has none.
    """
    wanted = _wanted(plan)
    nodes = [node for node in plan.nodes.values() if node.id in wanted]
    given = [[node.data, node.values, node.request, node.pinned] for node in nodes]
    contents = content_of(set(assets_in(given)), owner_id)
    keys: dict[NodeId, str] = {}
    for node in nodes:
        own = (held or {}).get(node.id)
        key = _plan_key(node, plan, keys, owner_id, contents) if own is None else own
        if key:
            keys[node.id] = key
    if not lookup:
        return Prepared(keys)
    searched = {keys[node.id] for node in nodes if node.id in keys and _is_searched(node)}
    return Prepared(keys, frozenset(searched), look_up(searched, owner_id))


def foreseen(plan: Plan, prepared: Prepared) -> set[NodeId]:
    """Return the nodes whose results are known before the run, and stored.

    More may turn out to be stored once the values are there: a run does at most what is left.
    """
    known: set[NodeId] = set()
    uncertain: set[NodeId] = set()
    for id, node in plan.nodes.items():
        if node.pinned is not None:
            known.add(id)
            continue
        by_itself = not node.node_type.deterministic or is_volatile(node, [node.values])
        if by_itself or any(source in uncertain for source in plan.depends[id]):
            uncertain.add(id)
        elif is_cacheable(node.node_type) and prepared.keys.get(id) in prepared.hits:
            known.add(id)
    return known


def _is_searched(node: PlannedNode) -> bool:
    return node.pinned is None and is_cacheable(node.node_type)


def resolved_key(node: PlannedNode, calls: Iterable[JsonObject], owner_id: int) -> str:
    """Make a key of the values that came over the connections. For a reader thread."""
    arguments = list(calls)
    given = [node.data, node.values, node.request, arguments]
    contents = content_of(set(assets_in(given)), owner_id)
    own = _own(node, contents)
    return _hash(_owner(node.node_type, owner_id), own, _by_content(arguments, contents))


def is_volatile(node: PlannedNode, calls: Iterable[JsonObject]) -> bool:
    """Return whether a media input is a URL elsewhere, whose content may change by itself."""
    ports = [port.name for port in node.inputs if item_type(port.type) in MEDIA]
    return any(
        isinstance(value, str) and value.startswith(("http://", "https://"))
        for call in calls
        for name in ports
        for value in (call[name] if isinstance(call.get(name), list) else [call.get(name)])
    )


def look_up(keys: set[str], owner_id: int) -> dict[str, Hit]:
    """Return the stored results whose files are all still there and belong to the owner."""
    now = timezone.now()
    rows = _rows(_entries, keys)
    used = {key: set(assets_in(output)) for key, output, _ in rows}
    there = present(set().union(*used.values()), owner_id)
    return {
        key: Hit(output, now - last_used_at > MARK_AFTER)
        for key, output, last_used_at in rows
        if used[key] <= there
    }


def content_of(ids: set[str], owner_id: int) -> dict[str, str]:
    """Map the ids of files the owner may read to the sha256 of their content.

    What was made by a recipe counts by that, written to a file or not.
    """
    if not ids:
        return {}
    rows = _readable(ids, owner_id)
    return {str(id): recipe_id or sha256 for id, sha256, recipe_id in rows}


def present(ids: set[str], owner_id: int) -> set[str]:
    """Return the ids of files that the owner may read and that are there."""
    if not ids:
        return set()
    rows = _readable(ids, owner_id)
    try:
        stored = hashed.existing({sha256 for _, sha256, recipe_id in rows if sha256 != recipe_id})
    except Unavailable:
        return set()  # what is not known to be there is computed again
    return {str(id) for id, sha256, recipe_id in rows if sha256 == recipe_id or sha256 in stored}


def _readable(ids: set[str], owner_id: int) -> list[tuple[UUID, str, str | None]]:
    """Return the files among these that an account may read, with their content and recipe."""
    return _rows(_files, ids, owner=owner_id, now=timezone.now())


def _rows(
    query: Callable[[int], PreparedQuery[R]], keys: Collection[str], **values: object
) -> list[R]:
    """Return the rows with these keys by a query that is built for so many."""
    rows: list[R] = []
    ordered = sorted(keys)
    for start in range(0, len(ordered), _QUERY_KEYS):
        some = ordered[start : start + _QUERY_KEYS]
        # Built for powers of two, so that there are few: the last key fills up the rest.
        count = 1 << (len(some) - 1).bit_length()
        named = {f"key{at}": some[min(at, len(some) - 1)] for at in range(count)}
        rows += query(count).all(**named, **values)
    return rows


@functools.cache
def _files(count: int) -> PreparedQuery[tuple[UUID, str, str | None]]:
    ids = _keys(count, Asset._meta.pk)
    now = Parameter("now", Asset._meta.get_field("expires_at"))
    return PreparedQuery(
        lambda: (
            Asset.objects.readable(Parameter("owner"), now)
            .filter(pk__in=ids)
            .values_list("pk", "sha256", "recipe_id")
        )
    )


@functools.cache
def _entries(count: int) -> PreparedQuery[tuple[str, JsonObject, datetime]]:
    keys = _keys(count, None)
    return PreparedQuery(
        lambda: CacheEntry.objects.filter(key__in=keys).values_list("key", "output", "last_used_at")
    )


def _keys(count: int, field: Any) -> Any:
    return [Parameter(f"key{at}", field) for at in range(count)]


def _wanted(plan: Plan) -> set[NodeId]:
    """List the nodes whose results are stored and all they depend on."""
    waiting = [id for id, node in plan.nodes.items() if is_cacheable(node.node_type)]
    wanted = set(waiting)
    while waiting:
        for source in plan.depends[waiting.pop()]:
            if source not in wanted:
                wanted.add(source)
                waiting.append(source)
    return wanted


def is_cacheable(node_type: NodeType) -> bool:
    """Return whether results of the type are stored."""
    return node_type.deterministic and node_type.works


def _plan_key(
    node: PlannedNode,
    plan: Plan,
    keys: Mapping[NodeId, str],
    owner_id: int,
    contents: Mapping[str, str],
) -> str | None:
    if node.pinned is not None:
        return _hash(owner_id, "pinned", _by_content(node.pinned, contents))
    if not node.node_type.deterministic:
        return None
    connected: list[Json] = []
    for name, links in node.links.items():
        for source, port in links:
            if source not in keys:
                return None
            request = plan.nodes[source].request
            if port in request:
                # One field of a request input says nothing about the others.
                connected.append([name, "request", _by_content(request[port], contents)])
            else:
                connected.append([name, keys[source], port])
    return _hash(_owner(node.node_type, owner_id), _own(node, contents), connected)


def lacks_model(node: PlannedNode) -> bool:
    """Return whether a local model that a node has chosen is not there. For a reader thread.

    What a node gives then replaces something better: it is neither stored nor reused.
    """
    return any(
        store.status(model).state != "ready"
        for port in node.inputs
        if port.widget == "model" and (model := pack.known(node.values.get(port.name)))
    )


def _own(node: PlannedNode, contents: Mapping[str, str]) -> Json:
    data = {name: value for name, value in node.data.items() if name not in IGNORED}
    own: list[Json] = [data, node.values, node.request]
    if lacks_model(node):
        own.append("lacks its model")
    return [node.type, node.node_type.version, _by_content(own, contents)]


def _owner(node_type: NodeType, owner_id: int) -> int | None:
    return None if node_type.shared_cache else owner_id


def _by_content(value: Json, contents: Mapping[str, str]) -> Json:
    """Replace each media reference by the hash of its content."""
    if isinstance(value, dict):
        found = asset_id(value)
        if found is not None and found in contents:
            return {"sha256": contents[found]}
        return {name: _by_content(item, contents) for name, item in value.items()}
    if isinstance(value, list):
        return [_by_content(item, contents) for item in value]
    found = asset_id(value) if isinstance(value, str) else None
    return value if found is None or found not in contents else {"sha256": contents[found]}


def _hash(*parts: Json) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
