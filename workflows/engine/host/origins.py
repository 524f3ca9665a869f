"""Says of a file that a step makes what made it, from the run's plan and the call's arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows.media.origin import MAX_TEXT, Origin
from workflows.types import Json, JsonObject, NodeId

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun
    from workflows.graph.plan import PlannedNode

#: Nodes before one whose texts count for what it makes; the nearest first.
MOST_NODES = 40


def origin_of(run: ActiveRun, node: PlannedNode, arguments: JsonObject) -> Origin:
    """Return what makes a file of a call: its plain settings, and the texts that led to it."""
    settings: JsonObject = {}
    for port in node.inputs:
        value = arguments.get(port.name, node.values.get(port.name))
        if port.widget != "credential" and _is_plain(value):
            settings[port.name] = value[:MAX_TEXT] if isinstance(value, str) else value
    texts = [value for value in settings.values() if isinstance(value, str)]
    texts += [value for value in run.plan.inputs.values() if isinstance(value, str)]
    texts += _texts_before(run, node.id)
    secrets = run.secrets
    return Origin(
        node_id=node.id,
        node_type=node.type,
        workflow_id=run.scope.root,
        settings=secrets.json(settings),
        texts=tuple(dict.fromkeys(secrets.text(text[:MAX_TEXT]) for text in texts)),
    )


def _texts_before(run: ActiveRun, node_id: NodeId) -> Iterator[str]:
    """Yield what users have written into the nodes that a node depends on."""
    plan = run.plan
    found, waiting = {node_id}, [node_id]
    for id in waiting:
        for before in plan.depends[id]:
            if before in found:
                continue
            if len(found) > MOST_NODES:
                return
            found.add(before)
            waiting.append(before)
            node = plan.nodes[before]
            for port in node.inputs:
                value = node.values.get(port.name)
                if port.type == "text" and not port.options and isinstance(value, str):
                    yield value


def _is_plain(value: Json) -> bool:
    return isinstance(value, str | int | float) and not (
        isinstance(value, str) and value.startswith(("data:", "/media/"))
    )
