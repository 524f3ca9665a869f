"""Why a node of a plan runs again: what of it, or of what feeds it, is not as it was.

Pure. What was is what the node had in the run that made its newest result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.graph.digests import Given, digests_of
from workflows.types import NodeId

#: `forced`: it was requested; `new`: it has no result; `changed`: its fields or connections have;
#: `random`: it draws a number again; `source`: something that feeds it changes; `varies`: its type
#: gives something else each time; `updated`: its type works differently by now; `missing`: its
#: result is not kept, or not kept any more. In a retry: `failed`, or some of its items did;
#: `unreached`: the run has ended before it.
Reason = Literal[
    "forced",
    "new",
    "changed",
    "random",
    "source",
    "varies",
    "updated",
    "missing",
    "failed",
    "unreached",
]


@dataclass(frozen=True, slots=True)
class Why:
    """A reason, the fields or inputs of the node that it is about, and the node that feeds it."""

    reason: Reason
    fields: tuple[str, ...] = ()
    source: NodeId | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """The nodes as they were in a run, and the digests that they would have today."""

    given: Mapping[NodeId, Given]
    digests: Mapping[NodeId, str]

    @classmethod
    def of(cls, nodes: Mapping[NodeId, Given]) -> Before:
        """Return it of the nodes of a run, sources first."""
        return cls(nodes, digests_of(nodes))


@dataclass(frozen=True, slots=True)
class Result:
    """A node's newest result: the run that made it (None: no one reads that far), its digest."""

    before: Before | None
    digest: str


def reasons(
    now: Mapping[NodeId, Given],
    results: Mapping[NodeId, Result],
    running: Collection[NodeId],
    varying: Collection[NodeId] = (),
    random: Mapping[NodeId, Iterable[str]] | None = None,
    *,
    forced: Collection[NodeId] = (),
) -> dict[NodeId, Why]:
    """Return why each of the running nodes runs, sources first.

    `now` are the nodes of the plan, sources first, and `results` what there is of them; `varying`
    are nodes that may give something else each time, `random` the fields that draw a number.
    """
    current = Before.of(now)
    drawn = {id: tuple(names) for id, names in (random or {}).items()}
    found: dict[NodeId, Why] = {}
    #: Nodes whose results are not what they were.
    moved: set[NodeId] = set()
    for id in now:
        why = _why(id, current, results.get(id), moved, drawn, id in varying)
        if id in running:
            found[id] = Why("forced") if id in forced else why or Why("missing")
        if id in running or (why is not None and why.reason != "new"):
            moved.add(id)
    return found


def _why(
    id: NodeId,
    now: Before,
    result: Result | None,
    moved: Collection[NodeId],
    drawn: Mapping[NodeId, tuple[str, ...]],
    varies: bool,
) -> Why | None:
    if result is None:
        return Why("new")
    before = result.before
    if before is None or id not in before.given:
        return Why("changed") if result.digest != now.digests[id] else None
    node = now.given[id]
    changed = differences(node, before.given[id])
    if changed:
        return Why("changed", changed)
    if id in drawn and not node.fields:
        return Why("random", drawn[id])
    source = _source(node, now, before, moved, drawn)
    if source is not None:
        return Why("source", source=source)
    if varies:
        return Why("varies")
    return Why("updated") if result.digest != before.digests[id] else None


def differences(now: Given, was: Given) -> tuple[str, ...]:
    """Return the names of the fields and inputs in which a node is not as it was."""
    if now.type != was.type:
        return ("type",)
    names = dict.fromkeys([*now.data, *was.data])
    changed = [name for name in names if now.data.get(name) != was.data.get(name)]
    declared = dict.fromkeys([*now.fields, *was.fields])
    changed += [name for name in declared if now.fields.get(name) != was.fields.get(name)]
    connected = dict.fromkeys([*now.sources, *was.sources])
    changed += [name for name in connected if now.sources.get(name) != was.sources.get(name)]
    return tuple(dict.fromkeys(changed))


def _source(
    node: Given,
    now: Before,
    was: Before,
    moved: Collection[NodeId],
    drawn: Mapping[NodeId, tuple[str, ...]],
) -> NodeId | None:
    """Return the first node that feeds it and does not give what it gave."""
    for sources in node.sources.values():
        for source, port in sources:
            fields = now.given[source].fields
            if port not in fields:
                if source in moved or now.digests[source] != was.digests.get(source):
                    return source
            # One field of an input node says nothing about the others.
            elif port in drawn.get(source, ()) or (
                was.given[source].fields.get(port) != fields[port]
            ):
                return source
    return None
