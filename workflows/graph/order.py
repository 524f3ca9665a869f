"""The order of a graph: sources before what they feed, and the cycles that make it impossible.

Knows ids only, and works without recursion, whatever the length of a chain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.types import NodeId


@dataclass(frozen=True, slots=True)
class Order:
    """A graph in order.

    `order` lists the ids that can be sorted, `dependants` who waits for each, and `cycles` names
    one cycle for each knot, in the direction of the connections; with any, `order` is not complete.
    """

    order: Sequence[NodeId]
    dependants: Mapping[NodeId, tuple[NodeId, ...]]
    cycles: Sequence[Sequence[NodeId]]


def sort(depends: Mapping[NodeId, Sequence[NodeId]]) -> Order:
    """Sort ids so that each comes after those it depends on; ids free at once keep their order.

    `depends` maps each id to distinct ids of the same mapping; an id among its own is passed over.
    """
    dependants: dict[NodeId, list[NodeId]] = {id: [] for id in depends}
    missing: dict[NodeId, int] = {}
    for id, sources in depends.items():
        others = [source for source in sources if source != id]
        missing[id] = len(others)
        for source in others:
            dependants[source].append(id)
    ready = deque(id for id, count in missing.items() if count == 0)
    order: list[NodeId] = []
    while ready:
        id = ready.popleft()
        order.append(id)
        for dependant in dependants[id]:
            missing[dependant] -= 1
            if missing[dependant] == 0:
                ready.append(dependant)
    stuck = {id: None for id, count in missing.items() if count > 0}
    waiting = {id: tuple(found) for id, found in dependants.items()}
    return Order(order, waiting, _cycles(depends, stuck))


def _cycles(
    depends: Mapping[NodeId, Sequence[NodeId]], stuck: Mapping[NodeId, None]
) -> list[list[NodeId]]:
    """Walk upstream from each stuck id until the path meets itself, or a path walked before.

    Every stuck id has a stuck source, so the walk never comes to an end without a meeting.
    """
    seen: set[NodeId] = set()
    cycles: list[list[NodeId]] = []
    for start in stuck:
        path: dict[NodeId, int] = {}
        id = start
        while id not in seen:
            seen.add(id)
            path[id] = len(path)
            id = next(source for source in depends[id] if source in stuck and source != id)
        if id in path:
            first, *walked = list(path)[path[id] :]
            cycles.append([first, *reversed(walked)])
    return cycles
